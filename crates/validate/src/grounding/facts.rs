//! Single words that make an answer wrong: numbers and names.

use model::FlagCode;

use super::alignment::{Aligner, Alignment};
use crate::{
    sentences::Text,
    tokens::{Kind, Role, Token},
    units,
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
    if let Some(problem) = new_characters(aligner, answer, held) {
        problems.push(problem);
    }
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
        if let Some((has, other)) = other_unit(aligner, answer, token) {
            let reason = format!("The answer has “{said} {has}”, the source “{said} {other}”.");
            problems.push(Problem { code, weight: 0.5, start: token.start, end: token.end, reason });
        } else if !aligner.knows(token) {
            let reason = format!("The {word} “{said}” stands neither in the source nor in the question.");
            problems.push(Problem { code, weight, start: token.start, end: token.end, reason });
        } else if let Some(other) = swapped(aligner, held, at, aligned) {
            let other = &aligner.source.text.raw[other];
            let reason = format!("Where the answer has “{said}”, the source has “{other}”.");
            problems.push(Problem { code, weight: 0.5, start: token.start, end: token.end, reason });
        }
    }
}

/// A character of a script without spaces and capitals that is nowhere: what stands for a name there.
/// Characters that only join others (kana, and what comes with Thai and Lao vowels) say nothing.
fn new_characters(aligner: &Aligner<'_>, answer: &Text<'_>, held: &[Token]) -> Option<Problem> {
    let tells = |char: char| matches!(u32::from(char), 0x30A1..=0x30FA | 0x3400..=0x9FFF | 0xF900..=0xFAFF | 0x2_0000..=0x3_FFFF);
    let unknown = held.iter().filter(|token| token.kind == Kind::Characters && !aligner.knows(token));
    let (at, char) = unknown
        .flat_map(|token| {
            answer.raw[token.start..token.end].char_indices().map(|(at, char)| (token.start + at, char))
        })
        .find(|(_, char)| tells(*char) && !aligner.knows_character(*char))?;
    Some(Problem {
        code: FlagCode::UnsupportedName,
        weight: 0.3,
        start: at,
        end: at + char.len_utf8(),
        reason: format!("The character “{char}” stands neither in the source nor in the question."),
    })
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

/// The unit behind a number, and the one that the source has behind it, where it never has the same or none.
fn other_unit(
    aligner: &Aligner<'_>,
    answer: &Text<'_>,
    token: &Token,
) -> Option<(&'static str, &'static str)> {
    if token.kind != Kind::Number || aligner.asked(token) {
        return None;
    }
    let has = unit_behind(answer.raw, token.end)?;
    let source = aligner.source;
    let mut other = None;
    for place in source.places(token.key) {
        let there = &source.text.tokens[place];
        // 1,200,000 stands there as 1.2 million: the unit is behind that.
        let spelt = there.key != token.key;
        let end = if spelt { source.text.tokens.get(place + 1)?.end } else { there.end };
        match unit_behind(source.text.raw, end) {
            Some(unit) if unit != has => other = Some(unit),
            _ => return None,
        }
    }
    Some((has, other?))
}

/// The unit that stands behind a number which ends there.
fn unit_behind(text: &str, end: usize) -> Option<&'static str> {
    let rest = text[end..].trim_start_matches([' ', '\u{a0}', '\u{202f}', '-']);
    if rest.starts_with('%') {
        return units::unit("%");
    }
    let word = rest.split(|char: char| !char.is_alphabetic() && char != '°').next().unwrap_or("");
    // “35 in Oslo” is no inch.
    (word.len() <= 16 && !matches!(word, "in" | "a" | "A" | "I" | "d"))
        .then(|| units::unit(&word.to_lowercase()))
        .flatten()
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
    // A date in another order, or several numbers in a row: all of them are there.
    let numbers = |token: &Token| token.kind == Kind::Number || token.alias != token.key;
    if end - start > 1
        && held[start..end].iter().all(numbers)
        && held[start..end].iter().all(|token| aligner.places_in(token, &aligned.sentences).next().is_some())
    {
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
    let same = tokens[found.clone()].iter().any(|token| token.says(&held[at]));
    (says_more && !same).then(|| tokens[found.start].start..tokens[found.end - 1].end)
}
