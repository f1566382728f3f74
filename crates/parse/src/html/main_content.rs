//! What a page is about, without what stands around it.

use scraper::node::Element;
use scraper::{Html, Node};
use trafilatura::{HtmlDateMode, Options, extract};

use super::{selection, walk};
use crate::Draft;

/// Pages nested deeper are read as a whole: the extraction recurses over the tree.
const MAX_DEPTH: usize = 256;

/// Larger pages are read as a whole: they are books or data, and the extraction takes its time.
const MAX_EXTRACTED_BYTES: usize = 8 * 1024 * 1024;

/// The same, by elements, texts and comments.
const MAX_EXTRACTED_NODES: usize = 250_000;

/// How many elements that frame a page make it one of a site, rather than a document saved as HTML.
const FRAME_ELEMENTS: usize = 3;

/// An extraction shorter than this, and than a twentieth of the page, has missed the content.
const SURE_BYTES: usize = 400;

/// Reads the main content of a page that has a frame of navigation and the like, all of another.
pub(super) fn read(source: &str, page: &Html, draft: &mut Draft) {
    let shape = Shape::of(page);
    if shape.frame_elements < FRAME_ELEMENTS {
        walk::blocks(page, draft);
        return;
    }
    if source.len() <= MAX_EXTRACTED_BYTES
        && shape.nodes <= MAX_EXTRACTED_NODES
        && shape.depth <= MAX_DEPTH
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

/// How content is told from frame. Dates are not asked for: looking for them takes its time.
fn extraction() -> Options {
    Options::default()
        .with_fallback(true)
        .with_exclude_comments(true)
        .with_html_date_mode(HtmlDateMode::Disabled)
}

/// What decides how a page is read.
#[derive(Debug, Default)]
struct Shape {
    nodes: usize,
    /// How deep elements are nested.
    depth: usize,
    /// How many elements say that they are part of a frame.
    frame_elements: usize,
}

impl Shape {
    fn of(page: &Html) -> Self {
        let mut shape = Self::default();
        let mut depth: usize = 0;
        let mut node = page.tree.root();
        loop {
            shape.nodes += 1;
            shape.depth = shape.depth.max(depth);
            if let Node::Element(element) = node.value()
                && shape.frame_elements < FRAME_ELEMENTS
                && is_of_frame(element)
            {
                shape.frame_elements += 1;
            }
            if let Some(child) = node.first_child() {
                node = child;
                depth += 1;
                continue;
            }
            // A loop of its own, as trees can be deep.
            node = loop {
                if let Some(next) = node.next_sibling() {
                    break next;
                }
                let Some(parent) = node.parent() else { return shape };
                node = parent;
                depth -= 1;
            };
        }
    }
}

fn is_of_frame(element: &Element) -> bool {
    matches!(element.name(), "nav" | "footer" | "aside")
        || element.classes().chain(element.id()).any(|name| {
            ["nav", "menu", "sidebar", "footer", "breadcrumb"].iter().any(|part| {
                name.as_bytes().windows(part.len()).any(|at| at.eq_ignore_ascii_case(part.as_bytes()))
            })
        })
}
