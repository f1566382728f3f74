//! The tree of a page to blocks.

use scraper::{CaseSensitivity, ElementRef, Html, Node};

use super::{code, table};
use crate::Draft;
use crate::draft::one_line;
use crate::lists::Lists;

/// Elements nested deeper than this are read as text without structure.
const MAX_DEPTH: usize = 400;

/// Adds the blocks of a whole tree.
pub(super) fn blocks(page: &Html, draft: &mut Draft) {
    Walker::new(draft, false).read(page.root_element());
}

/// Adds the blocks of a page without what stands around its content: navigation, asides, footers.
pub(super) fn content_blocks(page: &Html, draft: &mut Draft) {
    Walker::new(draft, true).read(page.root_element());
}

struct Walker<'d> {
    draft: &'d mut Draft,
    without_frame: bool,
    /// Inline text gathers here until the block around it ends.
    text: String,
    lists: Lists,
}

impl<'d> Walker<'d> {
    fn new(draft: &'d mut Draft, without_frame: bool) -> Self {
        Self { draft, without_frame, text: String::new(), lists: Lists::default() }
    }

    fn read(mut self, root: ElementRef<'_>) {
        self.children(root, 0);
        self.end_text();
        self.lists.interrupt(self.draft);
    }

    fn children(&mut self, element: ElementRef<'_>, depth: usize) {
        if depth > MAX_DEPTH {
            self.text.push_str(&table::blank_separated(element));
            return;
        }
        for child in element.children() {
            match child.value() {
                Node::Text(text) => push_collapsed(text, &mut self.text),
                Node::Element(_) => {
                    if let Some(child) = ElementRef::wrap(child) {
                        self.element(child, depth + 1);
                    }
                }
                _ => {}
            }
        }
    }

    fn element(&mut self, element: ElementRef<'_>, depth: usize) {
        if is_hidden(element) || code::is_line_number(element) || (self.without_frame && is_frame(element)) {
            return;
        }
        match element.value().name() {
            "math" => self.text.push_str(&formula(element)),
            "br" => self.text.push('\n'),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.heading(element),
            "ul" | "ol" | "menu" | "dl" => {
                self.end_text();
                self.lists
                    .start((element.value().name() == "ol").then(|| number(element, "start").unwrap_or(1)));
                self.children(element, depth);
                self.end_text();
                self.lists.end(self.draft);
            }
            "li" | "dt" => {
                self.end_text();
                self.lists.item(number(element, "value"));
                self.children(element, depth);
                self.end_text();
            }
            "dd" => {
                self.end_text();
                self.lists.start(None);
                self.children(element, depth);
                self.end_text();
                self.lists.end(self.draft);
            }
            "pre" | "listing" | "xmp" => {
                self.end_text();
                self.lists.interrupt(self.draft);
                code::read(element, self.draft);
            }
            "table" if !table::is_layout(element) => {
                self.end_text();
                self.lists.interrupt(self.draft);
                table::read(element, self.draft);
            }
            name if is_inline(name) => self.children(element, depth),
            _ => {
                self.end_text();
                self.children(element, depth);
                self.end_text();
            }
        }
    }

    fn heading(&mut self, element: ElementRef<'_>) {
        self.end_text();
        let level = element.value().name().as_bytes()[1] - b'0';
        let text = table::blank_separated(element);
        if !text.trim().is_empty() {
            self.lists.interrupt(self.draft);
            self.draft.heading(level, &text, None);
        }
    }

    fn end_text(&mut self) {
        let text = std::mem::take(&mut self.text);
        if text.trim().is_empty() {
            return;
        }
        if self.lists.is_open() {
            self.lists.text(&text, self.draft);
        } else {
            self.draft.paragraph(&text, None);
        }
    }
}

/// A formula as the LaTeX that it was made from, its bare text where it does not say that.
fn formula(math: ElementRef<'_>) -> String {
    let mut descendants = math.descendent_elements();
    let source = descendants.find(|element| {
        element.value().name() == "annotation"
            && element.attr("encoding").is_some_and(|encoding| encoding.contains("tex"))
    });
    match source {
        Some(source) => {
            let mark = if math.attr("display") == Some("block") { "$$" } else { "$" };
            format!("{mark}{}{mark}", one_line(&source.text().collect::<String>()))
        }
        None => table::blank_separated(math),
    }
}

fn number(element: ElementRef<'_>, attribute: &str) -> Option<u32> {
    element.attr(attribute)?.trim().parse().ok()
}

/// White space in HTML is a blank; line breaks are elements.
fn push_collapsed(text: &str, to: &mut String) {
    to.extend(text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }));
}

/// What is never seen as text.
pub(super) fn is_hidden(element: ElementRef<'_>) -> bool {
    let value = element.value();
    matches!(
        value.name(),
        "script"
            | "style"
            | "noscript"
            | "template"
            | "head"
            | "svg"
            | "canvas"
            | "iframe"
            | "object"
            | "embed"
            | "audio"
            | "video"
            | "map"
            | "button"
            | "select"
            | "textarea"
            | "input"
            | "dialog"
            | "rp"
            | "rt"
    ) || value.attr("hidden").is_some_and(|state| state != "until-found")
        || value.has_class("katex-html", CaseSensitivity::CaseSensitive)
        || (value.attr("style").is_some_and(hides) && !holds_formula(element))
}

fn hides(style: &str) -> bool {
    let style = style.replace(' ', "").to_ascii_lowercase();
    style.contains("display:none") || style.contains("visibility:hidden")
}

/// Whether it is the text of a formula that is shown as a picture.
fn holds_formula(element: ElementRef<'_>) -> bool {
    element.child_elements().next().is_some_and(|child| child.value().name() == "math")
}

/// What stands around the content of a page.
fn is_frame(element: ElementRef<'_>) -> bool {
    let value = element.value();
    matches!(value.name(), "nav" | "aside" | "footer")
        || value.attr("role").is_some_and(|role| {
            matches!(
                role,
                "navigation" | "banner" | "contentinfo" | "search" | "complementary" | "menu" | "menubar"
            )
        })
}

pub(super) fn is_inline(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "img",
        "ins",
        "kbd",
        "label",
        "mark",
        "math",
        "meter",
        "mfrac",
        "mi",
        "mn",
        "mo",
        "mrow",
        "msub",
        "msup",
        "mtext",
        "nobr",
        "output",
        "picture",
        "progress",
        "q",
        "rb",
        "ruby",
        "s",
        "samp",
        "semantics",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
    ];
    NAMES.binary_search(&name).is_ok()
}
