//! How documents are cut.

use serde::{Deserialize, Serialize};

use crate::SettingsError;

/// How a document is cut into chunks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Chunking {
    /// Where to cut.
    pub strategy: ChunkingStrategy,
    /// The most tokens (`o200k_base`) a chunk may have, 32 to 8,192.
    pub max_tokens: u32,
}

/// Where to cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChunkingStrategy {
    /// At headings, then at blocks, then at sentences.
    #[default]
    Auto,
}

impl Default for Chunking {
    fn default() -> Self {
        Self { strategy: ChunkingStrategy::Auto, max_tokens: 512 }
    }
}

impl Chunking {
    /// Checks each setting against its bounds.
    ///
    /// # Errors
    /// The first setting that is outside of them.
    pub fn check(&self) -> Result<(), SettingsError> {
        if (32..=8192).contains(&self.max_tokens) {
            return Ok(());
        }
        Err(SettingsError {
            name: "max_tokens",
            value: self.max_tokens.to_string(),
            expected: "from 32 to 8192",
        })
    }
}
