//! Single sentences of a few plain forms: conditions, purposes, reasons, measures.

use model::{Difficulty, QuestionType};

use super::{
    candidate::Candidate,
    section::{Part, Section},
    sentences::{reflow, sentences},
    verbs::is_verb,
    wording::{Wording, is_noun_phrase, lower_first, points_elsewhere, upper_first},
};

/// What things do with a measure: as it stands in a sentence, and as it is asked for.
const MEASURES: [(&str, &str, &str); 10] = [
    ("holds", "How much", "hold"),
    ("weighs", "How much", "weigh"),
    ("costs", "How much", "cost"),
    ("consumes", "How much", "consume"),
    ("uses up", "How much", "use up"),
    ("lasts", "How long", "last"),
    ("takes", "How long", "take"),
    ("measures", "How large", "measure"),
    ("reaches", "How much", "reach"),
    ("contains", "How much", "contain"),
];

const TIMES: [&str; 8] = ["second", "minute", "hour", "day", "week", "month", "year", "millisecond"];

pub(super) fn find(section: &Section<'_>, wording: &Wording<'_>) -> Vec<Candidate> {
    let prose = section.parts.iter().filter_map(|part| match part {
        Part::Prose(prose) => Some(*prose),
        _ => None,
    });
    let mut found = Vec::new();
    for quote in prose.flat_map(sentences) {
        let flat = reflow(quote);
        if !flat.ends_with('.') || !(4..=45).contains(&flat.split_whitespace().count()) {
            continue;
        }
        let asked = condition(&flat)
            .or_else(|| purpose(&flat))
            .or_else(|| use_of(&flat))
            .or_else(|| reason(&flat))
            .or_else(|| measure(&flat))
            .or_else(|| meaning(&flat));
        let Some(asked) = asked.filter(|asked| !points_elsewhere(&asked.about)) else { continue };
        let question = upper_first(&wording.in_sentence(&asked.question));
        let Some(question) = wording.stand_alone(&question, &wording.in_sentence(&asked.about), section)
        else {
            continue;
        };
        found.push(Candidate {
            question,
            answer: flat,
            quote: quote.to_owned(),
            question_type: asked.question_type,
            difficulty: Difficulty::Easy,
            score: asked.score,
        });
    }
    found
}

struct Asked {
    question: String,
    /// What has to be clear without the passage.
    about: String,
    question_type: QuestionType,
    score: u32,
}

/// "If the lamp blinks, empty the tank."
fn condition(sentence: &str) -> Option<Asked> {
    let rest = sentence.strip_prefix("If ")?;
    let (state, main) = rest.split_once(", ")?;
    let main = main.strip_prefix("then ").unwrap_or(main).trim_start_matches("please ");
    let first = main.split_whitespace().next()?;
    let words: Vec<_> = state.split_whitespace().collect();
    if points_elsewhere(state)
        || !(3..=16).contains(&words.len())
        || ["you", "we", "i"].contains(&words[0].to_lowercase().as_str())
        || state.contains("had ")
    {
        return None;
    }
    let object = [
        "the", "a", "an", "your", "it", "them", "all", "not", "to", "that", "with", "off", "out", "on", "up",
    ];
    let tells =
        is_verb(first) && main.split_whitespace().nth(1).is_some_and(|second| object.contains(&second));
    if tells || first == "do" || first == "never" {
        let question = format!("What should you do if {state}?");
        return Some(Asked {
            question,
            about: String::new(),
            question_type: QuestionType::Troubleshooting,
            score: 83,
        });
    }
    let plain = ["the ", "a ", "an ", "all ", "no "].iter().any(|article| main.starts_with(article));
    plain.then(|| Asked {
        question: format!("What happens if {state}?"),
        // What happens in one place need not happen in another: the document has to be named.
        about: String::new(),
        question_type: QuestionType::Conceptual,
        score: 64,
    })
}

/// "To empty the tank, open the valve."
fn purpose(sentence: &str) -> Option<Asked> {
    let rest = sentence.strip_prefix("To ")?;
    let (goal, main) = rest.split_once(", ")?;
    let first = main.split_whitespace().next()?;
    let tells = is_verb(first)
        || main.starts_with("you can ")
        || main.starts_with("you must ")
        || main.starts_with("you need ");
    if ["a", "an", "the", "new", "your"].iter().any(|word| goal.ends_with(&format!(" {word}"))) {
        return None;
    }
    let goal_words = goal.split_whitespace().count();
    (tells
        && is_verb(goal.split_whitespace().next()?)
        && (2..=14).contains(&goal_words)
        && main.split_whitespace().count() > 2)
        .then(|| Asked {
            question: format!("How do you {goal}?"),
            about: goal.into(),
            question_type: QuestionType::HowTo,
            score: 81,
        })
}

