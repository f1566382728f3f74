//! A model's reply to drafts: what can be used is used, what cannot is named.

mod conversation;
mod fields;
mod item;
mod leak;

use std::collections::HashSet;

use llm::{ChatReply, FinishReason, Repair, prompt::quote};
use model::GenerationType;
use serde_json::{Map, Value};

use crate::{Draft, prompt::Task, words};
pub(crate) use fields::list_of_texts;

/// The most items of a reply that are looked at: more than may be asked for.
const MAX_ITEMS: usize = 100;

/// What a reply holds.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Reading {
    /// The usable pairs.
    pub(crate) drafts: Vec<Draft>,
    /// Why there is nothing to teach, or no more than these pairs, where the model said so.
    pub(crate) nothing_to_teach: Option<String>,
    /// What was mended or left out.
    pub(crate) remarks: Vec<String>,
}

/// Reads a reply to the request for a task.
///
/// # Errors
/// Why nothing in it can be used.
pub(crate) fn read(reply: &ChatReply, task: &Task<'_>) -> Result<Reading, String> {
    let mut reading = Reading::default();
    let llm::Reading { value, repairs } =
        llm::read_json(&reply.content).map_err(|error| error.to_string())?;
    reading.remarks.extend(repairs.iter().map(|repair| mended(*repair).to_owned()));
    if reply.finish_reason == FinishReason::Length {
        // What is cut within an item is no item: only whole ones are read.
        reading.remarks.push("the reply reached its most tokens and was cut".into());
    }
    reading.nothing_to_teach = nothing_to_teach(&value);
    let Some(items) = items(&value, task) else {
        return match reading.nothing_to_teach {
            Some(_) => Ok(reading),
            None => Err("it holds no `pairs`".into()),
        };
    };
    take(&mut reading, &items, task);
    // Small models say why there is nothing to teach and write pairs that are none: what they mean nobody knows.
    if reading.drafts.is_empty() && (reading.nothing_to_teach.is_none() || !items.is_empty()) {
        let why = reading.remarks.last().map(|remark| format!(" ({remark})")).unwrap_or_default();
        return Err(format!("it holds no usable pair{why}"));
    }
    Ok(reading)
}

fn take(reading: &mut Reading, items: &[&Value], task: &Task<'_>) {
    let count = task.slots.len();
    let mut asked: HashSet<_> = task.known.iter().map(|known| words::key(known)).collect();
    for (at, value) in items.iter().take(MAX_ITEMS).enumerate() {
        let pair = at + 1;
        let mut draft = match item::draft(value, task) {
            Ok((draft, notes)) => {
                reading.remarks.extend(notes.into_iter().map(|note| format!("pair {pair}: {note}")));
                draft
            }
            Err(reason) => {
                reading.remarks.push(format!("pair {pair} is left out: {reason}"));
                continue;
            }
        };
        if leak::is_leak(&draft, task.settings.generation_type, &task.passage.text) {
            reading.remarks.push(format!("pair {pair} is left out: it repeats the rules of its prompt"));
            continue;
        }
        if !asked.insert(words::key(draft.tells_apart(task.settings.generation_type))) {
            reading.remarks.push(format!("pair {pair} is left out: its question was asked before"));
            continue;
        }
        if reading.drafts.len() == count {
            let more = items.len() - at;
            reading.remarks.push(format!("{more} more than the {count} pairs asked for are left out"));
            return;
        }
        locate(&mut draft, task, pair, &mut reading.remarks);
        reading.drafts.push(draft);
    }
}

/// Puts the passage's own words in place of the quotes; those that do not stand there go.
fn locate(draft: &mut Draft, task: &Task<'_>, pair: usize, remarks: &mut Vec<String>) {
    let mut find = |said: &mut Option<String>, whose: &str| {
        let Some(text) = said.take() else { return };
        *said = quote::locate(&task.passage.text, &text).map(str::to_owned);
        if said.is_none() {
            remarks.push(format!("pair {pair}: {whose} quote does not stand in the passage"));
        }
    };
    if draft.turn_quotes.is_empty() {
        find(&mut draft.quote, "its");
    }
    for (at, quote) in draft.turn_quotes.iter_mut().enumerate() {
        find(quote, &format!("answer {}'s", at + 1));
    }
    if let Some(first) = draft.turn_quotes.first() {
        draft.quote.clone_from(first);
    }
}

/// The list of pairs in a reply: the list itself, the one under a known name, a single pair without a
/// list, or the only list of objects that there is.
fn items<'a>(value: &'a Value, task: &Task<'_>) -> Option<Vec<&'a Value>> {
    const NAMES: [&str; 12] = [
        "pairs",
        "qa_pairs",
        "questions",
        "items",
        "data",
        "results",
        "examples",
        "faq",
        "output",
        "instructions",
        "conversations",
        "summaries",
    ];
    match value {
        Value::Array(items) => Some(items.iter().collect()),
        Value::Object(object) => {
            // A conversation is told in a list of its own, under names like these.
            let is_pair = || item::draft(value, task).is_ok();
            if task.settings.generation_type == GenerationType::Conversation && is_pair() {
                return Some(vec![value]);
            }
            let named = NAMES.iter().find_map(|name| object.get(*name)?.as_array());
            if let Some(items) = named.or_else(|| only_list(object)) {
                return Some(items.iter().collect());
            }
            is_pair().then(|| vec![value])
        }
        _ => None,
    }
}

fn only_list(object: &Map<String, Value>) -> Option<&Vec<Value>> {
    let mut lists =
        object.values().filter_map(Value::as_array).filter(|list| list.iter().any(Value::is_object));
    lists.next().filter(|_| lists.next().is_none())
}

fn nothing_to_teach(value: &Value) -> Option<String> {
    let said = value.get("nothing_to_teach")?;
    match said {
        Value::String(reason) if !reason.trim().is_empty() => {
            Some(reason.trim().chars().take(fields::MAX_QUESTION).collect())
        }
        Value::Bool(true) => Some("the model gave no reason".into()),
        _ => None,
    }
}

/// What was mended, in words for the log.
fn mended(repair: Repair) -> &'static str {
    match repair {
        Repair::CodeFence => "a code fence stood around the reply's JSON",
        Repair::Prose => "other text stood around the reply's JSON",
        Repair::TrailingComma | Repair::MissingComma => "commas of the reply's JSON were mended",
        Repair::RawControl | Repair::InnerQuote | Repair::BadEscape => {
            "strings of the reply's JSON were mended"
        }
        Repair::PythonWord => "the reply's JSON had words of Python",
        Repair::LooseObjects => "the reply's JSON objects stood without a list around them",
        Repair::SmartQuotes => "the reply's JSON had quotation marks of print",
        Repair::Truncated => "the reply ended too soon; its whole pairs are kept",
        Repair::Damaged => "the reply could not be read to its end; its whole pairs are kept",
    }
}
