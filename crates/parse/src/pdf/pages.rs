//! The pages of a document, read side by side.

use std::sync::{Mutex, PoisonError};

use hayro_syntax::page::Page;

use super::{
    glyph::PageContent,
    interpreter::Interpreter,
    layout::{self, PageLines},
    limits::Cost,
    scan::Seen,
    tags::Tags,
};
use crate::{ParseError, threads};

/// With fewer pages for each, another thread takes longer to load fonts than it spares.
const LEAST_PAGES: usize = 8;

/// The pages of a document as read.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) pages: Vec<PageLines>,
    /// What each of them says of itself.
    pub(super) seen: Vec<Seen>,
    /// Whether no page was left out for what the document costs.
    pub(super) is_whole: bool,
}

/// Reads pages, on as many threads as there may be. It is the same whatever their number: pages are left
/// out by what those before them cost, and no page is begun once all that were come to too much.
///
/// # Errors
/// [`ParseError::Bug`] where a thread panics.
pub(super) fn read(pages: &[Page<'_>], tags: &Tags, threads: usize) -> Result<Reading, ParseError> {
    let total = Mutex::new(Cost::default());
    let interpreter = || Interpreter::new(tags.clone());
    let read = threads::map(pages.iter(), threads, LEAST_PAGES, interpreter, |interpreter, page| {
        if total.lock().unwrap_or_else(PoisonError::into_inner).is_too_much() {
            return None;
        }
        let content = interpreter.page(page);
        let mut total = total.lock().unwrap_or_else(PoisonError::into_inner);
        *total = total.plus(content.cost);
        drop(total);
        let PageContent { cost, shown, unmapped, picture, .. } = content;
        let seen = Seen { shown, unmapped, picture };
        Some((layout::lines(content, &interpreter.fonts), seen, cost))
    })?;
    let mut reading = Reading { pages: Vec::with_capacity(pages.len()), ..Reading::default() };
    let mut spent = Cost::default();
    for (lines, seen, cost) in read {
        if !spent.is_too_much() {
            reading.pages.push(lines);
            reading.seen.push(seen);
        }
        spent = spent.plus(cost);
    }
    reading.is_whole = !spent.is_too_much();
    reading.pages.resize_with(pages.len(), PageLines::default);
    reading.seen.resize(pages.len(), Seen::default());
    Ok(reading)
}
