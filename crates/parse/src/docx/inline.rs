//! What stands within a paragraph: runs and what is wrapped around them, as the final text.

use super::math;
use super::styles::{self, Styles};
use super::xml::Element;

/// The text of a paragraph and what hangs on it.
#[derive(Debug, Default)]
pub(super) struct Inline<'e> {
    /// The text; tabs and line breaks are kept.
    pub(super) text: String,
    /// The notes it refers to.
    pub(super) notes: Vec<NoteId>,
    /// What is anchored in it.
    pub(super) anchored: Vec<Anchored<'e>>,
    letters: usize,
    monospace_letters: usize,
}

/// What stands beside the text of a paragraph.
#[derive(Debug, Clone, Copy)]
pub(super) enum Anchored<'e> {
    /// The content of a text box.
    Box(&'e Element),
    /// A figure, by the id of the relationship to its part.
    Figure(&'e str),
}

/// A note or comment, by its id.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum NoteId {
    /// A footnote.
    Foot(String),
    /// An endnote.
    End(String),
    /// A comment.
    Comment(String),
}

impl<'e> Inline<'e> {
    /// Reads what is in a paragraph, or in anything that can stand in one.
    pub(super) fn read(element: &'e Element, styles: &Styles) -> Self {
        let mut inline = Self::default();
        inline.walk(element, styles);
        inline
    }

    /// Whether all of it is set in a font of equal widths.
    pub(super) fn is_monospace(&self) -> bool {
        self.letters > 0 && self.monospace_letters == self.letters
    }

    fn walk(&mut self, element: &'e Element, styles: &Styles) {
        for child in element.children() {
            match child.name.as_str() {
                "r" => self.run(child, styles),
                "oMath" => {
                    // Formulas that follow one another are not one.
                    if self.text.ends_with('$') {
                        self.text.push(' ');
                    }
                    self.text.push_str(&math::text(child));
                }
                "oMathPara" => {
                    self.text.push('\n');
                    self.text.push_str(&math::text(child));
                    self.text.push('\n');
                }
                "sdt" if checkbox(child).is_some() => self.text.extend(checkbox(child)),
                "AlternateContent" => self.alternative(child, |inline, branch| inline.walk(branch, styles)),
                "ruby" => {
                    if let Some(base) = child.child("rubyBase") {
                        self.walk(base, styles);
                    }
                }
                // Properties hold no text, what was deleted or moved away is not in the final text.
                "pPr" | "rPr" | "sdtPr" | "sdtEndPr" | "del" | "moveFrom" => {}
                _ => self.walk(child, styles),
            }
        }
    }

    fn run(&mut self, run: &'e Element, styles: &Styles) {
        let properties = run.child("rPr");
        if properties.is_some_and(|properties| properties.is_on("vanish")) {
            return;
        }
        let before = self.text.len();
        for child in run.children() {
            match child.name.as_str() {
                "t" => self.text.push_str(&child.text()),
                "tab" | "ptab" => self.text.push('\t'),
                "br" | "cr" => self.text.push('\n'),
                "noBreakHyphen" => self.text.push('\u{2011}'),
                "sym" => self.text.extend(symbol(child)),
                "footnoteReference" => {
                    self.notes.extend(child.attribute("id").map(|id| NoteId::Foot(id.to_owned())))
                }
                "endnoteReference" => {
                    self.notes.extend(child.attribute("id").map(|id| NoteId::End(id.to_owned())))
                }
                "commentReference" => {
                    self.notes.extend(child.attribute("id").map(|id| NoteId::Comment(id.to_owned())))
                }
                "fldChar" => self.text.extend(form_checkbox(child)),
                "drawing" | "pict" | "object" => self.find_anchored(child),
                "AlternateContent" => self.alternative(child, |inline, branch| inline.run(branch, styles)),
                "ruby" => {
                    if let Some(base) = child.child("rubyBase") {
                        self.walk(base, styles);
                    }
                }
                _ => {}
            }
        }
        let letters = self.text[before..].chars().filter(|c| !c.is_whitespace()).count();
        self.letters += letters;
        let is_monospace = match properties.and_then(styles::font) {
            Some(font) => styles::is_monospace(font),
            None => styles.is_monospace(properties.and_then(|properties| properties.value_of("rStyle"))),
        };
        if is_monospace {
            self.monospace_letters += letters;
        }
    }

