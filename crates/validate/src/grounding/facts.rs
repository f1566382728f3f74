//! Single words that make an answer wrong: numbers and names.

use model::FlagCode;

use super::alignment::{Aligner, Alignment};
use crate::{
    sentences::Text,
    tokens::{Kind, Role, Token},
};

/// So many words may stand in the source where the answer has another name or number.
const MAX_SWAPPED: usize = 8;

/// Something in the answer that the source speaks against.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    pub(crate) code: FlagCode,
    /// How sure a sign of a wrong answer it is, 0 to 1.
    pub(crate) weight: f64,
    /// Where it starts in the answer, in bytes.
    pub(crate) start: usize,
    /// Where it ends.
    pub(crate) end: usize,
    pub(crate) reason: String,
}

/// Finds numbers and names of a sentence that are nowhere, or that stand where the source has others.
pub(crate) fn check(
    aligner: &Aligner<'_>,
    answer: &Text<'_>,
    held: &[Token],
    aligned: &Alignment,
    problems: &mut Vec<Problem>,
) {
    let first =
        answer.tokens.partition_point(|token| held.first().is_some_and(|other| token.start < other.start));
    for (at, token) in held.iter().enumerate() {
        let is_name = token.capital && is_name(answer, held, at, first + at);
        if token.kind != Kind::Number && !is_name {
            continue;
        }
        let said = &answer.raw[token.start..token.end];
        let (code, word, weight) = match token.kind {
            Kind::Number => (FlagCode::UnsupportedNumber, "number", 0.6),
            _ => (FlagCode::UnsupportedName, "name", 0.5),
        };
        if !aligner.knows(token) {
            let reason = format!("The {word} “{said}” stands neither in the source nor in the question.");
            problems.push(Problem { code, weight, start: token.start, end: token.end, reason });
        } else if let Some(other) = swapped(aligner, held, at, aligned) {
            let other = &aligner.source.text.raw[other];
            let reason = format!("Where the answer has “{said}”, the source has “{other}”.");
            problems.push(Problem { code, weight: 0.5, start: token.start, end: token.end, reason });
        }
    }
}

/// Whether a capitalised word is a name: not where every sentence has a capital, unless a further one follows.
fn is_name(answer: &Text<'_>, held: &[Token], at: usize, token: usize) -> bool {
    if held[at].role != Role::Content {
        return false;
    }
    if !answer.is_first(token) && at > 0 {
        return true;
    }
    held.len() <= 3 || held.get(at + 1).is_some_and(|next| next.capital)
}

/// What the source has between the same neighbours, if that is not what the answer has.
fn swapped(
    aligner: &Aligner<'_>,
    held: &[Token],
    at: usize,
    aligned: &Alignment,
) -> Option<std::ops::Range<usize>> {
    let source = aligner.source;
    let tokens = &source.text.tokens;
    // The whole name around the token.
    let part = |token: &Token| token.capital && token.is_content() || token.kind == Kind::Number;
    let start = held[..at].iter().rposition(|token| !part(token)).map_or(0, |before| before + 1);
    let end = held[at..].iter().position(|token| !part(token)).map_or(held.len(), |after| at + after);
    if at != start {
        return None;
    }
    let left = start.checked_sub(1).map(|before| &held[before]);
    let right = held.get(end);
    let fits_left = start > 0 && source.holds_bigram(&held[start - 1..=start]);
    let fits_right = end < held.len() && source.holds_bigram(&held[end - 1..=end]);
    if fits_left || fits_right {
        return None;
    }
    let place = aligner.tokens_of(&aligned.sentences);
    let found = match (left, right) {
        (Some(left), Some(right)) => aligner.places_in(left, &aligned.sentences).find_map(|before| {
            let gap = before + 1..(before + 2 + MAX_SWAPPED).min(place.end);
            let after = tokens[gap.clone()].iter().position(|token| token.key == right.key)?;
            (after > 0).then_some(before + 1..before + 1 + after)
        }),
        (Some(left), None) if start > 1 && source.holds_bigram(&held[start - 2..start]) => {
            aligner.places_in(left, &aligned.sentences).find_map(|before| {
                let follows = before > 0 && tokens[before - 1].key == held[start - 2].key;
                (follows && before + 1 < place.end).then_some(before + 1..before + 2)
            })
        }
        (None, Some(right)) if end + 1 < held.len() && source.holds_bigram(&held[end..end + 2]) => {
            aligner.places_in(right, &aligned.sentences).find_map(|after| {
                let goes_on = tokens.get(after + 1).is_some_and(|token| token.key == held[end + 1].key);
                (goes_on && after > place.start).then(|| after - 1..after)
            })
        }
        _ => None,
    }?;
    let says_more = tokens[found.clone()].iter().any(Token::is_content);
    let same = tokens[found.clone()].iter().any(|token| token.key == held[at].key);
    (says_more && !same).then(|| tokens[found.start].start..tokens[found.end - 1].end)
}
