//! The tags of a document as far as they are to be believed.
//!
//! Many files are tagged by machines that guess, in part, or every line as a paragraph. Tags that
//! cover too little of the text count for nothing; of the others, headings and items that are too long
//! to be some count as text, and a document all of headings as one without.

use super::{
    Line, PageLines,
    blocks::{Block, Marker, marker},
};
use crate::pdf::tags::{Item, Role, Tag, Tags};

/// The least share of a document's characters that its tags have to claim.
const MIN_COVERED: f32 = 0.7;
/// The most characters of a heading and of an item.
const MAX_HEADING: usize = 400;
const MAX_ITEM: usize = 3_000;
/// The greatest share of the characters that headings can have.
const MAX_HEADINGS: f32 = 0.5;

/// What the tags of a document tell.
#[derive(Debug, Default)]
pub(super) struct Tagged(Tags);

impl Tagged {
    /// Judges the tags of a document by its lines.
    pub(super) fn of(mut tags: Tags, pages: &[PageLines]) -> Self {
        if tags.is_empty() {
            return Self::default();
        }
        let mut characters = vec![0_usize; tags.len()];
        for word in pages.iter().flat_map(|page| &page.lines).flat_map(|line| &line.words) {
            if let Some(count) = characters.get_mut(word.tag.index()) {
                *count += word.text.chars().count();
            }
        }
        let all: usize = characters.iter().sum();
        let covered = all - characters[Tag::NONE.index()];
        if (covered as f32) < MIN_COVERED * all as f32 {
            return Self::default();
        }
        let mut headings = 0;
        for (tag, role) in tags.roles_mut() {
            let count = characters[tag.index()];
            match role {
                Role::Heading(_) if count <= MAX_HEADING => headings += count,
                Role::Item(_) if count <= MAX_ITEM => {}
                Role::Heading(_) | Role::Item(_) => *role = Role::Text,
                Role::Text | Role::Cell { .. } => {}
            }
        }
        if headings as f32 > MAX_HEADINGS * covered as f32 {
            let wrong = tags.roles_mut().filter(|(_, role)| matches!(role, Role::Heading(_)));
            wrong.for_each(|(_, role)| *role = Role::Text);
        }
        Self(tags)
    }

    /// What a tag stands for; nothing where it is not believed.
    pub(super) fn role(&self, tag: Tag) -> Option<Role> {
        self.0.role(tag)
    }

    /// What most of a line is: its end tells, as marks and numbers come first.
    fn role_of(&self, line: &Line) -> Option<Role> {
        self.role(line.words.last()?.tag)
    }

    /// The level of a heading.
    pub(super) fn heading(&self, block: &Block) -> Option<u8> {
        let is_heading = |line: &Line| match self.role_of(line) {
            Some(Role::Heading(level)) => Some(level),
            _ => None,
        };
        block.lines.iter().map(is_heading).reduce(|a, b| a.and(b)).flatten().filter(|_| block.table.is_none())
    }

    /// The item that a block is a part of.
    pub(super) fn item(&self, block: &Block) -> Option<Item> {
        match self.role_of(block.lines.first()?) {
            Some(Role::Item(item)) if block.table.is_none() => Some(item),
            _ => None,
        }
    }

    /// The mark that a line of an item starts with, if it is tagged as one or a bullet.
    pub(super) fn label(&self, line: &Line) -> Option<String> {
        let is_label = |tag| matches!(self.role(tag), Some(Role::Item(Item { label: true, .. })));
        let words = line.words.iter().take_while(|word| is_label(word.tag)).map(|word| word.text.as_str());
        let label = words.collect::<Vec<_>>().join(" ");
        if label.is_empty() && marker(line) == Some(Marker::Bullet) {
            return line.words.first()?.text.chars().next().map(String::from);
        }
        (!label.is_empty()).then_some(label)
    }

    /// Whether two lines, one below the other, are of one piece; nothing where tags do not tell.
    pub(super) fn are_one(&self, last: &Line, next: &Line) -> Option<bool> {
        let tag = |line: &Line| line.words.last().map(|word| word.tag);
        match (self.role_of(last)?, self.role_of(next)?) {
            (Role::Heading(_), _) | (_, Role::Heading(_)) => Some(tag(last) == tag(next)),
            (Role::Item(one), Role::Item(other)) => {
                Some(one.number == other.number && self.label(next).is_none())
            }
            (Role::Item(_), _) | (_, Role::Item(_)) => Some(false),
            _ => None,
        }
    }
}
