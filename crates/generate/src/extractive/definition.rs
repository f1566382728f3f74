//! Sentences that say what something is.

use model::{Difficulty, QuestionType};

use super::{
    candidate::Candidate,
    section::{Part, Section},
    sentences::{reflow, sentences},
    wording::{Wording, is_noun_phrase},
};

/// Predicates that judge or compare rather than define.
const JUDGING: [&str; 28] = [
    "a bit",
    "a lot",
    "a good",
    "a great",
    "a little",
    "a matter",
    "a bad",
    "a big",
    "a better",
    "a common",
    "a way",
    "a few",
    "a question",
    "a problem",
    "an error",
    "an important",
    "an example",
    "an issue",
    "the best",
    "the case",
    "the first",
    "the following",
    "the last",
    "the most",
    "the next",
    "the only",
    "the reason",
    "the same",
];

/// Adjectives that make a judgement of a predicate.
const JUDGED: [&str; 14] = [
    "bad",
    "common",
    "complex",
    "convenient",
    "fairly",
    "good",
    "great",
    "handy",
    "important",
    "popular",
    "powerful",
    "similar",
    "useful",
    "very",
];

pub(super) fn find(section: &Section<'_>, wording: &Wording<'_>) -> Vec<Candidate> {
    let mut found = Vec::new();
    for part in &section.parts {
        let Part::Prose(prose) = part else { continue };
        let said = sentences(prose);
        for (index, sentence) in said.iter().enumerate() {
            let flat = reflow(sentence);
            let Some(defined) = defined(&flat) else { continue };
            let term = wording.in_sentence(&defined.term);
            let question = format!("What {} {term}?", defined.verb);
            // "The tank" is one tank, which only its document names.
            let question = if term.starts_with("the ") {
                wording.stand_alone(&question, &term, section)
            } else {
                Some(question)
            };
            let Some(question) = question else { continue };
            let quote = with_more(prose, sentence, said.get(index + 1).copied());
            found.push(Candidate {
                question,
                answer: reflow(quote),
                quote: quote.to_owned(),
                question_type: if defined.concept { QuestionType::Conceptual } else { QuestionType::Factual },
                difficulty: Difficulty::Easy,
                score: if index == 0 { 86 } else { 76 },
            });
        }
    }
    found
}

struct Defined {
    term: String,
    verb: &'static str,
    /// Whether it is said what kind of thing the term is, rather than which one.
    concept: bool,
}

/// "A crate is the smallest …", "The default port is 8080."
fn defined(sentence: &str) -> Option<Defined> {
    if !sentence.ends_with('.') || !(5..=60).contains(&sentence.split_whitespace().count()) {
        return None;
    }
    let (at, verb) =
        [" is ", " are "].into_iter().filter_map(|verb| Some((sentence.find(verb)?, verb.trim()))).min()?;
    let term = &sentence[..at];
    let rest = &sentence[at + verb.len() + 2..];
    let definite = term.starts_with("The ");
    let is_doing = term.contains(' ') && term.split(' ').next().is_some_and(|first| first.ends_with("ing"));
    let start = first_words(rest);
    if is_doing
        || !is_noun_phrase(term)
        || start.split(' ').any(|word| JUDGED.contains(&word))
        || JUDGING.iter().any(|start| starts_with_word(rest, start))
    {
        return None;
    }
    let article = ["a ", "an ", "the ", "any ", "one of "].iter().any(|article| rest.starts_with(article));
    let value = rest.starts_with(|char: char| char.is_ascii_digit() || "`\"“".contains(char));
    let kind = verb == "are" && !definite && is_plural_kind(rest);
    let fits = if definite { article && term.contains(" of ") || value } else { article || kind };
    (fits && rest.split_whitespace().count() >= if value { 1 } else { 4 }).then(|| Defined {
        term: term.to_owned(),
        verb: if verb == "is" { "is" } else { "are" },
        concept: !definite,
    })
}

/// "Slices are references to …": a plural noun and what tells it apart.
fn is_plural_kind(rest: &str) -> bool {
    let mut words = rest.split_whitespace();
    let first = words.next().unwrap_or_default();
    let telling = ["that", "which", "who", "of", "to", "for", "used"];
    first.len() > 3
        && first.ends_with('s')
        && !first.ends_with("ss")
        && words.next().is_some_and(|word| telling.contains(&word))
}

fn first_words(rest: &str) -> &str {
    rest.match_indices(' ').nth(2).map_or(rest, |(at, _)| &rest[..at])
}

fn starts_with_word(text: &str, start: &str) -> bool {
    text.strip_prefix(start).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

/// A sentence, with the next one where that goes on about the same thing.
fn with_more<'a>(prose: &'a str, sentence: &'a str, next: Option<&'a str>) -> &'a str {
    let goes_on = |next: &&str| {
        ["It ", "They ", "Its ", "Their "].iter().any(|start| next.starts_with(start)) && next.ends_with('.')
    };
    let Some(next) = next.filter(goes_on) else { return sentence };
    let at = |part: &str| part.as_ptr() as usize - prose.as_ptr() as usize;
    prose.get(at(sentence)..at(next) + next.len()).unwrap_or(sentence)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("A crate is the smallest unit of code that compiles.", Some("A crate"))]
    #[case("Slices are references to a run of elements.", Some("Slices"))]
    #[case("The default port is 8080 on all systems.", Some("The default port"))]
    #[case("The capital of France is the city of Paris.", Some("The capital of France"))]
    #[case("The tank is empty when the lamp goes off.", None)]
    #[case("This is a sentence about nothing at all.", None)]
    #[case("Rust is a bit harder than it looks.", None)]
    #[case("What you see is a picture of a kettle.", None)]
    fn terms_are_found(#[case] sentence: &str, #[case] expected: Option<&str>) {
        assert_eq!(defined(sentence).map(|defined| defined.term).as_deref(), expected);
    }
}
