//! One pair of a reply.

use llm::prompt::quote;
use model::GenerationType;
use serde_json::{Map, Value};

use super::{
    conversation,
    fields::{MAX_ANSWER, check, text, word},
};
use crate::{Draft, instructions, prompt::Task, words};

/// One pair, and what about it could not be used.
///
/// # Errors
/// Why it is no pair.
pub(super) fn draft(value: &Value, task: &Task<'_>) -> Result<(Draft, Vec<String>), String> {
    let Value::Object(item) = value else { return Err("it is no object".into()) };
    let mut notes = Vec::new();
    let draft = match task.settings.generation_type {
        GenerationType::Qa | GenerationType::Instruction => example(item)?,
        GenerationType::Conversation => conversation::draft(item, task.settings, &mut notes)?,
        GenerationType::Summary => summary(item, task)?,
        GenerationType::Classification => classified(item, task, &mut notes)?,
    };
    let draft = Draft {
        question_type: word(item, &["question_type", "type"], &mut notes),
        difficulty: word(item, &["difficulty", "level"], &mut notes),
        ..draft
    };
    Ok((draft, notes))
}

fn example(item: &Map<String, Value>) -> Result<Draft, String> {
    let question = text(item, &["question", "q", "instruction", "prompt", "query"]).unwrap_or_default();
    let answer = text(item, &["answer", "a", "output", "response", "completion"]).unwrap_or_default();
    let input = text(item, &["input"]).unwrap_or_default();
    // With `output` alone beside it, `input` is the question; with an instruction, what goes with it.
    let (question, context) = if question.is_empty() { (input, String::new()) } else { (question, input) };
    check(&question, &answer)?;
    if context.chars().nth(MAX_ANSWER).is_some() {
        return Err("its input is too long".into());
    }
    Ok(Draft { question, answer, context, quote: quote_of(item), ..Draft::default() })
}

/// A summary of the passage, which goes with its instruction.
fn summary(item: &Map<String, Value>, task: &Task<'_>) -> Result<Draft, String> {
    let answer = text(item, &["summary", "answer", "output", "response"]).unwrap_or_default();
    let said = text(item, &["instruction", "question", "prompt"]).filter(|said| !said.is_empty());
    let question = said.unwrap_or_else(|| instructions::summarise(language(task)).to_owned());
    check(&question, &answer)?;
    if words::key(&answer) == words::key(&task.passage.text) {
        return Err("its summary is the passage".into());
    }
    Ok(Draft {
        question,
        answer,
        context: task.passage.text.clone(),
        quote: quote_of(item),
        ..Draft::default()
    })
}

/// A stretch of the passage with its label. One that does not stand there gives way to the whole.
fn classified(item: &Map<String, Value>, task: &Task<'_>, notes: &mut Vec<String>) -> Result<Draft, String> {
    let labels = &task.settings.config.labels;
    let said = text(item, &["label", "class", "category", "answer", "output"]).unwrap_or_default();
    if said.is_empty() {
        return Err("it has no label".into());
    }
    let Some(label) = labels.iter().find(|label| words::key(label) == words::key(&said)) else {
        let said: String = said.chars().take(60).collect();
        return Err(format!("`{said}` is none of the labels"));
    };
    let passage = &task.passage.text;
    let said = text(item, &["text", "input", "context", "excerpt"]).unwrap_or_default();
    let context = quote::locate(passage, &said).unwrap_or_else(|| {
        notes.push("its text does not stand in the passage, and the whole passage takes its place".into());
        passage.trim()
    });
    Ok(Draft {
        question: instructions::classify(language(task), labels),
        answer: label.clone(),
        context: context.to_owned(),
        quote: quote_of(item),
        ..Draft::default()
    })
}

fn language<'a>(task: &'a Task<'_>) -> Option<&'a str> {
    task.settings.config.language.as_deref().or(task.passage.language.as_deref())
}

fn quote_of(item: &Map<String, Value>) -> Option<String> {
    text(item, &["quote", "evidence", "source"]).filter(|quote| !quote.is_empty())
}

#[cfg(test)]
mod tests;
