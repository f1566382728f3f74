//! Blocks that become a chunk each.

use super::{pieces::Piece, sections::SMALL_TOKENS, tokens::TokenCounts};

/// Groups of blocks: a heading goes with what follows, and short neighbours go together.
pub(super) fn groups<'b>(tokens: &TokenCounts<'_>, blocks: &'b [Piece]) -> impl Iterator<Item = &'b [Piece]> {
    let is_small = |start: usize, end: usize| tokens.count(start..end) < SMALL_TOKENS;
    let (mut start, mut has_text) = (None, false);
    blocks.chunk_by(move |last, next| {
        let first = *start.get_or_insert(last.start);
        has_text |= !last.heading;
        let small = !next.heading && is_small(first, last.end) && is_small(next.start, next.end);
        let taken = !has_text || small;
        if !taken {
            (start, has_text) = (None, false);
        }
        taken
    })
}
