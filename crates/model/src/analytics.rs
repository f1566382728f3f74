//! What a project's dataset looks like, in numbers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Difficulty, DocumentId, FlagCode, QuestionType, ValidationReport};

/// The number of bins of a histogram of scores.
pub const HISTOGRAM_BINS: usize = 20;

/// How many accepted pairs a dataset is aimed at.
pub const TARGET_PAIRS: u64 = 1000;

/// What a project's dataset looks like, in numbers.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Analytics {
    /// How much of the documents the pairs cover.
    pub coverage: Coverage,
    /// Measured quality scores.
    pub quality_histogram: Vec<HistogramBin>,
    /// Measured grounding scores.
    pub grounding_histogram: Vec<HistogramBin>,
    /// Pairs by what their question asks for.
    #[schema(value_type = BTreeMap<String, u64>)]
    pub question_types: BTreeMap<QuestionType, u64>,
    /// Pairs by difficulty.
    #[schema(value_type = BTreeMap<String, u64>)]
    pub difficulties: BTreeMap<Difficulty, u64>,
    /// What chunks and pairs are about, the most common first.
    pub topics: Vec<TopicCount>,
    /// Pairs by what a person decided.
    pub review: ReviewCounts,
    /// Pairs that repeat another.
    pub duplicates: u64,
    /// Pairs by flag.
    #[schema(value_type = BTreeMap<String, u64>)]
    pub flags: BTreeMap<FlagCode, u64>,
    /// Tokens (`o200k_base`) of questions, contexts and answers.
    pub tokens: TokenCounts,
    /// How far the scores can be believed.
    pub validation: ValidationReport,
    /// How far the dataset is from one to train on.
    pub readiness: Readiness,
}

/// How much of the documents the pairs cover.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Coverage {
    /// Documents in any state.
    pub documents_total: u64,
    /// Documents that have text.
    pub documents_parsed: u64,
    /// Documents that could not be parsed.
    pub documents_failed: u64,
    /// Chunks, excluded ones included.
    pub chunks_total: u64,
    /// Chunks that are left out of generation.
    pub chunks_excluded: u64,
    /// Chunks that pairs were made from.
    pub chunks_with_pairs: u64,
    /// The same by document, in the order of their names; at most 1,000 of them.
    pub per_document: Vec<DocumentCoverage>,
}

/// What there is of one document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DocumentCoverage {
    /// The document.
    pub document_id: DocumentId,
    /// Its name.
    pub filename: String,
    /// Its chunks.
    pub chunks: u64,
    /// Pairs made from it.
    pub pairs: u64,
}

/// One bin of a histogram: scores from `from` (inclusive) to `to` (exclusive; of the last bin, inclusive).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct HistogramBin {
    /// Its lower end.
    pub from: f64,
    /// Its upper end.
    pub to: f64,
    /// How many scores are in it.
    pub count: u64,
}

/// A topic and how often it occurs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TopicCount {
    /// The topic.
    pub topic: String,
    /// Chunks about it.
    pub chunks: u64,
    /// Pairs about it.
    pub pairs: u64,
}

/// Pairs by what a person decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReviewCounts {
    /// Nothing yet.
    pub pending: u64,
    /// Good as they are.
    pub accepted: u64,
    /// Left out.
    pub rejected: u64,
    /// Changed, and good by that.
    pub edited: u64,
}

/// Tokens of pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TokenCounts {
    /// Of accepted and edited pairs.
    pub accepted: u64,
    /// Of all pairs.
    pub total: u64,
}

/// How far a dataset is from one to train on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Readiness {
    /// Accepted and edited pairs.
    pub accepted_pairs: u64,
    /// How many are aimed at.
    pub target_pairs: u64,
    /// The share of that, 0 to 100.
    pub percent: u8,
    /// A guess at three epochs of fine-tuning a small model on one GPU, at 1,500 tokens a second.
    pub estimated_training_minutes: f64,
    /// The whole in a word.
    pub assessment: Assessment,
    /// Why it is that word.
    pub reasons: Vec<String>,
}

impl Default for Readiness {
    fn default() -> Self {
        Self::assess(0, None, None, 0)
    }
}

/// How far a dataset is, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Assessment {
    /// Too few pairs to train on.
    Insufficient,
    /// Enough for a first try.
    Fair,
    /// Enough for a narrow task.
    Good,
    /// As many as aimed at, and good ones.
    Excellent,
}

/// The mean quality under which a dataset is no more than fair.
const LOW_QUALITY: f64 = 0.6;
/// The mean grounding under which a dataset is no more than fair.
const LOW_GROUNDING: f64 = 0.6;

impl Readiness {
    /// Judges accepted pairs by their number, mean quality, mean grounding and tokens.
    pub fn assess(accepted: u64, quality: Option<f64>, grounding: Option<f64>, tokens: u64) -> Self {
        let percent = u8::try_from((accepted * 100 / TARGET_PAIRS).min(100)).unwrap_or(100);
        let mut reasons = vec![format!("{accepted} of {TARGET_PAIRS} pairs are accepted")];
        let mut assessment = match accepted {
            0..100 => Assessment::Insufficient,
            100..500 => Assessment::Fair,
            500..TARGET_PAIRS => Assessment::Good,
            _ => Assessment::Excellent,
        };
        let measures = [("quality", quality, LOW_QUALITY), ("grounding", grounding, LOW_GROUNDING)];
        for (name, mean, least) in measures {
            let Some(mean) = mean.filter(|mean| *mean < least) else { continue };
            reasons.push(format!("their mean {name} is {mean:.2}, under {least:.2}"));
            if matches!(assessment, Assessment::Good | Assessment::Excellent) {
                assessment = Assessment::Fair;
            }
        }
        Self {
            accepted_pairs: accepted,
            target_pairs: TARGET_PAIRS,
            percent,
            estimated_training_minutes: tokens as f64 * 3.0 / 1500.0 / 60.0,
            assessment,
            reasons,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_pairs_of_low_grounding_are_fair_and_say_why() {
        let readiness = Readiness::assess(2000, Some(0.9), Some(0.3), 90_000);
        assert_eq!(readiness.assessment, Assessment::Fair);
        assert_eq!(readiness.percent, 100);
        assert_eq!(readiness.reasons[1], "their mean grounding is 0.30, under 0.60");
        assert!((readiness.estimated_training_minutes - 3.0).abs() < 1e-9);
    }

    #[test]
    fn an_empty_project_is_insufficient() {
        assert_eq!(Readiness::default().assessment, Assessment::Insufficient);
        assert_eq!(Readiness::assess(999, None, None, 0).percent, 99);
    }
}
