//! From character codes to Unicode where a font has no usable `ToUnicode` map.

use std::{cell::OnceCell, collections::HashMap};

use hayro_cmap::{BfString, CMap, CMapName, CidFamily};
use hayro_font::OutlineGlyph;
use hayro_syntax::object::{self, Array, Dict, Name};
use skrifa::{FontRef, MetadataProvider};
use unicode_normalization::UnicodeNormalization;

use super::predefined_cmap;

/// Further ways to the text of a code, each tried only where the one before knows nothing.
pub(super) struct Fallback {
    /// Code to CID and CID to Unicode, for composite fonts of Adobe's CJK collections.
    collection: Option<(CMap, CMap)>,
    /// Glyph to Unicode, by the embedded font's own `cmap` table turned around.
    glyphs: OnceCell<HashMap<u32, char>>,
}

impl Fallback {
    pub(super) fn new(dict: &Dict<'_>) -> Self {
        let needed = !dict.contains_key("ToUnicode");
        Self { collection: needed.then(|| collection(dict)).flatten(), glyphs: OnceCell::new() }
    }

    pub(super) fn lookup(&self, code: u32, glyph: &OutlineGlyph) -> Option<BfString> {
        if let Some((codes, cids)) = &self.collection
            && let Some(cid) = (1..=4).find_map(|length| codes.lookup_cid_code(code, length))
            && let Some(text) = cids.lookup_bf_string(cid)
        {
            return Some(text);
        }
        let glyphs = self.glyphs.get_or_init(|| inverted_cmap(glyph));
        glyphs.get(&glyph.glyph_id().to_u32()).copied().map(BfString::Char)
    }
}

fn collection(dict: &Dict<'_>) -> Option<(CMap, CMap)> {
    let descendant = dict.get::<Array<'_>>("DescendantFonts")?.iter::<Dict<'_>>().next()?;
    let name = dict.get::<Name<'_>>("Encoding")?;
    let codes = match CMapName::from_bytes(&name) {
        CMapName::IdentityH | CMapName::IdentityV => CMap::identity_h(),
        name => predefined_cmap(name)?,
    };
    let family = match &codes.metadata().character_collection {
        Some(collection) if collection.family != CidFamily::AdobeIdentity => collection.family.clone(),
        _ => {
            let info = descendant.get::<Dict<'_>>("CIDSystemInfo")?;
            let registry = info.get::<object::String<'_>>("Registry")?;
            let ordering = info.get::<object::String<'_>>("Ordering")?;
            CidFamily::from_registry_ordering(&registry, &ordering)
        }
    };
    let cids = predefined_cmap(family.ucs2_cmap()?)?;
    Some((codes, cids))
}

fn inverted_cmap(glyph: &OutlineGlyph) -> HashMap<u32, char> {
    let Some(data) = glyph.font_data() else { return HashMap::new() };
    let bytes = (*data.data).as_ref();
    let Ok(font) = FontRef::from_index(bytes, 0) else { return HashMap::new() };
    let mut inverse: HashMap<u32, char> = HashMap::new();
    for (character, glyph) in font.charmap().mappings() {
        // Symbol fonts put their characters into the private use area, which tells nothing.
        if let Some(character) = char::from_u32(character).filter(|c| !is_private(*c)) {
            inverse.entry(glyph.to_u32()).or_insert(character);
        }
    }
    inverse
}

fn is_private(character: char) -> bool {
    matches!(character, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..)
}

/// A code's text as people write it: presentation forms (ligatures, positional Arabic letters, CJK
/// radicals used for ideographs) opened, all kinds of blanks one blank, controls gone.
/// Nothing where nothing is left.
pub(in crate::pdf) fn normalize(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\u{fb00}'..='\u{fdff}' | '\u{fe30}'..='\u{fe4f}' | '\u{fe70}'..='\u{fefc}' | '\u{2e80}'..='\u{2fdf}'
            // The signs of ohm, kelvin and ångström, which glyph names give for the letters.
            | '\u{2126}' | '\u{212a}' | '\u{212b}' => {
                out.extend(std::iter::once(character).nfkc().filter(|c| *c != ' '));
            }
            // Symbol and Wingdings bullets.
            '\u{f0b7}' | '\u{f06c}' | '\u{f09f}' => out.push('•'),
            '\u{f0a7}' | '\u{f06e}' => out.push('▪'),
            '\u{feff}' | '\u{fffd}' | '\u{fffe}' | '\u{ffff}' | '\u{200b}' | '\u{2060}' => {}
            _ if character.is_whitespace() => out.push(' '),
            _ if character.is_control() => {}
            _ => out.push(character),
        }
    }
    (!out.is_empty()).then_some(out)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("\u{fb03}", Some("ffi"))]
    #[case("\u{feb3}", Some("س"))]
    #[case("\u{2f00}", Some("一"))]
    #[case("\u{a0}", Some(" "))]
    #[case("²", Some("²"))]
    #[case("\u{f0b7}", Some("•"))]
    #[case("\u{0}", None)]
    fn only_presentation_forms_are_opened(#[case] text: &str, #[case] expected: Option<&str>) {
        assert_eq!(normalize(text).as_deref(), expected);
    }
}
