//! A passage of a document: what pairs are made from.

use serde::{Deserialize, Serialize};

use crate::{ChunkId, DocumentId, ProjectId, Time};

/// What a chunk mostly holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ContentType {
    /// Running text.
    Prose,
    /// Lists.
    List,
    /// Tables.
    Table,
    /// Code.
    Code,
    /// Several of these.
    Mixed,
}

/// Where a chunk stands in its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ChunkSource {
    /// Its first page, from 1, where the format has pages.
    pub page_start: Option<u32>,
    /// Its last page.
    pub page_end: Option<u32>,
    /// Where it starts in the document's text, in Unicode scalar values.
    pub char_start: usize,
    /// Where it ends (exclusive).
    pub char_end: usize,
}

/// Why a chunk is left out of generation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ExcludeReason {
    /// The reason as a word.
    pub code: ExcludeCode,
    /// The reason as a sentence.
    pub detail: String,
}

/// Reasons for leaving a chunk out.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ExcludeCode {
    /// Text that stands around content: navigation, legal notes.
    Boilerplate,
    /// A table of contents.
    Toc,
    /// The same text as another chunk.
    Duplicate,
    /// A person left it out.
    User,
    /// It is the line of a pair that was imported.
    Imported,
}

/// A passage of a document. As parsed, `text` is the document's text from `source.char_start` to
/// `source.char_end`; an edit changes the text and keeps the place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Chunk {
    /// Its id, from its document, position and text as parsed.
    pub id: ChunkId,
    /// The project it belongs to.
    pub project_id: ProjectId,
    /// The document it is from.
    pub document_id: DocumentId,
    /// Its place among the document's chunks, from 0.
    pub position: u32,
    /// The headings above it, outermost first.
    pub heading_path: Vec<String>,
    /// What it mostly holds.
    pub content_type: ContentType,
    /// Its text.
    pub text: String,
    /// The column names of the table that the chunk goes on with, where the row that names them
    /// stands in an earlier chunk; else empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub table_header: Vec<String>,
    /// The number of tokens of `text` in `o200k_base`.
    pub token_count: u32,
    /// Where it stands in the document.
    pub source: ChunkSource,
    /// Its language, as ISO 639-1, where that can be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// What it is about, where that was found out.
    pub topic: Option<String>,
    /// Whether a person changed its text.
    pub edited: bool,
    /// Whether it is left out of generation.
    pub excluded: bool,
    /// Why, if it is.
    pub exclude_reason: Option<ExcludeReason>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Time,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Time,
}
