//! Questions that a heading asks without a question mark: how to do something, why, what if.

use model::{Difficulty, QuestionType};

use crate::words;

use super::{
    candidate::Candidate,
    faq::is_question,
    section::{Part, Section, Span},
    sentences::sentences,
    verbs::{from_gerund, is_verb},
    wording::{Wording, lower_first, points_elsewhere},
};

/// Words before which a verb of a heading has lost its object.
const NO_OBJECT: [&str; 13] =
    ["on", "in", "as", "by", "at", "for", "how", "what", "which", "when", "whether", "between", "with"];

/// What a sentence begins with that goes on with another.
const ASIDES: [&str; 9] = ["But", "For", "Fortunately", "However", "In", "Instead", "So", "Then", "Thus"];

/// What an instruction begins with after its verb, which a name like "Use cases" does not.
const DETERMINERS: [&str; 10] = ["a", "an", "the", "your", "all", "any", "each", "new", "multiple", "it"];

pub(super) fn find(section: &Section<'_>, wording: &Wording<'_>) -> Vec<Candidate> {
    let Some(heading) = section.heading.filter(|heading| !is_question(heading) && !points_elsewhere(heading))
    else {
        return Vec::new();
    };
    let phrase = wording.in_sentence(heading);
    let found = if let Some(task) = task(&phrase) {
        how_to(section, &task, wording)
    } else if is_trouble(section, &phrase) {
        trouble(section, &phrase, wording)
    } else {
        reason(section, &phrase, wording)
    };
    found.into_iter().collect()
}

/// The task that a heading names: "Replacing the filter" is "replace the filter".
pub(super) fn task(heading: &str) -> Option<String> {
    let small = lower_first(heading);
    if let Some(task) = small.strip_prefix("how to ").or_else(|| small.strip_prefix("to ")) {
        return is_verb(first_word(task)).then(|| task.to_owned());
    }
    if heading.contains([',', ':']) {
        return None;
    }
    let words: Vec<_> = heading.split_whitespace().collect();
    let second = words.get(1)?.to_lowercase();
    if NO_OBJECT.contains(&second.as_str()) {
        return None;
    }
    if let Some(verb) = from_gerund(words[0]) {
        // In "creating and using" both are what is to be done.
        let mut plain = vec![verb];
        for pair in words.windows(2) {
            let joined = (pair[0] == "and" || pair[0] == "or") && pair[1].ends_with("ing");
            plain.push(if joined { from_gerund(pair[1])? } else { pair[1] });
        }
        return (plain.len() > 1 && !["and", "or"].contains(&plain[plain.len() - 1]))
            .then(|| plain.join(" "));
    }
    (is_verb(words[0]) && DETERMINERS.contains(&second.as_str())).then_some(small)
}

fn how_to(section: &Section<'_>, task: &str, wording: &Wording<'_>) -> Option<Candidate> {
    let steps = section.parts.iter().position(|part| is_steps(part));
    let (question, span, score) = match steps {
        Some(index) => (format!("What are the steps to {task}?"), section.answer(index)?, 92),
        None => (format!("How do you {task}?"), instruction(section, task)?, 74),
    };
    let question = wording.of_heading(&question, task, section)?;
    let difficulty = if steps.is_some() { Difficulty::Medium } else { Difficulty::Easy };
    Some(candidate(question, span, QuestionType::HowTo, difficulty, score))
}

/// The first of the opening paragraphs that tells how to do a task, from the sentence on that tells.
fn instruction<'a>(section: &Section<'a>, task: &str) -> Option<Span<'a>> {
    const TELLING: [&str; 6] = ["you can ", "you need to ", "you must ", "you should ", "we can ", "we use "];
    let wanted: Vec<String> =
        words::words(task).filter(|word| word.len() > 2).map(|word| stem(&word)).collect();
    let tells = |sentence: &str| {
        let small = sentence.to_lowercase();
        is_verb(first_word(sentence))
            || sentence.strip_prefix("To ").is_some_and(|rest| is_verb(first_word(rest)))
            || TELLING.iter().any(|words| small.starts_with(words) || small.contains(&format!(", {words}")))
    };
    section.parts.iter().enumerate().take(3).find_map(|(index, part)| {
        let Part::Prose(prose) = part else { return None };
        let from = sentences(prose).into_iter().find(|sentence| {
            let said: Vec<_> = words::words(sentence).map(|word| stem(&word)).collect();
            let covered = wanted.iter().filter(|word| said.contains(word)).count();
            !points_elsewhere(opening_words(sentence))
                && !ASIDES.contains(&first_word(sentence))
                && tells(sentence)
                && covered * 2 >= wanted.len()
                && !wanted.is_empty()
        })?;
        section.answer_from(index, from)
    })
}

