//! Saying the opposite, in the languages in which one word does that.

/// Words and what denies them, whole words with spaces around them.
type Words = &'static [(&'static str, &'static str)];

const ENGLISH: Words = &[
    ("is not", "is"),
    ("are not", "are"),
    ("was not", "was"),
    ("were not", "were"),
    ("cannot", "can"),
    ("must not", "must"),
    ("should not", "should"),
    ("do not", "do"),
    ("does not", "does"),
    ("is", "is not"),
    ("are", "are not"),
    ("was", "was not"),
    ("were", "were not"),
    ("can", "cannot"),
    ("will", "will not"),
    ("must", "must not"),
    ("should", "should not"),
    ("may", "may not"),
    ("has been", "has not been"),
    ("have been", "have not been"),
];

const GERMAN: Words = &[
    ("ist nicht", "ist"),
    ("sind nicht", "sind"),
    ("ist", "ist nicht"),
    ("sind", "sind nicht"),
    ("war", "war nicht"),
    ("waren", "waren nicht"),
    ("wird", "wird nicht"),
    ("werden", "werden nicht"),
    ("kann", "kann nicht"),
    ("muss", "muss nicht"),
    ("darf", "darf nicht"),
];

const FRENCH: Words =
    &[("n'est pas", "est"), ("est", "n'est pas"), ("sont", "ne sont pas"), ("peut", "ne peut pas")];

const SPANISH: Words =
    &[("no es", "es"), ("es", "no es"), ("son", "no son"), ("puede", "no puede"), ("debe", "no debe")];

const ITALIAN: Words = &[("non è", "è"), ("è", "non è"), ("sono", "non sono"), ("può", "non può")];

const PORTUGUESE: Words = &[("não é", "é"), ("é", "não é"), ("são", "não são"), ("pode", "não pode")];

const DUTCH: Words = &[
    ("is niet", "is"),
    ("is", "is niet"),
    ("zijn", "zijn niet"),
    ("kan", "kan niet"),
    ("wordt", "wordt niet"),
];

/// Of scripts without spaces: wherever they stand.
const CHINESE: Words = &[("不是", "是"), ("不能", "能"), ("是", "不是"), ("能", "不能")];
const JAPANESE: Words =
    &[("ではありません", "です"), ("です", "ではありません"), ("できます", "できません"), ("ます", "ません")];

/// The answer with its first such word denied, or said again where it was denied.
pub(super) fn deny(answer: &str, language: Option<&str>) -> Option<String> {
    let (words, spaced) = match language.unwrap_or("en") {
        "en" => (ENGLISH, true),
        "de" => (GERMAN, true),
        "fr" => (FRENCH, true),
        "es" => (SPANISH, true),
        "it" => (ITALIAN, true),
        "pt" => (PORTUGUESE, true),
        "nl" => (DUTCH, true),
        "zh" => (CHINESE, false),
        "ja" => (JAPANESE, false),
        _ => return None,
    };
    let places = words.iter().enumerate().filter_map(|(rank, (word, other))| {
        let at = if spaced { find(answer, word)? } else { answer.find(word)? };
        Some((at, rank, word.len(), *other))
    });
    // Of two that begin at one place the denied one stands first in the lists.
    let (at, _, length, other) = places.min()?;
    Some(format!("{}{other}{}", &answer[..at], &answer[at + length..]))
}

/// The first place of a word with white space around it.
fn find(text: &str, word: &str) -> Option<usize> {
    let is_blank = |char: Option<char>| char.is_some_and(char::is_whitespace);
    text.match_indices(word).map(|(at, _)| at).find(|at| {
        is_blank(text[..*at].chars().next_back()) && is_blank(text[at + word.len()..].chars().next())
    })
}
