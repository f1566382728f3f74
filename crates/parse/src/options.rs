//! What a reader wants of a document beside its text.

use model::ParseOptions;

/// What is left out of a document unless it is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// Running heads, footers and page numbers of a PDF stay in its text.
    pub page_furniture: bool,
    /// The comments of a DOCX become a part of it.
    pub comments: bool,
    /// All of an HTML page is read: navigation, side bars and footers too.
    pub whole_page: bool,
}

impl From<ParseOptions> for Options {
    fn from(options: ParseOptions) -> Self {
        let ParseOptions { page_furniture, comments, whole_page } = options;
        Self { page_furniture, comments, whole_page }
    }
}
