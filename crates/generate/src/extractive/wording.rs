//! What it takes for a question to read well and to be understood without the passage.

use std::collections::HashSet;

use model::Passage;
use unicode_segmentation::UnicodeSegmentation;

use super::section::{Part, Section};

/// Headings that name a part of any document, and so nothing.
const GENERIC: &[&str] = &[
    "about",
    "about this document",
    "abstract",
    "additional information",
    "advanced",
    "appendix",
    "background",
    "basics",
    "conclusion",
    "contents",
    "description",
    "details",
    "documentation",
    "example",
    "examples",
    "faq",
    "features",
    "frequently asked questions",
    "general",
    "getting started",
    "guide",
    "home",
    "important",
    "instructions",
    "intro",
    "introduction",
    "manual",
    "more",
    "next steps",
    "note",
    "notes",
    "options",
    "other",
    "overview",
    "parameters",
    "preface",
    "prerequisites",
    "quick start",
    "readme",
    "reference",
    "references",
    "remarks",
    "requirements",
    "results",
    "see also",
    "setup",
    "summary",
    "table of contents",
    "tips",
    "troubleshooting",
    "tutorial",
    "untitled",
    "usage",
    "user guide",
    "user manual",
    "warnings",
];

/// Words that point at something outside of the sentence.
const POINTING: &[&str] = &[
    "above",
    "another",
    "below",
    "chapter",
    "earlier",
    "figure",
    "following",
    "former",
    "he",
    "her",
    "here",
    "him",
    "his",
    "i",
    "it",
    "its",
    "itself",
    "latter",
    "later",
    "listing",
    "me",
    "my",
    "next",
    "other",
    "others",
    "our",
    "previous",
    "section",
    "she",
    "such",
    "that",
    "their",
    "them",
    "then",
    "there",
    "these",
    "they",
    "this",
    "those",
    "us",
    "we",
];

/// Words that stay small in a title.
const SMALL: &[&str] = &[
    "a", "an", "and", "as", "at", "by", "do", "does", "for", "from", "if", "in", "into", "is", "of", "on",
    "or", "the", "to", "with", "without", "your", "you",
];

/// How the words of a passage are written, and what it is about.
pub(super) struct Wording<'a> {
    /// Whether English templates fit it.
    pub(super) english: bool,
    /// Words that it writes with a small first letter.
    lower: HashSet<&'a str>,
    /// Words that it writes with a capital within sentences.
    names: HashSet<&'a str>,
    /// The document's title, where it is one.
    title: Option<&'a str>,
}

