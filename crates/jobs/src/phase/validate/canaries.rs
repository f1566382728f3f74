//! Which pairs are made wrong on purpose, and how.
//!
//! Every twentieth pair of a run, from one on that the seed chooses: which these are does not depend on who scores
//! them, or in what order. The kinds of mistakes take turns.

use std::sync::Arc;

use model::{CanaryOperator, GenerationType, Pair, Passage, Scores, Unit};
use validate::{Foreign, is_flagged, make_wrong};

use crate::{JobsError, scoring::Scorer};

use super::super::Work;

/// One of so many pairs is made wrong; one of so many units is judged twice.
pub(super) const ONE_OF: u64 = 20;

/// Passages of the run that sentences and names are taken from.
const PASSAGES: u32 = 16;

/// The pairs of a unit that are made wrong.
pub(super) struct Chosen {
    /// Each by its place among the unit's pairs, with its number among all canaries.
    places: Vec<(usize, u64)>,
    seed: u64,
    foreign: Arc<Foreign>,
}

/// A pair that was made wrong.
pub(super) struct Wrong {
    /// The place of what it was made from.
    pub(super) of: usize,
    pub(super) operator: CanaryOperator,
    pub(super) pair: Pair,
    pub(super) scores: Scores,
    pub(super) caught_locally: bool,
}

/// Chooses among the pairs of a unit; `None` where none of them is to be made wrong.
pub(super) async fn choose(work: &Work, unit: &Unit, pairs: &[Pair]) -> Result<Option<Chosen>, JobsError> {
    let Some(settings) = &work.generation.settings else { return Ok(None) };
    // A label is not held against the source: nothing would be found out.
    if settings.generation_type == GenerationType::Classification {
        return Ok(None);
    }
    let (seed, each) = (settings.config.seed, u64::from(settings.config.pairs_per_chunk));
    let first = first_of(seed, work.generation.chunks_total.saturating_mul(each));
    let places: Vec<_> = pairs
        .iter()
        .enumerate()
        .filter_map(|(at, pair)| {
            let number = unit.ordinal.saturating_mul(each).saturating_add(u64::from(pair.slot));
            (number % ONE_OF == first).then_some((at, number / ONE_OF))
        })
        .collect();
    if places.is_empty() {
        return Ok(None);
    }
    let read = async || -> Result<_, JobsError> {
        let passages = work.environment.metadata.sample_passages(work.generation.id, PASSAGES).await?;
        Ok(Arc::new(Foreign::new(&passages)))
    };
    let foreign = Arc::clone(work.foreign.get_or_try_init(read).await?);
    Ok(Some(Chosen { places, seed, foreign }))
}

/// The first of every [`ONE_OF`] of so many things, by the seed: there is one, though they be few.
pub(super) fn first_of(seed: u64, count: u64) -> u64 {
    mixed(seed) % count.clamp(1, ONE_OF)
}

/// A number that looks like chance (the finaliser of SplitMix64).
fn mixed(seed: u64) -> u64 {
    let mixed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

impl Chosen {
    /// Makes the chosen pairs wrong, as far as their grounding can be measured and their answers bear a mistake, and
    /// scores them.
    pub(super) fn make(
        &self,
        passage: &Passage,
        pairs: &[Pair],
        scores: &[(Scores, [u8; 16])],
        scorer: &Scorer<'_>,
    ) -> Vec<Wrong> {
        let measured = self.places.iter().filter(|(at, _)| scores[*at].0.grounding_score.is_some());
        measured.filter_map(|(at, number)| self.wrong(passage, *at, &pairs[*at], *number, scorer)).collect()
    }

    fn wrong(
        &self,
        passage: &Passage,
        of: usize,
        pair: &Pair,
        number: u64,
        scorer: &Scorer<'_>,
    ) -> Option<Wrong> {
        let operators = CanaryOperator::ALL.into_iter().cycle();
        let turn = usize::try_from(number.wrapping_add(self.seed) % 6).unwrap_or_default();
        let draw = mixed(self.seed ^ number);
        let (operator, answer) =
            operators.skip(turn).take(CanaryOperator::ALL.len()).find_map(|operator| {
                let wrong = make_wrong(operator, passage, &pair.question, &pair.answer, &self.foreign, draw)?;
                Some((operator, wrong))
            })?;
        let mut pair = pair.clone();
        if let Some(turn) = pair.turns.get_mut(1) {
            turn.content.clone_from(&answer);
        }
        pair.answer = answer;
        let (scores, _) = scorer.score_pair(&pair);
        Some(Wrong { of, operator, caught_locally: is_flagged(&scores), pair, scores })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_twenty_is_chosen_and_one_of_few() {
        for seed in 0..50 {
            assert!(first_of(seed, 3) < 3);
            let chosen = (0..200).filter(|number| number % ONE_OF == first_of(seed, 200)).count();
            assert_eq!(chosen, 10);
        }
        let firsts: std::collections::BTreeSet<_> = (0..50).map(|seed| first_of(seed, 200)).collect();
        assert!(firsts.len() > 10, "{firsts:?}");
    }
}
