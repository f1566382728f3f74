//! Denials that stand in the answer and not in its place in the source, or the other way round.

use model::FlagCode;

use super::{
    alignment::{Aligner, Alignment},
    facts::Problem,
};
use crate::tokens::{Role, Token};

/// Below this a sentence is too far from its place for a missing denial to say anything.
const NEAR: f64 = 0.6;

/// Compares the denials of a sentence with those of its place in the source.
pub(crate) fn check(aligner: &Aligner<'_>, held: &[Token], aligned: &Alignment, problems: &mut Vec<Problem>) {
    if aligned.coverage < NEAR {
        return;
    }
    let denies = |token: &&Token| token.role == Role::Negation;
    let place = &aligner.source.text.tokens[aligner.tokens_of(&aligned.sentences)];
    let said = held.iter().filter(denies).count();
    let found = place.iter().filter(denies).count();
    if said > found {
        let Some(token) = held.iter().find(denies) else { return };
        problems.push(Problem {
            code: FlagCode::Negation,
            weight: 0.5,
            start: token.start,
            end: token.end,
            reason: "The answer denies what the source says.".to_owned(),
        });
    }
}
