//! Marked content: replacement text, and artifacts that are no text of the page's own.

use hayro_syntax::{
    object::{self, Dict, Name, Object},
    page::Resources,
};

use super::super::{document::text_string, fonts, glyph::Text, limits::MAX_MARKED_DEPTH};

/// The marked content sequences that are open.
#[derive(Debug, Default)]
pub(super) struct MarkedContent {
    open: Vec<Mark>,
    /// Sequences opened beyond the bound, which have to be closed again.
    beyond: usize,
}

#[derive(Debug)]
enum Mark {
    Plain,
    /// `ActualText`: given for the first glyph, nothing for the others.
    Replaced(Option<Text>),
    /// Running heads, page numbers and the like.
    Pagination,
}

impl MarkedContent {
    pub(super) fn begin(
        &mut self,
        tag: &Name<'_>,
        properties: Option<&Object<'_>>,
        resources: &Resources<'_>,
    ) {
        if self.open.len() >= MAX_MARKED_DEPTH {
            self.beyond += 1;
            return;
        }
        let mark = match properties {
            Some(Object::Dict(properties)) => mark(tag, properties),
            Some(Object::Name(name)) => resources
                .properties
                .get::<Dict<'_>>(name.as_ref())
                .map_or(Mark::Plain, |dict| mark(tag, &dict)),
            _ => Mark::Plain,
        };
        self.open.push(mark);
    }

    pub(super) fn end(&mut self) {
        if self.beyond > 0 {
            self.beyond -= 1;
        } else {
            self.open.pop();
        }
    }

    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// Closes what a form left open.
    pub(super) fn close_to(&mut self, depth: usize) {
        self.open.truncate(depth);
        self.beyond = 0;
    }

    /// The text to take for a shown glyph: its own, a replacement, or nothing at all where the
    /// glyph does not belong to the text.
    pub(super) fn text(&mut self, own: Text) -> Option<Text> {
        let mut text = own;
        for mark in self.open.iter_mut().rev() {
            match mark {
                Mark::Plain => {}
                Mark::Pagination => return None,
                Mark::Replaced(replacement) => text = replacement.take().unwrap_or_else(|| Text::from("")),
            }
        }
        Some(text)
    }
}

fn mark(tag: &Name<'_>, properties: &Dict<'_>) -> Mark {
    if tag.as_ref() == b"Artifact"
        && properties.get::<Name<'_>>("Type").is_some_and(|kind| kind.as_ref() == b"Pagination")
    {
        return Mark::Pagination;
    }
    match properties.get::<object::String<'_>>("ActualText") {
        Some(text) => Mark::Replaced(fonts::normalize(&text_string(&text)).as_deref().map(Text::from)),
        None => Mark::Plain,
    }
}
