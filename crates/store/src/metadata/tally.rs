//! The numbers of a dataset, from pairs that were counted by what tells them apart.

use std::collections::BTreeMap;

use model::{
    Accepted, Coverage, Difficulty, HISTOGRAM_BINS, HistogramBin, QuestionType, Readiness, ReviewCounts,
    ReviewStatus, TokenCounts, ValidationReport,
};

/// Pairs that are alike.
pub(super) struct Group {
    pub(super) review_status: ReviewStatus,
    pub(super) question_type: Option<QuestionType>,
    pub(super) difficulty: Option<Difficulty>,
    pub(super) quality: Option<Scored>,
    pub(super) grounding: Option<Scored>,
    pub(super) pairs: u64,
    pub(super) tokens: u64,
}

/// What the pairs of a group have of a score.
pub(super) struct Scored {
    /// In which bin of its histogram they all are.
    pub(super) bin: i64,
    pub(super) sum: f64,
}

/// A sum of scores and their number.
#[derive(Default)]
struct Mean {
    sum: f64,
    count: u64,
}

impl Mean {
    fn get(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / self.count as f64)
    }
}

/// All groups together.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) review: ReviewCounts,
    pub(super) question_types: BTreeMap<QuestionType, u64>,
    pub(super) difficulties: BTreeMap<Difficulty, u64>,
    pub(super) tokens: TokenCounts,
    quality: [u64; HISTOGRAM_BINS],
    grounding: [u64; HISTOGRAM_BINS],
    accepted_quality: Mean,
    accepted_grounding: Mean,
}

impl Tally {
    pub(super) fn add(&mut self, group: &Group) {
        let Group { review_status, pairs, tokens, .. } = *group;
        *match review_status {
            ReviewStatus::Pending => &mut self.review.pending,
            ReviewStatus::Accepted => &mut self.review.accepted,
            ReviewStatus::Rejected => &mut self.review.rejected,
            ReviewStatus::Edited => &mut self.review.edited,
        } += pairs;
        if let Some(kind) = group.question_type {
            *self.question_types.entry(kind).or_default() += pairs;
        }
        if let Some(difficulty) = group.difficulty {
            *self.difficulties.entry(difficulty).or_default() += pairs;
        }
        self.tokens.total += tokens;
        let accepted = matches!(review_status, ReviewStatus::Accepted | ReviewStatus::Edited);
        if accepted {
            self.tokens.accepted += tokens;
        }
        for (scored, bins, mean) in [
            (&group.quality, &mut self.quality, &mut self.accepted_quality),
            (&group.grounding, &mut self.grounding, &mut self.accepted_grounding),
        ] {
            let Some(scored) = scored else { continue };
            if let Some(count) = usize::try_from(scored.bin).ok().and_then(|bin| bins.get_mut(bin)) {
                *count += pairs;
            }
            if accepted {
                mean.sum += scored.sum;
                mean.count += pairs;
            }
        }
    }

    pub(super) fn quality_histogram(&self) -> Vec<HistogramBin> {
        histogram(&self.quality)
    }

    pub(super) fn grounding_histogram(&self) -> Vec<HistogramBin> {
        histogram(&self.grounding)
    }

    pub(super) fn readiness(&self, coverage: &Coverage, validation: &ValidationReport) -> Readiness {
        let accepted = Accepted {
            pairs: self.review.accepted + self.review.edited,
            quality: self.accepted_quality.get(),
            grounding: self.accepted_grounding.get(),
            tokens: self.tokens.accepted,
        };
        let mut readiness = Readiness::assess(&accepted, self.review, coverage);
        readiness.reasons.extend(validation.alarms.iter().map(|alarm| alarm.detail.clone()));
        readiness
    }
}

fn histogram(bins: &[u64; HISTOGRAM_BINS]) -> Vec<HistogramBin> {
    let end = |bin: usize| bin as f64 / HISTOGRAM_BINS as f64;
    bins.iter()
        .enumerate()
        .map(|(bin, count)| HistogramBin { from: end(bin), to: end(bin + 1), count: *count })
        .collect()
}
