//! Glyphs to words and lines.

mod bidi;
mod face;
mod gaps;
mod notes;

use compact_str::CompactString;

use super::{Line, PageLines, Word, bullets, order};
use crate::pdf::{
    fonts::Fonts,
    glyph::{Glyph, PageContent},
};

/// A wider gap parts two CJK characters, whose punctuation is set in half of its square.
const CJK_GAP: f32 = 0.7;
/// How far a glyph may step back over the one before: accents are set so.
const MAX_BACK: f32 = 0.9;
/// Baselines nearer than this share of the font size are one.
const SAME_BASELINE: f32 = 0.22;
/// How far the baseline of a super- or subscript may be away, as a share of the larger font size.
const SCRIPT_SHIFT: f32 = 0.65;
/// How many glyphs back one printed twice is looked for.
const MAX_OVERPRINT: usize = 250;
/// The room made for a line, in glyphs, and for its words.
const USUAL_LINE: usize = 120;
const USUAL_WORDS: usize = 16;
/// The most glyphs in a line.
const MAX_LINE: usize = 4_000;

/// The lines of a page, in the order in which they are shown where that is an order to read in.
pub(in crate::pdf) fn lines(page: PageContent, fonts: &Fonts<'_>) -> PageLines {
    let mut lines = Vec::new();
    let mut open: Option<OpenLine> = None;
    let mut room = Vec::with_capacity(USUAL_LINE);
    for glyph in page.glyphs {
        let blank = glyph.text.is_blank;
        match &mut open {
            Some(line) if blank => line.space(&glyph),
            Some(line) if line.continues(&glyph) => line.push(glyph),
            _ if blank => {}
            _ => {
                if let Some(line) = open.take() {
                    room = line.close(fonts, &mut lines);
                }
                open = Some(OpenLine::new(glyph, std::mem::take(&mut room)));
            }
        }
    }
    open.map(|line| line.close(fonts, &mut lines));
    bullets::mark(&mut lines, &page.dots);
    order::restore(&mut lines);
    PageLines { lines, rules: page.rules, height: page.height }
}

/// A line that glyphs are still added to.
struct OpenLine {
    glyphs: Vec<Placed>,
    /// Baseline and size of its largest glyph.
    v: f32,
    size: f32,
    u0: f32,
    u1: f32,
    space: bool,
    rtl: bool,
}

struct Placed {
    glyph: Glyph,
    /// Whether a blank was shown before it.
    after_space: bool,
}

impl OpenLine {
    /// Starts a line, in room that one before it has left.
    fn new(glyph: Glyph, mut glyphs: Vec<Placed>) -> Self {
        let (v, size, u0, u1, rtl) = (glyph.v, glyph.size, glyph.u0, glyph.u1, glyph.text.is_rtl);
        glyphs.push(Placed { glyph, after_space: false });
        Self { v, size, u0, u1, rtl, space: false, glyphs }
    }

    fn last(&self) -> &Glyph {
        // A line is made with its first glyph.
        &self.glyphs[self.glyphs.len() - 1].glyph
    }

    fn space(&mut self, glyph: &Glyph) {
        // A blank without a place in the line tells nothing.
        self.space |= glyph.text.contains(' ') && (glyph.v - self.v).abs() < self.size;
    }

    fn continues(&self, next: &Glyph) -> bool {
        let last = self.last();
        if next.direction != last.direction || self.glyphs.len() >= MAX_LINE {
            return false;
        }
        let size = self.size.max(next.size);
        let shift = (next.v - self.v).abs();
        let gap = next.u0 - last.u1;
        let on_baseline = shift <= SAME_BASELINE * self.size.min(next.size).max(size * 0.5);
        if on_baseline {
            let rtl = self.rtl || next.text.is_rtl;
            return gap > -MAX_BACK * size || (rtl && next.u1 < self.u0 + size) || self.overprints(next);
        }
        let script =
            next.size < 0.9 * self.size || last.size < 0.9 * next.size || last.size < 0.9 * self.size;
        script && shift <= SCRIPT_SHIFT * size && (-MAX_BACK * size..size).contains(&gap)
    }

