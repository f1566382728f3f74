//! Text to sentences: what is set beside the source one at a time.

use std::ops::Range;

use crate::{
    language::Language,
    tokens::{Token, tokens},
};

/// Longer sentences are cut: tables and lists without a full stop would be one.
const MAX_TOKENS: usize = 80;

/// A sentence, a line of a list or a table, or a line of code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sentence {
    /// Where it starts in the text, in bytes.
    pub(crate) start: usize,
    /// Where it ends.
    pub(crate) end: usize,
    /// Its tokens, by their place among the tokens of the text.
    pub(crate) tokens: Range<usize>,
}

/// A text, read.
#[derive(Debug, Clone)]
pub(crate) struct Text<'a> {
    pub(crate) raw: &'a str,
    pub(crate) tokens: Vec<Token>,
    /// The sentences that hold tokens.
    pub(crate) sentences: Vec<Sentence>,
}

impl<'a> Text<'a> {
    /// Reads a text whose words have the endings of a language.
    pub(crate) fn new(raw: &'a str, language: Option<&Language>) -> Self {
        let tokens = tokens(raw, language);
        let mut sentences = Vec::new();
        let mut next = 0;
        for range in ranges(raw) {
            let first = next;
            while tokens.get(next).is_some_and(|token| token.start < range.end) {
                next += 1;
            }
            push(&mut sentences, &tokens, range, first..next);
        }
        Self { raw, tokens, sentences }
    }

    /// Whether the token at this place starts its sentence.
    pub(crate) fn is_first(&self, token: usize) -> bool {
        let at = self.sentences.partition_point(|sentence| sentence.tokens.end <= token);
        self.sentences.get(at).is_none_or(|sentence| sentence.tokens.start == token)
    }
}

fn push(sentences: &mut Vec<Sentence>, tokens: &[Token], range: Range<usize>, mut held: Range<usize>) {
    let mut start = range.start;
    while held.len() > MAX_TOKENS {
        let cut = held.start + MAX_TOKENS;
        let end = tokens[cut].start.max(tokens[cut - 1].end);
        sentences.push(Sentence { start, end: tokens[cut - 1].end.max(start), tokens: held.start..cut });
        (start, held) = (end, cut..held.end);
    }
    if !held.is_empty() {
        sentences.push(Sentence { start, end: range.end, tokens: held });
    }
}

/// The byte ranges of the sentences of a text, without the white space around them.
pub(crate) fn ranges(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut in_code = false;
    let mut start = 0;
    let mut lines = text.split_inclusive('\n').peekable();
    let mut at = 0;
    while let Some(line) = lines.next() {
        let end = at + line.len();
        let fence = is_fence(line);
        if fence {
            trim(text, start..at, &mut found);
            in_code = !in_code;
            start = end;
        } else if in_code {
            trim(text, at..end, &mut found);
            start = end;
        } else {
            start = split_line(text, start, at..end, &mut found);
            if lines.peek().is_none_or(|next| !goes_on(line, next)) {
                trim(text, start..end, &mut found);
                start = end;
            }
        }
        at = end;
    }
    found
}

/// Whether a line opens or closes a block of code.
pub(crate) fn is_fence(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("```") || line.starts_with("~~~")
}

/// Whether a sentence runs over the end of a line: text wrapped by hand.
fn goes_on(line: &str, next: &str) -> bool {
    let line = line.trim_end();
    !line.is_empty()
        && !line.starts_with(['|', '#'])
        && !line.ends_with([':', ';'])
        && next.trim_start().starts_with(|char: char| char.is_lowercase() || char == '(')
}

/// Ends sentences within a line; gives where the unfinished one starts.
fn split_line(text: &str, mut start: usize, line: Range<usize>, found: &mut Vec<Range<usize>>) -> usize {
    let mut chars = text[line.clone()].char_indices().peekable();
    while let Some((at, char)) = chars.next() {
        let wide = matches!(char, '。' | '！' | '？' | '।' | '؟' | '۔');
        if !wide && !matches!(char, '.' | '!' | '?' | '…') {
            continue;
        }
        let stop = line.start + at;
        let mut end = stop + char.len_utf8();
        while let Some((_, closing)) = chars.next_if(|(_, next)| is_closing(*next)) {
            end += closing.len_utf8();
        }
        let rest = &text[end..line.end];
        let spaced = rest.starts_with(char::is_whitespace);
        let next = rest.trim_start().chars().next();
        let ends = match next {
            None => true,
            Some(_) if wide => true,
            Some(next) if spaced => {
                !(next.is_lowercase() || char == '.' && is_abbreviation(&text[start.min(stop)..stop]))
            }
            // A full stop that lost its space, as where texts were put together.
            Some(next) => char == '.' && next.is_uppercase() && is_glued(&text[start.min(stop)..stop], rest),
        };
        if ends {
            trim(text, start..end, found);
            start = end;
        }
    }
    start
}

