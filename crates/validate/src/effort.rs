//! How much it takes to find the answer: the places of the source, the distance between the words of
//! the question and those of the answer, the length of the reasoning, and the kind of question.

use model::{Difficulty, QuestionType};

use crate::{grounding::Grounding, sentences::Text, tokens::Kind};

/// Answers of this many words have all the length that counts.
const LONG: f64 = 90.0;

/// Words of this many letters count as rare: they are terms more often than not.
const RARE: usize = 9;

/// The effort as a number, 0 (none: the question says it) to 1.
pub(crate) fn effort(question: &Text<'_>, answer: &Text<'_>, kind: QuestionType, found: &Grounding) -> f64 {
    let content: Vec<_> = answer.tokens.iter().filter(|token| token.is_content()).collect();
    if content.is_empty() {
        return 0.0;
    }
    let new = content
        .iter()
        .filter(|token| question.tokens.iter().take(200).all(|other| other.key != token.key))
        .count();
    let share = |count: usize| count as f64 / content.len() as f64;
    if new == 0 {
        return 0.0;
    }
    let hops = match found.hops {
        0 | 1 => 0.0,
        2 => 0.5,
        3 => 0.8,
        _ => 1.0,
    };
    let length = ((1.0 + words(answer) as f64).ln() / (1.0 + LONG).ln()).min(1.0);
    let rare = share(
        content.iter().filter(|token| answer.raw[token.start..token.end].chars().count() >= RARE).count(),
    );
    // Copied as it is, however far the words, is easier than put anew.
    let distance = share(new) * if found.verbatim { 0.5 } else { 1.0 };
    0.30 * hops + 0.25 * length + 0.15 * distance + 0.10 * rare.min(0.5) * 2.0 + 0.20 * demand(kind)
}

/// The level of an effort.
pub(crate) fn level(effort: f64) -> Difficulty {
    match effort {
        ..0.36 => Difficulty::Easy,
        ..0.62 => Difficulty::Medium,
        _ => Difficulty::Hard,
    }
}

/// A text's length in words; in scripts without spaces two characters are one.
pub(crate) fn words(text: &Text<'_>) -> usize {
    let characters = text.tokens.iter().filter(|token| token.kind == Kind::Characters).count();
    text.tokens.len() - characters + characters.div_ceil(2)
}

fn demand(kind: QuestionType) -> f64 {
    match kind {
        QuestionType::Factual => 0.0,
        QuestionType::ApiCode | QuestionType::HowTo => 0.4,
        QuestionType::Conceptual | QuestionType::Troubleshooting => 0.6,
        QuestionType::Comparative => 0.8,
        QuestionType::Analytical => 1.0,
    }
}
