//! What a page is about, without what stands around it.

use std::collections::HashMap;

use scraper::{Html, Node};
use trafilatura::{HtmlDateMode, Options, extract};

use super::{selection, walk};
use crate::Draft;

/// Pages nested deeper are read as a whole: the extraction recurses over the tree.
const MAX_DEPTH: usize = 256;

/// Larger pages are read as a whole: they are books or data, and the extraction takes its time.
const MAX_EXTRACTED_BYTES: usize = 8 * 1024 * 1024;

/// How many elements that frame a page make it one of a site, rather than a document saved as HTML.
const FRAME_ELEMENTS: usize = 3;

/// An extraction shorter than this, and than a twentieth of the page, has missed the content.
const SURE_BYTES: usize = 400;

/// Reads the main content of a page that has a frame of navigation and the like, all of another.
pub(super) fn read(source: &str, page: &Html, draft: &mut Draft) {
    if frame_elements(page) < FRAME_ELEMENTS {
        walk::blocks(page, draft);
        return;
    }
    if source.len() <= MAX_EXTRACTED_BYTES
        && depth(page) <= MAX_DEPTH
        && let Ok(result) = extract(source, &extraction())
    {
        let mut extracted = draft.clone();
        walk::blocks(&Html::parse_fragment(&result.content_html), &mut extracted);
        let mut main = draft.clone();
        walk::blocks(page, &mut main);
        if extracted.text_len() >= SURE_BYTES || extracted.text_len() * 20 >= main.text_len() {
            *draft = selection::keep_extracted(main, &extracted).unwrap_or(extracted);
            return;
        }
    }
    walk::content_blocks(page, draft);
}

/// How content is told from frame. Dates are not asked for: looking for them takes a third of the time.
fn extraction() -> Options {
    Options::default()
        .with_fallback(true)
        .with_exclude_comments(true)
        .with_html_date_mode(HtmlDateMode::Disabled)
}

/// How many elements say that they are part of a frame.
fn frame_elements(page: &Html) -> usize {
    page.tree
        .nodes()
        .filter(|node| match node.value() {
            Node::Element(element) => {
                let names = || element.classes().chain(element.id());
                matches!(element.name(), "nav" | "footer" | "aside")
                    || names().any(|name| {
                        let name = name.to_ascii_lowercase();
                        ["nav", "menu", "sidebar", "footer", "breadcrumb"]
                            .iter()
                            .any(|part| name.contains(part))
                    })
            }
            _ => false,
        })
        .count()
}

/// How deep elements are nested.
fn depth(page: &Html) -> usize {
    let mut depths = HashMap::new();
    let mut deepest = 0;
    for node in page.tree.root().descendants() {
        let depth = node.parent().and_then(|parent| depths.get(&parent.id())).map_or(0, |above| above + 1);
        depths.insert(node.id(), depth);
        deepest = deepest.max(depth);
    }
    deepest
}
