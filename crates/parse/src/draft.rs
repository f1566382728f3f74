//! What a format's parser builds up: blocks without offsets yet, which [`Draft::finish`] turns into
//! the document's text and the blocks that are slices of it.

use model::{Block, BlockKind, Format, ListItem, ParsedDocument, scalar_count};

use crate::ParseError;

/// The most cells that fill up short rows: one long row must not make a million short ones as long.
const MAX_ADDED_CELLS: usize = 4_000_000;

/// The longest text of a merged cell that is repeated: labels are short.
const MAX_REPEATED_BYTES: usize = 200;

/// How much memory all repeated cells of a document may take.
const MAX_REPEATS_BYTES: usize = 8 * 1024 * 1024;

/// The most text of a document, in bytes.
const MAX_TEXT_BYTES: usize = 512 * 1024 * 1024;

/// The most blocks of a document.
const MAX_BLOCKS: usize = 4_000_000;

/// A document under construction. It takes no more than a bounded number of blocks and bytes of text;
/// what goes over is left out, with a warning.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    format: Format,
    /// Its title, if it has one.
    pub title: Option<String>,
    /// The number of pages, where the format has pages.
    pub pages: Option<u32>,
    /// What the parser was not sure of, in words for the user.
    pub warnings: Vec<String>,
    blocks: Vec<(BlockKind, String, Option<u32>)>,
    added_cells: usize,
    repeats_bytes: usize,
    text_bytes: usize,
    is_full: bool,
}

/// A part of a draft that is there or not as a whole.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Piece<'d> {
    /// The block that it is, or is an item of.
    pub(crate) kind: &'d BlockKind,
    /// Its text.
    pub(crate) text: &'d str,
}

impl Draft {
    /// An empty document.
    pub fn new(format: Format) -> Self {
        Self {
            format,
            title: None,
            pages: None,
            warnings: Vec::new(),
            blocks: Vec::new(),
            added_cells: 0,
            repeats_bytes: 0,
            text_bytes: 0,
            is_full: false,
        }
    }

    /// Adds a heading; `level` is brought to 1–6, white space to single blanks.
    pub fn heading(&mut self, level: u8, text: &str, page: Option<u32>) {
        self.push(BlockKind::Heading { level: level.clamp(1, 6) }, one_line(text), page);
    }

    /// Adds running text; line breaks within it are kept.
    pub fn paragraph(&mut self, text: &str, page: Option<u32>) {
        self.push(BlockKind::Paragraph, trim_lines(text), page);
    }

    /// Adds a list. Where no item of an ordered one has a number, they are numbered from 1, by level;
    /// otherwise the items without a number are bullets. The outermost items are brought to level 0.
    pub fn list(&mut self, ordered: bool, items: Vec<ListItem>, page: Option<u32>) {
        let mut items: Vec<_> = items
            .into_iter()
            .map(|item| ListItem { text: one_line(&item.text), ..item })
            .filter(|item| !item.text.is_empty())
            .collect();
        let outermost = items.iter().map(|item| item.level).min().unwrap_or_default();
        for item in &mut items {
            item.level -= outermost;
        }
        if ordered && items.iter().all(|item| item.number.is_none()) {
            number(&mut items);
        }
        let lines: Vec<_> = items.iter().map(list_line).collect();
        let text = lines.join("\n");
        self.push(BlockKind::List { ordered, items }, text, page);
    }

    /// Adds a table; rows are filled up with empty cells to the same length, white space in cells is
    /// brought to single blanks.
    pub fn table(&mut self, header: bool, rows: Vec<Vec<String>>, page: Option<u32>) {
        let rows = rows.into_iter().map(|row| row.iter().map(|cell| one_line(cell)).collect()).collect();
        self.records(header, rows, page);
    }

