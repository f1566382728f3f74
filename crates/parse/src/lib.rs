//! Bytes of a document to text, blocks and chunks. Pure: no IO, no clock.

pub mod chunking;
mod csv;
mod detect;
mod docx;
mod draft;
mod encoding;
mod error;
mod guard;
mod help;
mod html;
pub mod language;
mod lists;
mod markdown;
mod ocr;
mod options;
pub mod pdf;
pub mod render;
pub mod repeats;
mod threads;
pub mod topics;
mod txt;

pub use chunking::{ChunkDraft, TokenCounts, chunk, chunk_counted, count_tokens};
pub use detect::{by_extension, detect, supported_extension};
pub use draft::Draft;
pub use error::ParseError;
pub use help::{Help, Password};
pub use model::{Chunking, ChunkingStrategy};
pub use ocr::{Ocr, OcrError, OcrLine, OcrWord, PageImage};
pub use options::Options;

use model::{Format, ParsedDocument};

/// Parses one document. A bug in a parser is an error of this document, never a panic of the caller.
///
/// # Errors
/// Why the document cannot be read, in words for the user.
pub fn parse(bytes: &[u8], format: Format, options: &Options) -> Result<ParsedDocument, ParseError> {
    parse_with(bytes, format, options, Help::default())
}

/// The same with help from outside.
///
/// # Errors
/// Those of [`parse`].
pub fn parse_with(
    bytes: &[u8],
    format: Format,
    options: &Options,
    help: Help<'_>,
) -> Result<ParsedDocument, ParseError> {
    guard::check_size(bytes.len(), format)?;
    guard::run(|| {
        let draft = match format {
            Format::Pdf => pdf::parse(bytes, options, help)?,
            Format::Docx => docx::parse(bytes, options)?,
            Format::Markdown => markdown::parse(bytes),
            Format::Txt => txt::parse(bytes),
            Format::Html => html::parse(bytes, options),
            Format::Csv => csv::parse(bytes),
            Format::Jsonl => {
                return Err(ParseError::Unsupported { found: "a file of pairs, which is imported".into() });
            }
        };
        match format {
            Format::Docx if draft.is_empty() => Err(no_text("DOCX", EMPTY_DOCX)),
            Format::Html if draft.is_empty() => Err(no_text("HTML page", EMPTY_HTML)),
            _ => draft.finish(),
        }
    })
}

const EMPTY_DOCX: &str = "it is blank or holds pictures alone; pictures of text need OCR";
const EMPTY_HTML: &str =
    "it is blank, holds pictures alone, or scripts make its text; save it from a browser, then add it again";

/// What holds markup but no word is not an empty file.
fn no_text(format: &'static str, hint: &'static str) -> ParseError {
    ParseError::NoText { format, hint }
}