    /// The same content twice, for newer and for older readers: it is read once.
    fn alternative(&mut self, element: &'e Element, mut read: impl FnMut(&mut Self, &'e Element)) {
        let (text, anchored) = (self.text.len(), self.anchored.len());
        for name in ["Choice", "Fallback"] {
            for branch in element.children().filter(|child| child.name == name) {
                read(self, branch);
                if self.text.len() > text || self.anchored.len() > anchored {
                    return;
                }
            }
        }
    }

    fn find_anchored(&mut self, element: &'e Element) {
        for child in element.children() {
            match child.name.as_str() {
                "txbxContent" => self.anchored.push(Anchored::Box(child)),
                "chart" => self.anchored.extend(child.attribute("id").map(Anchored::Figure)),
                "relIds" => self.anchored.extend(child.attribute("dm").map(Anchored::Figure)),
                "AlternateContent" => {
                    let before = self.anchored.len();
                    for branch in child.children() {
                        if self.anchored.len() == before {
                            self.find_anchored(branch);
                        }
                    }
                }
                _ => self.find_anchored(child),
            }
        }
    }
}

/// A box to tick, as Markdown writes it.
fn checkbox(control: &Element) -> Option<&'static str> {
    let state = control.child("sdtPr")?.child("checkbox")?;
    Some(if state.is_on("checked") { "[x]" } else { "[ ]" })
}

/// The same in a form of the old kind.
fn form_checkbox(field: &Element) -> Option<&'static str> {
    let state = field.child("ffData")?.child("checkBox")?;
    let name = if state.child("checked").is_some() { "checked" } else { "default" };
    Some(if state.is_on(name) { "[x]" } else { "[ ]" })
}

/// A character of a symbol font. Those fonts put their glyphs into the private area from F000; the
/// ones that stand for real characters in practice are named, the rest have no meaning as text.
fn symbol(element: &Element) -> Option<char> {
    let code = u32::from_str_radix(element.attribute("char")?, 16).ok()?;
    let font = element.attribute("font").unwrap_or_default().to_lowercase();
    let code = if (0xF000..0xF100).contains(&code) { code - 0xF000 } else { code };
    match (font.as_str(), code) {
        ("wingdings", 0xFC) | ("wingdings 2", 0x50) => Some('✓'),
        ("wingdings", 0xFB) | ("wingdings 2", 0x4F) => Some('✗'),
        ("wingdings", 0xFE) | ("wingdings 2", 0x52) => Some('☑'),
        ("wingdings", 0xFD) | ("wingdings 2", 0x51 | 0x53) => Some('☒'),
        ("wingdings", 0xA8 | 0x6F) | ("wingdings 2", 0xA3) => Some('☐'),
        ("wingdings", 0xE0) => Some('→'),
        ("wingdings", 0xDF) => Some('←'),
        ("wingdings", 0xE8) => Some('➔'),
        ("wingdings", 0x4A) => Some('☺'),
        ("wingdings", 0xA7 | 0x6C | 0x6E | 0x9F) => Some('•'),
        ("symbol", code) => greek(code),
        (font, _) if font.starts_with("wingdings") || font == "webdings" => None,
        (_, code) => char::from_u32(code).filter(|c| !c.is_control()),
    }
}

/// The Symbol font: Greek letters on Latin keys, and the operators around them.
fn greek(code: u32) -> Option<char> {
    const UPPER: &str = "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ";
    const LOWER: &str = "αβχδεφγηιϕκλμνοπθρστυϖωξψζ";
    Some(match code {
        0x41..=0x5A => UPPER.chars().nth((code - 0x41) as usize)?,
        0x61..=0x7A => LOWER.chars().nth((code - 0x61) as usize)?,
        0xA3 => '≤',
        0xB3 => '≥',
        0xB1 => '±',
        0xB4 => '×',
        0xB7 => '•',
        0xB8 => '÷',
        0xB9 => '≠',
        0xBB => '≈',
        0xA5 => '∞',
        0xAE => '→',
        0xAC => '←',
        0xB0 => '°',
        0xB6 => '∂',
        0xC5 => '⊕',
        0xCE => '∈',
        0xD6 => '√',
        0xE5 => '∑',
        0xF2 => '∫',
        0x20..=0x40 | 0x5B..=0x60 | 0x7B..=0x7E => char::from_u32(code)?,
        _ => return None,
    })
}
