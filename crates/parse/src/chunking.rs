//! Blocks to chunks.

use model::{ChunkSource, ContentType, ExcludeReason, ParsedDocument};
use serde::{Deserialize, Serialize};

/// How a document is cut into chunks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Chunking {
    /// Where to cut.
    pub strategy: Strategy,
    /// The most tokens (`o200k_base`) a chunk may have.
    pub max_tokens: u32,
}

/// Where to cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// At headings, then at blocks, then at sentences.
    #[default]
    Auto,
}

impl Default for Chunking {
    fn default() -> Self {
        Self { strategy: Strategy::Auto, max_tokens: 512 }
    }
}

/// A chunk before it belongs to a project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChunkDraft {
    /// Its place among the document's chunks, from 0.
    pub position: u32,
    /// The headings above it, outermost first.
    pub heading_path: Vec<String>,
    /// What it mostly holds.
    pub content_type: ContentType,
    /// Its text: the document's text from `source.char_start` to `source.char_end`.
    pub text: String,
    /// See [`model::Chunk::table_header`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub table_header: Vec<String>,
    /// The number of its tokens (`o200k_base`).
    pub token_count: u32,
    /// Where it stands.
    pub source: ChunkSource,
    /// Why it is left out of generation, if it is.
    pub exclude_reason: Option<ExcludeReason>,
}

/// Cuts a document into chunks.
pub fn chunk(document: &ParsedDocument, chunking: &Chunking) -> Vec<ChunkDraft> {
    let _ = (document, chunking);
    Vec::new()
}
