//! What pairs and chunks are found by.

use model::{Chunk, PairText};

use crate::search;

/// What a chunk is found by.
pub(super) fn of_chunk(chunk: &Chunk) -> String {
    search::index(chunk.heading_path.iter().map(|heading| &**heading).chain([&*chunk.text]))
}

/// What a pair is found by.
pub(super) fn of_pair(text: &PairText) -> String {
    let turns = text.turns.iter().map(|turn| &*turn.content);
    search::index([&*text.question, &*text.answer].into_iter().chain(turns))
}
