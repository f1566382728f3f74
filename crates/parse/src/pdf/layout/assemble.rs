//! Blocks to the draft of a document.

use super::{
    PageLines,
    blocks::{self, Block, Body},
    text::{self, Vocabulary},
};
use crate::Draft;

/// Puts the pages together.
pub(in crate::pdf) fn assemble(pages: Vec<PageLines>, draft: &mut Draft) {
    let body = Body::of(&pages);
    let mut vocabulary = Vocabulary::default();
    pages.iter().flat_map(|page| &page.lines).for_each(|line| vocabulary.add(line));
    for (page, number) in pages.into_iter().zip(1..) {
        for block in blocks::blocks(page, number, body) {
            draft.paragraph(&joined(&block, &vocabulary), Some(block.page));
        }
    }
}

fn joined(block: &Block, vocabulary: &Vocabulary) -> String {
    let mut text = String::new();
    for line in &block.lines {
        text::append(&mut text, &line.text(), vocabulary);
    }
    text::finish(text)
}
