//! Which blocks are headings, and of which level.
//!
//! Tags know best where they name the headings; else the outline does; what it does not name goes by the size and weight of its face. A face
//! has the level that the outline gives to most headings set in it, else its rank among the faces
//! of headings, larger before smaller.

use std::collections::{BTreeMap, HashMap};

use super::{
    Line,
    blocks::{Block, Body, Marker, marker},
    tagged::Tagged,
};
use crate::pdf::document::OutlineItem;

/// A heading is set at least this much larger than the body, or is bold.
const LARGER: f32 = 1.12;
/// The most lines and characters of a heading.
const MAX_LINES: usize = 4;
const MAX_CHARACTERS: usize = 200;

/// Up to so many blocks for each tagged heading may look like one and not be.
const MAX_UNNAMED: usize = 2;

/// The face of a heading: half points, negative so that larger ones come first; then bold.
type Face = (i32, bool);

/// The headings of a document.
#[derive(Debug, Default)]
pub(super) struct Headings {
    outline: HashMap<String, u8>,
    /// Whether headings are those that the tags name, and no others.
    by_tags: bool,
    levels: BTreeMap<Face, u8>,
}

impl Headings {
    /// Learns the faces of a document's headings.
    pub(super) fn learn(blocks: &[Block], body: Body, outline: &[OutlineItem], tagged: &Tagged) -> Self {
        let mut titles: HashMap<String, u8> = HashMap::new();
        for item in outline {
            titles.entry(key(&item.title)).or_insert(item.level);
        }
        titles.remove("");
        let mut votes: BTreeMap<Face, HashMap<u8, usize>> = BTreeMap::new();
        let (mut named, mut unnamed) = (0, 0);
        for block in blocks {
            let by_tag = tagged.heading(block);
            named += usize::from(by_tag.is_some());
            if is_candidate(block, body) {
                unnamed += usize::from(by_tag.is_none());
                let votes = votes.entry(face(block)).or_default();
                if let Some(level) = by_tag.or_else(|| titles.get(&key(&block.text())).copied()) {
                    *votes.entry(level).or_default() += 1;
                }
            }
        }
        let mut levels = BTreeMap::new();
        let mut deepest = 0;
        for (face, votes) in votes {
            let voted = votes.into_iter().max_by_key(|(level, count)| (*count, u8::MAX - *level));
            let level = voted.map_or(deepest + 1, |(level, _)| level).clamp(1, 6);
            deepest = deepest.max(level);
            levels.insert(face, level);
        }
        // Where most of what looks like a heading is not tagged as one, the tags name but some.
        Self { outline: titles, by_tags: named > 0 && unnamed <= MAX_UNNAMED * named, levels }
    }

    /// The level of a block, if it is a heading.
    pub(super) fn level(&self, block: &Block, body: Body, tagged: &Tagged) -> Option<u8> {
        let by_tag = tagged.heading(block);
        if self.by_tags || by_tag.is_some() {
            return by_tag;
        }
        // Nearly all text is told by its face, which costs less than its words.
        let by_outline = !self.outline.is_empty()
            && block.size() >= body.size * 0.95
            && (block.size() > body.size * 1.05 || block.is_bold() || block.is_apart(body));
        let by_face = has_face_of_heading(block, body);
        if !(by_outline || by_face) || !has_form_of_heading(block) {
            return None;
        }
        if by_outline && let Some(level) = self.outline.get(&key(&block.text())) {
            return Some((*level).min(6));
        }
        by_face.then(|| self.levels.get(&face(block)).copied()).flatten()
    }
}

fn face(block: &Block) -> Face {
    (-((block.size() * 2.0).round() as i32), !block.is_bold())
}

fn is_candidate(block: &Block, body: Body) -> bool {
    has_face_of_heading(block, body) && has_form_of_heading(block)
}

/// Whether a block stands out from the body.
fn has_face_of_heading(block: &Block, body: Body) -> bool {
    let large = block.size() >= body.size * LARGER;
    let numbered = matches!(block.lines.first().and_then(|line| line.words.first()), Some(word) if is_number(&word.text));
    large || (block.is_bold() && block.size() >= body.size * 0.97 && (numbered || block.is_apart(body)))
}

/// Whether a block could be a heading by its text.
fn has_form_of_heading(block: &Block) -> bool {
    let Some(first) = block.lines.first() else { return false };
    if block.lines.len() > MAX_LINES || first.style.mono || block.table.is_some() {
        return false;
    }
    // Nearly all text is sentences: they are told before the text is put together.
    let last = block.lines.last().and_then(|line| line.words.last());
    let sentence = last
        .is_some_and(|word| word.text.ends_with(['.', ',', ';', '。', '，']) && !word.text.ends_with("..."));
    if sentence {
        return false;
    }
    let text = block.text();
    let characters = text.chars().count();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let bullet = matches!(marker(first), Some(Marker::Bullet));
    (2..=MAX_CHARACTERS).contains(&characters)
        && letters * 2 > characters.min(20)
        && !bullet
        && !has_leader(&text)
        && !ends_in_page_number(first)
}

/// Whether a line is an entry of a table of contents: its last word is a number far off.
fn ends_in_page_number(line: &Line) -> bool {
    let [.., before, last] = line.words.as_slice() else { return false };
    let number = last.text.bytes().all(|byte| byte.is_ascii_digit() || b"ivxlc".contains(&byte));
    number && last.u0 - before.u1 > 2.0 * line.size
}

/// Whether a word is the number of a section: `3`, `A.1`, `2.3.4.`.
fn is_number(word: &str) -> bool {
    let word = word.trim_end_matches('.');
    let mut parts = word.split('.');
    let part =
        |part: &str| !part.is_empty() && part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit());
    let first = parts.next().is_some_and(|first| {
        part(first) || (first.len() == 1 && first.bytes().all(|b| b.is_ascii_uppercase()))
    });
    first && parts.all(part) && word.bytes().any(|byte| byte.is_ascii_digit())
}

/// Whether a text has the dots that lead to a page number in a table of contents.
pub(super) fn has_leader(text: &str) -> bool {
    text.contains(". . .") || text.contains(".....") || text.contains("…………")
}

/// A title as outline and page agree on it: letters and digits, without a section's number.
fn key(title: &str) -> String {
    let words = title.split_whitespace().skip_while(|word| is_number(word));
    words.flat_map(str::chars).filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("2.1. The Kernel", "thekernel")]
    #[case("A.1 Details", "details")]
    #[case("A guide", "aguide")]
    fn titles_compare_without_numbers(#[case] title: &str, #[case] expected: &str) {
        assert_eq!(key(title), expected);
    }
}
