//! What a reader wants of a document beside its text.

use model::ParseOptions;

/// What is left out of a document unless it is asked for, and what reading it may take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// Running heads, footers and page numbers of a PDF stay in its text.
    pub page_furniture: bool,
    /// The comments of a DOCX become a part of it.
    pub comments: bool,
    /// All of an HTML page is read: navigation, side bars and footers too.
    pub whole_page: bool,
    /// How many threads may work at the document, where there is work for several; the result is the
    /// same. 0 is taken for 1.
    pub threads: usize,
}

impl From<ParseOptions> for Options {
    fn from(options: ParseOptions) -> Self {
        // OCR is given to the parser as help.
        let ParseOptions { page_furniture, comments, whole_page, ocr: _ } = options;
        Self { page_furniture, comments, whole_page, threads: 1 }
    }
}
