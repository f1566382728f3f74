//! Blocks that become a chunk each.

use super::{pieces::Piece, sections::SMALL_TOKENS};

/// Groups of blocks: a heading goes with what follows, and short neighbours go together.
pub(super) fn groups(blocks: &[Piece]) -> impl Iterator<Item = &[Piece]> {
    let mut open = Open::default();
    blocks.chunk_by(move |block, next| open.takes(block, next))
}

/// What is in the group that is being made.
#[derive(Default)]
struct Open {
    tokens: u32,
    has_text: bool,
}

impl Open {
    /// Whether the block behind the last one of the group belongs to it too.
    fn takes(&mut self, last: &Piece, next: &Piece) -> bool {
        self.tokens = self.tokens.saturating_add(last.tokens);
        self.has_text |= !last.heading;
        let small = self.tokens < SMALL_TOKENS && next.tokens < SMALL_TOKENS && !next.heading;
        let taken = !self.has_text || small;
        if !taken {
            *self = Self::default();
        }
        taken
    }
}
