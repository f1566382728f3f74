//! One uploaded source file and where it stands.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{DocumentId, Parsing, ProjectId, Sha256Hex, Time};

/// What a document is written in.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Portable Document Format.
    Pdf,
    /// Office Open XML text document.
    Docx,
    /// Markdown: CommonMark with tables.
    Markdown,
    /// Plain text.
    Txt,
    /// HTML.
    Html,
    /// Comma-, semicolon-, tab- or pipe-separated values.
    Csv,
    /// Pairs that were made elsewhere, one a line: it is imported, and never parsed.
    Jsonl,
}

impl Format {
    /// The formats that are parsed.
    pub const ALL: [Self; 6] = [Self::Pdf, Self::Docx, Self::Markdown, Self::Txt, Self::Html, Self::Csv];

    /// The format as the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Markdown => "markdown",
            Self::Txt => "txt",
            Self::Html => "html",
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where a document stands: `uploaded` → `parsing` → `parsed` or `failed`, and both back to
/// `parsing` by a new parse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DocumentStatus {
    /// Its bytes are stored; it waits for a parse.
    Uploaded,
    /// A parse is at work on it.
    Parsing,
    /// It has text and chunks.
    Parsed,
    /// It could not be parsed; `error` says why.
    Failed,
}

impl DocumentStatus {
    /// Whether the state may be left for that one.
    pub fn may_become(self, next: Self) -> bool {
        use DocumentStatus::{Failed, Parsed, Parsing, Uploaded};
        matches!((self, next), (Uploaded | Parsed | Failed, Parsing) | (Parsing, Parsed | Failed))
    }

    /// The state as the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Uploaded => "uploaded",
            Self::Parsing => "parsing",
            Self::Parsed => "parsed",
            Self::Failed => "failed",
        }
    }
}

/// One source file of a project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Document {
    /// Its id.
    pub id: DocumentId,
    /// The project it belongs to.
    pub project_id: ProjectId,
    /// The name it came with; of a folder's file the path from that folder on.
    pub filename: String,
    /// What it is written in, by its content.
    pub format: Format,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// The SHA-256 of its bytes.
    #[schema(value_type = String)]
    pub sha256: Sha256Hex,
    /// Where its bytes are in the object store.
    pub storage_key: String,
    /// Where it is fetched from by its parse, if it was not uploaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_url: Option<String>,
    /// Where it stands.
    pub status: DocumentStatus,
    /// Why it failed, if it did.
    pub error: Option<String>,
    /// The number of pages, where the format has pages.
    pub pages: Option<u32>,
    /// The number of its chunks, excluded ones included.
    pub chunk_count: u64,
    /// What the parser was not sure of.
    pub warnings: Vec<String>,
    /// How it was last parsed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parsing: Option<Parsing>,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Time,
    /// When it was last parsed.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub parsed_at: Option<Time>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_left_only_along_the_arrows() {
        use DocumentStatus::{Failed, Parsed, Parsing, Uploaded};
        let allowed: Vec<_> = [Uploaded, Parsing, Parsed, Failed]
            .into_iter()
            .flat_map(|from| [Uploaded, Parsing, Parsed, Failed].map(|to| (from, to)))
            .filter(|(from, to)| from.may_become(*to))
            .collect();
        assert_eq!(
            allowed,
            [(Uploaded, Parsing), (Parsing, Parsed), (Parsing, Failed), (Parsed, Parsing), (Failed, Parsing)]
        );
    }
}
