//! A passage's text to sections: a heading and the prose, lists, tables and code under it.

use model::{ContentType, Passage};

use super::{
    code_like,
    sentences::{reflow, sentences},
    wording,
};

/// A heading with what stands under it.
#[derive(Debug, PartialEq)]
pub(super) struct Section<'a> {
    /// The heading, without its number.
    pub(super) heading: Option<&'a str>,
    /// The headings above it, outermost first.
    pub(super) above: Vec<&'a str>,
    pub(super) parts: Vec<Part<'a>>,
    /// The text that all this is from.
    pub(super) text: &'a str,
}

/// What a section answers with, and the passage's own text of that.
pub(super) struct Span<'a> {
    pub(super) text: String,
    pub(super) quote: &'a str,
}

/// The most characters of prose that make one answer; more is cut behind a sentence.
const MAX_PROSE: usize = 700;

impl<'a> Section<'a> {
    /// The part with this index as an answer, with what it announces: prose that ends with a colon
    /// takes the next part along.
    pub(super) fn answer(&self, index: usize) -> Option<Span<'a>> {
        match self.parts.get(index)? {
            Part::Prose(prose) => self.answer_from(index, prose),
            Part::List { text, .. } => Some(Span { text: (*text).to_owned(), quote: text }),
            Part::Table(_) | Part::Code(_) => None,
        }
    }

    /// As [`Self::answer`], from a sentence of the prose with this index on.
    pub(super) fn answer_from(&self, index: usize, sentence: &'a str) -> Option<Span<'a>> {
        let Part::Prose(prose) = self.parts.get(index)? else { return None };
        let start = (sentence.as_ptr() as usize).checked_sub(prose.as_ptr() as usize)?;
        let prose = prose.get(start..)?;
        if prose.trim_end().ends_with(':') {
            let next = self.parts.get(index + 1)?;
            let quote = self.joined(prose, next.text());
            return matches!(next, Part::List { .. } | Part::Code(_))
                .then(|| Span { text: quote.to_owned(), quote });
        }
        let quote = opening_sentences(prose);
        Some(Span { text: reflow(quote), quote })
    }

    /// The first part as an answer.
    pub(super) fn opening(&self) -> Option<Span<'a>> {
        self.answer(0)
    }

    /// The text from the start of one part to the end of a later one.
    fn joined(&self, first: &'a str, last: &'a str) -> &'a str {
        // Both are slices of `text`, so that their addresses tell where.
        let at = |part: &str| part.as_ptr() as usize - self.text.as_ptr() as usize;
        self.text.get(at(first)..at(last) + last.len()).unwrap_or(first)
    }
}

/// The first sentences of a paragraph, as many as make an answer.
fn opening_sentences(prose: &str) -> &str {
    let mut end = 0;
    for sentence in sentences(prose) {
        let until = sentence.as_ptr() as usize - prose.as_ptr() as usize + sentence.len();
        if end > 0 && prose[..until].chars().nth(MAX_PROSE).is_some() {
            break;
        }
        end = until;
    }
    prose[..end].trim()
}

