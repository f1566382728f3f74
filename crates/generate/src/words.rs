//! Words of a text, for telling whether two texts say the same.

use std::collections::HashSet;

use unicode_segmentation::UnicodeSegmentation;

/// The words of a text, lower-cased.
pub(crate) fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.unicode_words().map(str::to_lowercase)
}

/// What is equal for texts that differ in case, white space and punctuation alone. A text without
/// words is its own key.
pub(crate) fn key(text: &str) -> String {
    let key = words(text).collect::<Vec<_>>().join(" ");
    if key.is_empty() { text.trim().to_owned() } else { key }
}

/// How many of the words of two texts they share, 0.0 to 1.0 (Jaccard).
pub(crate) fn overlap(a: &str, b: &str) -> f64 {
    let (a, b): (HashSet<_>, HashSet<_>) = (words(a).collect(), words(b).collect());
    let all = a.union(&b).count();
    if all == 0 { 0.0 } else { a.intersection(&b).count() as f64 / all as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_ignore_case_and_punctuation() {
        assert_eq!(key("What  is it?"), key("what is IT"));
        assert_ne!(key("what is it"), key("what was it"));
        assert_eq!(key(" ?! "), "?!");
    }

    #[test]
    fn overlap_counts_shared_words() {
        assert_eq!(overlap("a b c", "B c d"), 0.5);
        assert_eq!(overlap("", ""), 0.0);
    }
}
