//! One immutable, numbered version of the dataset.

use serde::{Deserialize, Serialize};

use crate::{GenerationId, ProjectId, Sha256Hex, Time};

/// The form of the exported lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// `{"messages":[{"role":…,"content":…},…]}`.
    #[default]
    Chatml,
    /// `{"instruction":…,"input":…,"output":…}`.
    Alpaca,
    /// `{"conversations":[{"from":"human","value":…},{"from":"gpt","value":…},…]}`.
    Sharegpt,
    /// A Parquet file with the column `messages`, a list of `{role, content}`.
    Parquet,
    /// Preference pairs, `{"prompt":[…],"chosen":[…],"rejected":[…]}`: what a person made of an answer, or accepted,
    /// beside what it was before, or what was rejected.
    Dpo,
}

impl ExportFormat {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Chatml, Self::Alpaca, Self::Sharegpt, Self::Parquet, Self::Dpo];

    /// The format as the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chatml => "chatml",
            Self::Alpaca => "alpaca",
            Self::Sharegpt => "sharegpt",
            Self::Parquet => "parquet",
            Self::Dpo => "dpo",
        }
    }
}

/// Which pairs an export took.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ExportFilters {
    /// Whether only pairs that a person accepted are in it.
    pub reviewed: bool,
    /// The least quality score; a pair that was not measured does not pass one.
    pub min_quality_score: Option<f64>,
    /// The generations whose pairs are in it; empty: all.
    pub generation_ids: Vec<GenerationId>,
}

/// How an export is split for training.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Splitting {
    /// The share of the pairs that is kept for validation, more than 0 and at most 0.5.
    #[schema(exclusive_minimum = 0.0, maximum = 0.5)]
    pub validation: f64,
    /// The seed of the choice.
    #[serde(default)]
    pub seed: u64,
}

impl Splitting {
    /// Whether the share can be kept for validation.
    pub fn is_possible(&self) -> bool {
        self.validation > 0.0 && self.validation <= 0.5
    }
}

/// A part of a dataset.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// What a model is trained on.
    Train,
    /// What it is measured by meanwhile.
    Validation,
}

impl Split {
    /// The split as the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Validation => "validation",
        }
    }
}

/// A part of an export and the file that holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ExportSplit {
    /// Which part.
    pub name: Split,
    /// The name of its data file.
    pub file: String,
    /// The number of pairs in it.
    pub pairs: u64,
    /// The size of its file in bytes.
    pub bytes: u64,
    /// The SHA-256 of its file.
    #[schema(value_type = String)]
    pub sha256: Sha256Hex,
}

/// One immutable, numbered version of the dataset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Export {
    /// Its number in the project, from 1.
    pub version: u32,
    /// The project it belongs to.
    pub project_id: ProjectId,
    /// The form of its lines.
    pub format: ExportFormat,
    /// Which pairs it took.
    pub filters: ExportFilters,
    /// Whether the lines hold the user's system prompt.
    pub include_system_prompts: bool,
    /// How it was asked to be split; `None` where it is not.
    #[serde(default)]
    pub splitting: Option<Splitting>,
    /// The number of pairs in it.
    pub pairs: u64,
    /// The size of its data files in bytes.
    pub bytes: u64,
    /// The SHA-256 of the data file; of an export that is split, of the training data.
    #[schema(value_type = String)]
    pub sha256: Sha256Hex,
    /// Where that file is in the object store.
    pub storage_key: String,
    /// Its parts, training data first; empty where it is not split.
    pub splits: Vec<ExportSplit>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Time,
}
