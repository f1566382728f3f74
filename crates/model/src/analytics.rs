//! What a project's dataset looks like, in numbers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Difficulty, DocumentId, FlagCode, QuestionType, Readiness, ValidationReport};

/// The number of bins of a histogram of scores.
pub const HISTOGRAM_BINS: usize = 20;

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
    /// Chunks that pairs were made from, excluded ones not included.
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
