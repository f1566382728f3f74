//! The fields of an item of a reply, under whatever of their names.

use llm::prompt::tags;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::words;

/// The most characters of a question.
pub(super) const MAX_QUESTION: usize = 2_000;

/// The most characters of an answer.
pub(super) const MAX_ANSWER: usize = 20_000;

/// Whether a question and an answer are a pair.
///
/// # Errors
/// Why they are not.
pub(super) fn check(question: &str, answer: &str) -> Result<(), String> {
    if question.is_empty() {
        return Err("it has no question".into());
    }
    if answer.is_empty() {
        return Err("it has no answer".into());
    }
    if question.chars().nth(MAX_QUESTION).is_some() {
        return Err(format!("its question has more than {MAX_QUESTION} characters"));
    }
    if answer.chars().nth(MAX_ANSWER).is_some() {
        return Err(format!("its answer has more than {MAX_ANSWER} characters"));
    }
    if words::key(question) == words::key(answer) {
        return Err("its answer is its question".into());
    }
    Ok(())
}

/// The first of these that is there, as text: lists become lines, numbers their digits.
pub(super) fn text(item: &Map<String, Value>, names: &[&str]) -> Option<String> {
    match field(item, names)? {
        Value::String(text) => Some(tags::restore(text.trim())),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(lines) => {
            let lines: Option<Vec<_>> = lines.iter().map(Value::as_str).collect();
            lines.map(|lines| tags::restore(lines.join("\n").trim()))
        }
        _ => None,
    }
}

/// The first of these that is there.
pub(super) fn field<'a>(item: &'a Map<String, Value>, names: &[&str]) -> Option<&'a Value> {
    names
        .iter()
        .find_map(|name| item.iter().find_map(|(key, value)| key.eq_ignore_ascii_case(name).then_some(value)))
}

/// What a value lists under one of these names, or as a list itself: its texts, trimmed, the empty
/// ones left out.
pub(crate) fn list_of_texts(value: &Value, names: &[&str]) -> Option<Vec<String>> {
    let list = match value {
        Value::Array(list) => list,
        Value::Object(object) => field(object, names)?.as_array()?,
        _ => return None,
    };
    let texts = list.iter().filter_map(Value::as_str).map(|text| tags::restore(text.trim()));
    Some(texts.filter(|text| !text.is_empty()).collect())
}

/// One of our own words, however it is spelled.
pub(super) fn word<T: DeserializeOwned>(
    item: &Map<String, Value>,
    names: &[&str],
    notes: &mut Vec<String>,
) -> Option<T> {
    let said = text(item, names).filter(|said| !said.is_empty())?;
    let word: String = said.to_lowercase().replace(['_', ' ', '/'], "-").chars().take(40).collect();
    let known = serde_json::from_value(Value::String(word.clone())).ok().or_else(|| {
        let ours = match word.as_str() {
            "howto" | "procedural" | "instructional" => "how-to",
            "api" | "code" => "api-code",
            "definition" | "definitional" => "conceptual",
            "comparison" => "comparative",
            _ => return None,
        };
        serde_json::from_value(Value::String(ours.into())).ok()
    });
    if known.is_none() {
        notes.push(format!("`{word}` is no {}", names[0].replace('_', " ")));
    }
    known
}