    /// Adds a table whose cells keep their white space, as data wants it; only in the text they
    /// stand on one line.
    pub fn records(&mut self, header: bool, mut rows: Vec<Vec<String>>, page: Option<u32>) {
        rows.retain(|row| row.iter().any(|cell| !cell.trim().is_empty()));
        let width = rows.iter().map(Vec::len).max().unwrap_or_default();
        let cells: usize = rows.iter().map(Vec::len).sum();
        self.added_cells = self.added_cells.saturating_add(width.saturating_mul(rows.len()) - cells);
        if self.added_cells > MAX_ADDED_CELLS {
            self.warnings
                .push("the rows of a table are of too different lengths; it was read as text".to_owned());
            let lines: Vec<_> = rows.iter().map(|row| row.join(" ")).collect();
            self.paragraph(&lines.join("\n"), page);
            return;
        }
        for row in &mut rows {
            row.resize(width, String::new());
        }
        let mut text = String::new();
        for row in &rows {
            text.push_str(if text.is_empty() { "|" } else { "\n|" });
            for cell in row {
                text.push(' ');
                text.push_str(&one_line(cell));
                text.push_str(" |");
            }
        }
        self.push(BlockKind::Table { rows, header }, text, page);
    }

    /// The text of a merged cell for one more cell of the grid; empty where it is longer than labels
    /// are. `None` where the document has repeated as much as it may.
    pub(crate) fn repeated(&mut self, text: &str) -> Option<String> {
        let text = if text.len() <= MAX_REPEATED_BYTES { text } else { "" };
        self.repeats_bytes += size_of::<String>() + text.len();
        (self.repeats_bytes <= MAX_REPEATS_BYTES).then(|| text.to_owned())
    }

    /// Adds code, kept to the letter but for empty lines around it.
    pub fn code(&mut self, language: Option<String>, text: &str, page: Option<u32>) {
        let text = text.replace("\r\n", "\n").replace(is_invisible, "");
        let first_line = text.len() - text.trim_start().len();
        let start = text[..first_line].rfind('\n').map_or(0, |at| at + 1);
        self.push(BlockKind::Code { language }, text[start..].trim_end().to_owned(), page);
    }

    /// Adds a foot- or endnote.
    pub fn footnote(&mut self, text: &str, page: Option<u32>) {
        self.push(BlockKind::Footnote, one_line(text), page);
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// How much text there is so far, in bytes.
    pub(crate) fn text_len(&self) -> usize {
        self.blocks.iter().map(|(_, text, _)| text.len()).sum()
    }

    /// The text of the blocks, in order; each item of a list is a piece of its own.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = Piece<'_>> {
        self.blocks.iter().flat_map(|(kind, text, _)| {
            let (items, text) = match kind {
                BlockKind::List { items, .. } => (items.as_slice(), None),
                _ => (&[][..], Some(text.as_str())),
            };
            let items = items.iter().map(|item| item.text.as_str());
            items.chain(text).map(move |text| Piece { kind, text })
        })
    }

    /// Keeps those of the [pieces](Self::pieces) whose turn in `kept` is true; what has no turn goes.
    pub(crate) fn retain(&mut self, kept: impl IntoIterator<Item = bool>) {
        let mut kept = kept.into_iter();
        let mut keep = || kept.next().unwrap_or(false);
        // What was taken in before is within the bounds.
        let is_full = std::mem::take(&mut self.is_full);
        self.text_bytes = 0;
        for (kind, text, page) in std::mem::take(&mut self.blocks) {
            match kind {
                BlockKind::List { ordered, mut items } => {
                    items.retain(|_| keep());
                    self.list(ordered, items, page);
                }
                kind if keep() => self.push(kind, text, page),
                _ => {}
            }
        }
        self.is_full |= is_full;
    }

    fn push(&mut self, kind: BlockKind, text: String, page: Option<u32>) {
        if text.trim().is_empty() || self.is_full {
            return;
        }
        self.text_bytes = self.text_bytes.saturating_add(text.len());
        self.is_full = self.text_bytes > MAX_TEXT_BYTES || self.blocks.len() >= MAX_BLOCKS;
        if self.is_full {
            self.warnings.push(format!(
                "the document has too much text; what comes after block {} was left out",
                self.blocks.len()
            ));
            return;
        }
        self.blocks.push((kind, text, page));
    }

