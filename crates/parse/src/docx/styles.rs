//! Paragraph and character styles: what a paragraph is by the style it has.

use std::collections::HashMap;

use super::numbering::NumberingRef;
use super::xml::{self, Element};

/// How many styles may be based on one another before it is taken for a circle.
const MAX_CHAIN: usize = 32;

/// The styles of a document, by their ids.
#[derive(Debug, Default)]
pub(super) struct Styles {
    by_id: HashMap<String, Style>,
    default_paragraph: Option<String>,
}

#[derive(Debug, Default)]
struct Style {
    name: String,
    based_on: Option<String>,
    outline: Option<u8>,
    numbering: NumberingRef,
    font: Option<String>,
}

/// What a paragraph's style makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A heading of a level from 1.
    Heading(u8),
    /// The document's title.
    Title,
    /// Code.
    Code,
    /// Running text.
    Body,
}

impl Styles {
    /// Reads the styles part; a damaged one gives no styles.
    pub(super) fn read(text: &str) -> Self {
        let mut styles = Self::default();
        // What was read before the damage is still good.
        let _ = xml::each_child_of(text, "styles", |element| styles.add(&element));
        styles
    }

    fn add(&mut self, element: &Element) {
        let ("style", Some(id)) = (element.name.as_str(), element.attribute("styleId")) else { return };
        let properties = element.child("pPr");
        let style = Style {
            name: element.value_of("name").unwrap_or(id).to_lowercase(),
            based_on: element.value_of("basedOn").map(str::to_owned),
            outline: properties.and_then(outline_level),
            numbering: properties.map(NumberingRef::read).unwrap_or_default(),
            font: element.child("rPr").and_then(font).map(str::to_owned),
        };
        if element.attribute("type") == Some("paragraph")
            && matches!(element.attribute("default"), Some("1" | "true" | "on"))
        {
            self.default_paragraph = Some(id.to_owned());
        }
        self.by_id.insert(id.to_owned(), style);
    }

    /// The style and those it is based on, nearest first.
    fn chain<'s>(&'s self, id: Option<&'s str>) -> impl Iterator<Item = (&'s str, &'s Style)> {
        let mut next = id.filter(|id| self.by_id.contains_key(*id)).or(self.default_paragraph.as_deref());
        std::iter::from_fn(move || {
            let id = next?;
            let style = self.by_id.get(id)?;
            next = style.based_on.as_deref();
            Some((id, style))
        })
        .take(MAX_CHAIN)
    }

    /// What a paragraph of the style is; `own_outline` is the outline level the paragraph itself has.
    pub(super) fn role(&self, id: Option<&str>, own_outline: Option<u8>) -> Role {
        for (_, style) in self.chain(id) {
            match style.name.as_str() {
                "title" => return Role::Title,
                name if is_code_name(name) => return Role::Code,
                _ => {}
            }
        }
        let by_name = || self.chain(id).find_map(|(_, style)| heading_by_name(&style.name));
        let by_outline = || self.chain(id).find_map(|(_, style)| style.outline);
        // A file without the styles part still has ids such as `Heading2`.
        let by_id = || {
            id.filter(|id| !self.by_id.contains_key(*id)).and_then(|id| heading_by_name(&id.to_lowercase()))
        };
        match own_outline.or_else(by_outline).map(|level| level + 1).or_else(by_name).or_else(by_id) {
            Some(level) if level <= 9 => Role::Heading(level),
            _ => Role::Body,
        }
    }

    /// The numbering that comes with the style.
    pub(super) fn numbering(&self, id: Option<&str>) -> NumberingRef {
        let mut found = NumberingRef::default();
        for (_, style) in self.chain(id) {
            found = found.or(&style.numbering);
        }
        found
    }

    /// The ids of the style and those it is based on.
    pub(super) fn ids<'s>(&'s self, id: Option<&'s str>) -> impl Iterator<Item = &'s str> {
        self.chain(id).map(|(id, _)| id)
    }

    /// Whether the style sets its text in a font of equal widths.
    pub(super) fn is_monospace(&self, id: Option<&str>) -> bool {
        id.is_some() && self.chain(id).find_map(|(_, style)| style.font.as_deref()).is_some_and(is_monospace)
    }
}

/// The outline level of paragraph properties, from 0; 9 means running text.
pub(super) fn outline_level(properties: &Element) -> Option<u8> {
    properties.value_of("outlineLvl")?.parse().ok().filter(|level| *level <= 9)
}

/// The font of run properties.
pub(super) fn font(properties: &Element) -> Option<&str> {
    let fonts = properties.child("rFonts")?;
    fonts.attribute("ascii").or_else(|| fonts.attribute("hAnsi"))
}

/// Whether a font has equal widths, by its name.
pub(super) fn is_monospace(font: &str) -> bool {
    const NAMES: [&str; 9] = [
        "courier",
        "consolas",
        "menlo",
        "monaco",
        "lucida console",
        "inconsolata",
        "fira code",
        "cascadia",
        "terminal",
    ];
    let font = font.to_lowercase();
    NAMES.iter().any(|name| font.starts_with(name))
        || font.split(|c: char| !c.is_alphanumeric()).any(|word| word == "mono" || word == "monospace")
}

fn is_code_name(name: &str) -> bool {
    matches!(
        name,
        "code"
            | "source code"
            | "source"
            | "code block"
            | "codeblock"
            | "sourcecode"
            | "html preformatted"
            | "preformatted"
            | "preformatted text"
            | "program listing"
            | "listing"
            | "macro text"
            | "verbatim"
    )
}

fn heading_by_name(name: &str) -> Option<u8> {
    const WORDS: [&str; 8] =
        ["heading", "überschrift", "titre", "título", "titolo", "kop", "rubrik", "заголовок"];
    WORDS
        .iter()
        .find_map(|word| name.strip_prefix(word))
        .and_then(|rest| rest.trim().parse().ok())
        .filter(|level| (1..=9).contains(level))
}
