//! Blocks to the draft of a document.

use super::{
    PageLines,
    blocks::{self, Block, Body},
    code,
    headings::Headings,
    listing,
    lists::{Closed, OpenList, TaggedList},
    tagged::Tagged,
    text::{self, Vocabulary},
};
use crate::{
    Draft, ParseError,
    pdf::{
        document::OutlineItem,
        tags::{Item, Tags},
    },
    threads,
};

/// With fewer pages for each, another thread is not worth its start.
const LEAST_PAGES: usize = 32;

/// Puts the pages together.
///
/// # Errors
/// [`ParseError::Bug`] where a thread panics.
pub(in crate::pdf) fn assemble(
    pages: Vec<PageLines>,
    outline: &[OutlineItem],
    tags: Tags,
    threads: usize,
    draft: &mut Draft,
) -> Result<(), ParseError> {
    let tagged = Tagged::of(tags, &pages);
    let body = Body::of(&pages);
    let mut vocabulary = Vocabulary::default();
    let pages = threads::map(
        pages.into_iter().zip(1..u32::MAX),
        threads,
        LEAST_PAGES,
        || (),
        |(), (page, number)| {
            let words = text::words(&page.lines);
            Some((blocks::blocks(page, number, body, &tagged), words))
        },
    )?;
    let mut all = Vec::new();
    for (blocks, words) in pages {
        all.extend(blocks);
        vocabulary.extend(words);
    }
    let headings = Headings::learn(&all, body, outline, &tagged);
    let mut assembly = Assembly {
        body,
        vocabulary,
        tagged,
        headings,
        parts: Vec::new(),
        list: None,
        tagged_list: None,
        notes: Vec::new(),
    };
    let mut waiting = all.into_iter().peekable();
    while let Some(block) = waiting.next() {
        if assembly.is_code(&block) {
            let mut run = vec![block];
            while let Some(next) =
                waiting.next_if(|next| assembly.is_code(next) && code::goes_on(&run[run.len() - 1], next))
            {
                run.push(next);
            }
            assembly.close_list();
            assembly
                .parts
                .push(Part { page: run[0].page, kind: Kind::Code(listing::mended(code::code(&run))) });
        } else {
            assembly.block(&block);
        }
    }
    assembly.close_list();
    for part in assembly.parts {
        part.write(draft);
    }
    Ok(())
}

/// A block as it goes into the draft.
struct Part {
    page: u32,
    kind: Kind,
}

enum Kind {
    Heading(u8, String),
    /// Its text and the size it is set in.
    Paragraph(String, f32),
    List(bool, Vec<model::ListItem>),
    Code(String),
    Table(Vec<Vec<String>>),
    /// Entries of a table of contents, one a line.
    Contents(String),
    Footnote(String),
}

impl Part {
    fn write(self, draft: &mut Draft) {
        let page = Some(self.page);
        match self.kind {
            Kind::Heading(level, text) => draft.heading(level, &text, page),
            Kind::Paragraph(text, _) | Kind::Contents(text) => draft.paragraph(&text, page),
            Kind::List(ordered, items) => draft.list(ordered, items, page),
            Kind::Code(text) => draft.code(None, &text, page),
            Kind::Table(rows) => draft.table(true, rows, page),
            Kind::Footnote(text) => draft.footnote(&text, page),
        }
    }
}

struct Assembly {
    body: Body,
    vocabulary: Vocabulary,
    tagged: Tagged,
    headings: Headings,
    parts: Vec<Part>,
    list: Option<OpenList>,
    tagged_list: Option<TaggedList>,
    /// The footnotes below the open list, which may go on after them.
    notes: Vec<Part>,
}

impl Assembly {
    fn block(&mut self, block: &Block) {
        if let Some(rows) = &block.table {
            self.push(block, Kind::Table(rows.clone()));
            return;
        }
        if let Some(level) = self.headings.level(block, self.body, &self.tagged) {
            let text = self.joined(block);
            self.push(block, Kind::Heading(level, text));
            return;
        }
        if let Some(item) = self.tagged.item(block) {
            self.item(block, item);
            return;
        }
        if block.lines.iter().filter(|line| line.has_leader()).count() * 2 > block.lines.len() {
            let lines: Vec<String> = block.lines.iter().map(|line| shorten_leader(&line.text())).collect();
            self.contents(block, &lines.join("\n"));
            return;
        }
        let text = self.joined(block);
        if block.is_footnote(self.body) {
            let note = Part { page: block.page, kind: Kind::Footnote(bracketed(text)) };
            if self.list.is_some() || self.tagged_list.is_some() { &mut self.notes } else { &mut self.parts }
                .push(note);
            return;
        }
        if let Some(list) = &mut self.list
            && list.add(block, &text)
        {
            return;
        }
        self.close_list();
        if let Some(list) = OpenList::start(block, &text) {
            self.list = Some(list);
            return;
        }
        if !self.goes_on(block, &text) {
            self.parts.push(Part { page: block.page, kind: Kind::Paragraph(text, block.size()) });
        }
    }

