//! What kind of face a font is, by its descriptor and its name.

use hayro_syntax::object::{Array, Dict, Name};

const FIXED_PITCH: i64 = 1;
const ITALIC: i64 = 1 << 6;
const FORCE_BOLD: i64 = 1 << 18;

/// What layout wants to know of a face.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(in crate::pdf) struct FontStyle {
    pub(in crate::pdf) bold: bool,
    pub(in crate::pdf) italic: bool,
    pub(in crate::pdf) mono: bool,
}

impl FontStyle {
    pub(super) fn of(dict: &Dict<'_>) -> Self {
        let descendant =
            dict.get::<Array<'_>>("DescendantFonts").and_then(|fonts| fonts.iter::<Dict<'_>>().next());
        let descriptor = dict
            .get::<Dict<'_>>("FontDescriptor")
            .or_else(|| descendant.and_then(|font| font.get("FontDescriptor")))
            .unwrap_or_default();
        let flags = descriptor.get::<i32>("Flags").map_or(0, i64::from);
        let weight = descriptor.get::<i32>("FontWeight").unwrap_or(400);
        let name = dict
            .get::<Name<'_>>("BaseFont")
            .map(|name| name.as_str().to_ascii_lowercase())
            .unwrap_or_default();
        let name = name.split_once('+').map_or(name.as_str(), |(_, name)| name);
        let named = Self::of_name(name);
        Self {
            bold: named.bold || weight >= 600 || flags & FORCE_BOLD != 0,
            italic: named.italic || flags & ITALIC != 0,
            mono: named.mono || flags & FIXED_PITCH != 0,
        }
    }

    /// By a lower-case PostScript name without its subset prefix; the short ones are TeX's.
    fn of_name(name: &str) -> Self {
        let any = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
        let starts = |parts: &[&str]| parts.iter().any(|part| name.starts_with(part));
        Self {
            bold: any(&["bold", "black", "heavy", "-demi", "-medi"])
                || starts(&["cmbx", "cmssbx", "sfbx", "ecbx", "lmb", "txb", "ptmb"]),
            italic: any(&["italic", "oblique"]) || starts(&["cmti", "cmmi", "cmsl", "sfti"]),
            mono: any(&["mono", "courier", "consol", "typewriter", "menlo", "inconsolata", "fixed"])
                || starts(&["cmtt", "cmsltt", "cmitt", "sftt", "ectt", "lmtt", "lmmono", "txtt", "t1xtt"]),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("dejavusansmono-bold", true, false, true)]
    #[case("cmbx10", true, false, false)]
    #[case("cmtt9", false, false, true)]
    #[case("nimbusromno9l-mediital", true, false, false)]
    #[case("helvetica-oblique", false, true, false)]
    #[case("times-roman", false, false, false)]
    fn styles_are_read_off_names(
        #[case] name: &str,
        #[case] bold: bool,
        #[case] italic: bool,
        #[case] mono: bool,
    ) {
        assert_eq!(FontStyle::of_name(name), FontStyle { bold, italic, mono });
    }
}
