//! The language of each chunk, without looking at every word of every one.

use model::ParsedDocument;

use crate::language;

/// Of so many bytes of text one sample is looked at.
const WINDOW: usize = 8 * 1024;

/// How much a sample is, in bytes.
const SAMPLE: usize = 400;

/// The least text that its language can be told of, in bytes.
const LEAST: usize = 200;

/// Where a document is in its own language.
pub(super) struct Languages<'d> {
    document: Option<&'d str>,
    /// For each window whether its sample is in the document's language.
    at_home: Vec<bool>,
}

impl<'d> Languages<'d> {
    pub(super) fn of(document: &'d ParsedDocument) -> Self {
        let text = &document.text;
        let home = document.language.as_deref();
        let sample = |start: usize| {
            let window = text.len().min(start + WINDOW) - start;
            let start = text.floor_char_boundary(start + window.saturating_sub(SAMPLE) / 2);
            let end = text.floor_char_boundary(start + SAMPLE);
            language::detect(&text[start..end]).is_none_or(|found| Some(&*found) == home)
        };
        // What is no longer than a window was looked at when the document's language was told.
        let starts = if text.len() <= WINDOW { 0..0 } else { 0..text.len() };
        Self { document: home, at_home: starts.step_by(WINDOW).map(sample).collect() }
    }

    /// The language of what stands between two bytes: where the document has no other there, its own.
    pub(super) fn at(&self, start: usize, text: &str, is_code: bool) -> Option<String> {
        let windows = start / WINDOW..=(start + text.len()) / WINDOW;
        let home = self.at_home.get(*windows.start()..).unwrap_or_default();
        let at_home = home.iter().take(windows.count()).all(|home| *home);
        let own = if is_code || at_home || text.len() < LEAST { None } else { language::detect(text) };
        own.or_else(|| self.document.map(str::to_owned))
    }
}
