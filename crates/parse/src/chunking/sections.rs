//! Blocks to sections: what stands under one heading, and what is too small to stand alone.

use std::ops::Range;

use model::{BlockKind, Chunking, ChunkingStrategy, ParsedDocument};

use super::{pieces::Piece, toc::toc_blocks, tokens::TokenCounts};

/// Sibling sections of fewer tokens than this are taken together.
pub(super) const SMALL_TOKENS: u32 = 64;

/// Headings are cut to so many characters in heading paths.
const MAX_HEADING_CHARS: usize = 200;

/// Blocks that become a chunk, or several, of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Section {
    /// The headings above, outermost first, its own included.
    path: Vec<String>,
    /// Of a section that was made of several which keep their own headings: where each starts, in bytes,
    /// and its path.
    paths: Vec<(usize, Vec<String>)>,
    /// Its blocks, as places in the list of pieces.
    pub(super) blocks: Range<usize>,
    /// Whether it is a table of contents.
    pub(super) toc: bool,
    only_headings: bool,
    /// The heading above its own; sections with the same one are siblings.
    parent: Option<usize>,
    /// How many sections it is made of.
    merged: usize,
}

impl Section {
    /// The headings above what starts at a byte of it.
    pub(super) fn path_at(&self, byte: usize) -> &[String] {
        let before = self.paths.partition_point(|(start, _)| *start <= byte);
        before.checked_sub(1).map_or(&self.path, |at| &self.paths[at].1)
    }
}

/// The sections of a document, in order; together they hold every block. For windows, which slide over
/// headings, all that follows one another is one.
pub(super) fn sections(
    document: &ParsedDocument,
    blocks: &[Piece],
    tokens: &TokenCounts<'_>,
    chunking: &Chunking,
) -> Vec<Section> {
    let sections = split(document, blocks);
    match chunking.strategy {
        ChunkingStrategy::SlidingWindow => join_all(sections, blocks),
        _ => merge_small(join_bare_headings(sections), blocks, tokens, chunking.max_tokens),
    }
}

/// All that is no table of contents together.
fn join_all(sections: Vec<Section>, blocks: &[Piece]) -> Vec<Section> {
    let mut joined: Vec<Section> = Vec::new();
    for mut section in sections {
        section.paths = vec![(blocks[section.blocks.start].start, section.path.clone())];
        match joined.last_mut() {
            Some(last) if last.toc == section.toc => {
                last.blocks.end = section.blocks.end;
                last.paths.append(&mut section.paths);
            }
            _ => joined.push(section),
        }
    }
    joined
}

/// A section for every heading, and further ones around tables of contents.
fn split(document: &ParsedDocument, blocks: &[Piece]) -> Vec<Section> {
    let toc = toc_blocks(&document.blocks);
    let mut sections: Vec<Section> = Vec::new();
    // The open headings: level, text, and the number of the block.
    let mut open: Vec<(u8, String, usize)> = Vec::new();
    for (at, piece) in blocks.iter().enumerate() {
        let block = &document.blocks[piece.block];
        let toc = toc[piece.block];
        let level = match block.kind {
            BlockKind::Heading { level } => Some(level),
            _ => None,
        };
        if let Some(level) = level {
            open.truncate(open.iter().position(|(above, ..)| *above >= level).unwrap_or(open.len()));
            open.push((level, block.text.chars().take(MAX_HEADING_CHARS).collect(), at));
        }
        match sections.last_mut() {
            Some(section) if level.is_none() && section.toc == toc => {
                section.blocks.end = at + 1;
                section.only_headings = false;
            }
            _ => sections.push(Section {
                path: open.iter().map(|(_, text, _)| text.clone()).collect(),
                paths: Vec::new(),
                blocks: at..at + 1,
                toc,
                only_headings: level.is_some(),
                parent: open.iter().rev().nth(1).map(|(.., at)| *at),
                merged: 1,
            }),
        }
    }
    sections
}

/// A heading with nothing under it goes with what follows.
fn join_bare_headings(sections: Vec<Section>) -> Vec<Section> {
    let mut joined: Vec<Section> = Vec::with_capacity(sections.len());
    for section in sections {
        match joined.last_mut() {
            Some(bare) if bare.only_headings && !section.toc => {
                // Of a chapter and its first section the path is that of the section.
                if !section.path.starts_with(&bare.path) {
                    bare.path = common(&bare.path, &section.path);
                } else {
                    bare.path = section.path;
                }
                bare.blocks.end = section.blocks.end;
                bare.only_headings = section.only_headings;
                bare.parent = section.parent;
            }
            _ => joined.push(section),
        }
    }
    joined
}

/// Small siblings that follow one another are taken together, as many as a chunk holds.
fn merge_small(
    sections: Vec<Section>,
    blocks: &[Piece],
    tokens: &TokenCounts<'_>,
    max_tokens: u32,
) -> Vec<Section> {
    let count = |first: usize, last: usize| tokens.count(blocks[first].start..blocks[last - 1].end);
    let is_small = |range: &Range<usize>| count(range.start, range.end) < SMALL_TOKENS;
    let mut merged: Vec<Section> = Vec::with_capacity(sections.len());
    for section in sections {
        if let Some(last) = merged.last_mut()
            && last.parent == section.parent
            && !last.toc
            && !section.toc
            && is_small(&section.blocks)
            && (last.merged > 1 || is_small(&last.blocks))
            && count(last.blocks.start, section.blocks.end) <= max_tokens
        {
            last.path = common(&last.path, &section.path);
            last.blocks.end = section.blocks.end;
            last.merged += 1;
        } else {
            merged.push(section);
        }
    }
    merged
}

fn common(one: &[String], other: &[String]) -> Vec<String> {
    one.iter()
        .zip(other)
        .take_while(|(one, other)| one == other)
        .map(|(heading, _)| heading.clone())
        .collect()
}
