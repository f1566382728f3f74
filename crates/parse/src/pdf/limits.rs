//! Bounds that keep one document from using up the machine.

/// How deep form XObjects may nest.
pub(super) const MAX_FORM_DEPTH: usize = 12;
/// How many graphics states may be saved at a time.
pub(super) const MAX_SAVED_STATES: usize = 256;
/// How deep marked content may nest.
pub(super) const MAX_MARKED_DEPTH: usize = 256;
/// The most ruled lines that are kept of a page.
pub(super) const MAX_RULES_PER_PAGE: usize = 20_000;
/// The most small drawings that are kept of a page: more are a picture.
pub(super) const MAX_DOTS_PER_PAGE: usize = 1_000;
/// The most glyphs that are kept of a page: a page of a newspaper has some 30,000.
pub(super) const MAX_GLYPHS_PER_PAGE: usize = 300_000;
/// The most pages.
pub(super) const MAX_PAGES: usize = 20_000;
/// The most bytes a stream may decode to, and all the content streams of a page together.
pub(super) const MAX_STREAM_BYTES: usize = 64 << 20;
/// The most fonts of a document.
pub(super) const MAX_FONTS: usize = 20_000;

/// What reading takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Cost {
    operators: u64,
    glyphs: u64,
    decoded_bytes: u64,
}

impl Cost {
    /// The most that one document may cost, and so each of its pages.
    const MOST: Self = Self { operators: 40_000_000, glyphs: 20_000_000, decoded_bytes: 2 << 30 };

    /// Whether it is as much as a document may cost.
    pub(super) fn is_too_much(self) -> bool {
        let Self { operators, glyphs, decoded_bytes } = Self::MOST;
        self.operators >= operators || self.glyphs >= glyphs || self.decoded_bytes >= decoded_bytes
    }

    /// Both together.
    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            operators: self.operators.saturating_add(other.operators),
            glyphs: self.glyphs.saturating_add(other.glyphs),
            decoded_bytes: self.decoded_bytes.saturating_add(other.decoded_bytes),
        }
    }

    /// What it is more than an earlier state of it.
    pub(super) fn since(self, before: Self) -> Self {
        Self {
            operators: self.operators.saturating_sub(before.operators),
            glyphs: self.glyphs.saturating_sub(before.glyphs),
            decoded_bytes: self.decoded_bytes.saturating_sub(before.decoded_bytes),
        }
    }

    /// Adds an operator; false where that is too much.
    pub(super) fn operator(&mut self) -> bool {
        self.operators += 1;
        self.operators < Self::MOST.operators
    }

    /// Adds a glyph.
    pub(super) fn glyph(&mut self) -> bool {
        self.glyphs += 1;
        self.glyphs < Self::MOST.glyphs
    }

    /// Adds some bytes that a stream decoded to.
    pub(super) fn decoded(&mut self, bytes: usize) -> bool {
        self.decoded_bytes = self.decoded_bytes.saturating_add(bytes as u64);
        self.decoded_bytes < Self::MOST.decoded_bytes
    }
}
