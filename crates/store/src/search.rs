//! The words by which texts are found: the same for what is indexed and for what is asked.
//!
//! A text is normalised (NFKC) and folded to one letter case, and cut into words (UAX #29) that are
//! cut again at ASCII punctuation. Chinese, Japanese and Korean put no spaces between words: a run of
//! their characters becomes all its pairs of neighbours, and its last character alone.

use std::{collections::HashSet, iter};

use unicode_normalization::UnicodeNormalization as _;
use unicode_segmentation::UnicodeSegmentation as _;

/// Characters of a term at most; what is longer is cut, in texts and queries alike.
const MAX_TERM: usize = 64;

/// Different terms of a text at most.
const MAX_TERMS: usize = 20_000;

/// Terms of a query at most.
const MAX_QUERY_TERMS: usize = 32;

/// One of the terms that have to be in a text, all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryTerm {
    /// The term.
    pub term: String,
    /// Whether terms that begin with it will do.
    pub prefix: bool,
}

/// The terms under which a text is found, in its order.
pub fn terms(text: &str) -> impl Iterator<Item = String> {
    let folded = fold(text);
    runs(&folded)
        .flat_map(|run| match run {
            Run::Words(run) => words(run).collect(),
            Run::Ideographs(run) => {
                let mut terms = bigrams(run);
                terms.extend(run.chars().next_back().map(String::from));
                terms
            }
        })
        .collect::<Vec<String>>()
        .into_iter()
}

/// The terms that a text needs to be found by a query; empty where there is nothing to be found by.
pub fn query(text: &str) -> Vec<QueryTerm> {
    let folded = fold(text);
    let mut terms: Vec<QueryTerm> = Vec::new();
    let mut last_is_bigram = false;
    for run in runs(&folded) {
        let found = match run {
            Run::Words(run) => words(run).map(|term| (term, false)).collect(),
            Run::Ideographs(run) if run.chars().nth(1).is_none() => vec![(run.to_owned(), true)],
            Run::Ideographs(run) => bigrams(run).into_iter().map(|term| (term, false)).collect::<Vec<_>>(),
        };
        if !found.is_empty() {
            last_is_bigram = matches!(run, Run::Ideographs(_));
        }
        terms.extend(found.into_iter().map(|(term, prefix)| QueryTerm { term, prefix }));
    }
    terms.truncate(MAX_QUERY_TERMS);
    if let Some(last) = terms.last_mut().filter(|_| !last_is_bigram) {
        last.prefix = true;
    }
    terms
}

/// A text without regard to letter case and to ways of writing the same character.
pub(crate) fn fold(text: &str) -> String {
    let lower = text.nfkc().collect::<String>().to_lowercase();
    lower
        .chars()
        .flat_map(|character| match character {
            'ß' => ['s', 's'].map(Some),
            // At the end of a word it is written otherwise.
            'ς' => [Some('σ'), None],
            other => [Some(other), None],
        })
        .flatten()
        .nfkc()
        .collect()
}

/// The different terms of texts, with blanks between them.
pub(crate) fn index<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut seen = HashSet::new();
    let mut joined = String::new();
    for term in texts.into_iter().flat_map(terms) {
        if seen.len() == MAX_TERMS {
            break;
        }
        if !seen.contains(&term) {
            joined.push_str(&term);
            joined.push(' ');
            seen.insert(term);
        }
    }
    joined.pop();
    joined
}

#[derive(Clone, Copy)]
enum Run<'a> {
    Words(&'a str),
    Ideographs(&'a str),
}

fn runs(text: &str) -> impl Iterator<Item = Run<'_>> {
    let mut rest = text;
    iter::from_fn(move || {
        let ideographs = is_ideograph(rest.chars().next()?);
        let end = rest.find(|character| is_ideograph(character) != ideographs).unwrap_or(rest.len());
        let (run, behind) = rest.split_at(end);
        rest = behind;
        Some(if ideographs { Run::Ideographs(run) } else { Run::Words(run) })
    })
}

fn words(run: &str) -> impl Iterator<Item = String> {
    run.unicode_words()
        .flat_map(|word| {
            word.split(|character: char| character.is_ascii() && !character.is_ascii_alphanumeric())
        })
        .filter(|word| !word.is_empty())
        .map(|word| word.chars().take(MAX_TERM).collect())
}

fn bigrams(run: &str) -> Vec<String> {
    run.chars().zip(run.chars().skip(1)).map(|(first, second)| String::from_iter([first, second])).collect()
}

/// Whether a character is of a script that puts no spaces between words: Han, Hiragana, Katakana, Hangul.
fn is_ideograph(character: char) -> bool {
    matches!(character,
        '\u{1100}'..='\u{11FF}' | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{3029}' | '\u{3031}'..='\u{3035}'
        | '\u{3038}'..='\u{303C}' | '\u{3041}'..='\u{3096}' | '\u{309D}'..='\u{309F}' | '\u{30A1}'..='\u{30FA}'
        | '\u{30FC}'..='\u{30FF}' | '\u{3131}'..='\u{318E}' | '\u{31F0}'..='\u{31FF}' | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}' | '\u{A960}'..='\u{A97C}' | '\u{AC00}'..='\u{D7FB}' | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFD}')
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::words("The Quick, brown fox.", "the quick brown fox")]
    #[case::punctuation("can't v1.2_x a/b", "can t v1 2 x a b")]
    #[case::full_width("ＡＢＣ ﬁne", "abc fine")]
    #[case::sharp_s("STRASSE Straße", "strasse")]
    #[case::final_sigma("ΟΔΟΣ οδος", "οδοσ")]
    #[case::accents("Cafe\u{301} café", "café")]
    #[case::han("日本語", "日本 本語 語")]
    #[case::mixed("Rust言語 x", "rust 言語 語 x")]
    #[case::katakana("データ", "デー ータ タ")]
    #[case::hangul("한국", "한국 국")]
    #[case::nothing(" — ...!", "")]
    fn texts_are_cut_into_terms(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(index([text]), expected);
    }

    #[rstest]
    #[case("Foo BAR", &[("foo", false), ("bar", true)])]
    #[case("日本語", &[("日本", false), ("本語", false)])]
    #[case("日", &[("日", true)])]
    #[case("語 rust", &[("語", true), ("rust", true)])]
    #[case("x 日本!", &[("x", false), ("日本", false)])]
    #[case("!?", &[])]
    fn queries_need_all_terms_and_the_last_as_a_prefix(
        #[case] text: &str,
        #[case] expected: &[(&str, bool)],
    ) {
        let found = query(text);
        let found: Vec<_> = found.iter().map(|term| (&*term.term, term.prefix)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn terms_and_texts_are_bounded() {
        assert_eq!(index([&*"x".repeat(1000)]).len(), MAX_TERM);
        let many: String = (0..MAX_TERMS + 10).map(|number| format!("t{number} ")).collect();
        assert_eq!(index([&*many]).split(' ').count(), MAX_TERMS);
        assert_eq!(query(&many).len(), MAX_QUERY_TERMS);
    }
}
