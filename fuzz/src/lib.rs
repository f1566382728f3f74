//! What the fuzz targets have in common: what has to hold of each document, and DOCX packages made of readable input.

mod docx;

pub use docx::package;

use model::{Chunking, Format, ParsedDocument};
use parse::{Options, ParseError};

/// Parses an input with everything of it kept, and checks what comes out.
///
/// # Panics
/// If the parser panicked, or a block is not the slice of the text that it says it is.
pub fn check_parsing(bytes: &[u8], format: Format) {
    if let Some(document) =
        parse(bytes, format, Options { page_furniture: true, comments: true, whole_page: true, ..Options::default() })
    {
        check_blocks(&document);
    }
    parse(bytes, format, Options::default());
}

/// Parses an input and cuts it: the first byte says how small, the second what it is parsed as, the others are the document.
///
/// # Panics
/// If anything panicked, or a chunk is not the slice of the text that it says it is, or is larger than it may be.
pub fn check_chunking(input: &[u8]) {
    let [size, format, bytes @ ..] = input else { return };
    let format = [Format::Markdown, Format::Html, Format::Txt, Format::Csv][usize::from(*format) % 4];
    let chunking = Chunking { max_tokens: 32 + u32::from(*size) * 2, ..Chunking::default() };
    let Some(document) = parse(bytes, format, Options::default()) else { return };
    check_blocks(&document);
    let text = Scalars::of(&document.text);
    for chunk in parse::chunk(&document, &chunking) {
        let source = chunk.source;
        assert_eq!(text.slice(source.char_start, source.char_end), chunk.text, "a chunk's offsets");
        assert!(!chunk.text.trim().is_empty(), "a chunk without text");
        assert!(
            chunk.token_count <= chunking.max_tokens,
            "{} tokens of {}",
            chunk.token_count,
            chunking.max_tokens
        );
    }
}

/// A panic within a parser is an error for its caller, and a finding here.
fn parse(bytes: &[u8], format: Format, options: Options) -> Option<ParsedDocument> {
    match parse::parse(bytes, format, &options) {
        Err(ParseError::Bug(reason)) => panic!("the {} parser panicked: {reason}", format.as_str()),
        outcome => outcome.ok(),
    }
}

fn check_blocks(document: &ParsedDocument) {
    let text = Scalars::of(&document.text);
    for block in &document.blocks {
        assert_eq!(text.slice(block.char_start, block.char_end), block.text, "a block's offsets");
    }
}

/// A text that is cut by Unicode scalar values. Not the index that the parsers themselves use: that one is tested by this.
struct Scalars<'t> {
    text: &'t str,
    /// The byte at which each scalar value starts, and the end.
    starts: Vec<usize>,
}

impl<'t> Scalars<'t> {
    fn of(text: &'t str) -> Self {
        Self { text, starts: text.char_indices().map(|(at, _)| at).chain([text.len()]).collect() }
    }

    fn slice(&self, start: usize, end: usize) -> &'t str {
        &self.text[self.starts[start]..self.starts[end]]
    }
}
