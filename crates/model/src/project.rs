//! One dataset in the making.

use serde::{Deserialize, Serialize};

use crate::{ProjectId, Time, UserId};

/// What a project is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourceType {
    /// Uploaded files.
    #[default]
    Documents,
    /// Fetched pages.
    Urls,
    /// Pasted text.
    RawText,
}

/// One dataset in the making.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// Whose it is.
    pub user_id: UserId,
    /// Its name, 1 to 200 characters.
    pub name: String,
    /// What it is for, at most 2,000 characters.
    pub description: String,
    /// What it is made from.
    pub source_type: SourceType,
    /// Defaults for its generations.
    #[schema(value_type = Object)]
    pub config: serde_json::Map<String, serde_json::Value>,
    /// The folder of all it owns in the object store: `data-forge/<user_id>/<project_id>`.
    pub storage_prefix: String,
    /// The number of its newest export; 0 where there is none.
    pub current_version: u32,
    /// What it holds.
    pub stats: ProjectStats,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Time,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Time,
}

/// What a project holds.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ProjectStats {
    /// Documents in any state.
    pub total_documents: u64,
    /// Chunks, excluded ones included.
    pub total_chunks: u64,
    /// Pairs, duplicates included.
    pub total_pairs: u64,
    /// Pairs accepted by a person, edited ones included.
    pub accepted_pairs: u64,
    /// Pairs rejected by a person.
    pub rejected_pairs: u64,
    /// Pairs that nobody has decided on.
    pub pending_pairs: u64,
    /// The mean of the measured quality scores, 0.0 to 1.0.
    pub avg_quality_score: Option<f64>,
}
