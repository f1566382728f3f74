//! Text to tokens that can be compared: words folded and stemmed, numbers by value, and scripts
//! without spaces by pairs of characters.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use crate::{dates, language::Language, numbers, words};

/// What a token was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A word of a script with spaces.
    Word,
    /// A number; its keys are those of its value.
    Number,
    /// Two characters in a row of a script without spaces, or a lone one.
    Characters,
}

/// What a token does in a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// It says something.
    Content,
    /// It holds the sentence together.
    Function,
    /// It denies.
    Negation,
}

/// One token. Offsets count bytes of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Equal for tokens that say the same.
    pub(crate) key: u64,
    /// The other way to read it (`1.234` is 1234 to some, the May of a date is its 5); else the same as `key`.
    pub(crate) alias: u64,
    pub(crate) kind: Kind,
    pub(crate) role: Role,
    /// Whether it is written with a capital first letter, and not in a text all in capitals.
    pub(crate) capital: bool,
}

impl Token {
    /// Whether one of the ways to read one is a way to read the other.
    pub(crate) fn says(&self, other: &Self) -> bool {
        [other.key, other.alias].iter().any(|key| [self.key, self.alias].contains(key))
    }

    /// Whether the token carries content.
    pub(crate) fn is_content(&self) -> bool {
        self.role == Role::Content
    }
}

/// The tokens of a text, in order, their words stemmed as a language does. Overlapping ones are those of
/// scripts without spaces.
pub(crate) fn tokens(text: &str, language: Option<&Language>) -> Vec<Token> {
    let mut reader = Reader {
        text,
        language,
        tokens: Vec::with_capacity(text.len() / 5 + 1),
        run: None,
        folded: String::new(),
    };
    for (start, word) in text.unicode_word_indices() {
        reader.word(start, word);
    }
    reader.end_run();
    dates::mark(text, &mut reader.tokens);
    reader.tokens
}

/// The key of a number's value.
pub(crate) fn number_key(value: &str, negative: bool) -> u64 {
    chain(u64::from(negative), key(value))
}

