//! What a page shows, as the interpreter hands it to the layout.

use std::rc::Rc;

use super::{fonts::FontId, geometry::Direction};

/// One shown character code, in the frame of its [`Direction`]; lengths are points on the page.
#[derive(Debug, Clone)]
pub(super) struct Glyph {
    /// What it stands for; white space alone for a shown space, empty where nothing is known.
    pub(super) text: Rc<str>,
    /// Where it starts along the writing direction.
    pub(super) u0: f32,
    /// Where its advance ends.
    pub(super) u1: f32,
    /// Its baseline.
    pub(super) v: f32,
    /// The size of its font.
    pub(super) size: f32,
    pub(super) font: FontId,
    pub(super) direction: Direction,
}

/// A straight ruled line or a filled rectangle thin enough to be one, in page coordinates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rule {
    pub(super) x0: f32,
    pub(super) y0: f32,
    pub(super) x1: f32,
    pub(super) y1: f32,
}

/// All that a page shows, in the order of its content stream; `y` grows downwards from the top.
#[derive(Debug, Default)]
pub(super) struct PageContent {
    pub(super) glyphs: Vec<Glyph>,
    pub(super) rules: Vec<Rule>,
    pub(super) width: f32,
    pub(super) height: f32,
}
