//! Whether the answer has the form it should have.

use model::{FlagCode, QuestionType};

use super::{Item, Rated};
use crate::sentences::is_fence;

pub(super) fn items(pair: &Rated<'_>) -> Vec<Item> {
    vec![leak(pair), marks(pair), structure(pair), typing(pair)]
}

/// The number of lines that open or close a block of code.
pub(super) fn fences(text: &str) -> usize {
    text.lines().filter(|line| is_fence(line)).count()
}

/// Words of the prompt or of the model about itself.
fn leak(pair: &Rated<'_>) -> Item {
    const LEAKS: [&str; 34] = [
        "as an ai language model",
        "as an ai model",
        "as an ai assistant",
        "as a language model",
        "as an artificial intelligence",
        "<passage",
        "</passage>",
        "<context>",
        "</context>",
        "<document>",
        "</document>",
        "<|im_start|>",
        "<|im_end|>",
        "<|endoftext|>",
        "[inst]",
        "[/inst]",
        "<s>",
        "</s>",
        "```json\n{",
        "### instruction",
        "### response",
        "### input",
        "### answer",
        "\"question\":",
        "\"answer\":",
        "\"pairs\":",
        "json schema",
        "json object with",
        "valid json",
        "question-answer pair",
        "the provided passage",
        "system prompt",
        "<think>",
        "</think>",
    ];
    let leaks = |text: &str, source: Option<f64>| {
        // What the source itself says is no leak: documents about JSON and prompts exist.
        source.is_none_or(|score| score < 0.95) && {
            let lower = text.to_lowercase();
            LEAKS.iter().any(|leak| lower.contains(leak))
        }
    };
    if leaks(pair.answer.raw, pair.grounding.score)
        || leaks(pair.question.raw, None) && !pair.question.raw.contains("JSON")
    {
        return Item::failed(0.2, FlagCode::PromptLeak, "Words of the prompt stand in the pair.");
    }
    Item::graded(1.0)
}

/// Whether what is opened is closed.
fn marks(pair: &Rated<'_>) -> Item {
    let text = pair.answer.raw;
    let fences = if fences(text) % 2 == 1 { 0.3 } else { 1.0 };
    let open = |left: char, right: char| text.matches(left).count() > text.matches(right).count();
    let brackets =
        if open('(', ')') || open('[', ']') || open('{', '}') || open('“', '”') { 0.8 } else { 1.0 };
    let bold = if text.matches("**").count() % 2 == 1 { 0.85 } else { 1.0 };
    Item::graded(fences * brackets * bold)
}

/// Whether long and stepwise answers are set out.
fn structure(pair: &Rated<'_>) -> Item {
    let words = pair.words();
    let lines = pair.answer.raw.lines().filter(|line| !line.trim().is_empty()).count();
    let steps = matches!(pair.kind, QuestionType::HowTo | QuestionType::Troubleshooting);
    Item::graded(match (lines, words) {
        (1, 150..) => 0.75,
        (1, 80..) => 0.88,
        (1, 35..) if steps => 0.85,
        (_, 0..=2) => 0.85,
        _ => 1.0,
    })
}

/// Whether it is typed with care.
fn typing(pair: &Rated<'_>) -> Item {
    let text = pair.answer.raw;
    let trimmed = text.trim();
    let broken =
        if text.contains('\u{FFFD}') || text.chars().any(|char| char.is_control() && !char.is_whitespace()) {
            0.5
        } else {
            1.0
        };
    let spaces = if pair.is_prose() && trimmed.contains("  ") { 0.95 } else { 1.0 };
    let small = if pair.is_prose() && trimmed.starts_with(char::is_lowercase) { 0.9 } else { 1.0 };
    let letters = trimmed.chars().filter(|char| char.is_alphabetic());
    let shouting = pair.words() > 5
        && !letters.clone().any(char::is_lowercase)
        && letters.clone().any(char::is_uppercase);
    let end = if pair.is_prose() && trimmed.ends_with(char::is_alphanumeric) { 0.94 } else { 1.0 };
    let shouting = if shouting { 0.8 } else { 1.0 };
    Item::graded(broken * spaces * small * shouting * end)
}
