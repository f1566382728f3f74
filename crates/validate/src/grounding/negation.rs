//! Denials that stand in the answer and not in its place in the source, or the other way round.

use std::ops::Range;

use model::FlagCode;

use super::{
    alignment::{Aligner, Alignment},
    facts::Problem,
};
use crate::tokens::{Role, Token};

/// Below this a sentence is too far from its place for an added denial to say anything.
const NEAR: f64 = 0.6;

/// Below this it is too far for a lost one.
const SURE: f64 = 0.75;

/// So many words behind a denial may be what it denies.
const REACH: usize = 3;

/// Compares the denials of a sentence with those of its place in the source.
pub(crate) fn check(aligner: &Aligner<'_>, held: &[Token], aligned: &Alignment, problems: &mut Vec<Problem>) {
    if aligned.coverage < NEAR {
        return;
    }
    let denies = |token: &&Token| token.role == Role::Negation;
    let tokens = &aligner.source.text.tokens;
    let sentences = aligner.tokens_of(&aligned.sentences);
    let said = held.iter().filter(denies).count();
    let found = tokens[sentences.clone()].iter().filter(denies).count();
    if said > found {
        let Some(token) = held.iter().find(denies) else { return };
        problems.push(Problem {
            code: FlagCode::Negation,
            weight: 0.5,
            start: token.start,
            end: token.end,
            reason: "The answer denies what the source says.".to_owned(),
        });
    } else if said == 0 && found > 0 && aligned.coverage >= SURE {
        let Some(token) = lost(aligner, held, aligned, sentences) else { return };
        problems.push(Problem {
            code: FlagCode::Negation,
            weight: 0.4,
            start: token.start,
            end: token.end,
            reason: "The answer says what the source denies.".to_owned(),
        });
    }
}

/// The first word of a sentence of which the source, among the same words, has a denial before.
fn lost<'t>(
    aligner: &Aligner<'_>,
    held: &'t [Token],
    aligned: &Alignment,
    sentences: Range<usize>,
) -> Option<&'t Token> {
    let tokens = &aligner.source.text.tokens;
    let span = aligned.span.clone()?;
    let says = |token: &Token| held.iter().find(|other| other.key == token.key);
    let within = span.start.saturating_sub(1).max(sentences.start)..span.end;
    tokens[within.clone()].iter().zip(within).filter(|(token, _)| token.role == Role::Negation).find_map(
        |(_, denial)| {
            let behind = &tokens[denial + 1..(denial + 1 + REACH).min(sentences.end)];
            let denied = behind.iter().find(|token| token.is_content())?;
            // What leads up to the denial has to be said too: another clause is another matter.
            let before = tokens[sentences.start..denial].iter().rev().find(|token| token.is_content());
            says(denied)
                .filter(|_| before.is_none_or(|before| says(before).is_some() || aligner.asked(before)))
        },
    )
}
