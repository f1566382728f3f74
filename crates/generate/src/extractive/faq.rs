//! Questions that the passage asks and answers itself, in whatever language.

use model::{Difficulty, QuestionType};

use crate::words;

use super::{
    candidate::Candidate,
    section::{Part, Section},
    sentences::reflow,
};

/// Words of a question that point at what stands around it; who asks may say "I" all the same.
const POINTING: [&str; 11] =
    ["it", "this", "that", "these", "those", "they", "them", "above", "below", "following", "section"];

/// What stands before a question and before its answer.
const MARKS: [(&str, &str); 6] =
    [("Q:", "A:"), ("Q.", "A."), ("F:", "A:"), ("Frage:", "Antwort:"), ("问:", "答:"), ("问：", "答：")];

pub(super) fn find(section: &Section<'_>) -> Vec<Candidate> {
    let mut found = Vec::new();
    if let Some(question) = section.heading.filter(|heading| is_question(heading))
        && let Some(answer) = section.opening()
    {
        found.push(candidate(question, answer.text, answer.quote));
    }
    for (index, part) in section.parts.iter().enumerate() {
        let Part::Prose(prose) = part else { continue };
        found.extend(marked(prose));
        if !prose.contains('\n')
            && is_question(prose)
            && let Some(Part::Prose(answer)) = section.parts.get(index + 1)
            && !is_question(answer)
            && !MARKS.iter().any(|(_, mark)| answer.starts_with(mark))
        {
            found.push(candidate(prose, reflow(answer), answer));
        } else if let Some(question) = MARKS.iter().find_map(|(mark, _)| prose.strip_prefix(mark))
            && let Some(Part::Prose(next)) = section.parts.get(index + 1)
            && let Some(answer) = MARKS.iter().find_map(|(_, mark)| next.strip_prefix(mark))
            && !question.contains('\n')
        {
            found.push(candidate(question, reflow(answer), answer.trim()));
        }
    }
    found.retain(|candidate| !points_elsewhere(&candidate.question));
    found
}

/// Lines of one paragraph: a marked question, and its marked answer on the next.
fn marked(prose: &str) -> Vec<Candidate> {
    let lines: Vec<_> = prose.lines().map(str::trim).collect();
    let pairs = lines.windows(2).filter_map(|pair| {
        MARKS.iter().find_map(|(question, answer)| {
            Some((pair[0].strip_prefix(question)?.trim(), pair[1].strip_prefix(answer)?.trim()))
        })
    });
    pairs.map(|(question, answer)| candidate(question, answer.to_owned(), answer)).collect()
}

/// Whether a line is one question of sensible length.
pub(super) fn is_question(line: &str) -> bool {
    let words = line.split_whitespace().count();
    let enough = words >= 3 || (!line.is_ascii() && line.chars().count() >= 5);
    line.ends_with(['?', '？', '؟']) && enough && words <= 25 && line.chars().count() <= 200
}

fn points_elsewhere(question: &str) -> bool {
    words::words(question).any(|word| POINTING.contains(&word.as_str()))
}

fn candidate(question: &str, answer: String, quote: &str) -> Candidate {
    let question = question.trim();
    let small = question.to_lowercase();
    let question_type =
        if small.starts_with("how do") || small.starts_with("how can") || small.starts_with("how to") {
            QuestionType::HowTo
        } else if small.starts_with("why") || small.starts_with("what is") || small.starts_with("what are") {
            QuestionType::Conceptual
        } else {
            QuestionType::Factual
        };
    Candidate {
        question: question.to_owned(),
        answer,
        quote: quote.to_owned(),
        question_type,
        difficulty: Difficulty::Easy,
        score: 95,
    }
}
