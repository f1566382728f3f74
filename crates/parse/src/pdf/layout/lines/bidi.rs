//! Lines with text that runs from right to left.

use super::Placed;
use crate::pdf::script::{is_arabic_digit, is_rtl};

fn is_ltr(text: &str) -> bool {
    text.chars()
        .any(|c| c.is_ascii_alphanumeric() || is_arabic_digit(c) || (c.is_alphabetic() && !is_rtl(text)))
}

/// Brings the glyphs of a line from wherever they lie into reading order: from the right to the
/// left, but for runs of numbers and words of other scripts, which keep theirs.
pub(super) fn to_logical_order(glyphs: &mut [Placed]) {
    // A blank belongs between two glyphs, whatever their order: once the order changes only gaps count.
    glyphs.sort_by(|a, b| b.glyph.u0.total_cmp(&a.glyph.u0));
    let mut start = 0;
    while start < glyphs.len() {
        if !is_ltr(&glyphs[start].glyph.text) {
            start += 1;
            continue;
        }
        // The run goes on over points and blanks, up to its last left-to-right glyph.
        let run = glyphs[start..].iter().take_while(|placed| !placed.glyph.text.is_rtl);
        let length =
            run.enumerate().filter(|(_, placed)| is_ltr(&placed.glyph.text)).map(|(at, _)| at + 1).last();
        let end = start + length.unwrap_or(1);
        glyphs[start..end].reverse();
        start = end;
    }
    for placed in glyphs {
        placed.after_space = false;
    }
}