    /// Puts the text together, an empty line between blocks, and gives each block its place in it.
    ///
    /// # Errors
    /// [`ParseError::Empty`] where there is no text.
    pub fn finish(self) -> Result<ParsedDocument, ParseError> {
        if self.blocks.is_empty() {
            return Err(ParseError::Empty);
        }
        let mut text = String::new();
        let mut at = 0;
        let mut blocks = Vec::with_capacity(self.blocks.len());
        for (kind, part, page) in self.blocks {
            if !text.is_empty() {
                text.push_str("\n\n");
                at += 2;
            }
            let end = at + scalar_count(&part);
            text.push_str(&part);
            blocks.push(Block { kind, text: part, char_start: at, char_end: end, page });
            at = end;
        }
        let language = crate::language::detect(&text);
        Ok(ParsedDocument {
            format: self.format,
            title: self.title.map(|title| one_line(&title)).filter(|title| !title.is_empty()),
            language,
            pages: self.pages,
            warnings: self.warnings,
            text,
            blocks,
        })
    }
}

/// Characters that carry no text, whatever format they come from: control characters, marks that
/// only say where a line may break.
fn is_invisible(c: char) -> bool {
    (c.is_control() && !c.is_whitespace()) || matches!(c, '\u{AD}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}')
}

/// Text with its white space brought to single blanks, and without what cannot be seen.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    push_line(&mut line, text);
    line
}

/// Adds a text to others as [`one_line`] has it.
fn push_line(out: &mut String, text: &str) {
    let first = out.len();
    for word in text.split_whitespace() {
        let start = out.len();
        if start > first {
            out.push(' ');
        }
        let blank = out.len();
        if word.bytes().all(|byte| byte.is_ascii_graphic()) || !word.contains(is_invisible) {
            out.push_str(word);
        } else {
            out.extend(word.chars().filter(|c| !is_invisible(*c)));
        }
        if out.len() == blank {
            out.truncate(start);
        }
    }
}

fn trim_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let start = out.len();
        if start > 0 {
            out.push('\n');
        }
        let blank = out.len();
        push_line(&mut out, line);
        if out.len() == blank {
            out.truncate(start);
        }
    }
    out
}

/// Numbers items from 1, by level; going back up forgets the deeper ones.
fn number(items: &mut [ListItem]) {
    let mut counts: Vec<u32> = Vec::new();
    for item in items {
        let level = usize::from(item.level);
        counts.resize(level + 1, 0);
        counts[level] += 1;
        item.number = Some(counts[level]);
    }
}

fn list_line(item: &ListItem) -> String {
    let indent = "  ".repeat(usize::from(item.level));
    match item.number {
        Some(number) => format!("{indent}{number}. {}", item.text),
        None => format!("{indent}- {}", item.text),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::bullets(false, &[(0, None), (1, None)], "- x\n  - x")]
    #[case::counted_by_level(
        true,
        &[(0, None), (1, None), (1, None), (0, None), (1, None)],
        "1. x\n  1. x\n  2. x\n2. x\n  1. x"
    )]
    #[case::numbers_of_their_own(true, &[(0, Some(3)), (0, Some(7))], "3. x\n7. x")]
    #[case::further_in(false, &[(2, None), (1, None)], "  - x\n- x")]
    #[case::mixed(true, &[(0, Some(1)), (1, None), (0, Some(2))], "1. x\n  - x\n2. x")]
    fn list_items_bear_their_numbers(
        #[case] ordered: bool,
        #[case] items: &[(u8, Option<u32>)],
        #[case] text: &str,
    ) {
        let items =
            items.iter().map(|&(level, number)| ListItem { level, text: "x".into(), number }).collect();
        let mut draft = Draft::new(Format::Txt);
        draft.list(ordered, items, None);
        assert_eq!(draft.finish().unwrap().text, text);
    }

    #[test]
    fn blocks_are_bounded() {
        let mut draft = Draft::new(Format::Txt);
        for _ in 0..MAX_BLOCKS + 9 {
            draft.push(BlockKind::Paragraph, "x".to_owned(), None);
        }
        assert_eq!(draft.blocks.len(), MAX_BLOCKS);
        assert_eq!(
            draft.warnings,
            ["the document has too much text; what comes after block 4000000 was left out"]
        );
        draft.retain([true]);
        assert_eq!(draft.blocks.len(), 1);
    }
}
