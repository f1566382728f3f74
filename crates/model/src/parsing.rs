//! How documents are parsed.

use serde::{Deserialize, Serialize};

use crate::Chunking;

/// How a document becomes chunks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Parsing {
    /// How it is cut.
    pub chunking: Chunking,
    /// What is read of it.
    pub options: ParseOptions,
}

/// What is read of a document beside its text proper, and how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ParseOptions {
    /// Running heads, footers and page numbers too.
    pub page_furniture: bool,
    /// The comments of a DOCX too.
    pub comments: bool,
    /// All of an HTML page: navigation, side bars and footers too.
    pub whole_page: bool,
    /// Pages of a PDF without text too, by OCR; that needs `tesseract` where documents are parsed.
    pub ocr: bool,
}
