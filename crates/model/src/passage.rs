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
    /// The end of what stands before it in the document, to understand it by. It is no source: nothing
    /// is quoted from it, and no evidence points there. Empty where nothing does, and in passages from
    /// before neighbours were kept, whose hash is the same as it was.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub before: String,
    /// The beginning of what stands after it, likewise.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub after: String,
    /// The line that a pair is imported from; `text` is then what the line itself says that its answer rests on,
    /// and empty where it says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<String>,
}

impl Passage {
    /// The hash it is stored under.
    pub fn sha256(&self) -> Sha256Hex {
        // A passage is strings and lists of strings: always JSON.
        sha256_hex(canonical_json(self).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passage_without_neighbours_is_read_and_keeps_its_hash() {
        let stored = r#"{"content_type":"prose","document":"d","heading_path":["h"],"language":null,"table_header":[],"text":"t"}"#;
        let passage: Passage = serde_json::from_str(stored).unwrap();
        assert_eq!(passage.sha256(), sha256_hex(stored));
        let with = Passage { before: "b".into(), ..passage.clone() };
        assert_ne!(with.sha256(), passage.sha256());
    }
}
