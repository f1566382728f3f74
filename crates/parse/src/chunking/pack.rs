//! The pieces of a section into chunks of at most so many tokens.

use super::{pieces::Piece, tokens::TokenCounts};

/// A chunk's place in the text, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    /// Where it starts.
    pub(super) start: usize,
    /// Where it ends.
    pub(super) end: usize,
    /// The number of its tokens.
    pub(super) tokens: u32,
}

/// Packs blocks that follow one another. Each chunk is filled as far as whole blocks go; a block that
/// would not fit into a chunk of its own is cut into smaller pieces, which are packed alike. Headings
/// are never left at the end of a chunk.
pub(super) fn pack(tokens: &TokenCounts<'_>, blocks: &[Piece], max_tokens: u32) -> Vec<Span> {
    let mut packer = Packer { tokens, max_tokens, open: Vec::new(), spans: Vec::new() };
    for block in blocks {
        packer.add(block.clone());
    }
    packer.close();
    packer.spans
}

struct Packer<'t> {
    tokens: &'t TokenCounts<'t>,
    max_tokens: u32,
    /// What fits into the chunk that is being made.
    open: Vec<Piece>,
    spans: Vec<Span>,
}

impl Packer<'_> {
    fn add(&mut self, piece: Piece) {
        let start = self.open.first().map_or(piece.start, |first| first.start);
        if self.fits(start, piece.end) {
            self.open.push(piece);
            return;
        }
        let only_headings = !self.open.is_empty() && self.open.iter().all(|piece| piece.heading);
        // As many headings as have room stay with what follows.
        let kept = |at: &usize| self.fits(self.open[*at].start, piece.end);
        if only_headings && let Some(at) = (1..self.open.len()).find(kept) {
            let headings = self.open.split_off(at);
            self.close();
            self.open = headings;
            self.open.push(piece);
            return;
        }
        if !self.fits(piece.start, piece.end) || (only_headings && !piece.heading) {
            let parts = piece.cut(self.tokens.text(), self.max_tokens);
            if !parts.is_empty() {
                parts.into_iter().for_each(|part| self.add(part));
                return;
            }
        }
        let headings = take_last_headings(&mut self.open);
        self.close();
        if headings.is_empty() {
            self.open.push(piece);
            return;
        }
        headings.into_iter().chain([piece]).for_each(|piece| self.add(piece));
    }

    fn fits(&self, start: usize, end: usize) -> bool {
        self.tokens.count(start..end) <= self.max_tokens
    }

    /// Ends the open chunk.
    fn close(&mut self) {
        if let (Some(first), Some(last)) = (self.open.first(), self.open.last()) {
            let (start, end) = (first.start, last.end);
            self.spans.push(Span { start, end, tokens: self.tokens.count(start..end) });
        }
        self.open.clear();
    }
}

/// Takes away the headings at the end, unless there is nothing before them.
fn take_last_headings(pieces: &mut Vec<Piece>) -> Vec<Piece> {
    match pieces.iter().rposition(|piece| !piece.heading) {
        Some(last) => pieces.split_off(last + 1),
        None => Vec::new(),
    }
}
