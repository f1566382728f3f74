//! Tagged PDF: what the structure tree (ISO 32000-1, 14.7) says a piece of text is.
//!
//! Content streams number their marked content, and the elements of the tree name those numbers, page
//! by page. Only what blocks are made of is kept: headings, list items, cells. Whether tags are to be
//! believed is for the layout to judge.

mod grid;
mod names;
mod walk;

use std::{collections::HashMap, sync::Arc};

use hayro_syntax::{Pdf, object::ObjectIdentifier};

/// What an element of the structure tree is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Running text, or nothing that is told apart.
    Text,
    /// A heading of a level from 1 to 6.
    Heading(u8),
    /// A part of a list item.
    Item(Item),
    /// A cell, by its place in a table, from 0.
    Cell { table: u32, row: u32, column: u32 },
}

/// A part of a list item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Item {
    /// The number of the list, with the lists within it.
    pub(super) list: u32,
    /// The number of the item among the document's.
    pub(super) number: u32,
    /// How deep it is nested, from 0.
    pub(super) level: u8,
    /// Whether this is its mark, not its text.
    pub(super) label: bool,
}

/// What a piece of text belongs to: an element by its number, or nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(super) struct Tag(u32);

impl Tag {
    /// Of text that no element claims.
    pub(super) const NONE: Self = Self(0);

    /// Its place among a document's tags.
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }

    pub(super) fn is_some(self) -> bool {
        self != Self::NONE
    }
}

/// The tags of the marked content of a page or form, by its numbers.
pub(super) type Marks = HashMap<i32, Tag>;

/// The tags of a document; none where it has no structure tree.
#[derive(Debug, Clone, Default)]
pub(super) struct Tags {
    /// By tag, the first for [`Tag::NONE`].
    roles: Vec<Role>,
    /// By page or form.
    marks: HashMap<ObjectIdentifier, Arc<Marks>>,
}

impl Tags {
    /// Reads the structure tree.
    pub(super) fn of(pdf: &Pdf) -> Self {
        walk::tags(pdf)
    }

    /// The tags of the marked content of a page or form.
    pub(super) fn marks(&self, id: ObjectIdentifier) -> Option<Arc<Marks>> {
        self.marks.get(&id).cloned()
    }

    /// What a tag stands for; nothing for [`Tag::NONE`].
    pub(super) fn role(&self, tag: Tag) -> Option<Role> {
        tag.is_some().then(|| self.roles.get(tag.0 as usize).copied()).flatten()
    }

    /// The number of tags, [`Tag::NONE`] included.
    pub(super) fn len(&self) -> usize {
        self.roles.len()
    }

    /// Whether there are no tags at all.
    pub(super) fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// Every tag with its role, to be changed.
    pub(super) fn roles_mut(&mut self) -> impl Iterator<Item = (Tag, &mut Role)> {
        (0..).map(Tag).zip(&mut self.roles).skip(1)
    }
}
