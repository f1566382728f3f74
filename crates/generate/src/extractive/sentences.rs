//! Sentences of prose.

use unicode_segmentation::UnicodeSegmentation;

/// What ends with a full stop without ending a sentence.
const ABBREVIATIONS: [&str; 16] = [
    "e.g.", "i.e.", "etc.", "vs.", "cf.", "mr.", "mrs.", "ms.", "dr.", "prof.", "st.", "no.", "fig.",
    "approx.", "z.b.", "bzw.",
];

/// The sentences of a text, trimmed, in order; each is a slice of it. Line breaks end none.
pub(super) fn sentences(text: &str) -> Vec<&str> {
    // Blanks in the place of line breaks keep every offset and let sentences run over lines.
    let flat = text.replace(['\n', '\r'], " ");
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut at = 0;
    for part in flat.split_sentence_bounds() {
        at += part.len();
        let last = part.split_whitespace().last().unwrap_or_default().trim_start_matches('(').to_lowercase();
        if at < flat.len() && ABBREVIATIONS.contains(&last.as_str()) {
            continue;
        }
        let sentence = text[start..at].trim();
        if !sentence.is_empty() {
            sentences.push(sentence);
        }
        start = at;
    }
    sentences.extend(Some(text[start..].trim()).filter(|rest| !rest.is_empty()));
    sentences
}

/// Prose without its line breaks.
pub(super) fn reflow(prose: &str) -> String {
    prose.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("One is\nhere. Two!", &["One is\nhere.", "Two!"])]
    #[case("Use salt, e.g. Sea salt. Stir.", &["Use salt, e.g. Sea salt.", "Stir."])]
    #[case("It holds 1.2 litres. Fine.", &["It holds 1.2 litres.", "Fine."])]
    #[case("水是液体。冰是固体。", &["水是液体。", "冰是固体。"])]
    #[case(" \n ", &[])]
    fn sentences_are_slices(#[case] text: &str, #[case] expected: &[&str]) {
        assert_eq!(sentences(text), expected);
    }
}
