//! Phrases of a text that can name what it is about.

use std::collections::HashSet;

use unicode_segmentation::UnicodeSegmentation;

/// The most words of a phrase; of scripts without blanks the most characters.
const LONGEST: usize = 3;

/// How much of a text is looked at, in bytes: a chunk is shorter, unless a person made it longer.
const SAMPLE: usize = 32 * 1024;

/// The words of a language that hold a sentence together and name nothing.
pub(super) struct StopWords(HashSet<&'static str>);

impl StopWords {
    /// Of a language by its ISO 639-1 code; of one without a list, and of English for code and names.
    pub(super) fn of(language: Option<&str>) -> Self {
        let lists = [Some("en"), language].into_iter().flatten();
        Self(lists.filter_map(stop_words::lookup).flatten().copied().collect())
    }

    fn holds(&self, word: &str) -> bool {
        self.0.contains(word)
    }
}

/// A phrase as it is counted, and as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Phrase {
    /// In lower case, single blanks between words.
    pub(super) key: String,
    /// As the text has it.
    pub(super) shown: String,
}

/// All phrases of one to three words that do not begin or end with a stop word and cross no
/// punctuation; each as often as it occurs.
pub(super) fn phrases(text: &str, stop_words: &StopWords) -> Vec<Phrase> {
    let text = &text[..text.floor_char_boundary(SAMPLE)];
    let mut found = Vec::new();
    for run in runs(text) {
        for start in 0..run.len() {
            for end in start + 1..=run.len().min(start + LONGEST) {
                found.extend(phrase(&run[start..end], stop_words));
            }
        }
    }
    found
}

/// Words with nothing but blanks between them.
fn runs(text: &str) -> Vec<Vec<&str>> {
    let mut runs: Vec<Vec<&str>> = Vec::new();
    let mut within = false;
    for piece in text.split_word_bounds() {
        if piece.starts_with(char::is_alphanumeric) {
            match runs.last_mut().filter(|_| within) {
                Some(run) => run.push(piece),
                None => runs.push(vec![piece]),
            }
            within = true;
        } else if piece != " " && piece != "-" {
            within = false;
        }
    }
    runs
}

fn phrase(words: &[&str], stop_words: &StopWords) -> Option<Phrase> {
    let (first, last) = (words.first()?, words.last()?);
    let dense = words.iter().all(|word| is_dense(word));
    if dense {
        // One character of such a script is too little to name a thing.
        return (words.len() > 1).then(|| Phrase { key: words.concat(), shown: words.concat() });
    }
    if words.iter().any(|word| is_dense(word)) {
        return None;
    }
    let key: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let names = |word: &str| {
        word.chars().count() > 2 && !word.starts_with(|c: char| c.is_numeric()) && !stop_words.holds(word)
    };
    let named = names(key.first()?) && names(key.last()?);
    (named && first.len() + last.len() < 100).then(|| Phrase { key: key.join(" "), shown: words.join(" ") })
}

/// Whether a word is of a script that sets no blanks between words, cut into characters.
fn is_dense(word: &str) -> bool {
    word.chars()
        .all(|c| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::words("The battery of the camera", &["battery", "camera"])]
    #[case::two("Replace the lithium battery.", &["replace", "replace the lithium", "lithium", "lithium battery", "battery"])]
    #[case::punctuation("Battery, camera", &["battery", "camera"])]
    #[case::numbers("In 2024 it is 5 V", &[])]
    #[case::dense("電池の交換", &["電池", "電池の", "池の", "池の交", "の交", "の交換", "交換"])]
    fn phrases_name_things(#[case] text: &str, #[case] expected: &[&str]) {
        let found = phrases(text, &StopWords::of(Some("en")));
        let keys: Vec<&str> = found.iter().map(|phrase| &*phrase.key).collect();
        assert_eq!(keys, expected);
    }
}
