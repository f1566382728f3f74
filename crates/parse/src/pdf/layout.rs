//! From the glyphs of the pages to the blocks of a document.
//!
//! Glyphs become words and lines ([`mod@lines`]), page by page, which stay in the order of the content
//! stream unless that has none ([`order`]); lines that are running heads or page
//! numbers go ([`furniture`]); lines become blocks by their spacing, indents and faces
//! ([`blocks`]) unless they are rows of [`tables`], and blocks become [`headings`], [`lists`],
//! [`code`] (and [`listing`]) and paragraphs, which are mended where a line, column or page broke them ([`mod@assemble`],
//! [`text`]).

mod assemble;
mod blocks;
mod bullets;
mod code;
mod furniture;
mod headings;
mod lines;
mod listing;
mod lists;
mod order;
mod tables;
mod tagged;
mod text;

pub(super) use self::{assemble::assemble, furniture::remove_furniture, lines::lines};

use compact_str::CompactString;

use super::{fonts::FontStyle, geometry::Direction, glyph::Rule, tags::Tag};

/// The least dots of a leader.
const MIN_LEADER: usize = 3;

/// What is left of a page once its glyphs are lines.
#[derive(Debug, Default)]
pub(super) struct PageLines {
    /// Its lines, in the order of the content stream.
    pub(super) lines: Vec<Line>,
    /// Its ruled lines.
    pub(super) rules: Vec<Rule>,
    pub(super) height: f32,
}

/// A line of text, in the frame of its direction.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) words: Vec<Word>,
    pub(super) u0: f32,
    pub(super) u1: f32,
    /// The baseline.
    pub(super) v: f32,
    /// The font size of most of it.
    pub(super) size: f32,
    pub(super) direction: Direction,
    /// The face of most of it.
    pub(super) style: FontStyle,
}

/// A run of characters without a gap.
#[derive(Debug, Clone)]
pub(super) struct Word {
    pub(super) text: CompactString,
    pub(super) u0: f32,
    pub(super) u1: f32,
    pub(super) size: f32,
    /// What its first character belongs to.
    pub(super) tag: Tag,
}

impl Line {
    /// Its words, a blank between them.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    /// Adds its words to an empty text, a blank between them.
    fn write(&self, text: &mut String) {
        text.reserve(self.words.iter().map(|word| word.text.len() + 1).sum());
        for word in &self.words {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&word.text);
        }
    }

    /// The number of its characters, blanks left out.
    pub(super) fn characters(&self) -> usize {
        let count = |text: &str| if text.is_ascii() { text.len() } else { text.chars().count() };
        self.words.iter().map(|word| count(&word.text)).sum()
    }

    /// Whether it has the dots that lead to a page number in a table of contents.
    pub(super) fn has_leader(&self) -> bool {
        // Nearly no line has as many.
        let dots =
            self.words.iter().flat_map(|word| word.text.bytes()).filter(|byte| matches!(byte, b'.' | 0xe2));
        dots.take(MIN_LEADER).count() == MIN_LEADER && headings::has_leader(&self.text())
    }

    /// The width of its first word.
    pub(super) fn first_width(&self) -> f32 {
        self.words.first().map_or(0.0, |word| word.u1 - word.u0)
    }
}
