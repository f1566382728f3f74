//! Units of work: what is claimed, done once, and counted.

use serde::{Deserialize, Serialize};

use crate::{GenerationId, Sha256Hex, UnitId};

/// The phases of a generation, each with units of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Units are documents.
    Parse,
    /// Units are chunks.
    Generate,
    /// Units are the pairs of one chunk.
    Validate,
}

impl Phase {
    /// The name of the job that works on this phase of a generation.
    pub fn job_name(self, generation: GenerationId) -> String {
        format!("df-{}-{generation}", self.as_str())
    }

    /// The phase as the command line writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Parse => "parse",
            Self::Generate => "generate",
            Self::Validate => "validate",
        }
    }
}

/// Where a unit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitStatus {
    /// Nobody works on it.
    Pending,
    /// Somebody does, by lease.
    Leased,
    /// Its results are stored.
    Done,
    /// It failed; its error is stored.
    Failed,
}

/// One piece of work of a phase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Its id, from generation, phase and subject.
    pub id: UnitId,
    /// The generation it belongs to.
    pub generation_id: GenerationId,
    /// The phase it belongs to.
    pub phase: Phase,
    /// What it works on: the id of a document (parse) or of a chunk (generate, validate).
    pub subject: String,
    /// Its place in the order of work, which is that of documents and positions.
    pub ordinal: u64,
    /// The hash of the passage it works on; `None` in a parse.
    pub passage: Option<Sha256Hex>,
    /// How often it was claimed.
    pub attempts: u32,
}

impl Unit {
    /// A unit nobody has claimed yet.
    pub fn new(
        generation_id: GenerationId,
        phase: Phase,
        subject: impl ToString,
        ordinal: u64,
        passage: Option<Sha256Hex>,
    ) -> Self {
        let subject = subject.to_string();
        let id = UnitId::derive([
            generation_id.as_uuid().as_bytes().as_slice(),
            phase.as_str().as_bytes(),
            subject.as_bytes(),
        ]);
        Self { id, generation_id, phase, subject, ordinal, passage, attempts: 0 }
    }
}
