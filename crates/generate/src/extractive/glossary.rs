//! Lines that give a term and what it means: `term: meaning`, `**term** — meaning`.

use model::{Difficulty, QuestionType};

use super::{
    candidate::Candidate,
    section::{Part, Section},
    sentences::reflow,
    wording::{Wording, is_noun_phrase},
};

/// How many terms are read of one part.
const MAX_TERMS: usize = 50;

/// What stands before a colon without being a term.
const LABELS: [&str; 22] = [
    "note",
    "tip",
    "warning",
    "caution",
    "important",
    "example",
    "examples",
    "hint",
    "danger",
    "attention",
    "see also",
    "remark",
    "filename",
    "output",
    "input",
    "result",
    "date",
    "author",
    "version",
    "step",
    "figure",
    "table",
];

pub(super) fn find(section: &Section<'_>, wording: &Wording<'_>) -> Vec<Candidate> {
    let mut found = Vec::new();
    let named = section.heading.is_some_and(|heading| {
        let heading = heading.to_lowercase();
        ["glossary", "terms", "terminology", "definitions", "vocabulary"]
            .iter()
            .any(|name| heading.contains(name))
    });
    for part in &section.parts {
        let lines: Vec<&str> = match part {
            Part::List { items, ordered: false, .. } => items.clone(),
            Part::Prose(prose) => prose.lines().collect(),
            _ => continue,
        };
        let terms: Vec<_> = lines.iter().take(MAX_TERMS).filter_map(|line| entry(line.trim())).collect();
        // One line of the kind may be anything; several are a glossary.
        if terms.len() < if named { 1 } else { 2 } || terms.len() * 2 < lines.len() {
            continue;
        }
        found.extend(terms.into_iter().filter_map(|entry| candidate(section, wording, &entry, named)));
    }
    found
}

struct Entry<'a> {
    term: &'a str,
    meaning: &'a str,
    line: &'a str,
}

fn entry(line: &str) -> Option<Entry<'_>> {
    let separators = [": ", " — ", " – ", " - "];
    let (at, separator) = separators.iter().filter_map(|mark| Some((line.find(mark)?, *mark))).min()?;
    let term = line[..at].trim_matches(['*', ':', ' ']);
    let meaning = line[at + separator.len()..].trim_matches(['*', ' ']);
    let known = LABELS.contains(&term.to_lowercase().as_str()) || term.contains("://");
    let fits = !known
        && term.split_whitespace().count() <= 5
        && is_noun_phrase(term)
        && (4..=80).contains(&meaning.split_whitespace().count())
        && meaning.ends_with(|char: char| char.is_alphanumeric() || ".)`\"".contains(char));
    fits.then_some(Entry { term, meaning, line })
}

fn candidate(
    section: &Section<'_>,
    wording: &Wording<'_>,
    entry: &Entry<'_>,
    named: bool,
) -> Option<Candidate> {
    let term = wording.in_sentence(entry.term);
    let first = entry.meaning.split_whitespace().next().unwrap_or_default();
    let is_action = first.len() > 3
        && first.ends_with('s')
        && !["ss", "us", "is"].iter().any(|ending| first.ends_with(ending))
        && super::verbs::is_third_person(first);
    let noun = ["a", "an", "the", "any", "one"].contains(&first.to_lowercase().as_str());
    let plural = term.ends_with('s') && !["ss", "us", "is"].iter().any(|ending| term.ends_with(ending));
    let question = if is_action {
        format!("What does {term} do?")
    } else if noun {
        format!("What {} {term}?", if plural { "are" } else { "is" })
    } else if !named {
        return None;
    } else {
        format!("What is meant by “{term}”?")
    };
    Some(Candidate {
        question: wording.stand_alone(&question, &term, section)?,
        answer: reflow(entry.meaning),
        quote: entry.line.to_owned(),
        question_type: QuestionType::Conceptual,
        difficulty: Difficulty::Easy,
        score: if noun || is_action { 80 } else { 66 },
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Descaling: the removal of lime from the heating element.", Some("Descaling"))]
    #[case("**Filter** — keeps lime out of the cup", Some("Filter"))]
    #[case("Note: never open the lid while it boils.", None)]
    #[case("Price: 12", None)]
    #[case("Then we said: this is not how it works", None)]
    fn entries_are_read(#[case] line: &str, #[case] term: Option<&str>) {
        assert_eq!(entry(line).map(|entry| entry.term), term);
    }
}
