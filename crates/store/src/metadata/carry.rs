//! What a person changed of chunks, taken over when their document is parsed again.

use std::collections::HashMap;

use model::{Chunk, Passage, Sha256Hex};

/// Warnings that name a chunk, at most; what is more is counted.
const NAMED: usize = 20;

/// A chunk that a person changed.
pub(super) struct Touched {
    /// The chunk.
    pub(super) chunk: Chunk,
    /// What the person said of leaving it out.
    pub(super) decided: Option<bool>,
}

/// The hash of a text as parsed, and which one it is of those that are equal.
pub(super) type Place = (Sha256Hex, u32);

/// Counts texts that are equal, in the order of the document.
pub(super) fn occurrence(seen: &mut HashMap<Sha256Hex, u32>, sha256: &Sha256Hex) -> u32 {
    let count = seen.entry(sha256.clone()).or_default();
    *count += 1;
    *count
}

/// Takes over what a person changed of a chunk that said the same before.
pub(super) fn take(chunk: &mut Chunk, passage: &mut Passage, old: &Touched) {
    let Chunk { heading_path, text, token_count, edited, updated_at, .. } = &old.chunk;
    if *edited {
        chunk.heading_path.clone_from(heading_path);
        chunk.text.clone_from(text);
        (chunk.token_count, chunk.edited) = (*token_count, true);
        passage.heading_path.clone_from(heading_path);
        passage.text.clone_from(text);
    }
    if old.decided.is_some() {
        chunk.excluded = old.chunk.excluded;
        chunk.exclude_reason.clone_from(&old.chunk.exclude_reason);
    }
    chunk.updated_at = chunk.updated_at.max(*updated_at);
}

/// What to tell of changes that found no chunk.
pub(super) fn warnings(dropped: impl Iterator<Item = Touched>) -> Vec<String> {
    let mut dropped: Vec<Touched> = dropped.collect();
    dropped.sort_by_key(|old| old.chunk.position);
    let mut warnings: Vec<String> = dropped.iter().take(NAMED).map(warning).collect();
    if let Some(more @ 1..) = dropped.len().checked_sub(NAMED) {
        warnings.push(format!("{more} more changes of chunks were dropped for the same reason"));
    }
    warnings
}

fn warning(old: &Touched) -> String {
    let what = match (old.chunk.edited, old.decided) {
        (true, _) => "edit",
        (false, Some(false)) => "inclusion",
        (false, _) => "exclusion",
    };
    let position = old.chunk.position;
    format!("the {what} of chunk {position} was dropped: its text is not in the document any more")
}
