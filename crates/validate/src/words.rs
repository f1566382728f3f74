//! Small closed lists of words, and the endings of English ones.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::tokens::Role;

/// What a folded word does in a sentence, in the larger languages of Europe and East Asia.
pub(crate) fn role(word: &str) -> Role {
    static ROLES: LazyLock<FxHashMap<&str, Role>> = LazyLock::new(|| {
        let function = FUNCTION.iter().map(|word| (*word, Role::Function));
        // What is in both denies.
        function.chain(NEGATION.iter().map(|word| (*word, Role::Negation))).collect()
    });
    match ROLES.get(word) {
        Some(role) => *role,
        None if word.ends_with("n't") => Role::Negation,
        None => Role::Content,
    }
}

/// Words that deny.
#[rustfmt::skip]
pub(crate) const NEGATION: &[&str] = &[
    "not", "no", "never", "cannot", "without", "neither", "nor", "none", "nobody", "nothing", "nicht",
    "kein", "keine", "keinen", "keiner", "keinem", "nie", "niemals", "ohne", "ne", "pas", "jamais",
    "aucun", "aucune", "sans", "nunca", "jamás", "ningún", "ninguno", "ninguna", "sin", "não", "nenhum",
    "sem", "non", "mai", "senza", "nessun", "nessuno", "niet", "geen", "nooit", "zonder", "не", "нет",
    "никогда", "без", "nigdy", "bez", "不是", "没有", "沒有", "不会", "不能", "不可", "ない", "ません", "لا", "ليس",
    "لم", "لن",
];

/// Words that only hold a sentence together.
#[rustfmt::skip]
pub(crate) const FUNCTION: &[&str] = &[
    "a", "an", "the", "this", "that", "these", "those", "and", "or", "but", "if", "then", "than", "so",
    "as", "of", "in", "on", "at", "to", "for", "from", "by", "with", "into", "onto", "about", "over",
    "under", "between", "through", "during", "is", "are", "was", "were", "be", "been", "being", "am",
    "do", "does", "did", "has", "have", "had", "having", "will", "would", "can", "could", "may",
    "might", "must", "shall", "should", "it", "its", "he", "she", "they", "them", "his", "her", "their",
    "him", "we", "us", "our", "you", "your", "i", "me", "my", "who", "whom", "whose", "which", "what",
    "when", "where", "why", "how", "there", "here", "also", "such", "both", "each", "other", "some",
    "any", "all", "more", "most", "very", "too", "just", "only", "own", "same", "while", "because",
    "until", "per", "via", "up", "out", "off", "down", "again", "once", "yes", "it's", "that's", "der",
    "die", "das", "den", "dem", "des", "ein", "eine", "einen", "einem", "einer", "eines", "und", "oder",
    "aber", "ist", "sind", "war", "waren", "wird", "werden", "hat", "haben", "im", "zu", "zum", "zur",
    "mit", "von", "vom", "auf", "für", "bei", "aus", "nach", "als", "auch", "sich", "es", "er", "sie",
    "wie", "dass", "le", "la", "les", "un", "une", "du", "de", "et", "ou", "est", "sont", "était",
    "dans", "par", "pour", "avec", "sur", "au", "aux", "que", "qui", "il", "elle", "ce", "cette", "se",
    "à", "el", "los", "las", "una", "uno", "y", "o", "en", "con", "por", "para", "del", "al", "su",
    "sus", "lo", "son", "fue", "como", "más", "os", "um", "uma", "e", "da", "dos", "em", "na", "com",
    "é", "gli", "di", "della", "dei", "che", "nel", "nella", "sono", "è", "het", "een", "van", "op",
    "te", "zijn", "met", "и", "в", "на", "с", "по", "к", "из", "от", "для", "что", "это", "как", "о",
    "у",
];

/// The digits of an English number word.
pub(crate) fn digits(word: &str) -> Option<&'static str> {
    DIGITS.iter().find(|(known, _)| *known == word).map(|(_, digits)| *digits)
}

/// English number words and their digits. Not `one`, which is a pronoun more often.
#[rustfmt::skip]
pub(crate) const DIGITS: &[(&str, &str)] = &[
    ("two", "2"), ("three", "3"), ("four", "4"), ("five", "5"), ("six", "6"), ("seven", "7"), 
    ("eight", "8"), ("nine", "9"), ("ten", "10"), ("eleven", "11"), ("twelve", "12"), ("twenty", "20"), ("thirty", "30"), 
    ("forty", "40"), ("fifty", "50"), ("sixty", "60"), ("hundred", "100"), ("thousand", "1000"),
];

/// An English word without its ending, so that forms of one word meet; other words as they are.
pub(crate) fn stem(word: &str) -> &str {
    let word = word.strip_suffix("'s").unwrap_or(word);
    if word.len() < 3 || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return word;
    }
    let has_vowel = |stem: &str| stem.len() > 1 && stem.bytes().any(|byte| b"aeiouy".contains(&byte));
    let plural = match word {
        _ if word.ends_with("ss") || word.ends_with("us") || word.ends_with("is") => word,
        _ if word.ends_with("ies") && word.len() > 4 => &word[..word.len() - 2],
        _ if ["sses", "shes", "ches", "xes", "zes"].iter().any(|ending| word.ends_with(ending)) => {
            &word[..word.len() - 2]
        }
        _ => word.strip_suffix('s').unwrap_or(word),
    };
    let base = ["ing", "ed", "ly"]
        .iter()
        .find_map(|ending| plural.strip_suffix(ending).filter(|stem| has_vowel(stem)))
        .unwrap_or(plural);
    let bytes = base.as_bytes();
    match bytes {
        [.., first, second]
            if base.len() > 3 && first == second && !b"lsz".contains(first) && first.is_ascii() =>
        {
            &base[..base.len() - 1]
        }
        [.., b'e' | b'y' | b'i'] if base.len() > 2 => &base[..base.len() - 1],
        _ => base,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(&["engine", "engines"])]
    #[case(&["open", "opens", "opened", "opening"])]
    #[case(&["stop", "stops", "stopped", "stopping"])]
    #[case(&["use", "used", "uses", "using"])]
    #[case(&["city", "cities"])]
    #[case(&["box", "boxes"])]
    fn forms_meet(#[case] forms: &[&str]) {
        for form in forms {
            assert_eq!(stem(form), stem(forms[0]), "{form}");
        }
    }

    #[rstest]
    #[case("cat", "car")]
    #[case("process", "proceed")]
    #[case("king", "kin")]
    #[case("bus", "bu")]
    fn words_stay_apart(#[case] one: &str, #[case] other: &str) {
        assert_ne!(stem(one), stem(other));
    }
}
