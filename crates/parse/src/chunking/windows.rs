//! Windows that slide over a text and share a part with the one before.

use super::{
    pack::Span,
    pieces::{Piece, count_tokens},
};

/// Windows of at most `max_tokens`, each of which goes back into the one before by whole sentences
/// (rows, items, lines of code) of at most `overlap` tokens. No window ends in a heading that has
/// text behind it.
pub(super) fn windows(text: &str, blocks: &[Piece], max_tokens: u32, overlap: u32) -> Vec<Span> {
    let atoms: Vec<Piece> = blocks.iter().flat_map(|block| atoms(text, block, max_tokens)).collect();
    let mut spans: Vec<Span> = Vec::new();
    let (mut start, mut covered) = (0, 0);
    while covered < atoms.len() {
        let mut end = filled(&atoms, start, max_tokens);
        let mut tokens = tokens_of(text, &atoms[start..end]);
        // Sums are off by the seams between pieces.
        while tokens > max_tokens && end > start + 1 {
            end = without_headings(&atoms, start, end - 1);
            tokens = tokens_of(text, &atoms[start..end]);
        }
        if end <= covered {
            // What is shared left no room for anything new.
            start = covered;
            continue;
        }
        spans.push(Span { start: atoms[start].start, end: atoms[end - 1].end, tokens });
        covered = end;
        start = shared(&atoms, start, end, max_tokens, overlap);
    }
    spans
}

/// What is not cut unless it has to be: sentences, rows, items, lines; a heading as a whole.
fn atoms(text: &str, piece: &Piece, max_tokens: u32) -> Vec<Piece> {
    let parts =
        if piece.heading && piece.tokens <= max_tokens { Vec::new() } else { piece.cut(text, max_tokens) };
    if parts.is_empty() {
        return vec![piece.clone()];
    }
    let fits = |part: &Piece| part.tokens <= max_tokens;
    parts
        .into_iter()
        .flat_map(|part| if fits(&part) { vec![part] } else { atoms(text, &part, max_tokens) })
        .collect()
}

/// Where a window ends that starts there.
fn filled(atoms: &[Piece], start: usize, max_tokens: u32) -> usize {
    let mut tokens = 0_u32;
    let fitting = atoms[start..].iter().take_while(|atom| {
        tokens = tokens.saturating_add(atom.tokens);
        tokens <= max_tokens
    });
    let end = start + fitting.count().max(1);
    if end == atoms.len() { end } else { without_headings(atoms, start, end) }
}

/// The end without the headings before it, unless there is nothing else.
fn without_headings(atoms: &[Piece], start: usize, end: usize) -> usize {
    atoms[start..end].iter().rposition(|atom| !atom.heading).map_or(end, |last| start + last + 1)
}

/// Where the next window starts: as far back as may be shared, with room for what comes next.
fn shared(atoms: &[Piece], start: usize, end: usize, max_tokens: u32, overlap: u32) -> usize {
    let next = atoms.get(end).map_or(0, |atom| atom.tokens);
    let room = overlap.min(max_tokens.saturating_sub(next));
    let mut tokens = 0_u32;
    let back = atoms[start + 1..end].iter().rev().take_while(|atom| {
        tokens = tokens.saturating_add(atom.tokens);
        tokens <= room
    });
    end - back.count()
}

fn tokens_of(text: &str, atoms: &[Piece]) -> u32 {
    match (atoms.first(), atoms.last()) {
        (Some(first), Some(last)) => count_tokens(&text[first.start..last.end]),
        _ => 0,
    }
}