/// Whether a part is a list of things to do, one after the other.
pub(super) fn is_steps(part: &Part<'_>) -> bool {
    let Part::List { ordered: true, items, .. } = part else { return false };
    items.len() > 1 && items.iter().filter(|item| is_verb(first_word(item))).count() * 2 >= items.len()
}

fn opening_words(sentence: &str) -> &str {
    sentence.match_indices(' ').nth(5).map_or(sentence, |(at, _)| &sentence[..at])
}

/// What forms of a word have in common, roughly.
fn stem(word: &str) -> String {
    let stem = ["ing", "es", "ed", "s", "e"].iter().find_map(|ending| word.strip_suffix(ending));
    stem.filter(|stem| stem.len() > 1).unwrap_or(word).to_owned()
}

/// Whether a heading states a problem, among others of its kind.
fn is_trouble(section: &Section<'_>, phrase: &str) -> bool {
    const PLACES: [&str; 4] = ["troubleshoot", "problem", "known issue", "fault"];
    const SIGNS: [&str; 10] =
        ["not", "cannot", "can't", "won't", "doesn't", "fails", "too", "stops", "leaks", "keeps"];
    let place = section.above.iter().any(|above| {
        let above = above.to_lowercase();
        PLACES.iter().any(|word| above.contains(word))
    });
    place
        && phrase.split_whitespace().count() >= 3
        && phrase.split_whitespace().any(|word| SIGNS.contains(&word))
}

fn trouble(section: &Section<'_>, phrase: &str, wording: &Wording<'_>) -> Option<Candidate> {
    let question = format!("What should you do if {}?", lower_first(phrase));
    let question = wording.stand_alone(&question, phrase, section)?;
    Some(candidate(question, section.opening()?, QuestionType::Troubleshooting, Difficulty::Easy, 90))
}

fn reason(section: &Section<'_>, phrase: &str, wording: &Wording<'_>) -> Option<Candidate> {
    let words: Vec<_> = phrase.split_whitespace().collect();
    let (first, rest) = words.split_first()?;
    let (question, question_type) = match (first.to_lowercase().as_str(), rest) {
        ("why", [_, _, ..]) => (format!("Why {}?", rest.join(" ")), QuestionType::Conceptual),
        ("what", ["is" | "are", _, ..]) => (format!("What {}?", rest.join(" ")), QuestionType::Conceptual),
        ("when", ["to", verb, ..]) if is_verb(verb) => {
            (format!("When should you {}?", rest[1..].join(" ")), QuestionType::Conceptual)
        }
        ("how", [subject @ .., "works" | "work"]) if !subject.is_empty() => {
            let does = if words.last() == Some(&"works") { "does" } else { "do" };
            (format!("How {does} {} work?", subject.join(" ")), QuestionType::Conceptual)
        }
        _ => return None,
    };
    let span = section.opening()?;
    if points_elsewhere(first_word(&span.text)) || span.text.split_whitespace().count() < 8 {
        return None;
    }
    let question = wording.of_heading(&question, &rest.join(" "), section)?;
    Some(candidate(question, span, question_type, Difficulty::Medium, 78))
}

fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default().trim_matches(|char: char| !char.is_alphanumeric())
}

fn candidate(
    question: String,
    span: Span<'_>,
    question_type: QuestionType,
    difficulty: Difficulty,
    score: u32,
) -> Candidate {
    Candidate { question, answer: span.text, quote: span.quote.to_owned(), question_type, difficulty, score }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Replacing the filter", Some("replace the filter"))]
    #[case("Creating and using a profile", Some("create and use a profile"))]
    #[case("How to reset the device", Some("reset the device"))]
    #[case("To reset the device", Some("reset the device"))]
    #[case("Install the package", Some("install the package"))]
    #[case("Use cases", None)]
    #[case("Installing on Linux", None)]
    #[case("Running", None)]
    #[case("String types", None)]
    fn tasks_are_named_by_headings(#[case] heading: &str, #[case] expected: Option<&str>) {
        assert_eq!(task(heading).as_deref(), expected);
    }
}
