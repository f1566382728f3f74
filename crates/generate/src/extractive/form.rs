//! Passages in other languages than English: sentences of the plain forms that the language's file has, and
//! numbered lists under a heading.

use llm::prompt::template::fill;

use model::{Difficulty, QuestionType};
use unicode_segmentation::UnicodeSegmentation;

use super::{
    candidate::Candidate,
    section::{Part, Section},
    sentences::{reflow, sentences},
    wording::{Wording, lower_first, names_something},
};
use crate::languages::{Form, Questions};

/// The most characters that a question says of its sentence.
const LONGEST: usize = 120;

pub(super) fn find(section: &Section<'_>, questions: &Questions, wording: &Wording<'_>) -> Vec<Candidate> {
    let mut found = Vec::new();
    for part in &section.parts {
        match part {
            Part::Prose(prose) => {
                let of_sentences = sentences(prose).into_iter();
                found
                    .extend(of_sentences.filter_map(|quote| of_sentence(quote, section, questions, wording)));
            }
            Part::List { ordered: true, text, items } if items.len() > 1 => {
                found.extend(steps(text, section, questions, wording));
            }
            _ => {}
        }
    }
    found
}

fn of_sentence(
    quote: &str,
    section: &Section<'_>,
    questions: &Questions,
    wording: &Wording<'_>,
) -> Option<Candidate> {
    let flat = reflow(quote);
    let bare = flat.strip_suffix('.').or_else(|| flat.strip_suffix('。'))?;
    let (form, question) =
        questions.forms.iter().find_map(|form| Some((form, asked(bare, form, questions, wording)?)))?;
    let question = if form.defines {
        question
    } else {
        wording.about(&question, section, |place| put(&question, place, questions))?
    };
    Some(Candidate {
        question,
        answer: flat,
        quote: quote.to_owned(),
        question_type: form.kind,
        difficulty: Difficulty::Easy,
        score: if form.defines { 84 } else { 78 },
    })
}

/// What a sentence answers, if it is of the form and can be understood by itself.
fn asked(sentence: &str, form: &Form, questions: &Questions, wording: &Wording<'_>) -> Option<String> {
    let said = form.sentence.captures(sentence)?;
    let mut values = Vec::new();
    for name in form.sentence.capture_names().flatten() {
        let value = said.name(name)?.as_str();
        if value.chars().count() > LONGEST || points_elsewhere(value, questions) {
            return None;
        }
        values.push((name, without_capital(value, questions, wording)));
    }
    let values: Vec<_> = values.iter().map(|(name, value)| (*name, Some(value.as_str()))).collect();
    Some(fill(&form.question, &values))
}

fn steps(
    text: &str,
    section: &Section<'_>,
    questions: &Questions,
    wording: &Wording<'_>,
) -> Option<Candidate> {
    let heading = section
        .heading
        .filter(|heading| names_something(heading) && !points_elsewhere(heading, questions))?;
    let question = fill(&questions.steps, &[("heading", Some(heading))]);
    Some(Candidate {
        question: wording.about(&question, section, |place| put(&question, place, questions))?,
        answer: text.to_owned(),
        quote: text.to_owned(),
        question_type: QuestionType::HowTo,
        difficulty: Difficulty::Medium,
        score: 86,
    })
}

/// A question with what it is about before it.
fn put(question: &str, place: &str, questions: &Questions) -> String {
    fill(&questions.about, &[("place", Some(place)), ("question", Some(question))])
}

/// Whether a phrase holds a word that points out of it.
fn points_elsewhere(phrase: &str, questions: &Questions) -> bool {
    let small = phrase.to_lowercase();
    questions.pointing.iter().any(|word| {
        let without_blanks = word.chars().all(|char| char > '\u{2fff}');
        if without_blanks {
            small.contains(word.as_str())
        } else {
            small.unicode_words().any(|said| said == word)
        }
    })
}

/// A phrase as it is written within a sentence: the capital that the sentence gave it is taken off.
fn without_capital(phrase: &str, questions: &Questions, wording: &Wording<'_>) -> String {
    let small = phrase.to_lowercase();
    let is_article = |article: &String| {
        // One that ends with an apostrophe stands before its noun without a blank.
        small
            .strip_prefix(article.as_str())
            .is_some_and(|rest| !article.ends_with(char::is_alphabetic) || rest.starts_with(' '))
    };
    let first = phrase.split_whitespace().next().unwrap_or_default();
    if questions.small_first && !wording.is_name(first) {
        lower_first(phrase)
    } else if questions.articles.iter().any(is_article) {
        let mut chars = phrase.chars();
        chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
    } else {
        phrase.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::languages;

    #[test]
    fn every_form_asks_for_its_example() {
        let mut shown = String::new();
        let passage = crate::testing::passage("");
        let wording = Wording::new(&passage, "", &[]);
        for (code, questions) in languages::with_questions() {
            for form in &questions.forms {
                let bare = form.example.trim_end_matches(['.', '。']);
                let first = questions.forms.iter().find(|other| other.sentence.is_match(bare));
                assert_eq!(
                    first.map(|first| &first.question),
                    Some(&form.question),
                    "{code}: {}",
                    form.example
                );
                let question = asked(bare, form, questions, &wording);
                shown += &format!("{code}: {} → {}\n", form.example, question.unwrap_or("nothing".into()));
            }
        }
        insta::assert_snapshot!("builtin_forms", shown);
    }
}
