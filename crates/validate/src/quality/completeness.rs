//! Whether the answer is whole.

use model::{FlagCode, QuestionType};

use super::{Item, Rated};
use crate::{
    grounding::is_yes_or_no,
    tokens::{Kind, Role},
};

/// Words that a sentence does not end with.
const LEADING: [&str; 40] = [
    "the", "a", "an", "and", "or", "but", "of", "to", "with", "from", "by", "into", "because", "which",
    "than", "as", "if", "their", "its", "your", "is", "are", "der", "die", "das", "und", "oder", "weil",
    "le", "la", "les", "et", "ou", "de", "el", "los", "y", "que", "и", "или",
];

pub(super) fn items(pair: &Rated<'_>) -> Vec<Item> {
    vec![adequacy(pair), end(pair), refusal(pair), copy(pair)]
}

/// The length that the kind of question needs, and not much more.
fn adequacy(pair: &Rated<'_>) -> Item {
    let (least, enough, too_long) = match pair.kind {
        QuestionType::Factual => (0.55, 10.0, 120),
        QuestionType::ApiCode => (0.40, 14.0, 400),
        QuestionType::Conceptual => (0.30, 28.0, 350),
        QuestionType::Comparative | QuestionType::Analytical => (0.25, 32.0, 400),
        QuestionType::HowTo | QuestionType::Troubleshooting => (0.25, 30.0, 450),
    };
    let words = pair.words();
    if words == 0 {
        return Item::graded(0.05);
    }
    if is_yes_or_no(pair.answer.raw) {
        return Item::graded(0.45);
    }
    let reached = (((words as f64).ln() + 0.2) / (f64::ln(enough) + 0.2)).min(1.0);
    let long = if words > too_long { 0.8 } else { 1.0 };
    Item::graded((least + (1.0 - least) * reached) * long)
}

/// Whether the answer ends where it stops.
fn end(pair: &Rated<'_>) -> Item {
    let text = pair.answer.raw.trim_end();
    let unfinished = |detail| Item::failed(0.3, FlagCode::Unfinished, detail);
    let Some(last) = text.chars().next_back() else { return Item::graded(1.0) };
    if crate::quality::formatting::fences(text) % 2 == 1 {
        return unfinished("The answer stops within a block of code.");
    }
    if !pair.is_prose() || pair.grounding.verbatim && ends_there(pair.goes_on) {
        return Item::graded(1.0);
    }
    if matches!(last, ',' | ':' | '(' | '[' | '-' | '–' | '、' | '，' | '：') {
        return unfinished("The answer stops in the middle of a sentence.");
    }
    if last.is_alphanumeric() {
        let token = pair.answer.tokens.last();
        let word =
            token.map_or(String::new(), |token| pair.answer.raw[token.start..token.end].to_lowercase());
        if LEADING.contains(&word.as_str()) {
            return unfinished("The answer stops in the middle of a sentence.");
        }
        let spaced = token.is_some_and(|token| token.kind != Kind::Characters);
        if spaced && pair.words() > 5 && pair.answer.sentences.len() > 1 {
            return unfinished("The last sentence of the answer has no end.");
        }
        if spaced && pair.words() >= 12 && !pair.grounding.verbatim {
            return Item::graded(0.75);
        }
        return Item::graded(0.92);
    }
    Item::graded(1.0)
}

/// Whether the source, too, ends a sentence, a cell or a line after the answer.
fn ends_there(goes_on: Option<&str>) -> bool {
    goes_on.is_none_or(|rest| {
        let next = rest.trim_start_matches([' ', '\t']).chars().next();
        next.is_none_or(|char| !char.is_alphanumeric())
    })
}

/// Whether the answer declines to answer.
fn refusal(pair: &Rated<'_>) -> Item {
    const REFUSALS: [&str; 30] = [
        "i cannot answer",
        "i can't answer",
        "i am unable to",
        "i'm unable to",
        "i cannot provide",
        "i can't provide",
        "i'm sorry, but",
        "i am sorry, but",
        "i apologize, but",
        "i don't have enough information",
        "i do not have enough information",
        "i don't know",
        "i do not know",
        "i cannot help",
        "i can't help",
        "i can't assist",
        "i cannot assist",
        "the passage does not provide",
        "the passage does not mention",
        "the passage does not specify",
        "the text does not provide",
        "the text does not mention",
        "the text does not specify",
        "the context does not",
        "not specified in the",
        "not mentioned in the",
        "no information is provided",
        "not enough information",
        "ich kann diese frage nicht",
        "je ne peux pas répondre",
    ];
    let opening: String =
        pair.answer.raw.chars().take(160).collect::<String>().to_lowercase().replace('’', "'");
    let held = pair.grounding.score.is_some_and(|score| score >= 0.9);
    if !held && REFUSALS.iter().any(|refusal| opening.contains(refusal)) {
        return Item::failed(0.1, FlagCode::Refusal, "The answer declines to answer.");
    }
    Item::graded(1.0)
}

/// Whether the answer says more than the question did.
fn copy(pair: &Rated<'_>) -> Item {
    let content = || pair.answer.tokens.iter().filter(|token| token.role == Role::Content);
    let asked = |key| pair.question.tokens.iter().take(200).any(|token| token.key == key);
    let all = content().count();
    let new = content().filter(|token| !asked(token.key)).count();
    Item::graded(match (all, new) {
        (0, _) => 1.0,
        (_, 0) if pair.answer.tokens.len() * 2 > pair.question.tokens.len() && all > 2 => 0.1,
        // A choice between what the question names.
        (_, 0) => 0.7,
        (all, new) if all > 6 && new * 8 < all => 0.6,
        _ => 1.0,
    })
}
