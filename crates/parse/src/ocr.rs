//! What reads the pictures of pages: the interface alone, since a parser starts no process.

/// Reads text in pictures of pages.
pub trait Ocr: Sync {
    /// The lines of a page, in reading order; none where it shows no text.
    ///
    /// # Errors
    /// Why the page was not read.
    fn read(&self, image: &PageImage) -> Result<Vec<OcrLine>, OcrError>;
}

/// The picture of a page.
#[derive(Clone, PartialEq, Eq)]
pub struct PageImage {
    /// Its width in pixels, at least 1.
    pub width: u32,
    /// Its height in pixels, at least 1.
    pub height: u32,
    /// Its pixels row by row from the top, a byte each: 0 is black.
    pub pixels: Vec<u8>,
    /// Pixels an inch.
    pub dpi: u32,
}

/// A line of text in a picture. Positions are pixels from its top left corner.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OcrLine {
    /// Its words, in reading order.
    pub words: Vec<OcrWord>,
    /// How far the text is turned, in quarter turns clockwise from left-to-right, 0 to 3.
    pub turns: u8,
    /// Where the baseline of an upright line is at its middle, if that is known.
    pub baseline: Option<f32>,
    /// From the top of its tall letters to the bottom of its low ones, if that is known.
    pub height: Option<f32>,
}

/// A word in a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct OcrWord {
    /// What it says.
    pub text: String,
    /// Its left, upper, right and lower edge.
    pub bounds: [f32; 4],
    /// How sure it is, 0 to 1.
    pub confidence: f32,
}

/// Why a page was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OcrError {
    /// This page could not be read; others may.
    #[error("{0}")]
    Page(String),
    /// The document has had its time: no further page is read.
    #[error("reading all of them takes too long")]
    OutOfTime,
}
