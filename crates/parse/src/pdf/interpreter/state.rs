//! The part of the graphics state that text depends on.

use super::super::{fonts::FontId, geometry::Matrix};

/// Graphics and text state; the text matrices are kept with it, which does no harm.
#[derive(Debug, Clone)]
pub(super) struct State {
    /// User space to the page.
    pub(super) to_page: Matrix,
    text: Matrix,
    line: Matrix,
    pub(super) font: Option<FontId>,
    pub(super) size: f64,
    pub(super) character_spacing: f64,
    pub(super) word_spacing: f64,
    /// Horizontal scaling, 1 for none.
    pub(super) scaling: f64,
    pub(super) leading: f64,
    pub(super) rise: f64,
}

impl State {
    pub(super) fn new(to_page: Matrix) -> Self {
        Self {
            to_page,
            text: Matrix::IDENTITY,
            line: Matrix::IDENTITY,
            font: None,
            size: 0.0,
            character_spacing: 0.0,
            word_spacing: 0.0,
            scaling: 1.0,
            leading: 0.0,
            rise: 0.0,
        }
    }

    /// Puts a map before the current one.
    pub(super) fn concat(&mut self, matrix: Matrix) {
        self.to_page = matrix.then(self.to_page);
    }

    pub(super) fn set_text_matrix(&mut self, matrix: Matrix) {
        self.text = matrix;
        self.line = matrix;
    }

    pub(super) fn next_line(&mut self, x: f64, y: f64) {
        self.set_text_matrix(Matrix::translation(x, y).then(self.line));
    }

    /// Moves the place where the next glyph goes, in text space.
    pub(super) fn advance(&mut self, x: f64, y: f64) {
        self.text = self.text.moved(x, y);
    }

    /// Where the next glyph goes, on the page.
    pub(super) fn origin_on_page(&self) -> (f64, f64) {
        let [.., e, f] = self.text.0;
        self.to_page.point(e, f)
    }

    /// Text space, unscaled by the font size, to the page.
    pub(super) fn text_to_page(&self) -> Matrix {
        self.text.then(self.to_page)
    }
}
