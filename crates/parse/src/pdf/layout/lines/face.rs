//! The face of a line: what most of it is set in.

use super::Placed;
use crate::pdf::fonts::{FontStyle, Fonts};

/// The least share of a line in a face of fixed width that makes it a line of code.
const MIN_MONO: f32 = 0.9;
/// The same with the characters that faces of fixed width may lack, as in the comments of code.
const MIN_MONO_OF_ALL: f32 = 0.7;
/// What ends a sentence or a part of one where letters are not ASCII.
const ENDS: [char; 6] = ['。', '，', '：', '；', '）', '、'];
/// The most faces that are told apart in a line.
const MAX_FACES: usize = 32;

/// The style and font size, in tenths, of most of a line. It is of fixed width only if nearly all of
/// the line is: sentences may consist of names of functions for the most part.
pub(super) fn face(glyphs: &[Placed], fonts: &Fonts<'_>) -> Option<(FontStyle, u32)> {
    let mut faces: Vec<((FontStyle, u32), usize)> = Vec::new();
    for Placed { glyph, .. } in glyphs {
        let face = (fonts.style(glyph.font), (glyph.size * 10.0) as u32);
        let characters = glyph.text.characters;
        if let Some((_, count)) = faces.iter_mut().rev().find(|(known, _)| *known == face) {
            *count += characters;
        } else if faces.len() < MAX_FACES {
            faces.push((face, characters));
        }
    }
    let several =
        faces.iter().any(|((style, _), _)| style.mono) && !faces.iter().all(|((style, _), _)| style.mono);
    if several {
        let mono = is_mono(glyphs, fonts);
        faces.retain(|((style, _), _)| style.mono == mono);
    }
    // Of several, the larger one, and rather that of plain text.
    let plain = |style: FontStyle| (!style.mono, !style.bold, !style.italic);
    let most = faces.into_iter().max_by_key(|((style, size), count)| (*count, *size, plain(*style)));
    most.map(|(face, _)| face)
}

/// Whether a line of several faces is one of code. Its number may be set in another face, and so are the
/// characters that faces of fixed width seldom have.
fn is_mono(glyphs: &[Placed], fonts: &Fonts<'_>) -> bool {
    let number = glyphs.iter().take_while(|placed| is_digit(placed) && !placed.after_space).count();
    let numbered =
        glyphs.get(number).is_some_and(|next| next.after_space || next.glyph.u0 > glyphs[0].glyph.u1);
    let (mut mono, mut ascii, mut all) = (0, 0, 0);
    let (mut first, mut last) = (None, true);
    for Placed { glyph, .. } in &glyphs[if numbered { number } else { 0 }..] {
        let is_mono = fonts.style(glyph.font).mono;
        mono += usize::from(is_mono);
        ascii += usize::from(is_mono || glyph.text.is_ascii());
        all += 1;
        first.get_or_insert(is_mono);
        last = is_mono || !(glyph.text.is_ascii() || glyph.text.ends_with(ENDS));
    }
    let mono = mono as f32;
    first == Some(true) && last && mono >= MIN_MONO * ascii as f32 && mono >= MIN_MONO_OF_ALL * all as f32
}

fn is_digit(placed: &Placed) -> bool {
    placed.glyph.text.bytes().all(|byte| byte.is_ascii_digit())
}
