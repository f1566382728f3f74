//! Windows that slide over a text and share a part with the one before.

use super::{pack::Span, pieces::Piece, tokens::TokenCounts};

/// Windows of at most `max_tokens`, each of which goes back into the one before by whole sentences
/// (rows, items, lines of code) of at most `overlap` tokens. No window ends in a heading that has
/// text behind it.
pub(super) fn windows(
    tokens: &TokenCounts<'_>,
    blocks: &[Piece],
    max_tokens: u32,
    overlap: u32,
) -> Vec<Span> {
    let atoms: Vec<Piece> = blocks.iter().flat_map(|block| atoms(tokens, block, max_tokens)).collect();
    let mut spans: Vec<Span> = Vec::new();
    let (mut start, mut covered) = (0, 0);
    while covered < atoms.len() {
        let end = filled(tokens, &atoms, start, max_tokens);
        if end <= covered {
            // What is shared left no room for anything new.
            start = covered;
            continue;
        }
        let (from, to) = (atoms[start].start, atoms[end - 1].end);
        spans.push(Span { start: from, end: to, tokens: tokens.count(from..to) });
        covered = end;
        start = shared(tokens, &atoms, (start, end), max_tokens, overlap);
    }
    spans
}

/// What is not cut unless it has to be: sentences, rows, items, lines; a heading as a whole.
fn atoms(tokens: &TokenCounts<'_>, piece: &Piece, max_tokens: u32) -> Vec<Piece> {
    let fits = |piece: &Piece| tokens.count(piece.start..piece.end) <= max_tokens;
    let parts = if piece.heading && fits(piece) { Vec::new() } else { piece.cut(tokens.text(), max_tokens) };
    if parts.is_empty() {
        return vec![piece.clone()];
    }
    parts
        .into_iter()
        .flat_map(|part| if fits(&part) { vec![part] } else { atoms(tokens, &part, max_tokens) })
        .collect()
}

/// Where a window ends that starts there.
fn filled(tokens: &TokenCounts<'_>, atoms: &[Piece], start: usize, max_tokens: u32) -> usize {
    let fits = |atom: &&Piece| tokens.count(atoms[start].start..atom.end) <= max_tokens;
    let end = start + atoms[start..].iter().take_while(fits).count().max(1);
    if end == atoms.len() { end } else { without_headings(atoms, start, end) }
}

/// The end without the headings before it, unless there is nothing else.
fn without_headings(atoms: &[Piece], start: usize, end: usize) -> usize {
    atoms[start..end].iter().rposition(|atom| !atom.heading).map_or(end, |last| start + last + 1)
}

/// Where the next window starts: as far back as may be shared, with room for what comes next.
fn shared(
    tokens: &TokenCounts<'_>,
    atoms: &[Piece],
    (start, end): (usize, usize),
    max_tokens: u32,
    overlap: u32,
) -> usize {
    let fits = |atom: &&Piece| {
        let to = |last: &Piece| tokens.count(atom.start..last.end);
        to(&atoms[end - 1]) <= overlap && atoms.get(end).is_none_or(|next| to(next) <= max_tokens)
    };
    end - atoms[start + 1..end].iter().rev().take_while(fits).count()
}
