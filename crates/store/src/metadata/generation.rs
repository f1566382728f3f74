//! What a generation's states and counts follow, whatever keeps them.

use model::{Generation, GenerationKind, GenerationStatus, Usage};

use super::{Advance, value::integer};
use crate::{Result, StoreError};

/// The counts that something adds to a generation, negative where it takes off.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) processed: i64,
    pub(super) failed: i64,
    pub(super) validate_total: i64,
    pub(super) validate_ended: i64,
    pub(super) pairs: i64,
    pub(super) quality: Sum,
    pub(super) grounding: Sum,
}

/// A sum of scores.
#[derive(Debug, Default)]
pub(super) struct Sum {
    pub(super) billionths: i64,
    pub(super) count: i64,
}

impl Sum {
    pub(super) fn add(&mut self, score: Option<f64>) {
        if let Some(score) = score {
            self.billionths += fixed(score, BILLION);
            self.count += 1;
        }
    }

    pub(super) fn take_off(&mut self, score: Option<f64>) {
        if let Some(score) = score {
            self.billionths -= fixed(score, BILLION);
            self.count -= 1;
        }
    }
}

const BILLION: f64 = 1e9;
const TRILLION: f64 = 1e12;

/// Whole parts of one: sums of them do not depend on the order of adding, as those of floats do.
fn fixed(value: f64, parts: f64) -> i64 {
    // A cast saturates, and makes 0 of what is not a number.
    (value * parts).round() as i64
}

/// USD as they are stored.
pub(super) fn trillionths(usd: f64) -> i64 {
    fixed(usd, TRILLION)
}

/// What calls came to; the cost in trillionths of a USD, `None` where no price is known.
#[derive(Debug, Default)]
pub(super) struct Spending {
    pub(super) requests: i64,
    pub(super) prompt_tokens: i64,
    pub(super) completion_tokens: i64,
    pub(super) cost: Option<i64>,
}

impl Spending {
    pub(super) fn add(&mut self, usage: &Usage) {
        self.requests += integer(usage.requests);
        self.prompt_tokens += integer(usage.prompt_tokens);
        self.completion_tokens += integer(usage.completion_tokens);
        if let Some(cost) = usage.cost_usd {
            self.cost = Some(self.cost.unwrap_or_default() + trillionths(cost));
        }
    }
}

/// Checks that a change of a generation follows an arrow of the contract.
pub(super) fn check_arrow(Advance { from, attempt, to }: &Advance) -> Result<()> {
    use GenerationStatus::{Generating, Parsing, Pending, Validating};
    // With these ruled out the arrows of one kind never lead to a phase of the other.
    let of_its_kind = match to.kind {
        GenerationKind::Parse => !matches!(to.status, Generating | Validating),
        GenerationKind::Generate => to.status != Parsing,
    };
    let starts = attempt.saturating_add(u32::from(to.status == Pending));
    if of_its_kind && from.may_become(to.status) && to.attempt == starts {
        return Ok(());
    }
    Err(StoreError::Conflict(format!(
        "a generation that is {} in attempt {attempt} cannot become {} in attempt {}",
        from.as_str(),
        to.status.as_str(),
        to.attempt,
    )))
}

/// Of a generate, the first nine tenths are the writing and the last one the scoring; 100 is only
/// what is completed.
pub(super) fn progress(generation: &Generation, validate_ended: u64, validate_total: u64) -> u8 {
    if generation.status == GenerationStatus::Completed {
        return 100;
    }
    let share = |of: u64, ended: u64, total: u64| (of * ended).checked_div(total).unwrap_or_default().min(of);
    let (ended, total) = (generation.chunks_processed, generation.chunks_total);
    let percent = match generation.kind {
        GenerationKind::Parse => share(100, ended, total),
        GenerationKind::Generate if ended < total => share(90, ended, total),
        GenerationKind::Generate => share(90, ended, total) + share(10, validate_ended, validate_total),
    };
    u8::try_from(percent.min(99)).unwrap_or(99)
}

/// The mean of scores from the sum of their billionths and their number.
pub(super) fn mean(sum: i64, count: i64) -> Option<f64> {
    (count > 0).then(|| sum as f64 / count as f64 / BILLION)
}

/// USD from trillionths of one.
pub(super) fn usd(trillionths: i64) -> f64 {
    trillionths as f64 / TRILLION
}

#[cfg(test)]
mod tests {
    use model::{GenerationId, ProjectId, Time};
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::nothing_to_do(GenerationKind::Parse, (0, 0), (0, 0), 0)]
    #[case::parse(GenerationKind::Parse, (1, 3), (0, 0), 33)]
    #[case::parse_before_it_is_completed(GenerationKind::Parse, (3, 3), (0, 0), 99)]
    #[case::writing(GenerationKind::Generate, (1, 2), (0, 1), 45)]
    #[case::written(GenerationKind::Generate, (2, 2), (0, 2), 90)]
    #[case::scoring(GenerationKind::Generate, (2, 2), (1, 2), 95)]
    #[case::scored(GenerationKind::Generate, (2, 2), (2, 2), 99)]
    fn progress_shows_both_phases(
        #[case] kind: GenerationKind,
        #[case] (ended, total): (u64, u64),
        #[case] (validate_ended, validate_total): (u64, u64),
        #[case] percent: u8,
    ) {
        let now = Time::UNIX_EPOCH;
        let mut generation =
            Generation::new(GenerationId::new(now, [0; 10]), ProjectId::new(now, [0; 10]), kind, None, now);
        (generation.chunks_processed, generation.chunks_total) = (ended, total);
        assert_eq!(progress(&generation, validate_ended, validate_total), percent);
        generation.status = GenerationStatus::Completed;
        assert_eq!(progress(&generation, validate_ended, validate_total), 100);
    }
}