/// A part of a section; all text is the passage's own.
#[derive(Debug, PartialEq)]
pub(super) enum Part<'a> {
    Prose(&'a str),
    List {
        ordered: bool,
        text: &'a str,
        items: Vec<&'a str>,
    },
    /// The lines of a table.
    Table(Vec<&'a str>),
    Code(&'a str),
}

impl<'a> Part<'a> {
    /// Its text; of a table its last row.
    fn text(&self) -> &'a str {
        match self {
            Part::Prose(text) | Part::Code(text) | Part::List { text, .. } => text,
            Part::Table(lines) => lines.last().copied().unwrap_or_default(),
        }
    }
}

/// The sections of a passage. What stands before the first heading in the text belongs to the last
/// heading of the path.
pub(super) fn sections<'a>(passage: &'a Passage, text: &'a str) -> Vec<Section<'a>> {
    let path: Vec<&str> = passage.heading_path.iter().map(|heading| wording::bare_heading(heading)).collect();
    let blocks = blocks(text);
    let mut sections = vec![section(text, &path, path.len().checked_sub(1))];
    let mut index = 0;
    while index < blocks.len() {
        let block = &text[blocks[index].0..blocks[index].1];
        let follows = blocks.get(index + 1).map(|(start, end)| &text[*start..*end]);
        if let Some(heading) = heading(block, follows, &path, passage.content_type) {
            let known = path.iter().position(|above| *above == heading);
            sections.push(match known {
                Some(at) => section(text, &path, Some(at)),
                None => {
                    let above = parents(&sections, &path);
                    Section { heading: Some(heading), above, parts: Vec::new(), text }
                }
            });
        } else {
            let before = sections.last().and_then(|section| section.parts.last());
            let (part, used) = part(text, &blocks[index..], before);
            index += used - 1;
            if let Some(section) = sections.last_mut() {
                section.parts.push(part);
            }
        }
        index += 1;
    }
    sections.retain(|section| !section.parts.is_empty());
    sections
}

fn section<'a>(text: &'a str, path: &[&'a str], at: Option<usize>) -> Section<'a> {
    Section {
        heading: at.map(|at| path[at]),
        above: at.map(|at| path[..at].to_vec()).unwrap_or_default(),
        parts: Vec::new(),
        text,
    }
}

/// What a heading that is not in the path stands under: a sibling of the path's last one where that
/// stands in the text itself, else one below it.
fn parents<'a>(sections: &[Section<'_>], path: &[&'a str]) -> Vec<&'a str> {
    let last_in_text = sections.iter().skip(1).any(|section| section.heading == path.last().copied());
    let keep = path.len().saturating_sub(usize::from(last_in_text));
    path[..keep].to_vec()
}

/// The byte ranges of the parts of a text between empty lines; fenced code is one, whatever it holds.
fn blocks(text: &str) -> Vec<(usize, usize)> {
    let mut blocks: Vec<(usize, usize)> = Vec::new();
    let (mut open, mut fenced, mut at) = (false, false, 0);
    for line in text.split_inclusive('\n') {
        let end = at + line.trim_end().len();
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if line.trim().is_empty() && !fenced {
            open = false;
        } else if open {
            if let Some(block) = blocks.last_mut() {
                block.1 = block.1.max(end);
            }
        } else {
            blocks.push((at, end));
            open = true;
        }
        at += line.len();
    }
    blocks
}

fn heading<'a>(block: &'a str, follows: Option<&str>, path: &[&str], kind: ContentType) -> Option<&'a str> {
    let line = block.trim();
    if line.contains('\n') {
        return None;
    }
    let marked = line.starts_with('#') && line.trim_start_matches('#').starts_with(' ');
    let bare = wording::bare_heading(line);
    if path.contains(&bare) || (marked && kind != ContentType::Code) {
        return Some(bare).filter(|bare| !bare.is_empty());
    }
    let first = bare.chars().next()?;
    let plain = bare.split_whitespace().count() <= 9
        && bare.len() <= 90
        && (first.is_uppercase() || !first.is_ascii())
        && !bare.ends_with(['.', ':', ';', ',', '!', '。', '：', '…', ')'])
        && !bare.contains(": ")
        && !bare.contains(['|', '=', '{', '}', ';', '<', '@', '\t'])
        && item_text(line).is_none()
        && bare == line;
    let has_text = follows.is_some_and(|next| next.split_whitespace().count() > 4 || !next.is_ascii());
    (plain && has_text && kind != ContentType::Code).then_some(bare)
}

/// The part that the blocks begin with, and how many of them belong to it.
fn part<'a>(text: &'a str, blocks: &[(usize, usize)], before: Option<&Part<'_>>) -> (Part<'a>, usize) {
    let (start, end) = blocks[0];
    let block = &text[start..end];
    if let Some(lines) = table_lines(block) {
        return (Part::Table(lines), 1);
    }
    let lead = match before {
        Some(Part::Prose(lead)) => Some(*lead),
        _ => None,
    };
    if code_like::is_code(block, lead) {
        // Code has empty lines of its own.
        let more = blocks[1..]
            .iter()
            .take_while(|(start, end)| {
                let next = &text[*start..*end];
                code_like::is_code(next, None) && table_lines(next).is_none()
            })
            .count();
        return (Part::Code(&text[start..blocks[more].1]), more + 1);
    }
    if let Some((ordered, items)) = list_items(block) {
        return (Part::List { ordered, text: block, items }, 1);
    }
    (Part::Prose(block), 1)
}

