//! A version of the dataset handed over to who trains on it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Time;

/// Who trains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FineTuneProvider {
    /// OpenAI, or who speaks its API: files are uploaded, and a job is made of them.
    Openai,
    /// A platform that reads the object store: a job is made of the export's storage key.
    Platform,
}

impl FineTuneProvider {
    /// The provider as settings and the API write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Openai => "openai",
            Self::Platform => "platform",
        }
    }
}

/// Where a fine-tuning job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FineTuneStatus {
    /// The provider has not said that it has it.
    Creating,
    /// It waits at the provider's.
    Queued,
    /// The model is trained.
    Running,
    /// The model is there.
    Succeeded,
    /// It is not, and `error` says why.
    Failed,
    /// Somebody stopped it.
    Cancelled,
}

impl FineTuneStatus {
    /// Whether nothing more happens to it.
    pub fn has_ended(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }
}

/// A fine-tuning job made from a version of the dataset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FineTuneJob {
    /// The provider's id of it; null until there is one.
    pub job_id: Option<String>,
    /// Where it stands, as far as the provider has said.
    pub status: FineTuneStatus,
    /// Who trains.
    pub provider: FineTuneProvider,
    /// The model that is trained on.
    pub model: String,
    /// What it is called.
    pub name: Option<String>,
    /// How it is trained; what is not there is the provider's choice.
    pub hyperparameters: BTreeMap<String, Value>,
    /// The model that came of it.
    pub fine_tuned_model: Option<String>,
    /// Why it failed, or could not be made.
    pub error: Option<String>,
    /// The version of the dataset.
    pub version: u32,
    /// When it was first asked for.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Time,
    /// When that was last heard of it.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Time,
}
