//! References to notes: small raised numbers behind a word.

use super::Placed;

/// The longest number of a note.
const MAX_DIGITS: usize = 3;
/// A raised number behind fewer letters is an exponent: `x²`, `cm³`.
const MIN_LETTERS: usize = 3;

/// Puts the numbers that refer to notes in brackets, so that they are no part of the word before;
/// `v` and `size` are baseline and font size of the line.
pub(super) fn bracket(glyphs: &mut [Placed], v: f32, size: f32) {
    let is_raised = |placed: &Placed| placed.glyph.size < 0.85 * size && placed.glyph.v < v - 0.2 * size;
    let mut at = 0;
    while at < glyphs.len() {
        let raised = glyphs[at..].iter().take_while(|placed| is_raised(placed)).count();
        if raised > 0 && is_reference(glyphs, at, raised) {
            let (first, last) = (at, at + raised - 1);
            glyphs[first].glyph.text = format!("[{}", &**glyphs[first].glyph.text).as_str().into();
            glyphs[last].glyph.text =
                format!("{}]", glyphs[last].glyph.text.trim_end_matches(')')).as_str().into();
        }
        at += raised.max(1);
    }
}

fn is_reference(glyphs: &[Placed], at: usize, count: usize) -> bool {
    let (before, mark) = (&glyphs[..at], &glyphs[at..at + count]);
    let Some(last) = before.last() else { return false };
    let near = mark[0].glyph.u0 - last.glyph.u1 < 0.3 * last.glyph.size && !mark[0].after_space;
    let text: String = mark.iter().map(|placed| &**placed.glyph.text).collect();
    // Some put a parenthesis behind it: `word¹⁾`.
    let numbers = text.strip_suffix(')').unwrap_or(&text).split(',').all(|number| {
        (1..=MAX_DIGITS).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
    });
    near && numbers && ends_a_word(before)
}

/// Whether the glyphs end in a word or the punctuation behind one.
fn ends_a_word(glyphs: &[Placed]) -> bool {
    let mut letters = 0;
    for placed in glyphs.iter().rev() {
        let text = &**placed.glyph.text;
        if letters == 0 && text.ends_with(['.', ',', ';', ':', '!', '?', '”', '’', '»', '"', '。']) {
            return true;
        }
        let closes = letters == 0 && text.ends_with(')');
        if !closes && !text.chars().all(char::is_alphabetic) {
            return false;
        }
        // Only the short words of alphabets with capitals are units and variables.
        let word = text.chars().any(|c| c.is_alphabetic() && !c.is_lowercase() && !c.is_uppercase());
        letters += match (closes, word) {
            (true, _) => 0,
            (false, true) => MIN_LETTERS,
            (false, false) => text.chars().count(),
        };
        if letters >= MIN_LETTERS {
            return true;
        }
        if placed.after_space {
            return false;
        }
    }
    false
}
