//! The pieces of a section into chunks of at most so many tokens.

use super::pieces::{Piece, count_tokens};

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
pub(super) fn pack(text: &str, blocks: &[Piece], max_tokens: u32) -> Vec<Span> {
    let mut packer = Packer { text, max_tokens, open: Vec::new(), tokens: 0, spans: Vec::new() };
    for block in blocks {
        packer.add(block.clone());
    }
    // Closing may give pieces back, which make a further chunk.
    while !packer.open.is_empty() {
        packer.close();
    }
    packer.spans
}

struct Packer<'t> {
    text: &'t str,
    max_tokens: u32,
    open: Vec<Piece>,
    tokens: u32,
    spans: Vec<Span>,
}

impl Packer<'_> {
    fn add(&mut self, piece: Piece) {
        if self.tokens.saturating_add(piece.tokens) <= self.max_tokens {
            self.tokens += piece.tokens;
            self.open.push(piece);
            return;
        }
        let only_headings = !self.open.is_empty() && self.open.iter().all(|piece| piece.heading);
        if piece.tokens > self.max_tokens || (only_headings && !piece.heading) {
            let parts = piece.cut(self.text, self.max_tokens);
            if !parts.is_empty() {
                for part in parts {
                    self.add(part);
                }
                return;
            }
        }
        let headings = take_last_headings(&mut self.open);
        self.close();
        // Closing may have given pieces back, which come first.
        if headings.is_empty() && self.open.is_empty() {
            self.tokens = piece.tokens;
            self.open.push(piece);
            return;
        }
        for piece in headings.into_iter().chain([piece]) {
            self.add(piece);
        }
    }

    /// Ends the open chunk. Sums of tokens are off by the seams between pieces, so the chunk is
    /// counted as a whole, and gives pieces back while it has too many.
    fn close(&mut self) {
        let mut open = std::mem::take(&mut self.open);
        self.tokens = 0;
        // Last one first.
        let mut back = Vec::new();
        while let (Some(first), Some(last)) = (open.first(), open.last()) {
            let (start, end) = (first.start, last.end);
            let tokens = count_tokens(&self.text[start..end]);
            if tokens <= self.max_tokens {
                self.spans.push(Span { start, end, tokens });
                break;
            }
            let rest_is_headings = open[..open.len() - 1].iter().all(|piece| piece.heading);
            let parts = if rest_is_headings { last.cut(self.text, self.max_tokens) } else { Vec::new() };
            if !parts.is_empty() {
                open.pop();
                back.extend(parts.into_iter().rev());
                back.extend(open.drain(..).rev());
                break;
            }
            if open.len() == 1 {
                self.spans.push(Span { start, end, tokens });
                break;
            }
            back.extend(open.pop());
            back.extend(take_last_headings(&mut open).into_iter().rev());
        }
        for piece in back.into_iter().rev() {
            self.add(piece);
        }
    }
}

/// Takes away the headings at the end, unless there is nothing before them.
fn take_last_headings(pieces: &mut Vec<Piece>) -> Vec<Piece> {
    match pieces.iter().rposition(|piece| !piece.heading) {
        Some(last) => pieces.split_off(last + 1),
        None => Vec::new(),
    }
}
