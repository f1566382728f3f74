//! Fonts: from the bytes of a shown string to characters and advances.

mod style;
mod unicode;
mod widths;

use std::sync::Arc;

use hayro_cmap::{BfString, CMapName};
use hayro_font::{
    CMapResolverFn, FallbackFontQuery, Font, FontCache, FontGlyph, FontQuery, FontResolverFn, StandardFont,
};
use hayro_syntax::object::{Dict, ObjRef};
use rustc_hash::FxHashMap;

pub(super) use self::{style::FontStyle, unicode::normalize};

use self::unicode::Fallback;
use super::{glyph::Text, limits::MAX_FONTS};

/// A font of a document, as a place in its [`Fonts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct FontId(u32);

/// The fonts of a document, each loaded once.
pub(super) struct Fonts<'a> {
    cache: FontCache<'a>,
    programs: FontResolverFn,
    cmaps: CMapResolverFn,
    fonts: Vec<TextFont<'a>>,
    by_dict: FxHashMap<(usize, usize), Option<FontId>>,
    by_reference: FxHashMap<ObjRef, Option<FontId>>,
    empty: Text,
}

impl<'a> Fonts<'a> {
    pub(super) fn new() -> Self {
        Self {
            cache: FontCache::new(),
            programs: Arc::new(|query| Some(substitute(query).get_font_data())),
            cmaps: Arc::new(hayro_cmap::load_embedded),
            fonts: Vec::new(),
            by_dict: FxHashMap::default(),
            by_reference: FxHashMap::default(),
            empty: Text::from(""),
        }
    }

    /// The font behind a reference, which `resolve` reads where it is new: that takes longer than all
    /// else of a change of fonts.
    pub(super) fn of_reference(
        &mut self,
        reference: ObjRef,
        resolve: impl FnOnce() -> Option<Dict<'a>>,
    ) -> Option<FontId> {
        if let Some(known) = self.by_reference.get(&reference) {
            return *known;
        }
        let id = resolve().and_then(|dict| self.load(&dict));
        self.by_reference.insert(reference, id);
        id
    }

    /// The font that a dictionary describes, or nothing where it is beyond use.
    pub(super) fn load(&mut self, dict: &Dict<'a>) -> Option<FontId> {
        // The file outlives the fonts, so the place of a dictionary's bytes identifies it.
        let key = (dict.data().as_ptr() as usize, dict.data().len());
        if let Some(known) = self.by_dict.get(&key) {
            return *known;
        }
        let id = self.load_new(dict);
        self.by_dict.insert(key, id);
        id
    }

    fn load_new(&mut self, dict: &Dict<'a>) -> Option<FontId> {
        if self.fonts.len() >= MAX_FONTS || !widths::are_bounded(dict) {
            return None;
        }
        let font = self.cache.font(dict, &self.programs, &self.cmaps)?;
        let id = FontId(u32::try_from(self.fonts.len()).ok()?);
        self.fonts.push(TextFont {
            vertical: !font.is_horizontal(),
            style: FontStyle::of(dict),
            fallback: Fallback::new(dict),
            font,
            narrow: block(),
            pairs: Vec::new(),
            wide: FxHashMap::default(),
        });
        Some(id)
    }

    /// What kind of face a font is.
    pub(super) fn style(&self, id: FontId) -> FontStyle {
        self.fonts.get(id.0 as usize).map(|font| font.style).unwrap_or_default()
    }

    /// The font to decode strings with.
    pub(super) fn get_mut(&mut self, id: FontId) -> Option<&mut TextFont<'a>> {
        self.fonts.get_mut(id.0 as usize)
    }

    /// An empty text, shared.
    pub(super) fn empty_text(&self) -> Text {
        self.empty.clone()
    }
}