fn is_closing(char: char) -> bool {
    matches!(
        char,
        '"' | '\'' | '”' | '’' | '»' | ')' | ']' | '」' | '』' | '）' | '.' | '!' | '?' | '…' | '*' | '_'
    )
}

/// Whether the full stop after this text belongs to its last word.
fn is_abbreviation(before: &str) -> bool {
    let word = before.rsplit(|char: char| char.is_whitespace() || char == '(').next().unwrap_or("");
    let letters = word.chars().count();
    // Initials and `U.S.`; a number at the start of its line is that of a list item.
    (letters == 1 && word.chars().all(char::is_uppercase))
        || word.contains('.')
        || (before.trim() == word && !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit()))
        || matches!(
            word.to_lowercase().as_str(),
            "mr" | "mrs"
                | "ms"
                | "dr"
                | "prof"
                | "st"
                | "no"
                | "vs"
                | "etc"
                | "fig"
                | "eq"
                | "sec"
                | "ch"
                | "vol"
                | "pp"
                | "ed"
                | "inc"
                | "ltd"
                | "co"
                | "corp"
                | "jr"
                | "sr"
                | "approx"
                | "al"
                | "ca"
                | "gen"
                | "col"
                | "sgt"
                | "capt"
                | "lt"
                | "rev"
                | "hon"
                | "nr"
                | "bzw"
                | "usw"
                | "art"
                | "sra"
        )
}

fn is_glued(before: &str, rest: &str) -> bool {
    let word = before.rsplit(|char: char| char.is_whitespace()).next().unwrap_or("");
    let mut after = rest.chars().skip(1);
    word.chars().count() > 2
        && !word.contains(['.', '/', '(', '_', ':'])
        && word.chars().next_back().is_some_and(char::is_lowercase)
        && after.next().is_some_and(|char| char.is_lowercase() || char.is_whitespace())
        && rest.contains(' ')
}

fn trim(text: &str, range: Range<usize>, found: &mut Vec<Range<usize>>) {
    let slice = &text[range.clone()];
    let trimmed = slice.trim();
    if !trimmed.is_empty() {
        let start = range.start + (slice.len() - slice.trim_start().len());
        found.push(start..start + trimmed.len());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::plain("One is. Two is! Three?", &["One is.", "Two is!", "Three?"])]
    #[case::abbreviations("Dr. Who met J. Smith in the U.S. Senate. He left.", &["Dr. Who met J. Smith in the U.S. Senate.", "He left."])]
    #[case::decimals("It is 1.5 m. Or 2.", &["It is 1.5 m.", "Or 2."])]
    #[case::wrapped("It is\nlong here.\nNext", &["It is\nlong here.", "Next"])]
    #[case::list("- one\n- two\n1. three", &["- one", "- two", "1. three"])]
    #[case::table("| a | b |\n| c | d |", &["| a | b |", "| c | d |"])]
    #[case::code("Run:\n```sh\nls -l. X\ncd\n```\nDone.", &["Run:", "ls -l. X", "cd", "Done."])]
    #[case::japanese("水は冷たい。火は熱い。", &["水は冷たい。", "火は熱い。"])]
    #[case::glued("in the 19th century.First for Women is", &["in the 19th century.", "First for Women is"])]
    #[case::method("call java.util.List.of now", &["call java.util.List.of now"])]
    #[case::quote("\"Go.\" She went.", &["\"Go.\"", "She went."])]
    fn sentences_are(#[case] text: &str, #[case] expected: &[&str]) {
        let found: Vec<_> = ranges(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_sentence_without_end_is_cut() {
        let text = "word ".repeat(200);
        let text = Text::new(&text, None);
        let lengths: Vec<_> = text.sentences.iter().map(|sentence| sentence.tokens.len()).collect();
        assert_eq!(lengths, [80, 80, 40]);
    }

    proptest! {
        #[test]
        fn sentences_hold_every_token_once(text in "([A-Za-z0-9.!?。\"' \n|`-]|水|ก|é){0,200}") {
            let text = Text::new(&text, None);
            let mut last = 0;
            for sentence in &text.sentences {
                prop_assert!(last <= sentence.start && sentence.start < sentence.end);
                last = sentence.end;
                for token in &text.tokens[sentence.tokens.clone()] {
                    prop_assert!(sentence.start < token.end && token.end <= sentence.end);
                }
            }
        }
    }
}
