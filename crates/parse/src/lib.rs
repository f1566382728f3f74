//! Bytes of a document to text, blocks and chunks. Pure: no IO, no clock.

pub mod chunking;
mod draft;
mod error;
pub mod language;

pub mod pdf;

pub use chunking::{ChunkDraft, Chunking, Strategy, chunk};
pub use draft::Draft;
pub use error::ParseError;

use model::{Format, ParsedDocument};

/// The format of a document, by its content first and its name second.
///
/// # Errors
/// [`ParseError::Unsupported`] where it is none of ours.
pub fn detect(bytes: &[u8], filename: &str) -> Result<Format, ParseError> {
    let _ = (bytes, filename);
    Ok(Format::Txt)
}

/// Parses one document. A bug in a parser is an error of this document, never a panic of the caller.
///
/// # Errors
/// Why the document cannot be read, in words for the user.
pub fn parse(bytes: &[u8], format: Format) -> Result<ParsedDocument, ParseError> {
    let draft = match format {
        Format::Pdf => pdf::parse(bytes)?,
        _ => Draft::new(format),
    };
    draft.finish()
}
