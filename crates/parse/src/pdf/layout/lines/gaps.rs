//! How wide the gap between two words of a line is.

use super::Placed;

/// The usual bound, as a share of the font size: blanks between words take a fifth and more,
/// kerning a tenth at most.
const USUAL: f32 = 0.17;
/// Below this many gaps a line tells too little about itself.
const MIN_GAPS: usize = 8;
/// The least step between gaps within words and gaps between them.
const MIN_STEP: f32 = 0.07;
/// Gaps between words are wider than this.
const LEAST_BETWEEN: f32 = 0.1;
/// Gaps of columns are no wider than this for the purpose.
const MAX_GAP: f32 = 0.8;

/// The gap, as a share of the font size, above which two glyphs belong to different words.
///
/// Lines may be set tight, with narrow blanks, or have their letters spaced out. Sorted by width,
/// the gaps of a line step up once where those within words end and those between them begin.
pub(super) fn word_gap(glyphs: &[Placed]) -> f32 {
    let mut gaps = Vec::with_capacity(glyphs.len());
    gaps.extend(
        glyphs
            .windows(2)
            .filter(|pair| !pair[1].after_space && pair.iter().all(|placed| placed.glyph.text.is_letters))
            .map(|pair| ((pair[1].glyph.u0 - pair[0].glyph.u1) / pair[1].glyph.size).min(MAX_GAP))
            .filter(|gap| *gap > -0.2),
    );
    // Where blanks are shown, all other gaps lie within words.
    if gaps.len() < MIN_GAPS || gaps.iter().all(|gap| *gap <= LEAST_BETWEEN) {
        return USUAL;
    }
    gaps.sort_unstable_by(f32::total_cmp);
    // Words have several letters, so that most gaps lie within them.
    let surely_within = gaps[gaps.len() * 3 / 10];
    let step = gaps
        .windows(2)
        .find(|pair| pair[0] >= surely_within && pair[1] - pair[0] >= MIN_STEP && pair[1] > LEAST_BETWEEN);
    match step {
        Some(pair) => f32::midpoint(pair[0], pair[1]).min((pair[0] + 0.5 * USUAL).max(USUAL)),
        // Letters that are all spaced out alike are one word.
        None if surely_within > USUAL && gaps[gaps.len() - 1] < MAX_GAP => gaps[gaps.len() - 1] + 0.01,
        None => USUAL,
    }
}
