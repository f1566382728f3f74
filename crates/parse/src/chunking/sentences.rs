//! Where sentences end.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// Words with a full stop that does not end a sentence, in lower case and without that stop. The ones
/// that often do end one (`etc.`, `Inc.`) are not among them.
const ABBREVIATIONS: &[&str] = &[
    "abb", "al", "approx", "art", "bd", "bsp", "bzw", "ca", "cap", "cf", "ch", "col", "d.h", "dept", "dr",
    "e.g", "ed", "eds", "eq", "est", "evtl", "ex", "fig", "figs", "gen", "ggf", "gov", "hon", "hr", "i.e",
    "inkl", "jr", "lt", "max", "min", "mme", "mr", "mrs", "ms", "mt", "nr", "o.ä", "p", "pp", "prof", "ref",
    "rev", "s", "sec", "sect", "sen", "sgt", "sog", "sr", "sra", "st", "str", "tab", "u.a", "usw", "v",
    "vgl", "viz", "vol", "vols", "vs", "z.b", "z. b", "zzgl", "т.е", "т.д", "др", "рис", "стр", "г", "см",
];

/// The sentences of a text, each with the white space after it; together they are the whole text.
/// Ideographic full stops end sentences without a blank behind them.
pub(super) fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    let mut open = false;
    for (start, sentence) in text.split_sentence_bound_indices() {
        let end = start + sentence.len();
        match ranges.last_mut() {
            Some(last) if open => last.end = end,
            _ => ranges.push(start..end),
        }
        open = ends_in_abbreviation(sentence);
    }
    ranges
}

fn ends_in_abbreviation(sentence: &str) -> bool {
    if sentence.ends_with('\n') {
        return false;
    }
    let Some(stem) = sentence.trim_end().strip_suffix('.') else { return false };
    let word = stem
        .rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '[' | '"' | '„' | '“'))
        .next()
        .unwrap_or(stem);
    let mut letters = word.chars();
    let is_initial =
        matches!((letters.next(), letters.next()), (Some(letter), None) if letter.is_uppercase());
    // A number before the stop counts something: `1. Next`, `Nr. 3. Das`.
    let is_item_number =
        stem.trim_start().len() == word.len() && !word.is_empty() && word.chars().all(|c| c.is_ascii_digit());
    is_initial || is_item_number || ABBREVIATIONS.contains(&word.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("One. Two! Three?", &["One. ", "Two! ", "Three?"])]
    #[case("See Dr. Smith, e.g. Monday. Then go.", &["See Dr. Smith, e.g. Monday. ", "Then go."])]
    #[case("J. R. R. Tolkien wrote it. He did.", &["J. R. R. Tolkien wrote it. ", "He did."])]
    #[case("Version 1.2 is out. Get it at example.com. Now.", &["Version 1.2 is out. ", "Get it at example.com. ", "Now."])]
    #[case("1. First do this. 2. Then that.", &["1. First do this. ", "2. Then that."])]
    #[case("今日は晴れ。明日は雨！本当？", &["今日は晴れ。", "明日は雨！", "本当？"])]
    #[case("Das gilt z.B. Für alle. Ende.", &["Das gilt z.B. Für alle. ", "Ende."])]
    #[case("Она пришла. Он ушёл.", &["Она пришла. ", "Он ушёл."])]
    #[case("A line\nAnother line", &["A line\n", "Another line"])]
    fn sentences_end_where_people_see_it(#[case] text: &str, #[case] expected: &[&str]) {
        let found: Vec<_> = sentences(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, expected);
    }

    proptest! {
        #[test]
        fn together_they_are_the_text(text in "[\\PC\\n]{0,200}") {
            let joined: String = sentences(&text).into_iter().map(|range| &text[range]).collect();
            prop_assert_eq!(joined, text);
        }
    }
}
