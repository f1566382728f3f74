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
    /// How many tokens a chunk shares with the one before at the most, up to half of `max_tokens`; of the
    /// strategy `sliding_window` alone.
    pub overlap_tokens: u32,
}

/// Where to cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChunkingStrategy {
    /// At headings, where a document has them; then at blocks, then at sentences.
    #[default]
    Auto,
    /// At headings; within a section only where it is too long for a chunk. Sibling sections of under 64
    /// tokens share one.
    Headings,
    /// At every paragraph, list, table and block of code; those of under 64 tokens share a chunk with
    /// their neighbours.
    Paragraphs,
    /// Wherever a chunk is full, between sentences; each chunk begins with the end of the one before.
    SlidingWindow,
}

impl Default for Chunking {
    fn default() -> Self {
        Self { strategy: ChunkingStrategy::Auto, max_tokens: 512, overlap_tokens: 64 }
    }
}

impl Chunking {
    /// Checks each setting against its bounds.
    ///
    /// # Errors
    /// The first setting that is outside of them.
    pub fn check(&self) -> Result<(), SettingsError> {
        if !(32..=8192).contains(&self.max_tokens) {
            return Err(SettingsError {
                name: "max_tokens",
                value: self.max_tokens.to_string(),
                expected: "from 32 to 8192",
            });
        }
        if self.strategy == ChunkingStrategy::SlidingWindow && self.overlap_tokens > self.max_tokens / 2 {
            return Err(SettingsError {
                name: "overlap_tokens",
                value: self.overlap_tokens.to_string(),
                expected: "at most half of max_tokens",
            });
        }
        Ok(())
    }
}
