//! Pieces of a text that are not cut unless they have to be, and how each is cut further.

use std::ops::Range;

use model::{BlockKind, CharIndex, ParsedDocument};
use unicode_segmentation::UnicodeSegmentation;

use super::sentences::sentences;

/// What a piece is; each kind is cut into ones of the kinds after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A whole block of a kind that is read line by line: list, table, code.
    Lines,
    /// A whole block of running text, or one line of the above.
    Text,
    /// A sentence.
    Sentence,
    /// A word.
    Word,
    /// A part of a word that is longer than a chunk may be.
    Letters,
}

/// A part of the text, without the white space around it. Bytes, as all offsets within chunking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// Where it starts.
    pub(super) start: usize,
    /// Where it ends.
    pub(super) end: usize,
    /// The number of its block in the document.
    pub(super) block: usize,
    /// What it is.
    pub(super) kind: Kind,
    /// Whether it is (part of) a heading, which stays with what follows.
    pub(super) heading: bool,
}

/// The blocks of a document that hold more than white space.
pub(super) fn blocks(document: &ParsedDocument, index: &CharIndex<'_>) -> Vec<Piece> {
    let text = &document.text;
    let mut pieces: Vec<Piece> = Vec::with_capacity(document.blocks.len());
    for (number, block) in document.blocks.iter().enumerate() {
        let Some(Range { start, end }) =
            trimmed(text, index.byte(block.char_start)..index.byte(block.char_end))
        else {
            continue;
        };
        let kind = match block.kind {
            BlockKind::List { .. } | BlockKind::Table { .. } | BlockKind::Code { .. } => Kind::Lines,
            BlockKind::Heading { .. } | BlockKind::Paragraph | BlockKind::Footnote => Kind::Text,
        };
        let heading = matches!(block.kind, BlockKind::Heading { .. });
        pieces.push(Piece { start, end, block: number, kind, heading });
    }
    pieces
}

impl Piece {
    /// The piece cut once more. Empty where it cannot be cut.
    pub(super) fn cut(&self, text: &str, max_tokens: u32) -> Vec<Self> {
        let whole = &text[self.start..self.end];
        let (kind, ranges): (_, Vec<Range<usize>>) = match self.kind {
            Kind::Lines => (Kind::Text, ends(whole, whole.split_inclusive('\n').map(str::len))),
            Kind::Text => (Kind::Sentence, sentences(whole)),
            Kind::Sentence => (Kind::Word, words(whole)),
            Kind::Word => (Kind::Letters, letters(whole, max_tokens)),
            Kind::Letters => return Vec::new(),
        };
        let parts: Vec<Self> = ranges
            .into_iter()
            .filter_map(|range| trimmed(text, self.start + range.start..self.start + range.end))
            .map(|range| Self { start: range.start, end: range.end, kind, ..*self })
            .collect();
        match parts.as_slice() {
            // One part is the piece itself: the next kind of cut may do better.
            [part] => part.cut(text, max_tokens),
            _ => parts,
        }
    }
}

/// The range without the white space around it; `None` where there is nothing else.
fn trimmed(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let part = text.get(range.clone())?;
    let start = range.start + (part.len() - part.trim_start().len());
    let end = range.end - (part.len() - part.trim_end().len());
    (start < end).then_some(start..end)
}

fn ends(text: &str, lengths: impl Iterator<Item = usize>) -> Vec<Range<usize>> {
    let mut start = 0;
    let ranges = lengths
        .map(|length| {
            let range = start..start + length;
            start = range.end;
            range
        })
        .collect();
    debug_assert_eq!(start, text.len());
    ranges
}

/// Words with the white space after them; scripts without blanks are cut where words can end.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for (start, word) in text.split_word_bound_indices() {
        let end = start + word.len();
        match ranges.last_mut() {
            // Marks and blanks stay with the word before them.
            Some(last) if !word.starts_with(char::is_alphanumeric) => last.end = end,
            _ => ranges.push(start..end),
        }
    }
    ranges
}

/// Runs of at most `max_tokens` bytes, which cannot be more tokens than that.
fn letters(text: &str, max_tokens: u32) -> Vec<Range<usize>> {
    let most = usize::try_from(max_tokens).unwrap_or(usize::MAX);
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for (start, letter) in text.char_indices() {
        let end = start + letter.len_utf8();
        match ranges.last_mut() {
            Some(last) if end - last.start <= most => last.end = end,
            _ => ranges.push(start..end),
        }
    }
    ranges
}
