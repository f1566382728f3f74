//! Why a document cannot be read.

/// Why a document cannot be read, in words for the user: what is wrong, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// There are no bytes, or nothing but white space.
    #[error("the file is empty")]
    Empty,
    /// It is none of our formats.
    #[error("the file is {found}; supported are PDF, DOCX, Markdown, TXT, HTML and CSV")]
    Unsupported {
        /// What it seems to be.
        found: String,
    },
    /// It needs a password.
    #[error("the {format} needs a password; remove it, then add the file again")]
    Encrypted {
        /// The format's name.
        format: &'static str,
    },
    /// It is a PDF that needs a password, and none that was given opens it.
    #[error(
        "the PDF needs {}: set DATA_FORGE_PDF_PASSWORD, or DATA_FORGE_PDF_PASSWORD_FILE to a file of passwords, one a line",
        password(*.tried)
    )]
    Locked {
        /// How many passwords were given.
        tried: usize,
    },
    /// It is damaged beyond repair.
    #[error("the {format} cannot be read: {reason}")]
    Broken {
        /// The format's name.
        format: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// It has no text: pictures of text need OCR.
    #[error("the {format} has no text: {hint}")]
    NoText {
        /// The format's name.
        format: &'static str,
        /// What to do.
        hint: &'static str,
    },
    /// Its pages are pictures, and OCR failed on them.
    #[error("OCR failed on its pages: {0}")]
    Ocr(String),
    /// It goes over a bound that keeps one document from using up the machine.
    #[error("the file goes over a limit: {0}")]
    TooLarge(String),
    /// The parser itself failed.
    #[error("the parser failed on this file, which is a bug in Data Forge: {0}")]
    Bug(String),
}

fn password(tried: usize) -> String {
    match tried {
        0 => "a password".into(),
        1 => "another password than the one that is set".into(),
        _ => format!("another password than the {tried} that are set"),
    }
}
