//! Exact token counts of all parts of a text, for one pass over it.

use std::{collections::HashMap, ops::Range};

/// Words up to this length are counted once a text, in bytes.
const REMEMBERED: usize = 32;

/// The number of tokens of a text in `o200k_base`.
pub fn count_tokens(text: &str) -> u32 {
    u32::try_from(bpe_openai::o200k_base().count(text)).unwrap_or(u32::MAX)
}

/// A text whose parts can be counted in no time.
///
/// The tokenizer first splits a text into words, each with a blank before it, and no token reaches over the
/// end of a word. Where a word ends follows from where it starts and what is behind it, so that a part of a
/// text is split as the whole text is but for its first and its last word.
#[derive(Debug)]
pub struct TokenCounts<'t> {
    text: &'t str,
    /// The text's start, and where each word ends, in bytes.
    ends: Vec<usize>,
    /// How many tokens there are up to there.
    sums: Vec<u32>,
}

impl<'t> TokenCounts<'t> {
    /// Splits and counts a text.
    pub fn of(text: &'t str) -> Self {
        let tokenizer = bpe_openai::o200k_base();
        // As words are in most languages.
        let words = text.len() / 4 + 1;
        let (mut ends, mut sums) = (Vec::with_capacity(words), Vec::with_capacity(words));
        ends.push(0);
        sums.push(0);
        let mut known: HashMap<&str, u32> = HashMap::with_capacity(words / 8);
        let (mut end, mut sum) = (0_usize, 0_u32);
        for word in tokenizer.split(text) {
            let tokens = match word.len() {
                1 => 1,
                2..=REMEMBERED => *known.entry(word).or_insert_with(|| count_word(word)),
                _ => count_word(word),
            };
            (end, sum) = (end + word.len(), sum.saturating_add(tokens));
            ends.push(end);
            sums.push(sum);
        }
        Self { text, ends, sums }
    }

    /// The text itself.
    pub(super) fn text(&self) -> &'t str {
        self.text
    }

    /// The number of tokens of a part that neither starts nor ends with white space, in bytes.
    pub(super) fn count(&self, part: Range<usize>) -> u32 {
        let (mut at, mut tokens) = (part.start, 0_u32);
        // Word by word, until one ends where one of the whole text does.
        for word in bpe_openai::o200k_base().split(&self.text[part.clone()]) {
            if let Ok(first) = self.ends.binary_search(&at) {
                let last = self.ends.partition_point(|end| *end <= part.end) - 1;
                tokens = tokens.saturating_add(self.sums[last].saturating_sub(self.sums[first]));
                at = self.ends[last];
                break;
            }
            tokens = tokens.saturating_add(count_word(word));
            at += word.len();
        }
        tokens.saturating_add(count_tokens(&self.text[at..part.end]))
    }
}

fn count_word(word: &str) -> u32 {
    u32::try_from(bpe_openai::o200k_base().bpe.count(word.as_bytes())).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::prose("The pump  moves water.\n\nA valve isn't  one;\r\n it's two.")]
    #[case::numbers("12345678 and 1,234.5678")]
    #[case::signs("a...\n\n\n!!!/ /// b\t\tc \u{a0} d")]
    #[case::scripts("今日は晴れ。 Онa ПРИШЛА été naïve 👍🏽 e\u{301}")]
    fn each_part_has_as_many_as_by_itself(#[case] text: &str) {
        let tokens = TokenCounts::of(text);
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        for (number, start) in places.iter().enumerate() {
            for end in &places[number..] {
                let part = &text[*start..*end];
                if part.trim() == part {
                    assert_eq!(tokens.count(*start..*end), count_tokens(part), "{part:?}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn parts_of_any_text_are_counted(text in "[a-zA-ZÀ-ž0-9 .,'/!\\n\\r\\t一-三\u{301}]{1,80}", cut in (0.0..1.0_f64, 0.0..1.0_f64)) {
            let place = |share: f64| text.floor_char_boundary((share * text.len() as f64) as usize);
            let (start, end) = (place(cut.0.min(cut.1)), place(cut.0.max(cut.1)));
            let part = text[start..end].trim();
            let start = start + (text[start..end].len() - text[start..end].trim_start().len());
            let found = TokenCounts::of(&text).count(start..start + part.len());
            prop_assert_eq!(found, count_tokens(part));
        }
    }
}
