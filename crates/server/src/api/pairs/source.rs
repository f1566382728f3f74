//! What a pair was made from, for who reviews it.

use model::{Chunk, ChunkId, ContentType, Pair};
use serde::Serialize;
use store::PairSource;
use utoipa::ToSchema;

/// A pair with what it was made from.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PairWithSource {
    #[serde(flatten)]
    pub(super) pair: Pair,
    /// What it was made from.
    pub(super) source: Option<Source>,
}

/// What a pair was made from.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Source {
    /// The chunk's text as it was when the pair was made: the offsets of `evidence` count in it.
    text: String,
    /// The headings above it, outermost first, as they were then.
    heading_path: Vec<String>,
    /// What it mostly held.
    content_type: ContentType,
    /// The column names of the table that it goes on with; else empty.
    table_header: Vec<String>,
    /// The language of the text, as an ISO 639-1 code, where it can be told.
    language: Option<String>,
    /// The document's title, or its file name where it has none.
    title: String,
    /// The document's file name.
    filename: String,
    /// The chunk's first page, from 1, where there are pages and the chunk is still there.
    page_start: Option<u32>,
    /// Its last page.
    page_end: Option<u32>,
    /// Whether the chunk says something else by now, or has gone.
    outdated: bool,
    /// The chunk as it is now, if it is still there.
    chunk: Option<Chunk>,
    /// The chunk before it in its document.
    previous: Option<Neighbour>,
    /// The chunk behind it.
    next: Option<Neighbour>,
}

/// A chunk beside the one that a pair was made from.
#[derive(Debug, Serialize, ToSchema)]
struct Neighbour {
    /// Its id.
    chunk_id: ChunkId,
    /// The headings above it, outermost first.
    heading_path: Vec<String>,
    /// What it says now.
    text: String,
}

impl From<PairSource> for Source {
    fn from(source: PairSource) -> Self {
        let PairSource { passage, filename, chunk, previous, next } = source;
        // The chunk of an imported pair is its line; the lines beside it are no neighbours.
        let said = passage.imported.as_ref().unwrap_or(&passage.text);
        let beside = |chunk: Option<Chunk>| chunk.filter(|_| passage.imported.is_none()).map(Into::into);
        let place = chunk.as_ref().map(|chunk| chunk.source);
        Self {
            outdated: chunk.as_ref().is_none_or(|chunk| chunk.text != *said),
            previous: beside(previous),
            next: beside(next),
            text: passage.text,
            heading_path: passage.heading_path,
            content_type: passage.content_type,
            table_header: passage.table_header,
            language: passage.language,
            title: passage.document,
            filename,
            page_start: place.and_then(|place| place.page_start),
            page_end: place.and_then(|place| place.page_end),
            chunk,
        }
    }
}

impl From<Chunk> for Neighbour {
    fn from(chunk: Chunk) -> Self {
        Self { chunk_id: chunk.id, heading_path: chunk.heading_path, text: chunk.text }
    }
}