fn table_lines(block: &str) -> Option<Vec<&str>> {
    let is_row = |line: &str| line.len() > 2 && line.starts_with('|') && line.ends_with('|');
    let lines: Vec<_> = block.lines().map(str::trim).collect();
    lines.iter().all(|line| is_row(line)).then_some(lines)
}

/// Whether a list is numbered, and its items, each with the lines that go on with it.
fn list_items(block: &str) -> Option<(bool, Vec<&str>)> {
    let mut starts: Vec<(usize, usize)> = Vec::new();
    let (mut at, mut ordered) = (0, 0);
    for line in block.split_inclusive('\n') {
        if let Some(text) = item_text(line) {
            let offset = line.len() - line.trim_start().len();
            let marker = line.trim_start().len() - text.len();
            ordered += usize::from(line.trim_start().starts_with(|char: char| char.is_ascii_digit()));
            starts.push((at, at + offset + marker));
        } else if starts.is_empty() {
            return None;
        }
        at += line.len();
    }
    let items: Vec<_> = starts
        .iter()
        .enumerate()
        .map(|(index, (_, text))| {
            let end = starts.get(index + 1).map_or(block.len(), |(next, _)| *next);
            block[*text..end].trim()
        })
        .collect();
    (!items.is_empty()).then_some((ordered * 2 > items.len(), items))
}

/// The text of a list item's first line, behind its bullet or number.
pub(super) fn item_text(line: &str) -> Option<&str> {
    let line = line.trim_start();
    for bullet in ["- ", "* ", "• ", "– "] {
        if let Some(text) = line.strip_prefix(bullet) {
            return Some(text);
        }
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    if !(1..=3).contains(&digits) {
        return None;
    }
    line[digits..].strip_prefix(". ").or_else(|| line[digits..].strip_prefix(") "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passage(path: &[&str], text: &str) -> Passage {
        Passage {
            document: "Aurora kettle".into(),
            heading_path: path.iter().map(ToString::to_string).collect(),
            content_type: ContentType::Mixed,
            text: text.into(),
            table_header: Vec::new(),
            language: Some("en".into()),
            before: String::new(),
            after: String::new(),
            imported: None,
        }
    }

    #[test]
    fn headings_are_found_in_the_text_and_from_the_path() {
        let passage = passage(
            &["1 Care", "1.2 Descaling"],
            "1.2 Descaling\n\nDo it every month, or more often.\n\nStorage\n\nKeep it in a dry place, always.",
        );
        let found: Vec<_> = sections(&passage, &passage.text)
            .into_iter()
            .map(|section| (section.heading, section.above, section.parts.len()))
            .collect();
        assert_eq!(found, [(Some("Descaling"), vec!["Care"], 1), (Some("Storage"), vec!["Care"], 1)]);
    }

    #[test]
    fn parts_are_told_apart() {
        let passage = passage(
            &[],
            "Run this command to build:\n\ncargo build\n\n1. Open\n2. Close\n   it\n\n| a | b |\n| c | d |\n\n\
             fn main() {\n    run();\n\n    stop();\n}\n\nAll done, then.",
        );
        let sections = sections(&passage, &passage.text);
        assert_eq!(
            sections[0].parts,
            [
                Part::Prose("Run this command to build:"),
                Part::Code("cargo build"),
                Part::List {
                    ordered: true,
                    text: "1. Open\n2. Close\n   it",
                    items: vec!["Open", "Close\n   it"]
                },
                Part::Table(vec!["| a | b |", "| c | d |"]),
                Part::Code("fn main() {\n    run();\n\n    stop();\n}"),
                Part::Prose("All done, then."),
            ]
        );
    }
}
