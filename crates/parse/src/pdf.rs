//! PDF: the text of its pages in reading order, with the structure that can be told from the
//! layout.
//!
//! `document` opens the file, `interpreter` runs the pages' content streams and yields glyphs
//! in `fonts`' characters, `layout` makes lines and blocks of them. Pictures are not read.

mod document;
mod fonts;
mod geometry;
mod glyph;
mod interpreter;
mod layout;
mod limits;
mod pages;
mod script;
mod streams;
mod tags;

use model::Format;

use self::{layout::PageLines, limits::MAX_PAGES, pages::Reading, tags::Tags};
use crate::{Draft, Help, Options, ParseError};

/// Parses a PDF.
///
/// # Errors
/// Where it is encrypted with a password that is not given, has no page or no text.
pub fn parse(bytes: &[u8], options: &Options, help: Help<'_>) -> Result<Draft, ParseError> {
    let pdf = document::open(bytes, help.passwords)?;
    let pages = pdf.pages();
    if pages.len() > MAX_PAGES {
        return Err(ParseError::TooLarge(format!("{} pages; at most {MAX_PAGES} are read", pages.len())));
    }
    let tags = Tags::of(&pdf);
    let Reading { pages: mut read, shown, unmapped, is_whole } = pages::read(pages, &tags, options.threads)?;

    let mut draft = Draft::new(Format::Pdf);
    draft.title = document::title(&pdf);
    draft.pages = u32::try_from(pages.len()).ok();
    let empty = empty_pages(&read);
    if empty.len() == read.len() {
        return Err(ParseError::NoText {
            format: "PDF",
            hint: "its pages are empty or pictures; if they are pictures of text, run OCR over it, for example with ocrmypdf, then add it again",
        });
    }
    draft.warnings.extend(warning_of_empty(&empty));
    draft.warnings.extend(warning_of_unmapped(unmapped, shown));
    if !is_whole {
        draft.warnings.push("the PDF is larger than what is read of one file; its end is missing".to_owned());
    }
    if !options.page_furniture {
        let furniture = layout::remove_furniture(&mut read);
        draft.warnings.extend(warning_of_furniture(&furniture));
    }
    layout::assemble(read, &document::outline(&pdf), tags, options.threads, &mut draft)?;
    Ok(draft)
}

/// The numbers of the pages without text, from 1.
fn empty_pages(pages: &[PageLines]) -> Vec<usize> {
    (1..).zip(pages).filter(|(_, page)| page.lines.is_empty()).map(|(number, _)| number).collect()
}

fn warning_of_empty(numbers: &[usize]) -> Option<String> {
    let (first, rest) = numbers.split_first()?;
    if rest.is_empty() {
        return Some(format!("page {first} has no text; if it is a picture of text, run OCR over the file"));
    }
    Some(format!(
        "pages {} have no text; if they are pictures of text, run OCR over the file",
        ranges(numbers)
    ))
}

/// Ascending numbers as people write them: `1–3, 7`; a long list is cut.
fn ranges(numbers: &[usize]) -> String {
    const SHOWN: usize = 20;
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, end)) if *end + 1 == *number => *end = *number,
            _ => runs.push((*number, *number)),
        }
    }
    let mut shown: Vec<String> = runs
        .iter()
        .take(SHOWN)
        .map(|(start, end)| if start == end { start.to_string() } else { format!("{start}–{end}") })
        .collect();
    if runs.len() > SHOWN {
        shown.push("…".to_owned());
    }
    shown.join(", ")
}

fn warning_of_unmapped(unmapped: u64, shown: u64) -> Option<String> {
    let share = unmapped as f64 / shown.max(1) as f64;
    (share > 0.02).then(|| {
        format!(
            "{:.0}% of the characters cannot be read, because their fonts do not tell what they mean; OCR would read them",
            share * 100.0
        )
    })
}

fn warning_of_furniture(texts: &[String]) -> Option<String> {
    const SHOWN: usize = 5;
    if texts.is_empty() {
        return None;
    }
    let mut shown: Vec<String> = texts.iter().take(SHOWN).map(|text| format!("“{text}”")).collect();
    if texts.len() > SHOWN {
        shown.push(format!("{} more", texts.len() - SHOWN));
    }
    Some(format!("left out as running heads, footers or page numbers: {}", shown.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_short() {
        assert_eq!(ranges(&[1, 2, 3, 7, 9, 10]), "1–3, 7, 9–10");
    }
}
