//! Which language's endings the words of a text have.

use std::sync::LazyLock;

use rust_stemmers::{Algorithm, Stemmer};
use rustc_hash::FxHashMap;

/// So many words of a text tell its language.
const LOOKED_AT: usize = 400;

/// A language whose words are brought to their stems; `None` in its place are English, which has rules of
/// its own in [`crate::words`], and languages without.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Language(Algorithm);

impl Language {
    /// The language of a text, by the small words that it has.
    pub(crate) fn of(text: &str) -> Option<Self> {
        static MARKERS: LazyLock<FxHashMap<&str, usize>> = LazyLock::new(|| {
            let words = |at: usize| SMALL_WORDS[at].1.iter().map(move |word| (*word, at));
            (0..SMALL_WORDS.len()).flat_map(words).collect()
        });
        let mut votes = [0_u32; SMALL_WORDS.len()];
        for word in
            text.split(|char: char| !char.is_alphabetic()).filter(|word| !word.is_empty()).take(LOOKED_AT)
        {
            let lower;
            let word = if word.bytes().all(|byte| byte.is_ascii_lowercase()) {
                word
            } else {
                lower = word.to_lowercase();
                &lower
            };
            if let Some(language) = MARKERS.get(word) {
                votes[*language] += 1;
            }
        }
        let (most, count) =
            votes.iter().enumerate().max_by_key(|(at, count)| (**count, std::cmp::Reverse(*at)))?;
        let algorithm = SMALL_WORDS[most].0.filter(|_| *count > 0);
        algorithm.or_else(|| by_script(text).filter(|_| *count == 0)).map(Self)
    }

    /// The stem of a folded word.
    pub(crate) fn stem<'a>(&self, word: &'a str) -> std::borrow::Cow<'a, str> {
        Stemmer::create(self.0).stem(word)
    }
}

/// Of a text too short for small words, by its first letter.
fn by_script(text: &str) -> Option<Algorithm> {
    match u32::from(text.chars().find(|char| char.is_alphabetic())?) {
        0x370..=0x3FF => Some(Algorithm::Greek),
        0x400..=0x4FF => Some(Algorithm::Russian),
        0x600..=0x6FF => Some(Algorithm::Arabic),
        _ => None,
    }
}

/// Words that one language has very often and the others do not.
#[rustfmt::skip]
const SMALL_WORDS: &[(Option<Algorithm>, &[&str])] = &[
    (None, &["the", "of", "and", "is", "with", "that", "from", "this", "are", "was", "what", "how", "does"]),
    (Some(Algorithm::German), &["der", "die", "das", "und", "ist", "nicht", "mit", "ein", "eine", "wird", "werden", "für",
        "auf", "dem", "zu", "sich", "wie", "wurde"]),
    (Some(Algorithm::French), &["le", "les", "des", "est", "et", "dans", "une", "du", "pour", "qui", "sur", "au", "quel",
        "sont", "cette", "pas", "avec"]),
    (Some(Algorithm::Spanish), &["el", "los", "las", "por", "una", "del", "y", "qué", "cuál", "está", "cómo", "fue", "con",
        "su"]),
    (Some(Algorithm::Portuguese), &["os", "uma", "não", "em", "do", "dos", "ao", "são", "foi", "pela", "pelo", "mais",
        "qual"]),
    (Some(Algorithm::Italian), &["il", "gli", "della", "che", "di", "è", "sono", "nel", "del", "dei", "una", "alla", "qual",
        "viene"]),
    (Some(Algorithm::Dutch), &["het", "een", "van", "niet", "zijn", "wordt", "op", "voor", "deze", "worden", "welke"]),
    (Some(Algorithm::Swedish), &["och", "att", "ett", "är", "som", "inte", "på", "för", "till", "hur", "vad"]),
    (Some(Algorithm::Danish), &["og", "af", "ikke", "på", "til", "hvad", "hvordan", "blev", "det"]),
    (Some(Algorithm::Finnish), &["ja", "ei", "että", "oli", "ovat", "mikä", "joka", "sen", "kuin"]),
    (Some(Algorithm::Hungarian), &["és", "az", "egy", "hogy", "nem", "vagy", "volt", "mi", "ez"]),
    (Some(Algorithm::Romanian), &["și", "în", "este", "la", "cu", "pentru", "sunt", "din", "care"]),
    (Some(Algorithm::Turkish), &["ve", "bir", "bu", "için", "ile", "değil", "olarak", "nedir"]),
    (Some(Algorithm::Russian), &["и", "в", "не", "на", "что", "это", "как", "для", "из", "с", "по"]),
    (Some(Algorithm::Greek), &["και", "το", "η", "ο", "του", "της", "είναι", "με", "για"]),
    (Some(Algorithm::Arabic), &["في", "من", "على", "إلى", "هذا", "التي", "أن", "ما"]),
    // Slavic languages without a stemmer: their words stay as they are.
    (None, &["jest", "się", "nie", "oraz", "przez", "které", "jsou", "není", "або", "та", "що", "це", "є"]),
];

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Die Pumpen werden in den Häusern mit Ventilen geprüft.", "häusern", "häuser")]
    #[case("Les pompes sont contrôlées dans les maisons.", "contrôlées", "contrôlée")]
    #[case("Насосы проверяют в домах и на заводах.", "насосы", "насосом")]
    #[case("Las bombas se prueban en los talleres.", "bombas", "bomba")]
    fn forms_meet(#[case] text: &str, #[case] one: &str, #[case] other: &str) {
        let language = Language::of(text).unwrap();
        assert_eq!(language.stem(one), language.stem(other));
    }

    #[rstest]
    #[case("The pumps of the house are tested with valves.")]
    #[case("水は冷たい。")]
    #[case("12")]
    #[case("Pompa nie jest w domu, a zawór się nie otwiera.")]
    fn others_have_no_stemmer(#[case] text: &str) {
        assert!(Language::of(text).is_none());
    }
}
