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

/// Shorter texts are labels, links and the like.
const RUNNING_BYTES: usize = 80;

/// Reads the main content of a page that has a frame of navigation and the like, all of another.
pub(super) fn read(source: &str, page: &Html, draft: &mut Draft) {
    let shape = Shape::of(page);
    if shape.frame_elements < FRAME_ELEMENTS {
        walk::blocks(page, draft);
        return;
    }
    let mut content = draft.clone();
    walk::content_blocks(page, &mut content);
    let is_within_bounds =
        source.len() <= MAX_EXTRACTED_BYTES && shape.nodes <= MAX_EXTRACTED_NODES && shape.depth <= MAX_DEPTH;
    if is_within_bounds && let Some(extracted) = extracted(source, &content, draft) {
        let mut main = draft.clone();
        walk::blocks(page, &mut main);
        if extracted.text_len() >= SURE_BYTES || extracted.text_len() * 20 >= main.text_len() {
            *draft = selection::keep_extracted(main, &extracted).unwrap_or(extracted);
            return;
        }
    }
    *draft = content;
}

/// The main content by the extraction's own rules; where it is likely that they missed it, also by
/// the slower algorithms that it compares them with.
fn extracted(source: &str, content: &Draft, draft: &Draft) -> Option<Draft> {
    let extracted = |with_fallback| {
        // Dates are not asked for: looking for them takes its time.
        let options = Options::default()
            .with_fallback(with_fallback)
            .with_exclude_comments(true)
            .with_html_date_mode(HtmlDateMode::Disabled);
        let result = extract(source, &options).ok()?;
        let mut extracted = draft.clone();
        walk::blocks(&Html::parse_fragment(&result.content_html), &mut extracted);
        Some(extracted)
    };
    let first = extracted(false);
    match &first {
        Some(first) if is_likely(first, content) => {}
        _ => return extracted(true).or(first),
    }
    first
}

/// Whether an extraction has most of the running text of a page, and nothing of its frame.
fn is_likely(extracted: &Draft, content: &Draft) -> bool {
    let running = content.pieces().map(|piece| piece.text.len()).filter(|len| *len >= RUNNING_BYTES);
    let len = extracted.text_len();
    len >= SURE_BYTES && len <= content.text_len() && running.sum::<usize>() * 2 <= len * 3
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