    /// Whether the same glyph lies there already: bold is imitated by printing twice.
    fn overprints(&self, next: &Glyph) -> bool {
        let near = 0.25 * next.size;
        self.glyphs
            .iter()
            .rev()
            .take(MAX_OVERPRINT)
            .any(|placed| (placed.glyph.u0 - next.u0).abs() < near && placed.glyph.text == next.text)
    }

    fn push(&mut self, glyph: Glyph) {
        if glyph.u0 < self.last().u1 - 0.3 * glyph.size && self.overprints(&glyph) {
            return;
        }
        if glyph.size > self.size * 1.05 {
            (self.size, self.v) = (glyph.size, glyph.v);
        }
        self.u0 = self.u0.min(glyph.u0);
        self.u1 = self.u1.max(glyph.u1);
        self.rtl |= glyph.text.is_rtl;
        let after_space = std::mem::take(&mut self.space);
        self.glyphs.push(Placed { glyph, after_space });
    }

    /// Ends a line; the room of its glyphs, for the next one.
    fn close(mut self, fonts: &Fonts<'_>, lines: &mut Vec<Line>) -> Vec<Placed> {
        lines.extend(self.line(fonts));
        self.glyphs.clear();
        self.glyphs
    }

    fn line(&mut self, fonts: &Fonts<'_>) -> Option<Line> {
        if self.rtl {
            bidi::to_logical_order(&mut self.glyphs);
        } else {
            notes::bracket(&mut self.glyphs, self.v, self.size);
        }
        let word_gap = gaps::word_gap(&self.glyphs);
        let (style, size) = face::face(&self.glyphs, fonts)?;
        let mut words: Vec<Word> = Vec::with_capacity(USUAL_WORDS);
        let mut before: Option<&Glyph> = None;
        let direction = self.last().direction;
        for Placed { glyph, after_space } in &self.glyphs {
            let parted = *after_space || before.is_some_and(|before| self.parts(before, glyph, word_gap));
            before = Some(glyph);
            match words.last_mut() {
                Some(word) if !parted => {
                    word.text.push_str(&glyph.text);
                    word.u0 = word.u0.min(glyph.u0);
                    word.u1 = word.u1.max(glyph.u1);
                }
                _ => {
                    let text = CompactString::new(&**glyph.text);
                    let (u0, u1, size, tag) = (glyph.u0, glyph.u1, glyph.size, glyph.tag);
                    words.push(Word { text, u0, u1, size, tag });
                }
            }
        }
        for word in &mut words {
            if word.text.contains(' ') {
                word.text = word.text.split_whitespace().collect::<Vec<_>>().join(" ").into();
            }
        }
        words.retain(|word| !word.text.is_empty());
        (!words.is_empty()).then_some(Line {
            words,
            u0: self.u0,
            u1: self.u1,
            v: self.v,
            size: size as f32 / 10.0,
            direction,
            style,
        })
    }
}

impl OpenLine {
    /// Whether a word ends between two neighbours.
    fn parts(&self, before: &Glyph, next: &Glyph, word_gap: f32) -> bool {
        let gap = next.u0 - before.u1;
        let gap = if self.rtl { gap.max(before.u0 - next.u1) } else { gap };
        gap > next.size * if before.text.is_cjk && next.text.is_cjk { CJK_GAP } else { word_gap }
            || self.is_note_mark(before, next)
            || (before.tag != next.tag && before.tag.is_some() && next.tag.is_some())
    }

    /// Whether one of two neighbours is the raised number of a note and the other is not.
    fn is_note_mark(&self, before: &Glyph, next: &Glyph) -> bool {
        let raised = |glyph: &Glyph| glyph.size < 0.85 * self.size && glyph.v < self.v - 0.2 * self.size;
        let digit = |glyph: &Glyph| glyph.text.chars().all(|c| c.is_ascii_digit() || c == ']');
        let letter = |glyph: &Glyph| glyph.text.chars().all(char::is_alphabetic);
        // Behind a single letter it is an exponent.
        raised(before) && digit(before) && letter(next) && !raised(next)
    }
}
