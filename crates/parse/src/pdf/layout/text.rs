//! Lines to running text: words that were broken at the end of a line become whole again.

use std::{collections::HashSet, hash::Hasher};

use rustc_hash::{FxBuildHasher, FxHasher};

use super::Line;
use crate::pdf::script::is_cjk;

const HYPHENS: [char; 3] = ['-', '\u{ad}', '‐'];
/// The shortest part of a compound that is told by its parts: syllables may be words by chance.
const SHORTEST_PART: usize = 3;

/// The words of a document, by which a broken word is told from a compound: the hash of each, since one
/// mistaken for another at worst mends a word wrongly.
#[derive(Debug, Default)]
pub(super) struct Vocabulary(HashSet<u64, FxBuildHasher>);

/// The words of lines as a [`Vocabulary`] holds them, but for those that a line breaks: `a-b@c.d` is the
/// word that it is and also `a-b`, `c` and `d`.
pub(super) fn words(lines: &[Line]) -> Vec<u64> {
    let broken = |line: &Line| line.words.last().is_some_and(|word| word.text.ends_with(HYPHENS));
    let after_broken = std::iter::once(false).chain(lines.iter().map(broken));
    let mut words = Vec::with_capacity(lines.iter().map(|line| line.words.len()).sum());
    for (line, after_broken) in lines.iter().zip(after_broken) {
        let whole = line.words.iter().skip(usize::from(after_broken)).map(|word| trimmed(&word.text));
        whole
            .filter(|word| !word.is_empty() && !word.ends_with(HYPHENS))
            .for_each(|word| add(word, &mut words));
    }
    words
}

/// Adds the hashes of a word and of the parts that other characters than a word's cut it into.
fn add(word: &str, words: &mut Vec<u64>) {
    words.push(hash(word.chars()));
    if !word.chars().all(is_of_word) {
        words.extend(word.split(|c| !is_of_word(c)).map(|part| hash(part.chars())));
    }
}

impl Vocabulary {
    /// Takes in words.
    pub(super) fn extend(&mut self, words: impl IntoIterator<Item = u64>) {
        self.0.extend(words);
    }

    fn contains(&self, word: impl Iterator<Item = char>) -> bool {
        self.0.contains(&hash(word))
    }
}

/// The hash of a word, without case.
fn hash(word: impl Iterator<Item = char>) -> u64 {
    let mut hasher = FxHasher::default();
    word.for_each(|character| lower(character, |lower| hasher.write_u32(lower)));
    hasher.finish()
}

/// The lower case of a character. The tables that tell it of all scripts take long: the usual letters are told at once.
fn lower(character: char, mut take: impl FnMut(u32)) {
    match character {
        '\0'..='\x7f' => take(character.to_ascii_lowercase().into()),
        'А'..='Я' => take(u32::from(character) + 0x20),
        'а'..='я' | '\u{4e00}'..='\u{9fff}' => take(character.into()),
        _ => character.to_lowercase().for_each(|lower| take(lower.into())),
    }
}

fn trimmed(word: &str) -> &str {
    word.trim_matches(|c: char| !is_of_word(c))
}

fn is_of_word(character: char) -> bool {
    match character {
        '\0'..='\x7f' => character.is_ascii_alphanumeric() || character == '-',
        'А'..='я' | '\u{4e00}'..='\u{9fff}' => true,
        _ => character.is_alphanumeric() || HYPHENS.contains(&character),
    }
}

/// Adds a line to a text, with a blank or a mended word where they meet.
pub(super) fn append(text: &mut String, line: &str, vocabulary: &Vocabulary) {
    let line = line.trim();
    if let (Some(last), Some(first)) = (text.chars().next_back(), line.chars().next()) {
        match last {
            '-' | '‐' | '\u{ad}' if first.is_alphabetic() => mend(text, last, line, vocabulary),
            _ if is_cjk(last) && is_cjk(first) => {}
            _ => text.push(' '),
        }
    }
    if !line.contains('\u{ad}') {
        text.push_str(line);
        return;
    }
    text.push_str(&line.replace('\u{ad}', ""));
    if line.ends_with('\u{ad}') {
        text.push('\u{ad}');
    }
}

/// Takes the hyphen off a text that the word goes on after, unless the hyphen belongs to it.
fn mend(text: &mut String, hyphen: char, line: &str, vocabulary: &Vocabulary) {
    let start = text.rfind(char::is_whitespace).map_or(0, |at| at + 1);
    // Of `main/installer-` and `amd64/current`, only what the hyphen joins.
    let head = trimmed(text[start..].trim_end_matches(hyphen)).rsplit(|c| !is_of_word(c)).next();
    let tail = line.trim_start_matches(|c| !is_of_word(c)).split(|c| !is_of_word(c)).next();
    let (head, tail) = (head.unwrap_or_default(), tail.unwrap_or_default());
    let broken = head.chars().next_back().is_some_and(char::is_alphabetic);
    if hyphen == '\u{ad}' {
        text.pop();
        return;
    }
    if !broken {
        // "3-" or "--": not a word's part; an option such as `--` keeps its blank.
        if head.is_empty() {
            text.push(' ');
        }
        return;
    }
    let whole = || head.chars().chain(tail.chars());
    let compound = || head.chars().chain(['-']).chain(tail.chars());
    let lower = tail.chars().next().is_some_and(char::is_lowercase);
    let is_word = |part: &str| part.chars().count() >= SHORTEST_PART && vocabulary.contains(part.chars());
    let is_compound = || vocabulary.contains(compound()) || (is_word(head) && is_word(tail));
    if lower && (vocabulary.contains(whole()) || !is_compound()) {
        text.pop();
    }
}

/// Takes away what only the mending needed.
pub(super) fn finish(mut text: String) -> String {
    if text.ends_with('\u{ad}') {
        text.pop();
        text.push('-');
    }
    text
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(&["an exam-", "ple here"], "an example here")]
    #[case(&["a well-", "known thing"], "a well-known thing")]
    #[case(&["the Anglo-", "Saxon"], "the Anglo-Saxon")]
    #[case(&["soft\u{ad}", "ly"], "softly")]
    #[case(&["options -", "verbose"], "options - verbose")]
    #[case(&["世界", "平和"], "世界平和")]
    #[case(&["one", "two"], "one two")]
    #[case(&["see place-", "holder there"], "see place-holder there")]
    #[case(&["in main/one-", "two/more"], "in main/one-two/more")]
    fn lines_join(#[case] lines: &[&str], #[case] expected: &str) {
        let known = ["Well-Known", "place", "holder", "one-two"];
        let vocabulary = Vocabulary(known.iter().map(|word| hash(word.chars())).collect());
        let mut text = String::new();
        for line in lines {
            append(&mut text, line, &vocabulary);
        }
        assert_eq!(finish(text), expected);
    }
}
