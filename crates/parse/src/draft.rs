//! What a format's parser builds up: blocks without offsets yet, which [`Draft::finish`] turns into
//! the document's text and the blocks that are slices of it.

use model::{Block, BlockKind, Format, ListItem, ParsedDocument, scalar_count};

use crate::ParseError;

/// The most cells of a table, those that fill up short rows included: one long row must not make a
/// million short ones as long.
const MAX_CELLS: usize = 20_000_000;

/// A document under construction.
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
}

impl Draft {
    /// An empty document.
    pub fn new(format: Format) -> Self {
        Self { format, title: None, pages: None, warnings: Vec::new(), blocks: Vec::new() }
    }

    /// Adds a heading; `level` is brought to 1–6, white space to single blanks.
    pub fn heading(&mut self, level: u8, text: &str, page: Option<u32>) {
        self.push(BlockKind::Heading { level: level.clamp(1, 6) }, one_line(text), page);
    }

    /// Adds running text; line breaks within it are kept.
    pub fn paragraph(&mut self, text: &str, page: Option<u32>) {
        self.push(BlockKind::Paragraph, trim_lines(text), page);
    }

    /// Adds a list.
    pub fn list(&mut self, ordered: bool, items: Vec<ListItem>, page: Option<u32>) {
        let items: Vec<_> = items
            .into_iter()
            .map(|item| ListItem { text: one_line(&item.text), ..item })
            .filter(|item| !item.text.is_empty())
            .collect();
        let text = list_text(ordered, &items);
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
        if width.saturating_mul(rows.len()) > MAX_CELLS {
            self.warnings.push("a table has too many cells; it was read as text".to_owned());
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

    fn push(&mut self, kind: BlockKind, text: String, page: Option<u32>) {
        if !text.trim().is_empty() {
            self.blocks.push((kind, text, page));
        }
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

fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        let start = line.len();
        if start > 0 {
            line.push(' ');
        }
        let blank = line.len();
        line.extend(word.chars().filter(|c| !is_invisible(*c)));
        if line.len() == blank {
            line.truncate(start);
        }
    }
    line
}

fn trim_lines(text: &str) -> String {
    text.lines().map(one_line).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn list_text(ordered: bool, items: &[ListItem]) -> String {
    // A number per level; going back up forgets the deeper ones.
    let mut numbers: Vec<u32> = Vec::new();
    let mut lines = Vec::with_capacity(items.len());
    for item in items {
        let level = usize::from(item.level);
        numbers.resize(level + 1, 0);
        numbers[level] += 1;
        let marker = if ordered { format!("{}.", numbers[level]) } else { "-".to_owned() };
        lines.push(format!("{}{marker} {}", "  ".repeat(level), item.text));
    }
    lines.join("\n")
}