/// "The valve is used to empty the tank."
fn use_of(sentence: &str) -> Option<Asked> {
    let (subject, be, _) = [" is used to ", " is used for ", " are used to ", " are used for "]
        .iter()
        .find_map(|form| sentence.split_once(form).map(|(subject, rest)| (subject, &form[1..4], rest)))?;
    is_noun_phrase(subject).then(|| Asked {
        question: format!("What {} {} used for?", be.trim(), lower_first(subject)),
        about: subject.into(),
        question_type: QuestionType::Conceptual,
        score: 77,
    })
}

/// "The lid is hot because steam passes through it."
fn reason(sentence: &str) -> Option<Asked> {
    let (state, because) = sentence.split_once(" because ")?;
    let (subject, be, rest) = [" is ", " are "]
        .iter()
        .find_map(|be| state.split_once(be).map(|(subject, rest)| (subject, be.trim(), rest)))?;
    let fits = is_noun_phrase(subject)
        && !rest.contains(',')
        && (1..=8).contains(&rest.split_whitespace().count())
        && because.split_whitespace().count() >= 3
        && !points_elsewhere(rest);
    fits.then(|| Asked {
        question: format!("Why {be} {} {}?", lower_first(subject), rest.trim_end_matches(',')),
        about: subject.into(),
        question_type: QuestionType::Conceptual,
        score: 79,
    })
}

/// "The tank holds 1.2 litres."
fn measure(sentence: &str) -> Option<Asked> {
    let words: Vec<_> = sentence.split_whitespace().collect();
    let (at, (verb, how, plain)) = words
        .iter()
        .enumerate()
        .find_map(|(at, word)| Some((at, MEASURES.iter().find(|(verb, ..)| verb == word)?)))?;
    let amount = words.get(at + 1..)?;
    let amount = amount.strip_prefix(&["about"]).or(amount.strip_prefix(&["up", "to"])).unwrap_or(amount);
    let number = amount.first()?.starts_with(|char: char| char.is_ascii_digit() || "€$£".contains(char));
    let unit = amount
        .get(1)
        .map(|unit| unit.trim_end_matches(|char: char| !char.is_alphanumeric()))
        .unwrap_or_default();
    let has_unit = unit.starts_with(char::is_alphabetic) && unit != "and" && unit != "or" && unit != "to";
    let is_time = TIMES.iter().any(|time| unit.trim_end_matches('s') == *time);
    let subject = words[..at].join(" ");
    let fits = number
        && has_unit
        && is_noun_phrase(&subject)
        && (is_time == (*how == "How long"))
        && words.len() <= 14
        && *verb != "measures";
    fits.then(|| Asked {
        question: format!("{how} does {} {plain}?", lower_first(&subject)),
        about: subject,
        question_type: QuestionType::Factual,
        score: 79,
    })
}

/// "DPL stands for …", "The pump lets you …".
fn meaning(sentence: &str) -> Option<Asked> {
    const FORMS: [(&str, &str); 5] = [
        (" stands for ", "stand for"),
        (" means that ", "mean"),
        (" allows you to ", "allow you to do"),
        (" lets you ", "let you do"),
        (" enables you to ", "enable you to do"),
    ];
    let (subject, plain) = FORMS
        .iter()
        .find_map(|(form, plain)| sentence.split_once(form).map(|(subject, _)| (subject, plain)))?;
    (is_noun_phrase(subject) && subject.split(' ').count() <= 4).then(|| Asked {
        question: format!("What does {} {plain}?", lower_first(subject)),
        about: subject.into(),
        question_type: QuestionType::Conceptual,
        score: 75,
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(condition, "If the lamp blinks, empty the tank.", Some("What should you do if the lamp blinks?"))]
    #[case(condition, "If the tank is empty, the pump stops.", Some("What happens if the tank is empty?"))]
    #[case(condition, "If you like it, the pump stops.", None)]
    #[case(purpose, "To empty the tank, open the valve.", Some("How do you empty the tank?"))]
    #[case(purpose, "To this day, nobody knows.", None)]
    #[case(use_of, "The valve is used to empty the tank.", Some("What is the valve used for?"))]
    #[case(reason, "The lid is hot because steam passes through.", Some("Why is the lid hot?"))]
    #[case(measure, "The tank holds 1.2 litres.", Some("How much does the tank hold?"))]
    #[case(measure, "The battery lasts 12 hours.", Some("How long does the battery last?"))]
    #[case(measure, "The pump takes 3 arguments.", None)]
    #[case(meaning, "DPL stands for double pump logic.", Some("What does DPL stand for?"))]
    fn plain_forms_are_asked_for(
        #[case] form: fn(&str) -> Option<Asked>,
        #[case] sentence: &str,
        #[case] expected: Option<&str>,
    ) {
        assert_eq!(form(sentence).map(|asked| asked.question).as_deref(), expected);
    }
}