impl<'a> Wording<'a> {
    pub(super) fn new(passage: &'a Passage, text: &'a str, sections: &[Section<'a>]) -> Self {
        let lower =
            text.unicode_words().filter(|word| word.starts_with(char::is_lowercase)).collect::<HashSet<_>>();
        let english = match passage.language.as_deref() {
            Some(language) => {
                language.split(['-', '_']).next().is_some_and(|code| code.eq_ignore_ascii_case("en"))
            }
            None => looks_english(text),
        };
        let title = Some(bare_heading(&passage.document)).filter(|title| names_something(title));
        let prose = sections.iter().flat_map(|section| &section.parts).filter_map(|part| match part {
            Part::Prose(prose) => Some(*prose),
            _ => None,
        });
        let names = prose.flat_map(names).collect();
        Self { english, lower, names, title }
    }

    /// A phrase as it is written within a sentence: capitals that only a title or the start of a
    /// sentence gave it are taken off.
    pub(super) fn in_sentence(&self, phrase: &str) -> String {
        let is_title = is_title_case(phrase);
        let words: Vec<_> = phrase
            .split_whitespace()
            .map(|word| {
                let small = word.to_lowercase();
                let bare = small.trim_matches(|char: char| !char.is_alphanumeric());
                let one_capital = word.chars().filter(|char| char.is_uppercase()).count() == 1
                    && word.starts_with(char::is_uppercase);
                let known = self.names.contains(word.trim_matches(|char: char| !char.is_alphanumeric()));
                let seen = self.lower.contains(bare) || is_title && bare.len() > 1;
                if one_capital && (SMALL.contains(&bare) || seen && !known) { small } else { word.to_owned() }
            })
            .collect();
        words.join(" ")
    }

    /// Whether the passage writes a word with a capital within its sentences.
    pub(super) fn is_name(&self, word: &str) -> bool {
        self.names.contains(word)
    }

    /// A question that can be understood without the passage: where what it is about is no name by
    /// itself, what the document or an outer heading is about is put before it. `None` where there is
    /// nothing to put there.
    pub(super) fn stand_alone(&self, question: &str, about: &str, section: &Section<'_>) -> Option<String> {
        if is_specific(about) {
            return Some(question.to_owned());
        }
        self.about(question, section, |place| format!("{place}: {}", lower_first(question)))
    }

    /// A question that says what it is about: as it is, where it names what the document or an outer heading is
    /// about, else with that put to it. `None` where there is nothing to put to it.
    pub(super) fn about(
        &self,
        question: &str,
        section: &Section<'_>,
        put: impl Fn(&str) -> String,
    ) -> Option<String> {
        let said: HashSet<String> = content_words(question).collect();
        let is_said = |place: &str| content_words(place).all(|word| said.contains(&word));
        let outer: Vec<_> = self
            .title
            .into_iter()
            .chain(section.above.iter().copied())
            .filter(|place| names_something(place) && place.split_whitespace().count() <= 8)
            .collect();
        if outer.iter().any(|place| is_said(place)) {
            return Some(question.to_owned());
        }
        let own = section.heading.filter(|heading| names_something(heading) && !is_said(heading));
        let place = outer.first().copied().or(own)?.trim_end_matches(['?', ':', '.', '!']);
        Some(put(place))
    }

    /// As [`Self::stand_alone`], for a question that is made from the section's own heading: the
    /// heading of a whole document needs nothing before it.
    pub(super) fn of_heading(&self, question: &str, about: &str, section: &Section<'_>) -> Option<String> {
        let is_whole =
            section.above.is_empty() && self.title.is_none_or(|title| Some(title) == section.heading);
        if is_whole { Some(question.to_owned()) } else { self.stand_alone(question, about, section) }
    }

    /// As [`Self::stand_alone`], but the question as it is where nothing can be put before it.
    pub(super) fn stand_alone_or_bare(&self, question: &str, about: &str, section: &Section<'_>) -> String {
        self.stand_alone(question, about, section).unwrap_or_else(|| question.to_owned())
    }
}

/// The words of prose that have a capital without standing at the start of a sentence.
fn names(prose: &str) -> impl Iterator<Item = &str> {
    let words: Vec<_> = prose.split_whitespace().collect();
    let pairs: Vec<_> = words.windows(2).map(|pair| (pair[0], pair[1])).collect();
    pairs.into_iter().filter_map(|(before, word)| {
        let within = before.ends_with(|char: char| char.is_lowercase() || char == ',');
        let word = word.trim_matches(|char: char| !char.is_alphanumeric());
        (within && word.starts_with(char::is_uppercase)).then_some(word)
    })
}

/// Whether all words of a phrase that are not small ones have a capital.
fn is_title_case(phrase: &str) -> bool {
    let words: Vec<_> = phrase
        .split_whitespace()
        .filter(|word| !SMALL.contains(word) && word.starts_with(char::is_alphabetic))
        .collect();
    let capitals = words.iter().filter(|word| word.starts_with(char::is_uppercase)).count();
    words.len() >= 2 && capitals * 5 >= words.len() * 4
}

/// A text with its first letter large.
pub(super) fn upper_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Whether a phrase names one thing by itself: it holds a name, a number or code.
fn is_specific(phrase: &str) -> bool {
    let inner = phrase.split_whitespace().skip(1).any(|word| word.starts_with(char::is_uppercase));
    inner
        || phrase.contains(['_', '`', '(', '<', '/', '$', '-'])
        || phrase.contains("::")
        || phrase.chars().any(|char| char.is_ascii_digit())
        || phrase.chars().filter(|char| char.is_uppercase()).count() > 1
}

/// Whether a heading or title names what its text is about.
pub(super) fn names_something(heading: &str) -> bool {
    let small = heading.trim().to_lowercase();
    let is_file = small.rsplit_once('.').is_some_and(|(name, ending)| {
        !name.contains(' ')
            && (1..=5).contains(&ending.len())
            && ending.chars().all(|char| char.is_ascii_alphanumeric())
    });
    let is_slug = !small.contains(' ') && small.contains(['_', '/', '\\']);
    !small.is_empty()
        && small.len() <= 90
        && !is_file
        && !is_slug
        && !GENERIC.contains(&small.as_str())
        && small.chars().any(char::is_alphabetic)
}

/// Whether a phrase holds a word that points out of it.
pub(super) fn points_elsewhere(phrase: &str) -> bool {
    phrase.unicode_words().any(|word| POINTING.contains(&word.to_lowercase().as_str()))
}

/// Whether the start of a sentence is a plain noun phrase: one to seven words that point nowhere, with
/// no verb or clause in them.
pub(super) fn is_noun_phrase(phrase: &str) -> bool {
    const CLAUSE: &[&str] = &[
        "after",
        "although",
        "are",
        "as",
        "at",
        "because",
        "before",
        "but",
        "can",
        "could",
        "did",
        "do",
        "does",
        "each",
        "every",
        "everything",
        "had",
        "has",
        "have",
        "how",
        "however",
        "if",
        "is",
        "may",
        "might",
        "must",
        "no",
        "not",
        "nothing",
        "once",
        "one",
        "only",
        "say",
        "should",
        "since",
        "so",
        "some",
        "something",
        "unless",
        "until",
        "was",
        "were",
        "what",
        "when",
        "where",
        "whether",
        "which",
        "while",
        "who",
        "why",
        "will",
        "would",
        "you",
        "your",
        "both",
        "all",
        "now",
        "note",
        "most",
        "many",
        "part",
        "thing",
        "things",
        "also",
        "today",
        "in",
        "to",
        "with",
        "by",
        "from",
        "on",
    ];
    let words: Vec<_> = phrase.split_whitespace().collect();
    (1..=7).contains(&words.len())
        && phrase.len() <= 80
        && !phrase.contains([',', ';', ':', '?', '!', '"', '“', '|'])
        && phrase.starts_with(|char: char| char.is_alphabetic() || "`<-.".contains(char))
        && !points_elsewhere(phrase)
        && !words.iter().any(|word| CLAUSE.contains(&word.to_lowercase().as_str()))
        && words.last().is_some_and(|last| !["a", "an", "the"].contains(&last.to_lowercase().as_str()))
}

/// A heading without marks and number: `## 4.2 Care` and `Chapter 4: Care` are `Care`.
pub(super) fn bare_heading(heading: &str) -> &str {
    let mut bare = heading.trim().trim_start_matches('#').trim();
    for word in ["chapter ", "section ", "appendix ", "part ", "step "] {
        if bare.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
            && let Some((number, rest)) = bare[word.len()..].split_once([':', '–', '—'])
            && number.trim().len() <= 4
        {
            bare = rest.trim();
        }
    }
    let number = bare.find(|char: char| !(char.is_ascii_digit() || char == '.' || char == ')')).unwrap_or(0);
    let rest = bare[number..].trim_start();
    let cut =
        number > 0 && bare[number..].starts_with(char::is_whitespace) && rest.starts_with(char::is_uppercase);
    let bare = if cut { rest } else { bare };
    bare.trim_matches('*').trim()
}

/// A text with its first letter small, unless its first word is a name by its look.
pub(super) fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}

