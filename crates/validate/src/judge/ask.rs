//! The requests to a judge. They hold nothing but what the passage and the pairs say, so that equal ones have equal
//! bytes.

use std::fmt::Write as _;

use llm::{
    ChatRequest, JsonSchema, Message, MessageRole,
    prompt::{bounded, line, tags, template},
};
use model::{GenerationType, Passage, QualityItem};
use serde_json::{Value, json};

use super::Case;

pub(super) const TEMPLATE: &str = include_str!("../../prompts/judge.md");

/// The most characters of a title, a heading path or an error that are shown.
const MAX_LINE: usize = 500;

/// The most characters of a question, of what goes with it, or of an unusable reply.
const MAX_SHOWN: usize = 6_000;

/// Tokens of a reply: what a sentence's verdict with its quote, and a pair's items may take, generously.
const SENTENCE_TOKENS: u32 = 160;
const PAIR_TOKENS: u32 = 200;

/// The request for the verdicts on some pairs of a passage.
pub fn request(model: &str, seed: u64, passage: &Passage, cases: &[Case<'_>]) -> ChatRequest {
    let count = cases.len().to_string();
    let pairs = pairs(cases);
    let user = in_passage("user", passage, &[("count", Some(&count)), ("pairs", Some(&pairs))]);
    let sentences: usize = cases.iter().map(|case| case.parts().len()).sum();
    let tokens = |count: usize, each: u32| u32::try_from(count).unwrap_or(u32::MAX).saturating_mul(each);
    ChatRequest {
        model: model.to_owned(),
        messages: vec![system("system"), message(MessageRole::User, user)],
        temperature: 0.0,
        seed: Some(seed),
        max_tokens: Some(
            tokens(sentences, SENTENCE_TOKENS).saturating_add(tokens(cases.len(), PAIR_TOKENS) + 128),
        ),
        schema: Some(JsonSchema { name: "judgements".into(), schema: schema() }),
    }
}

/// The request that shows the judge its own reply and what was wrong with it. It leaves room for twice as many tokens,
/// since a reply that had to be cut is among the things that go wrong.
pub(super) fn repair(request: &ChatRequest, reply: &str, error: &str) -> ChatRequest {
    let mut repair = request.clone();
    repair.messages.push(message(MessageRole::Assistant, bounded(reply, MAX_SHOWN)));
    let error = bounded(error, MAX_LINE);
    let words = template::fill(template::section(TEMPLATE, "repair"), &[("error", Some(&error))]);
    repair.messages.push(message(MessageRole::User, words));
    repair.max_tokens = request.max_tokens.map(|tokens| tokens.saturating_mul(2));
    repair
}

/// A section of the template with the passage filled in.
pub(super) fn in_passage(section: &str, passage: &Passage, more: &[(&str, Option<&str>)]) -> String {
    let [document, headings, columns] =
        [passage.document.clone(), passage.heading_path.join(" > "), passage.table_header.join(" | ")]
            .map(|text| line(&text, MAX_LINE));
    let text = tags::hide(&passage.text);
    let some = |text| Some(text).filter(|text: &&str| !text.is_empty());
    let mut values = vec![
        ("document", some(&document)),
        ("section", some(&headings)),
        ("columns", some(&columns)),
        ("passage", Some(&*text)),
    ];
    values.extend_from_slice(more);
    template::fill(template::section(TEMPLATE, section), &values)
}

pub(super) fn system(section: &str) -> Message {
    message(MessageRole::System, template::section(TEMPLATE, section).to_owned())
}

pub(super) fn message(role: MessageRole, content: String) -> Message {
    Message { role, content }
}

/// The pairs, numbered, their answers cut into numbered sentences.
fn pairs(cases: &[Case<'_>]) -> String {
    let mut shown = String::new();
    for (case, number) in cases.iter().zip(1..) {
        // Writing to a string does not fail.
        let _ = writeln!(shown, "{}Pair {number}", if number > 1 { "\n" } else { "" });
        let with = match case.kind {
            // What is summed up is the passage.
            GenerationType::Summary => "",
            _ => case.context.trim(),
        };
        if !with.is_empty() {
            let _ = writeln!(shown, "Given with the question: {}", outside(with));
        }
        let mut sentence = 0;
        for (at, (question, answer)) in case.exchanges.iter().enumerate() {
            let _ = writeln!(shown, "Question: {}", outside(question.trim()));
            if case.kind == GenerationType::Classification {
                let _ = writeln!(shown, "Label: {}", line(answer, MAX_LINE));
                continue;
            }
            let _ = writeln!(shown, "Answer, sentence by sentence:");
            for part in case.parts().iter().filter(|part| part.exchange == at) {
                sentence += 1;
                let _ = writeln!(shown, "{sentence}. {}", tags::hide(case.text(part)));
            }
        }
    }
    shown.trim_end().to_owned()
}

/// Outside text, bounded.
pub(super) fn outside(text: &str) -> String {
    tags::hide(&bounded(text, MAX_SHOWN))
}

fn schema() -> Value {
    let sentence = object(&[
        ("sentence", json!({"type": "integer"})),
        ("quote", json!({"type": "string"})),
        ("verdict", json!({"type": "string", "enum": ["supported", "partial", "unsupported"]})),
    ]);
    let answer = json!({"type": "string", "enum": ["yes", "no", "not_applicable"]});
    let items: Vec<_> = QualityItem::ALL.iter().map(|item| (item.as_str(), answer.clone())).collect();
    let pair = object(&[
        ("pair", json!({"type": "integer"})),
        ("sentences", json!({"type": "array", "items": sentence})),
        ("items", object(&items)),
    ]);
    object(&[("pairs", json!({"type": "array", "items": pair}))])
}

/// An object of these properties alone, all of them required.
pub(super) fn object(properties: &[(&str, Value)]) -> Value {
    let names: Vec<_> = properties.iter().map(|(name, _)| *name).collect();
    let properties: serde_json::Map<_, _> =
        properties.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    json!({"type": "object", "properties": properties, "required": names, "additionalProperties": false})
}
