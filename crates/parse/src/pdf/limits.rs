//! Bounds that keep one document from using up the machine.

/// How deep form XObjects may nest.
pub(super) const MAX_FORM_DEPTH: usize = 12;
/// How many graphics states may be saved at a time.
pub(super) const MAX_SAVED_STATES: usize = 256;
/// How deep marked content may nest.
pub(super) const MAX_MARKED_DEPTH: usize = 256;
/// The most ruled lines that are kept of a page.
pub(super) const MAX_RULES_PER_PAGE: usize = 20_000;
/// The most glyphs that are kept of a page: a page of a newspaper has some 30,000.
pub(super) const MAX_GLYPHS_PER_PAGE: usize = 300_000;
/// The most pages.
pub(super) const MAX_PAGES: usize = 20_000;
/// The most bytes a stream may decode to, and all the content streams of a page together.
pub(super) const MAX_STREAM_BYTES: usize = 64 << 20;
/// The most fonts of a document.
pub(super) const MAX_FONTS: usize = 20_000;

/// What is left to spend on one document.
#[derive(Debug)]
pub(super) struct Budget {
    operators: u64,
    glyphs: u64,
    decoded_bytes: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Self { operators: 40_000_000, glyphs: 20_000_000, decoded_bytes: 2 << 30 }
    }
}

impl Budget {
    /// Takes one operator; false where none is left.
    pub(super) fn operator(&mut self) -> bool {
        take(&mut self.operators, 1)
    }

    /// Takes one glyph.
    pub(super) fn glyph(&mut self) -> bool {
        take(&mut self.glyphs, 1)
    }

    /// Takes some bytes that a stream decoded to.
    pub(super) fn decoded(&mut self, bytes: usize) -> bool {
        take(&mut self.decoded_bytes, bytes as u64)
    }

    /// Whether one of the bounds was met, so that the text is not whole.
    pub(super) fn is_spent(&self) -> bool {
        self.operators == 0 || self.glyphs == 0 || self.decoded_bytes == 0
    }
}

fn take(left: &mut u64, amount: u64) -> bool {
    match left.checked_sub(amount) {
        Some(rest) => {
            *left = rest;
            true
        }
        None => {
            *left = 0;
            false
        }
    }
}