    /// Whether a block is code: neither a heading nor the start of an item, both of which may be of
    /// nothing but a name in such a face.
    fn is_code(&self, block: &Block) -> bool {
        let starts_item = || {
            self.tagged.item(block).is_some()
                && block.lines.first().is_some_and(|line| self.tagged.label(line).is_some())
        };
        code::is_code(block) && self.tagged.heading(block).is_none() && !starts_item()
    }

    /// Adds a part of an item that the tags tell.
    fn item(&mut self, block: &Block, item: Item) {
        let text = self.joined(block);
        let line = block.lines.first();
        let label = line.and_then(|line| self.tagged.label(line)).unwrap_or_default();
        let text = text.strip_prefix(label.as_str()).unwrap_or(&text).trim_start();
        if let Some(list) = &mut self.tagged_list
            && list.add(item, &label, text)
        {
            return;
        }
        self.close_list();
        let list = self.tagged_list.insert(TaggedList::start(item, block.page));
        list.add(item, &label, text);
    }

    fn push(&mut self, block: &Block, kind: Kind) {
        self.close_list();
        self.parts.push(Part { page: block.page, kind });
    }

    /// Adds to the table of contents, which space between chapters or a page may have broken.
    fn contents(&mut self, block: &Block, entries: &str) {
        self.close_list();
        match self.parts.last_mut() {
            Some(Part { kind: Kind::Contents(before), .. }) => {
                before.push('\n');
                before.push_str(entries);
            }
            _ => self.push(block, Kind::Contents(entries.to_owned())),
        }
    }

    fn close_list(&mut self) {
        if let Some(list) = self.tagged_list.take() {
            let page = list.page;
            let (ordered, items) = list.close();
            self.parts.push(Part { page, kind: Kind::List(ordered, items) });
            self.parts.append(&mut self.notes);
        }
        let Some(list) = self.list.take() else { return };
        let page = list.page;
        match list.close() {
            Closed::List(ordered, items) => self.parts.push(Part { page, kind: Kind::List(ordered, items) }),
            Closed::Paragraphs(texts) => {
                let paragraphs =
                    texts.into_iter().map(|text| Part { page, kind: Kind::Paragraph(text, 0.0) });
                self.parts.extend(paragraphs);
            }
        }
        self.parts.append(&mut self.notes);
    }

    /// Adds a block to the paragraph before it where a column or page broke that in two.
    fn goes_on(&mut self, block: &Block, text: &str) -> bool {
        if block.above.is_some() {
            return false;
        }
        let lower = text.chars().next().is_some_and(char::is_lowercase);
        let before = self.parts.iter_mut().rev().find(|part| !matches!(part.kind, Kind::Footnote(_)));
        match before {
            Some(Part { kind: Kind::Paragraph(open, size), .. })
                if lower
                    && (*size - block.size()).abs() < 0.6
                    && !open.ends_with(['.', '!', '?', ':', '。']) =>
            {
                text::append(open, text, &self.vocabulary);
                true
            }
            _ => false,
        }
    }

    fn joined(&self, block: &Block) -> String {
        let (mut text, mut line_text) = (String::new(), String::new());
        for line in &block.lines {
            line_text.clear();
            line.write(&mut line_text);
            text::append(&mut text, &line_text, &self.vocabulary);
        }
        text::finish(text)
    }
}

/// A footnote with its number in brackets, as the references to it have theirs; behind a number with
/// a full stop it may be an entry of a numbered list.
fn bracketed(note: String) -> String {
    let text = note.trim_start_matches(|c: char| c.is_ascii_digit());
    let (mark, text) = (&note[..note.len() - text.len()], text.trim_start_matches(')').trim_start());
    if mark.is_empty() || text.is_empty() || text.starts_with('.') {
        return note;
    }
    format!("[{mark}] {text}")
}

/// The dots of a leader made four, whatever their number on the page.
fn shorten_leader(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut dots = 0;
    for word in line.split(' ') {
        let core = word.trim_end_matches(['.', '…']);
        let led = word.len() - core.len();
        if core.is_empty() && led > 0 {
            dots += led;
            continue;
        }
        if !out.is_empty() {
            out.push_str(if dots > 2 { " .... " } else { " " });
        }
        dots = 0;
        if led > 3 {
            out.push_str(core);
            dots = led;
        } else {
            out.push_str(word);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("1 Compare it.", "[1] Compare it.")]
    #[case("12) See there.", "[12] See there.")]
    #[case("12. See there.", "12. See there.")]
    #[case("* Not here.", "* Not here.")]
    #[case("7", "7")]
    fn notes_have_their_numbers_in_brackets(#[case] note: &str, #[case] expected: &str) {
        assert_eq!(bracketed(note.to_owned()), expected);
    }

    #[rstest]
    #[case("1 Intro . . . . . . 7", "1 Intro .... 7")]
    #[case("1 Intro.......... 7", "1 Intro .... 7")]
    #[case("plain. text", "plain. text")]
    fn leaders_are_short(#[case] line: &str, #[case] expected: &str) {
        assert_eq!(shorten_leader(line), expected);
    }
}
