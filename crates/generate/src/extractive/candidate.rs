//! A possible pair, and the choice among them.

use model::{Difficulty, QuestionType, Style};

use crate::{Draft, words};

/// The most characters of an answer: what is longer was cut out wrongly or is no answer.
const MAX_ANSWER: usize = 1_600;

/// From what share of common words two questions count as the same.
const SAME_QUESTION: f64 = 0.7;

/// How much a question of the asked-for style is preferred.
const STYLE_BONUS: u32 = 30;

/// A possible pair.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Candidate {
    pub(super) question: String,
    /// A span of the passage; line breaks within prose are blanks.
    pub(super) answer: String,
    /// The sentence, rows or lines that hold the answer.
    pub(super) quote: String,
    pub(super) question_type: QuestionType,
    pub(super) difficulty: Difficulty,
    /// How good its template is, 0 to 100.
    pub(super) score: u32,
}

/// The best candidates, best first; of equal ones the earlier. No two of them ask nearly the same or
/// have the same answer.
pub(super) fn select(mut candidates: Vec<Candidate>, count: usize, style: Style) -> Vec<Draft> {
    let worth = |candidate: &Candidate| {
        candidate.score + if is_of_style(candidate.question_type, style) { STYLE_BONUS } else { 0 }
    };
    candidates.retain(|candidate| {
        !candidate.answer.trim().is_empty()
            && candidate.answer.chars().nth(MAX_ANSWER).is_none()
            // The sources of generated documents hold directives where their readers see text.
            && !candidate.answer.contains("{{#")
    });
    candidates.sort_by_key(|candidate| std::cmp::Reverse(worth(candidate)));
    let mut chosen: Vec<Candidate> = Vec::with_capacity(count);
    for candidate in candidates {
        if chosen.len() == count {
            break;
        }
        let known = chosen.iter().any(|other| {
            other.answer == candidate.answer
                || words::key(&other.question) == words::key(&candidate.question)
                // Table look-ups differ in a single word each, and that word is all that counts.
                || (other.quote == candidate.quote || candidate.answer.len() > 60)
                    && words::overlap(&other.question, &candidate.question) >= SAME_QUESTION
        });
        if !known {
            chosen.push(candidate);
        }
    }
    chosen.into_iter().map(draft).collect()
}

fn draft(candidate: Candidate) -> Draft {
    Draft {
        question: candidate.question,
        answer: candidate.answer,
        quote: Some(candidate.quote),
        question_type: Some(candidate.question_type),
        difficulty: Some(candidate.difficulty),
        ..Draft::default()
    }
}

fn is_of_style(question_type: QuestionType, style: Style) -> bool {
    match style {
        Style::Mixed => false,
        Style::HowTo => question_type == QuestionType::HowTo,
        Style::Troubleshooting => question_type == QuestionType::Troubleshooting,
        Style::Conceptual => question_type == QuestionType::Conceptual,
        Style::ApiCode => question_type == QuestionType::ApiCode,
    }
}
