//! Bytes of a document to text, blocks and chunks. Pure: no IO, no clock.

pub mod chunking;
mod csv;
mod detect;
mod docx;
mod draft;
mod encoding;
mod error;
mod guard;
mod html;
pub mod language;
mod markdown;
pub mod pdf;
pub mod render;
mod txt;

pub use chunking::{ChunkDraft, Chunking, Strategy, chunk};
pub use detect::{detect, supported_extension};
pub use draft::Draft;
pub use error::ParseError;

use model::{Format, ParsedDocument};

/// Parses one document. A bug in a parser is an error of this document, never a panic of the caller.
///
/// # Errors
/// Why the document cannot be read, in words for the user.
pub fn parse(bytes: &[u8], format: Format) -> Result<ParsedDocument, ParseError> {
    guard::run(|| {
        let draft = match format {
            Format::Pdf => pdf::parse(bytes)?,
            Format::Docx => docx::parse(bytes)?,
            Format::Markdown => markdown::parse(bytes),
            Format::Txt => txt::parse(bytes),
            Format::Html => html::parse(bytes),
            Format::Csv => csv::parse(bytes),
        };
        draft.finish()
    })
}
