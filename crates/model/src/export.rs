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
}

impl ExportFormat {
    /// The format as the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chatml => "chatml",
            Self::Alpaca => "alpaca",
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
    /// The number of pairs in it.
    pub pairs: u64,
    /// The size of the data file in bytes.
    pub bytes: u64,
    /// The SHA-256 of the data file.
    #[schema(value_type = String)]
    pub sha256: Sha256Hex,
    /// Where the data file is in the object store.
    pub storage_key: String,
    /// The names of its splits; empty where it is not split.
    pub splits: Vec<String>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Time,
}