/// The key of an already folded text: FNV-1a, so that it is the same on every platform.
pub(crate) fn key(folded: &str) -> u64 {
    folded
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The key of a sequence that goes on with one more token.
pub(crate) fn chain(sequence: u64, next: u64) -> u64 {
    (sequence.rotate_left(23) ^ next).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Whether a script is written without spaces between words.
pub(crate) fn is_unspaced(char: char) -> bool {
    matches!(u32::from(char),
        0x0E00..=0x0EFF // Thai, Lao
        | 0x1000..=0x109F // Myanmar
        | 0x1780..=0x17FF // Khmer
        | 0x3040..=0x30FF // Kana
        | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x2_0000..=0x3_FFFF) // Han
}

struct Reader<'a> {
    text: &'a str,
    language: Option<&'a Language>,
    tokens: Vec<Token>,
    /// The last character of the run of an unspaced script that is being read.
    run: Option<Run>,
    folded: String,
}

#[derive(Clone, Copy)]
struct Run {
    start: usize,
    end: usize,
    /// Whether it is the first of its run, and so not yet in a token.
    alone: bool,
}

impl Reader<'_> {
    fn word(&mut self, start: usize, word: &str) {
        if word.starts_with(is_unspaced) {
            for (at, char) in word.char_indices() {
                self.character(start + at, char);
            }
            return;
        }
        if word.is_ascii() && !word.contains('.') {
            return self.part(start, word);
        }
        if word.starts_with(char::is_numeric) {
            return self.part(start, word);
        }
        // UAX 29 keeps `foo.bar` and `end.Start` together; abbreviations alone are one word.
        if word.split('.').all(|part| part.chars().nth(1).is_none()) {
            return self.plain(start, word);
        }
        let mut at = start;
        for part in word.split('.') {
            if !part.is_empty() {
                self.part(at, part);
            }
            at += part.len() + 1;
        }
    }

    /// A word without inner dots, or a number with what is written onto it (`5km`, `19th`).
    fn part(&mut self, start: usize, word: &str) {
        if numbers::is_date(word) {
            let mut at = start;
            for part in word.split('.') {
                self.part(at, part);
                at += part.len() + 1;
            }
            return;
        }
        let Some(number) = numbers::read(word) else {
            return self.plain(start, word);
        };
        let negative = self.text[..start].ends_with(['-', '−'])
            && !self.text[..start]
                .trim_end_matches(['-', '−'])
                .ends_with(|before: char| before.is_alphanumeric() || ")]}".contains(before));
        let signed = |value: &str| number_key(value, negative);
        self.push(Token {
            start,
            end: start + number.length,
            key: signed(&number.value),
            alias: signed(number.other.as_ref().unwrap_or(&number.value)),
            kind: Kind::Number,
            role: Role::Content,
            capital: false,
        });
        let rest = &word[number.length..];
        if !rest.is_empty() && !numbers::is_ending(rest) {
            self.plain(start + number.length, rest);
        }
    }

    fn plain(&mut self, start: usize, word: &str) {
        self.folded.clear();
        if word.is_ascii() {
            self.folded.push_str(word);
            self.folded.make_ascii_lowercase();
        } else {
            let folded =
                word.nfkc().flat_map(char::to_lowercase).map(|char| if char == '’' { '\'' } else { char });
            self.folded.extend(folded);
        }
        self.folded.retain(|char| char != '.');
        let role = words::role(&self.folded);
        let stem = match (role, self.language) {
            (Role::Content, None) => words::stem(&self.folded).into(),
            (Role::Content, Some(language)) => language.stem(&self.folded),
            _ => Cow::from(&*self.folded),
        };
        let key = words::digits(&self.folded).map_or_else(|| key(&stem), |digits| number_key(digits, false));
        self.push(Token {
            start,
            end: start + word.len(),
            key,
            alias: key,
            kind: Kind::Word,
            role,
            capital: word.starts_with(char::is_uppercase),
        });
    }

    fn character(&mut self, start: usize, char: char) {
        let end = start + char.len_utf8();
        match self.run {
            Some(run) if run.end == start => {
                self.characters(run.start, end);
                self.run = Some(Run { start, end, alone: false });
            }
            _ => {
                self.end_run();
                self.run = Some(Run { start, end, alone: true });
            }
        }
    }

    fn end_run(&mut self) {
        if let Some(Run { start, end, alone: true }) = self.run.take() {
            self.characters(start, end);
        }
    }

    fn characters(&mut self, start: usize, end: usize) {
        let key = key(&self.text[start..end]);
        let role = words::role(&self.text[start..end]);
        self.tokens.push(Token { start, end, key, alias: key, kind: Kind::Characters, role, capital: false });
    }

    fn push(&mut self, token: Token) {
        self.end_run();
        self.tokens.push(token);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn keys(text: &str) -> Vec<u64> {
        tokens(text, None).iter().map(|token| token.key).collect()
    }

    #[rstest]
    #[case::case("The Cat", "the cat")]
    #[case::plural("two engines", "two engine")]
    #[case::past("it opened", "it opens")]
    #[case::possessive("Denver's offence", "Denver’s offence")]
    #[case::thousands("1,000 km", "1000km")]
    #[case::full_width("１２ apples", "12 apples")]
    #[case::ordinal("the 19th", "the 19")]
    #[case::word_for_number("three pumps", "3 pumps")]
    #[case::abbreviation("U.S.", "US")]
    fn said_the_same(#[case] one: &str, #[case] other: &str) {
        assert_eq!(keys(one), keys(other));
    }

    #[rstest]
    #[case::number("1.2", "12")]
    #[case::sign("-5", "5")]
    #[case::name("Anna", "Anne")]
    #[case::version("1.2.3", "123")]
    fn said_differently(#[case] one: &str, #[case] other: &str) {
        assert_ne!(keys(one), keys(other));
    }

    #[test]
    fn unspaced_scripts_are_pairs_of_characters() {
        let text = "水は冷たい。水";
        let words: Vec<_> = tokens(text, None).iter().map(|token| &text[token.start..token.end]).collect();
        assert_eq!(words, ["水は", "は冷", "冷た", "たい", "水"]);
    }

    #[test]
    fn dots_between_words_part_them() {
        let text = "the century.First for";
        let words: Vec<_> = tokens(text, None).iter().map(|token| &text[token.start..token.end]).collect();
        assert_eq!(words, ["the", "century", "First", "for"]);
    }

    proptest! {
        #[test]
        fn tokens_are_in_order_and_within_the_text(text in "\\PC{0,200}") {
            let tokens = tokens(&text, None);
            for pair in tokens.windows(2) {
                prop_assert!(pair[0].start < pair[1].start && pair[0].end <= pair[1].end);
            }
            for token in tokens {
                prop_assert!(!text[token.start..token.end].is_empty());
            }
        }
    }
}
