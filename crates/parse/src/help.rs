//! What a parser is given beside the document.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Ocr;

/// What a parser is given beside the document and the options; by default nothing.
#[derive(Clone, Copy, Default)]
pub struct Help<'a> {
    /// Passwords that may open an encrypted PDF; each is tried.
    pub passwords: &'a [Password],
    /// What reads pages of a PDF that are pictures of text; without it they are empty.
    pub ocr: Option<&'a dyn Ocr>,
}

/// A password. It shows itself as `***`; as JSON it is the text itself, for the way to a reader process.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Password(String);

impl Password {
    /// Hides a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself: for the place where it is used, and no other.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
