//! What a page shows, as the interpreter hands it to the layout.

use std::{ops::Deref, rc::Rc};

use super::{
    fonts::FontId,
    geometry::Direction,
    limits::Cost,
    script::{is_cjk, is_rtl},
    tags::Tag,
};

/// One shown character code, in the frame of its [`Direction`]; lengths are points on the page.
#[derive(Debug, Clone)]
pub(super) struct Glyph {
    /// What it stands for; white space alone for a shown space, empty where nothing is known.
    pub(super) text: Text,
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
    pub(super) tag: Tag,
}

/// The text of a glyph: that of its code, shared by all glyphs that show it.
#[derive(Debug, Clone)]
pub(super) struct Text(Rc<KnownText>);

/// A text, with what layout asks of it again and again.
#[derive(Debug)]
pub(super) struct KnownText {
    text: Box<str>,
    /// Whether it is nothing but white space.
    pub(super) is_blank: bool,
    /// Whether it holds a letter of a script that is written from right to left.
    pub(super) is_rtl: bool,
    /// Whether it starts with a character that is written without blanks between words.
    pub(super) is_cjk: bool,
    /// Whether it is of letters alone, of a script with blanks between words.
    pub(super) is_letters: bool,
    /// The number of its characters.
    pub(super) characters: usize,
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(Rc::new(KnownText {
            is_blank: text.trim().is_empty(),
            is_rtl: is_rtl(text),
            is_cjk: text.starts_with(is_cjk),
            is_letters: text.chars().all(|c| c.is_alphabetic() && !is_cjk(c)),
            characters: text.chars().count(),
            text: text.into(),
        }))
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0) || self.0.text == other.0.text
    }
}

impl Deref for Text {
    type Target = KnownText;

    fn deref(&self) -> &KnownText {
        &self.0
    }
}

impl Deref for KnownText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
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
    /// Small drawings, about as wide as high, such as bullets.
    pub(super) dots: Vec<Rule>,
    pub(super) width: f32,
    pub(super) height: f32,
    /// Characters shown.
    pub(super) shown: u64,
    /// Those of them whose meaning no map tells.
    pub(super) unmapped: u64,
    /// The share of the page that its largest picture covers; more than 1 where it goes over the edge.
    pub(super) picture: f32,
    /// What it took to read it.
    pub(super) cost: Cost,
}
