//! PDF: the text of its pages in reading order, with the structure that can be told from the
//! layout.
//!
//! `document` opens the file, `interpreter` runs the pages' content streams and yields glyphs
//! in `fonts`' characters, `layout` makes lines and blocks of them, by what `tags` tell of them where the
//! file is tagged. Pictures are read by OCR alone: `scan` tells which pages need it, `picture` paints them.

mod document;
mod fonts;
mod geometry;
mod glyph;
mod interpreter;
mod layout;
mod limits;
mod pages;
mod picture;
mod scan;
mod script;
mod streams;
mod tags;
mod warnings;

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
    let Reading { pages: mut read, mut seen, is_whole } = pages::read(pages, &tags, options.threads)?;
    let scanned =
        help.ocr.map(|ocr| scan::read(ocr, pages, &mut seen, &mut read, options.threads)).transpose()?;

    let mut draft = Draft::new(Format::Pdf);
    draft.title = document::title(&pdf);
    draft.pages = u32::try_from(pages.len()).ok();
    let empty = empty_pages(&read);
    if empty.len() == read.len() {
        return Err(no_text(scanned));
    }
    draft.warnings.extend(warnings::of_pages(&empty, scanned));
    draft.warnings.extend(warnings::of_unmapped(&seen));
    if !is_whole {
        draft.warnings.push("the PDF is larger than what is read of one file; its end is missing".to_owned());
    }
    if !options.page_furniture {
        let furniture = layout::remove_furniture(&mut read);
        draft.warnings.extend(warnings::of_furniture(&furniture));
    }
    layout::assemble(read, &document::outline(&pdf), tags, options.threads, &mut draft)?;
    Ok(draft)
}

/// The numbers of the pages without text, from 1.
fn empty_pages(pages: &[PageLines]) -> Vec<usize> {
    (1..).zip(pages).filter(|(_, page)| page.lines.is_empty()).map(|(number, _)| number).collect()
}

/// Why there is no text at all.
fn no_text(scanned: Option<scan::Outcome>) -> ParseError {
    let hint = match scanned {
        None => {
            "its pages are empty or pictures; if they are pictures of text, --ocr (`ocr` in the API) reads them"
        }
        Some(scan::Outcome { reason: Some(reason), .. }) => return ParseError::Ocr(reason.to_string()),
        Some(_) => "its pages are empty or pictures, in which OCR finds no text",
    };
    ParseError::NoText { format: "PDF", hint }
}
