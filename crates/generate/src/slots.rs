//! What each pair of a run is asked to be: its difficulty and its question type.
//!
//! A run has a fixed number of slots: its passages times the pairs of each. How many slots a class
//! gets is settled for the whole run by largest remainder; which slots these are follows from the
//! slot's place and the seed alone, so that workers need not know of each other. Slot `s` of passage
//! `p` takes position `s × passages + scatter(p)` in the row of all slots, sorted by class: within a
//! passage the positions lie evenly apart, so that its pairs differ, and over the run each position
//! is taken once, so that the shares come out exactly.

use std::collections::BTreeMap;

use model::{Difficulty, GenerateSettings, GenerationType, QuestionType, Style};

/// Where a passage stands in its run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Its number, from 0.
    pub passage: u64,
    /// How many passages the run has.
    pub passages: u64,
}

impl Place {
    /// Of a passage that is the only one.
    pub const ALONE: Self = Self { passage: 0, passages: 1 };
}

/// What one pair is asked to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) difficulty: Difficulty,
    /// `None` in types whose questions are all of one kind.
    pub(crate) question_type: Option<QuestionType>,
}

/// How many pairs of each class a run asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Quotas {
    /// By difficulty.
    pub difficulties: BTreeMap<Difficulty, u64>,
    /// By question type; empty where none is asked for.
    pub question_types: BTreeMap<QuestionType, u64>,
}

/// How many pairs of each class a run over so many passages asks for.
pub fn quotas(settings: &GenerateSettings, passages: u64) -> Quotas {
    let total = passages.saturating_mul(u64::from(settings.config.pairs_per_chunk));
    let seed = settings.config.seed;
    let counts = |row: Row<Difficulty>| row.counts();
    Quotas {
        difficulties: counts(difficulties(settings, total, seed)),
        question_types: types(settings, total, seed).counts(),
    }
}

/// The slots of a passage, easiest first.
///
/// Weights are taken as checked by [`GenerateSettings::check`].
pub(crate) fn slots(settings: &GenerateSettings, place: Place) -> Vec<Slot> {
    let seed = settings.config.seed;
    let count = u64::from(settings.config.pairs_per_chunk);
    let passages = place.passages.max(place.passage.saturating_add(1)).min(1 << 40);
    let passage = place.passage % passages;
    let difficulties = difficulties(settings, passages * count, seed);
    let types = types(settings, passages * count, seed);
    // Different strides, and another order within each passage: the two are not to go together.
    let by_difficulty = scatter(passage, passages, GOLDEN, seed);
    let by_type = scatter(passage, passages, SILVER, seed.rotate_left(32));
    let turn = mix(seed ^ mix(passage)) % count.max(1);
    (0..count)
        .filter_map(|slot| {
            Some(Slot {
                difficulty: difficulties.at(slot * passages + by_difficulty)?,
                question_type: types.at((slot + turn) % count * passages + by_type),
            })
        })
        .collect()
}

/// Whether a pair of another question type than asked for is not what was asked for. In mixed style
/// it is: that style wants what the passage answers best.
pub(crate) fn types_matter(settings: &GenerateSettings) -> bool {
    settings.config.style_template != Style::Mixed
}

fn difficulties(settings: &GenerateSettings, total: u64, seed: u64) -> Row<Difficulty> {
    let weights = settings.config.difficulty_distribution;
    let classes = [
        (Difficulty::Easy, weights.easy),
        (Difficulty::Medium, weights.medium),
        (Difficulty::Hard, weights.hard),
    ];
    Row::new(&classes, total, seed)
}

/// Question types as the style wants them; in mixed style those that most passages answer more often.
fn types(settings: &GenerateSettings, total: u64, seed: u64) -> Row<QuestionType> {
    use QuestionType::{Analytical, ApiCode, Comparative, Conceptual, Factual, HowTo, Troubleshooting};
    if matches!(settings.generation_type, GenerationType::Summary | GenerationType::Classification) {
        return Row(Vec::new());
    }
    let classes: &[(QuestionType, f64)] = match settings.config.style_template {
        Style::Mixed => &[
            (Factual, 4.0),
            (HowTo, 3.0),
            (Conceptual, 3.0),
            (Troubleshooting, 2.0),
            (ApiCode, 2.0),
            (Analytical, 1.0),
            (Comparative, 1.0),
        ],
        Style::HowTo => &[(HowTo, 1.0)],
        Style::Troubleshooting => &[(Troubleshooting, 1.0)],
        Style::Conceptual => &[(Conceptual, 1.0)],
        Style::ApiCode => &[(ApiCode, 1.0)],
    };
    Row::new(classes, total, seed)
}

/// All slots of a run in a row, sorted by class: each class with the position where it ends.
struct Row<T>(Vec<(T, u64)>);

impl<T: Copy + Ord> Row<T> {
    /// By largest remainder; of equal remainders the seed says whose turn it is.
    fn new(classes: &[(T, f64)], total: u64, seed: u64) -> Self {
        let classes: Vec<_> = classes.iter().filter(|(_, weight)| *weight > 0.0).collect();
        let most = classes.iter().map(|(_, weight)| *weight).fold(0.0, f64::max);
        // Dividing first keeps sums of huge weights finite.
        let sum: f64 = classes.iter().map(|(_, weight)| weight / most).sum();
        let shares: Vec<f64> =
            classes.iter().map(|(_, weight)| total as f64 * (weight / most) / sum).collect();
        let mut counts: Vec<u64> = shares.iter().map(|share| share.floor() as u64).collect();
        let mut order: Vec<usize> = (0..classes.len()).collect();
        order.rotate_left((mix(seed) % classes.len().max(1) as u64) as usize);
        // Stable: equal remainders stay in the order that the seed gave them. A thousandth of a
        // millionth is less than what adding floats loses.
        let remainder = |at: usize| ((shares[at] - shares[at].floor()) * 1e9).round();
        order.sort_by(|a, b| remainder(*b).total_cmp(&remainder(*a)));
        let left = total.saturating_sub(counts.iter().sum());
        for at in order.into_iter().cycle().take(left.min(classes.len() as u64) as usize) {
            counts[at] += 1;
        }
        let mut end = 0;
        Self(
            classes
                .into_iter()
                .zip(counts)
                .map(|((class, _), count)| {
                    end += count;
                    (*class, end)
                })
                .collect(),
        )
    }

    fn at(&self, position: u64) -> Option<T> {
        let class = self.0.iter().find(|(_, end)| position < *end).or(self.0.last());
        class.map(|(class, _)| *class)
    }

    fn counts(&self) -> BTreeMap<T, u64> {
        let starts = std::iter::once(0).chain(self.0.iter().map(|(_, end)| *end));
        self.0.iter().zip(starts).map(|((class, end), start)| (*class, end - start)).collect()
    }
}

const GOLDEN: f64 = 0.618_033_988_749_895;
const SILVER: f64 = 0.414_213_562_373_095;

/// A permutation of `0..count` that the seed turns: neighbours land far apart, so that any stretch of
/// a run comes close to its shares too.
fn scatter(index: u64, count: u64, stride: f64, seed: u64) -> u64 {
    let mut step = ((count as f64 * stride) as u64).max(1);
    while common_divisor(step, count) > 1 {
        step += 1;
    }
    let position = u128::from(index) * u128::from(step) + u128::from(mix(seed));
    (position % u128::from(count)) as u64
}

fn common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

/// Spreads a number over all 64 bits (SplitMix64's finaliser).
fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests;
