//! Finding the JSON in what a model wrote, and mending it where that can be done without guessing
//! at what it meant.

mod parser;
mod strings;

use std::collections::BTreeSet;

use serde_json::Value;

use parser::{Cut, Parser, Stop};

/// JSON as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// An object or an array.
    pub value: Value,
    /// What had to be mended, each kind once, in the order of [`Repair`].
    pub repairs: Vec<Repair>,
}

/// What was mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Repair {
    /// A code fence stood around the JSON.
    CodeFence,
    /// Other text stood around the JSON.
    Prose,
    /// A comma stood before a closing bracket.
    TrailingComma,
    /// A comma between two values was not there.
    MissingComma,
    /// A string held line breaks or other control characters as they are.
    RawControl,
    /// A string held a quotation mark without a backslash.
    InnerQuote,
    /// A string held an escape that JSON does not have.
    BadEscape,
    /// A word was written as in Python: `True`, `False`, `None`.
    PythonWord,
    /// Objects stood one after the other without an array around them.
    LooseObjects,
    /// Quotation marks of print stood for those of JSON.
    SmartQuotes,
    /// The JSON ended too soon; the items that were whole are kept.
    Truncated,
    /// The JSON could not be read from some place on; the items that were whole by then are kept.
    Damaged,
}

/// Why there is no JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The reply says nothing.
    #[error("the reply is empty")]
    Empty,
    /// There is no object and no array in it.
    #[error("there is no JSON object or array in the reply")]
    NoJson,
    /// It ended before anything in it was whole.
    #[error("the JSON in the reply ends before anything in it is whole")]
    Truncated,
    /// Its brackets are nested more than 64 deep.
    #[error("the JSON in the reply is nested too deep")]
    TooDeep,
}

/// Finds the object or array in a reply.
///
/// Where there are several, the longest is taken: citations such as `[1]` stand in prose too. What
/// a reasoning model thinks aloud (up to `</think>`) is passed over. The time is linear in the
/// reply's length.
///
/// # Errors
/// Where there is none, or nothing whole in it.
pub fn read_json(reply: &str) -> Result<Reading, ReadError> {
    let text = reply.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Err(ReadError::Empty);
    }
    if let Ok(value @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text) {
        return Ok(Reading { value, repairs: Vec::new() });
    }
    let answer = text.rsplit_once("</think>").map_or(text, |(_, answer)| answer).trim();
    let found = find(answer).or_else(|error| {
        // What was JSON up to where it was cut has the right marks: those of print are its words.
        if error != ReadError::NoJson || !answer.contains(is_smart_quote) {
            return Err(error);
        }
        let mut reading = find(&answer.replace(is_smart_quote, "\"")).map_err(|_| error)?;
        reading.repairs.push(Repair::SmartQuotes);
        Ok(reading)
    });
    found.map(|mut reading| {
        if answer.len() < text.len() {
            reading.repairs.push(Repair::Prose);
        }
        reading.repairs.sort_unstable();
        reading.repairs.dedup();
        reading
    })
}

fn is_smart_quote(char: char) -> bool {
    matches!(char, '“' | '”' | '„' | '‟')
}

/// A stretch of the text that could be read.
struct Candidate {
    value: Value,
    start: usize,
    end: usize,
    repairs: BTreeSet<Repair>,
}

/// The longest candidate.
fn find(text: &str) -> Result<Reading, ReadError> {
    let mut best: Option<Candidate> = None;
    let mut error = ReadError::NoJson;
    let mut from = 0;
    while let Some(start) = text[from..].find(['{', '[']).map(|at| from + at) {
        let mut parser = Parser::new(text, start);
        let outcome = parser.value(0);
        let end = parser.position();
        let mut repairs = parser.into_repairs();
        let value = match outcome {
            Ok(value) => Some(value),
            Err(Cut { stop: Stop::TooDeep, .. }) => {
                error = ReadError::TooDeep;
                break;
            }
            Err(Cut { kept, stop }) => {
                repairs.insert(if stop == Stop::End { Repair::Truncated } else { Repair::Damaged });
                if kept.is_none() && stop == Stop::End {
                    error = ReadError::Truncated;
                }
                kept
            }
        };
        if let Some(value) = value {
            take(&mut best, Candidate { value, start, end, repairs }, text);
        }
        // Where there was nothing whole up to the damage, this may have been a bracket of the
        // prose, with the JSON behind it.
        from = end;
    }
    let Candidate { value, start, end, mut repairs } = best.ok_or(error)?;
    repairs.extend(surroundings(&text[..start], &text[end..]));
    Ok(Reading { value, repairs: repairs.into_iter().collect() })
}

/// Takes a candidate if it is longer than the best one, or goes on with it as the next of several
/// objects.
fn take(best: &mut Option<Candidate>, new: Candidate, text: &str) {
    let Some(old) = best else {
        *best = Some(new);
        return;
    };
    let between = text[old.end..new.start].trim_matches([' ', '\t', '\r', '\n', ',']);
    let whole = !old.repairs.contains(&Repair::Truncated) && !old.repairs.contains(&Repair::Damaged);
    // An object that was cut is no item that is whole.
    let cut = new.repairs.contains(&Repair::Truncated) || new.repairs.contains(&Repair::Damaged);
    if between.is_empty() && whole && new.value.is_object() {
        let loose = old.repairs.contains(&Repair::LooseObjects);
        match &mut old.value {
            Value::Array(items) if loose => {
                if !cut {
                    items.push(new.value);
                }
            }
            first @ Value::Object(_) => {
                let first_item = first.take();
                *first = if cut {
                    Value::Array(vec![first_item])
                } else {
                    Value::Array(vec![first_item, new.value])
                };
            }
            _ => return,
        }
        old.end = new.end;
        old.repairs.extend(new.repairs);
        old.repairs.insert(Repair::LooseObjects);
    } else if new.end - new.start > old.end - old.start {
        *best = Some(new);
    }
}

/// What stands around the JSON.
fn surroundings(before: &str, after: &str) -> Option<Repair> {
    let (before, after) = (before.trim(), after.trim());
    let opening = before.rsplit('\n').next().unwrap_or_default().trim();
    if opening.starts_with("```") {
        return Some(Repair::CodeFence);
    }
    (!before.is_empty() || !after.is_empty()).then_some(Repair::Prose)
}

#[cfg(test)]
mod tests;