fn content_words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.unicode_words()
        .map(str::to_lowercase)
        .filter(|word| word.len() > 1 && !SMALL.contains(&word.as_str()))
}

fn looks_english(text: &str) -> bool {
    const COMMON: [&str; 12] = ["the", "of", "and", "to", "is", "a", "in", "for", "you", "are", "with", "it"];
    let sample: Vec<_> = text.unicode_words().take(300).collect();
    let letters = text.chars().take(4_000).filter(|char| char.is_alphabetic());
    let (ascii, other): (Vec<char>, Vec<char>) = letters.partition(char::is_ascii);
    let common = sample.iter().filter(|word| COMMON.contains(&word.to_lowercase().as_str())).count();
    other.len() * 20 <= ascii.len() && common * 14 >= sample.len() && !sample.is_empty()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("## 4.2 Care", "Care")]
    #[case("Chapter 4: Care", "Care")]
    #[case("3 ways to win", "3 ways to win")]
    #[case("**Bold**", "Bold")]
    #[case("2026", "2026")]
    #[case("水", "水")]
    fn headings_are_bared(#[case] heading: &str, #[case] bare: &str) {
        assert_eq!(bare_heading(heading), bare);
    }

    #[rstest]
    #[case("Aurora kettle", true)]
    #[case("Usage", false)]
    #[case("ch01-02_intro.md", false)]
    #[case("docs/intro", false)]
    #[case("Version 1.2 of Aurora", true)]
    #[case(" ", false)]
    fn names_and_others(#[case] heading: &str, #[case] expected: bool) {
        assert_eq!(names_something(heading), expected);
    }

    #[rstest]
    #[case("The tank is full, and the lid is on it.", true)]
    #[case("Der Tank ist voll, und der Deckel ist zu.", false)]
    #[case("水是液体。", false)]
    #[case("", false)]
    fn english_is_told(#[case] text: &str, #[case] english: bool) {
        assert_eq!(looks_english(text), english);
    }
}
