//! What a teacher is shown of a chunk, kept by its content so that evidence never moves.

use serde::{Deserialize, Serialize};

use crate::{ContentType, Sha256Hex, canonical_json, sha256_hex};

/// A copy of what a chunk said when a run started. It is stored under its hash, and pairs point at
/// that: edits, re-parses and deletions of the chunk change nothing here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// The title of the document, or its file name where it has none.
    pub document: String,
    /// The headings above the chunk, outermost first.
    pub heading_path: Vec<String>,
    /// What the chunk mostly holds.
    pub content_type: ContentType,
    /// The chunk's text; evidence offsets count in it.
    pub text: String,
    /// See [`crate::Chunk::table_header`].
    pub table_header: Vec<String>,
    /// The language of the text, as an ISO 639-1 code, where it can be told.
    pub language: Option<String>,
}

impl Passage {
    /// The hash it is stored under.
    pub fn sha256(&self) -> Sha256Hex {
        // A passage is strings and lists of strings: always JSON.
        sha256_hex(canonical_json(self).unwrap_or_default())
    }
}
