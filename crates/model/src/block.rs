//! A document as parsed: its text, and the blocks that the text is made of.

use serde::{Deserialize, Serialize};

use crate::Format;

/// What a parser made of a document.
///
/// `text` is the whole text as people read it, blocks set apart by an empty line; every block is a
/// slice of it. List items stand one a line behind `- ` or their number and two spaces of indent a
/// level, table rows one a line as `| cell | cell |`, code as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ParsedDocument {
    /// What the document is written in.
    pub format: Format,
    /// Its title, if it has one.
    pub title: Option<String>,
    /// The language of most of its text, as an ISO 639-1 code, where it can be told.
    pub language: Option<String>,
    /// The number of pages, where the format has pages.
    pub pages: Option<u32>,
    /// What the parser was not sure of, in words for the user.
    pub warnings: Vec<String>,
    /// The whole text.
    pub text: String,
    /// The parts of the text, in order.
    pub blocks: Vec<Block>,
}

/// One part of a document: `text` is the document's text from `char_start` to `char_end`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Block {
    /// What it is, with what belongs to that.
    #[serde(flatten)]
    pub kind: BlockKind,
    /// Its text, as it stands in the document's text.
    pub text: String,
    /// Where it starts in the document's text, in Unicode scalar values.
    pub char_start: usize,
    /// Where it ends (exclusive).
    pub char_end: usize,
    /// The page it starts on, from 1, where the format has pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
}

/// The kinds of blocks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum BlockKind {
    /// A heading.
    Heading {
        /// 1 (outermost) to 6.
        level: u8,
    },
    /// Running text.
    Paragraph,
    /// A list.
    List {
        /// Whether the outermost items are numbered; nested ones may be of the other kind.
        ordered: bool,
        /// Its items, nested ones flattened in reading order.
        items: Vec<ListItem>,
    },
    /// A table.
    Table {
        /// The cells by rows; every row has the same number of cells.
        rows: Vec<Vec<String>>,
        /// Whether the first row names the columns.
        header: bool,
    },
    /// Code, line breaks and indents kept.
    Code {
        /// The language it is marked with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        language: Option<String>,
    },
    /// A foot- or endnote.
    Footnote,
}

/// An item of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ListItem {
    /// How deep it is nested, from 0.
    pub level: u8,
    /// Its text, without bullet or number.
    pub text: String,
    /// The number it is printed with; `None`: a bullet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
}

/// A heading of a document's outline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OutlineEntry {
    /// 1 (outermost) to 6.
    pub level: u8,
    /// The heading.
    pub title: String,
    /// Where it starts in the document's text, in Unicode scalar values.
    pub char_start: usize,
    /// The page it stands on, from 1.
    pub page: Option<u32>,
}

impl ParsedDocument {
    /// The headings, in order.
    pub fn outline(&self) -> Vec<OutlineEntry> {
        self.blocks
            .iter()
            .filter_map(|block| match block.kind {
                BlockKind::Heading { level } => Some(OutlineEntry {
                    level,
                    title: block.text.clone(),
                    char_start: block.char_start,
                    page: block.page,
                }),
                _ => None,
            })
            .collect()
    }
}
