//! What a page is about, without what stands around it.

use std::collections::HashMap;

use scraper::{ElementRef, Html, Node, Selector};
use trafilatura::{Options, extract};

use super::walk;
use crate::Draft;

/// Pages nested deeper are read as a whole: the extraction recurses over the tree.
const MAX_DEPTH: usize = 256;

/// Larger pages are read as a whole: they are books or data, and the extraction takes its time.
const MAX_EXTRACTED_BYTES: usize = 8 * 1024 * 1024;

/// How many elements that frame a page make it one of a site, rather than a document saved as HTML.
const FRAME_ELEMENTS: usize = 4;

/// Reads the main content of a page that has a frame of navigation and the like, all of another.
pub(super) fn read(source: &str, page: &Html, draft: &mut Draft) {
    let mode = std::env::var("H").unwrap_or_default();
    let share: usize = std::env::var("S").ok().and_then(|s| s.parse().ok()).unwrap_or(0);
    let mut whole = draft.clone();
    let root = marked_main(page).unwrap_or_else(|| page.root_element());
    walk::content_blocks(root, &mut whole);
    if mode == "n" { println!("{}", frame_elements(page)); }
    if source.len() <= MAX_EXTRACTED_BYTES
        && frame_elements(page) >= FRAME_ELEMENTS
        && depth(page) <= MAX_DEPTH
        && let Ok(result) = extract(source, &Options::default().with_fallback(true).with_exclude_comments(true))
    {
        let mut main = draft.clone();
        walk::blocks(&Html::parse_fragment(&result.content_html), &mut main);
        let ok = match marked_main(page) {
            Some(_) => main.text_len() * 100 >= whole.text_len() * share,
            None => main.text_len() * 20 >= whole.text_len() || main.text_len() > 400,
        };
        if ok {
            *draft = main;
            return;
        }
    }
    *draft = whole;
}

fn marked_main(page: &Html) -> Option<ElementRef<'_>> {
    ["main, [role=main]", "article"].iter().find_map(|selector| {
        let selector = Selector::parse(selector).ok()?;
        let mut found = page.select(&selector);
        let first = found.next()?;
        found.next().is_none().then_some(first)
    })
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
                        ["nav", "menu", "sidebar", "footer", "breadcrumb"].iter().any(|part| name.contains(part))
                    })
            }
            _ => false,
        })
        .count()
}

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
