//! Pairs that say the same, by a hash of what is left of them without case, marks and spaces.

use sha2::{Digest, Sha256};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// Equal for examples that say the same after normalisation (NFKC, case, white space, punctuation),
/// different for others: what tells numbers, names and expressions apart is kept, so that `1.5`, `15`
/// and `-15`, or `C` and `C++`, have different keys. The first 16 bytes of a SHA-256: the same on
/// every platform and in every version.
pub fn duplicate_key(question: &str, answer: &str) -> [u8; 16] {
    let mut hash = Sha256::new();
    hash.update(normalised(question));
    // Neither side can hold it: control characters are spaces there.
    hash.update([0x1f]);
    hash.update(normalised(answer));
    let mut key = [0; 16];
    key.copy_from_slice(&hash.finalize()[..16]);
    key
}

/// What is left of a text without case, marks and needless spaces.
pub(super) fn normalised(text: &str) -> String {
    if text.is_ascii() {
        return normalised_ascii(text);
    }
    let small = || text.chars().flat_map(char::to_lowercase);
    // Most texts are what NFKC would make of them, and it takes its time.
    let is_nfkc =
        is_nfkc_quick(text.chars()) == IsNormalized::Yes && is_nfkc_quick(small()) == IsNormalized::Yes;
    let folded: Vec<char> = if is_nfkc {
        small().map(unify).collect()
    } else {
        text.chars().flat_map(mark_numerals).nfkc().flat_map(char::to_lowercase).nfkc().map(unify).collect()
    };
    let mut out = String::with_capacity(text.len());
    for (at, char) in folded.iter().copied().enumerate() {
        let before = at.checked_sub(1).map(|before| folded[before]);
        let after = folded.get(at + 1).copied();
        if keeps(before, char, after) {
            out.push(char);
        } else if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// The same of a text that is its own NFKC: many times as fast.
fn normalised_ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let bytes = text.as_bytes();
    let folded = |at: usize| bytes.get(at).map(|byte| char::from(byte.to_ascii_lowercase()));
    for (at, byte) in bytes.iter().enumerate() {
        let byte = byte.to_ascii_lowercase();
        let before = at.checked_sub(1).and_then(folded);
        if byte.is_ascii_lowercase() || keeps(before, char::from(byte), folded(at + 1)) {
            out.push(char::from(byte));
        } else if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// NFKC makes `10²` into `102`; a mark before such numerals keeps them apart.
fn mark_numerals(char: char) -> impl Iterator<Item = char> {
    let composed =
        !char.is_ascii() && char.is_numeric() && std::iter::once(char).nfkc().ne(std::iter::once(char));
    let digit = matches!(char, '\u{FF10}'..='\u{FF19}');
    (composed && !digit).then_some('^').into_iter().chain(std::iter::once(char))
}

/// One character for those that only look different.
fn unify(char: char) -> char {
    match char {
        '’' | '‘' | 'ʼ' => '\'',
        '−' | '‐' | '‑' => '-',
        'ς' => 'σ',
        other => other,
    }
}

/// Whether a character says something: letters, digits and symbols do, and marks where they are
/// part of a word, a number or a sign.
fn keeps(before: Option<char>, char: char, after: Option<char>) -> bool {
    let is = |side: Option<char>, test: fn(char) -> bool| side.is_some_and(test);
    let digit = |char: char| char.is_numeric();
    let letter = |char: char| char.is_alphanumeric();
    match char {
        '.' => is(after, letter) && (is(before, letter) || is(after, digit)),
        ',' | ':' => is(before, digit) && is(after, digit),
        '\'' => is(before, letter) && is(after, letter),
        '-' | '–' => is(after, digit),
        '!' => is(after, |next| next == '='),
        ';' | '?' | '"' | '(' | ')' | '[' | ']' | '{' | '}' | '«' | '»' | '“' | '”' | '„' | '…' | '—'
        | '`' | '*' | '_' | '。' | '、' | '「' | '」' | '『' | '』' | '・' | '¿' | '¡' | '،' | '؟' | '؛'
        | '।' => {
            // `**` and `__` set off words in Markdown; between word characters they are code.
            matches!(char, '*' | '_') && is(before, letter) && is(after, letter)
        }
        other => !other.is_whitespace() && !other.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn key(text: &str) -> [u8; 16] {
        duplicate_key("q", text)
    }

    #[rstest]
    #[case::case("The Pump", "the pump")]
    #[case::space("the  pump\n", "the pump")]
    #[case::marks("Well, the pump!", "well the pump")]
    #[case::quotes("the “pump”", "the \"pump\"")]
    #[case::bold("the **pump**", "the pump")]
    #[case::width("ＡＢＣ １２", "abc 12")]
    #[case::composed("café", "cafe\u{301}")]
    #[case::apostrophe("Denver’s", "denver's")]
    #[case::hyphen("well-known", "Well known")]
    #[case::japanese("水は冷たい。", "水は冷たい")]
    fn the_same(#[case] one: &str, #[case] other: &str) {
        assert_eq!(key(one), key(other), "{:?} {:?}", normalised(one), normalised(other));
    }

    #[rstest]
    #[case::number("12 pumps", "13 pumps")]
    #[case::decimal("1.5", "15")]
    #[case::spaced_digits("1 5", "15")]
    #[case::sign("-5 degrees", "5 degrees")]
    #[case::true_minus("−5 degrees", "5 degrees")]
    #[case::plus("C++", "C")]
    #[case::sharp("C#", "C")]
    #[case::unit("5 %", "5")]
    #[case::currency("$5", "€5")]
    #[case::comparison("a < b", "a > b")]
    #[case::power("10²", "102")]
    #[case::fraction("5½", "51/2")]
    #[case::name("Anna", "Anne")]
    #[case::accent("Muller", "Müller")]
    #[case::unequal("a != b", "a = b")]
    #[case::time("1:30", "130")]
    fn not_the_same(#[case] one: &str, #[case] other: &str) {
        assert_ne!(key(one), key(other), "{:?}", normalised(one));
    }

    #[test]
    fn question_and_answer_do_not_run_together() {
        assert_ne!(duplicate_key("a b", "c"), duplicate_key("a", "b c"));
        assert_ne!(duplicate_key("a\u{1f}b", ""), duplicate_key("a", "b\u{1f}"));
    }

    #[test]
    fn the_key_is_the_same_in_every_version() {
        let hex: String =
            duplicate_key("What is 2 + 2?", "4.").iter().map(|byte| format!("{byte:02x}")).collect();
        insta::assert_snapshot!(hex, @"d91aa1f8e4693ec94b59eb4dca2a0ddb");
    }

    proptest! {
        #[test]
        fn spaces_and_case_do_not_matter(words in prop::collection::vec("[a-zA-Z0-9]{1,8}", 1..10)) {
            prop_assert_eq!(key(&words.join(" ")), key(&words.join("\n\t ").to_uppercase()));
        }

        #[test]
        fn ascii_is_normalised_like_the_rest(text in "[ -~\\n]{0,60}") {
            let wide = normalised(&format!("{text} é"));
            prop_assert_eq!(normalised(&text), wide.trim_end_matches('é').trim_end());
        }

        #[test]
        fn numbers_matter(text in "[a-z ]{0,10}", one in -999_i32..999, other in -999_i32..999) {
            prop_assume!(one != other);
            prop_assert_ne!(key(&format!("{text} {one}")), key(&format!("{text} {other}")));
        }

        #[test]
        fn nothing_panics(text in "\\PC{0,100}") {
            prop_assert_eq!(normalised(&text), normalised(&format!(" {text} ")));
        }
    }
}
