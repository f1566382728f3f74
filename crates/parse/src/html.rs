//! html.

use model::Format;

use crate::Draft;

pub(crate) fn parse(bytes: &[u8]) -> Draft { let _ = bytes; Draft::new(Format::Html) }