/// A font that strings are shown in.
pub(super) struct TextFont<'a> {
    font: Font<'a>,
    style: FontStyle,
    pub(super) vertical: bool,
    fallback: Fallback,
    /// Codes of one byte.
    narrow: Block,
    /// Codes of two bytes, by the first; empty until there is one.
    pairs: Vec<Option<Block>>,
    /// Others, by length and code.
    wide: FxHashMap<(usize, u32), Character>,
}

/// What is known of the codes that have all but their last byte in common.
type Block = Box<[Option<Character>]>;

fn block() -> Block {
    vec![None; 256].into()
}

/// What a character code means.
#[derive(Debug, Clone)]
pub(super) struct Character {
    /// Its text, or nothing where the font does not tell.
    pub(super) text: Option<Text>,
    /// How far it moves on, in thousandths of the font size; in vertical writing downwards
    /// movements are negative.
    pub(super) advance: f32,
}

impl TextFont<'_> {
    /// The next character of a string from `offset` on, its code and the length of that in bytes.
    pub(super) fn next(&mut self, bytes: &[u8], offset: usize) -> (Character, u32, usize) {
        // Most codes of composite fonts have two bytes; where they end takes longer to find out.
        if !self.pairs.is_empty()
            && let Some([high, low]) = bytes.get(offset..offset + 2)
            && let Some(Some(block)) = self.pairs.get(usize::from(*high))
            && let Some(known) = &block[usize::from(*low)]
        {
            return (known.clone(), u16::from_be_bytes([*high, *low]).into(), 2);
        }
        let (code, length) = self.font.read_code(bytes, offset);
        let length = length.max(1);
        if let Some(known) = self.known(code, length) {
            return (known.clone(), code, length);
        }
        let character = self.character(code);
        self.remember(code, length, character.clone());
        (character, code, length)
    }

    fn known(&self, code: u32, length: usize) -> Option<&Character> {
        match (length, code) {
            (1, 0..=0xff) => self.narrow[code as usize].as_ref(),
            (2, 0..=0xffff) => self.pairs.get(code as usize >> 8)?.as_ref()?[code as usize & 0xff].as_ref(),
            _ => self.wide.get(&(length, code)),
        }
    }

    fn remember(&mut self, code: u32, length: usize, character: Character) {
        match (length, code) {
            (1, 0..=0xff) => self.narrow[code as usize] = Some(character),
            (2, 0..=0xffff) => {
                self.pairs.resize(256, None);
                let block = self.pairs[code as usize >> 8].get_or_insert_with(block);
                block[code as usize & 0xff] = Some(character);
            }
            _ => {
                self.wide.insert((length, code), character);
            }
        }
    }

    fn character(&self, code: u32) -> Character {
        let advance = self.font.code_advance(code);
        let advance = if self.vertical { advance.y } else { advance.x };
        Character { text: self.text(code), advance: if advance.is_finite() { advance as f32 } else { 0.0 } }
    }

    fn text(&self, code: u32) -> Option<Text> {
        let glyph = self.font.map_code(code);
        let known = match self.font.glyph(glyph, code) {
            FontGlyph::Outline(outline) => match outline.as_unicode() {
                Some(text) => Some(text),
                None => self.fallback.lookup(code, &outline),
            },
            FontGlyph::Type3(drawn) => drawn.as_unicode(),
        };
        let text = match known? {
            BfString::Char(character) => unicode::normalize(character.encode_utf8(&mut [0; 4])),
            BfString::String(text) => unicode::normalize(&text),
        };
        text.as_deref().map(Text::from)
    }
}

/// The standard font to take widths from where a document does not embed its own.
fn substitute(query: &FontQuery) -> StandardFont {
    match query {
        FontQuery::Standard(font) => *font,
        FontQuery::Fallback(query) => FallbackFontQuery::pick_standard_font(query),
    }
}

/// A predefined CMap by name, where one is built in.
fn predefined_cmap(name: CMapName<'_>) -> Option<hayro_cmap::CMap> {
    hayro_cmap::CMap::parse(hayro_cmap::load_embedded(name)?, hayro_cmap::load_embedded)
}
