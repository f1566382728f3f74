//! Marked content: replacement text, artifacts that are no text of the page's own, and tags.

use std::sync::Arc;

use hayro_syntax::{
    object::{self, Dict, Name, Object},
    page::Resources,
};

use super::super::{
    document::text_string,
    fonts,
    glyph::Text,
    limits::MAX_MARKED_DEPTH,
    tags::{Marks, Tag},
};

/// The marked content sequences that are open.
#[derive(Debug, Default)]
pub(super) struct MarkedContent {
    open: Vec<Open>,
    /// Sequences opened beyond the bound, which have to be closed again.
    beyond: usize,
    /// The tags of the page's or form's sequences.
    marks: Option<Arc<Marks>>,
}

/// A sequence that is open, and what it belongs to.
#[derive(Debug)]
struct Open {
    mark: Mark,
    tag: Tag,
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
    /// No sequences; `marks` are the tags of the page's.
    pub(super) fn new(marks: Option<Arc<Marks>>) -> Self {
        Self { marks, ..Self::default() }
    }

    /// Takes the tags for those of a form's sequences; those that stood for the stream around it.
    pub(super) fn replace_marks(&mut self, marks: Option<Arc<Marks>>) -> Option<Arc<Marks>> {
        std::mem::replace(&mut self.marks, marks)
    }

    /// What a glyph shown now belongs to.
    pub(super) fn tag(&self) -> Tag {
        self.open.last().map_or(Tag::NONE, |open| open.tag)
    }

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
        let open = match properties {
            Some(Object::Dict(properties)) => self.opened(tag, properties),
            Some(Object::Name(name)) => resources
                .properties
                .get::<Dict<'_>>(name.as_ref())
                .map_or(Open { mark: Mark::Plain, tag: self.tag() }, |dict| self.opened(tag, &dict)),
            _ => Open { mark: Mark::Plain, tag: self.tag() },
        };
        self.open.push(open);
    }

    fn opened(&self, tag: &Name<'_>, properties: &Dict<'_>) -> Open {
        let own = self.marks.as_ref().and_then(|marks| marks.get(&properties.get::<i32>("MCID")?).copied());
        Open { mark: mark(tag, properties), tag: own.unwrap_or_else(|| self.tag()) }
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
    #[inline]
    pub(super) fn text(&mut self, own: Text) -> Option<Text> {
        let mut text = own;
        for open in self.open.iter_mut().rev() {
            match &mut open.mark {
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
