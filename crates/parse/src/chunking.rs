//! Blocks to chunks: sections by headings, small siblings together, long ones cut where it hurts
//! least.

mod languages;
mod pack;
mod paragraphs;
mod pieces;
mod sections;
mod sentences;
mod toc;
mod tokens;
mod windows;

use model::{
    BlockKind, CharIndex, ChunkSource, Chunking, ChunkingStrategy, ContentType, ExcludeCode, ExcludeReason,
    ParsedDocument, scalar_count,
};
use serde::{Deserialize, Serialize};

use self::languages::Languages;
pub use self::tokens::{TokenCounts, count_tokens};

/// A chunk before it belongs to a project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChunkDraft {
    /// Its place among the document's chunks, from 0.
    pub position: u32,
    /// The headings above it, outermost first.
    pub heading_path: Vec<String>,
    /// What it mostly holds.
    pub content_type: ContentType,
    /// Its text: the document's text from `source.char_start` to `source.char_end`.
    pub text: String,
    /// See [`model::Chunk::table_header`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub table_header: Vec<String>,
    /// Its language, as ISO 639-1: its own where it is long enough to tell, else its document's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The number of its tokens (`o200k_base`).
    pub token_count: u32,
    /// Where it stands.
    pub source: ChunkSource,
    /// Why it is left out of generation, if it is.
    pub exclude_reason: Option<ExcludeReason>,
}

/// Cuts a document into chunks: each is one slice of its text, without the white space around, and never
/// has more tokens than it may. But for `sliding_window` they follow one another without overlap;
/// together they hold all of the text.
///
/// What is too long for a chunk is cut between blocks; a block that is too long for a chunk of its own
/// between list items, table rows, lines of code or sentences; one of these that is too long between words.
pub fn chunk(document: &ParsedDocument, chunking: &Chunking) -> Vec<ChunkDraft> {
    chunk_counted(document, &TokenCounts::of(&document.text), chunking)
}

/// The same with tokens that are counted already, which takes most of the time of it; they have to be those of the
/// document's text.
pub fn chunk_counted(
    document: &ParsedDocument,
    tokens: &TokenCounts<'_>,
    chunking: &Chunking,
) -> Vec<ChunkDraft> {
    debug_assert_eq!(tokens.text(), document.text);
    let index = CharIndex::new(&document.text);
    let blocks = pieces::blocks(document, &index);
    let languages = Languages::of(document);
    let mut chunks = Vec::new();
    for section in sections::sections(document, &blocks, tokens, chunking) {
        for span in spans(tokens, &blocks[section.blocks.clone()], chunking) {
            let text = &document.text[span.start..span.end];
            let source = ChunkSource {
                page_start: page_at(document, &blocks, span.start),
                page_end: page_at(document, &blocks, span.end - 1),
                char_start: index.scalar(span.start),
                char_end: index.scalar(span.end),
            };
            let content_type = content_type(document, &blocks, &span);
            chunks.push(ChunkDraft {
                position: u32::try_from(chunks.len()).unwrap_or(u32::MAX),
                heading_path: section.path_at(span.start).to_vec(),
                content_type,
                text: text.to_owned(),
                table_header: table_header(document, &blocks, span.start),
                language: languages.at(span.start, text, content_type == ContentType::Code),
                token_count: span.tokens,
                source,
                exclude_reason: section.toc.then(|| ExcludeReason {
                    code: ExcludeCode::Toc,
                    detail: "a table of contents".to_owned(),
                }),
            });
        }
    }
    chunks
}

/// The chunks of a section.
fn spans(tokens: &TokenCounts<'_>, blocks: &[pieces::Piece], chunking: &Chunking) -> Vec<pack::Span> {
    let Chunking { strategy, max_tokens, overlap_tokens } = *chunking;
    match strategy {
        ChunkingStrategy::Auto | ChunkingStrategy::Headings => pack::pack(tokens, blocks, max_tokens),
        ChunkingStrategy::Paragraphs => paragraphs::groups(tokens, blocks)
            .flat_map(|group| pack::pack(tokens, group, max_tokens))
            .collect(),
        ChunkingStrategy::SlidingWindow => windows::windows(tokens, blocks, max_tokens, overlap_tokens),
    }
}

/// The block that a byte of the text stands in.
fn block_at<'d>(
    document: &'d ParsedDocument,
    blocks: &[pieces::Piece],
    byte: usize,
) -> Option<&'d model::Block> {
    let at = blocks.partition_point(|block| block.start <= byte).checked_sub(1)?;
    document.blocks.get(blocks[at].block)
}

fn page_at(document: &ParsedDocument, blocks: &[pieces::Piece], byte: usize) -> Option<u32> {
    block_at(document, blocks, byte)?.page
}

/// The names of the columns, where the text starts within a table and below its header row.
fn table_header(document: &ParsedDocument, blocks: &[pieces::Piece], start: usize) -> Vec<String> {
    let at = blocks.partition_point(|block| block.start <= start).saturating_sub(1);
    match (blocks.get(at), block_at(document, blocks, start).map(|block| &block.kind)) {
        (Some(block), Some(BlockKind::Table { rows, header: true })) if block.start < start => {
            rows.first().cloned().unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// What at least four fifths of the characters are; headings do not count.
fn content_type(document: &ParsedDocument, blocks: &[pieces::Piece], span: &pack::Span) -> ContentType {
    const KINDS: [ContentType; 4] =
        [ContentType::Prose, ContentType::List, ContentType::Table, ContentType::Code];
    let mut shares = [0; KINDS.len()];
    let first = blocks.partition_point(|block| block.end <= span.start);
    for block in blocks[first..].iter().take_while(|block| block.start < span.end) {
        let kind = match document.blocks[block.block].kind {
            BlockKind::Heading { .. } => continue,
            BlockKind::Paragraph | BlockKind::Footnote => 0,
            BlockKind::List { .. } => 1,
            BlockKind::Table { .. } => 2,
            BlockKind::Code { .. } => 3,
        };
        shares[kind] += scalar_count(&document.text[block.start.max(span.start)..block.end.min(span.end)]);
    }
    let all: usize = shares.iter().sum();
    if all == 0 {
        return ContentType::Prose;
    }
    let main = KINDS.iter().zip(shares).find(|(_, share)| share * 5 >= all * 4);
    main.map_or(ContentType::Mixed, |(kind, _)| *kind)
}

#[cfg(test)]
mod tests;
