//! The other types of examples: what is asked and answered already as instructions and conversations,
//! summaries of leading sentences, labels whose words the passage has.

use std::collections::HashMap;

use model::{Difficulty, GenerateSettings, Passage, Role, Turn};

use super::{
    section::{Part, Section},
    sentences::{reflow, sentences},
    wording::{self, Wording},
};
use crate::{Draft, instructions, words};

/// The most sentences of a summary.
const MAX_LEADS: usize = 4;

/// A sentence of fewer words says too little to stand in a summary.
const MIN_WORDS: usize = 5;

/// A summary is at most this part of the text.
const MAX_SHARE: f64 = 0.6;

/// A word of a heading tells more of a passage's label than one of its text.
const HEADING_WEIGHT: usize = 3;

/// A question with its answer as an instruction with what carries it out. A question in another
/// language than English is kept: it tells what to do as well.
pub(super) fn instruction(draft: Draft, wording: &Wording<'_>) -> Draft {
    if !wording.english {
        return draft;
    }
    // A question may be led in by what it is about: "Aurora: what is it used for?".
    let question = match draft.question.split_once(": ") {
        Some((about, asked)) if asked.starts_with(char::is_lowercase) => order(&wording::upper_first(asked))
            .map(|order| format!("{about}: {}", wording::lower_first(&order))),
        _ => order(&draft.question),
    };
    let question = question.unwrap_or_else(|| format!("Answer this question: {}", draft.question));
    Draft { question, ..draft }
}

/// A question of one of our templates as an order.
fn order(question: &str) -> Option<String> {
    let question = question.trim_end_matches('?');
    let forms: [(&str, &str); 10] = [
        ("What are the steps to ", "List the steps to "),
        ("What should you do if ", "Explain what to do if "),
        ("What happens if ", "Explain what happens if "),
        ("What is meant by ", "Explain what is meant by "),
        ("What is an example of ", "Give an example of "),
        ("How do you ", "Explain how to "),
        ("How do I ", "Explain how to "),
        ("When should you ", "Explain when to "),
        ("Which command do you use to ", "Name the command to "),
        ("What code do you use to ", "Show the code to "),
    ];
    let known =
        forms.iter().find_map(|(form, order)| Some(format!("{order}{}.", question.strip_prefix(form)?)));
    let defined = || {
        let (verb, subject) = question.strip_prefix("What ")?.split_once(' ')?;
        let (subject, rest) = match subject.strip_suffix(" used for") {
            Some(subject) => (subject, " used for"),
            None => (subject, ""),
        };
        matches!(verb, "is" | "are").then(|| format!("Explain what {subject} {verb}{rest}."))
    };
    known.or_else(defined)
}

/// Questions with their answers as conversations of so many exchanges; the last may have fewer.
pub(super) fn conversations(drafts: Vec<Draft>, exchanges: usize) -> Vec<Draft> {
    drafts
        .chunks(exchanges.max(1))
        .map(|exchanges| {
            let turns = exchanges.iter().flat_map(|exchange| {
                let turn = |role, content: &String| Turn { role, content: content.clone() };
                [turn(Role::User, &exchange.question), turn(Role::Assistant, &exchange.answer)]
            });
            Draft {
                turns: turns.collect(),
                turn_quotes: exchanges.iter().map(|exchange| exchange.quote.clone()).collect(),
                ..exchanges[0].clone()
            }
        })
        .collect()
}

/// A summary in sentences and one in points, where the passage is long enough to be summed up: the
/// sentences that its paragraphs begin with.
pub(super) fn summaries(
    sections: &[Section<'_>],
    passage: &Passage,
    settings: &GenerateSettings,
) -> Vec<Draft> {
    let language = settings.config.language.as_deref().or(passage.language.as_deref());
    let paragraphs: Vec<Vec<&str>> = sections
        .iter()
        .flat_map(|section| &section.parts)
        .filter_map(|part| match part {
            Part::Prose(prose) => {
                Some(sentences(prose).into_iter().filter(|text| says_something(text)).collect())
            }
            _ => None,
        })
        .filter(|paragraph: &Vec<_>| !paragraph.is_empty())
        .collect();
    let mut leads: Vec<&str> = paragraphs.iter().map(|paragraph| paragraph[0]).take(MAX_LEADS).collect();
    let points = leads.len() > 2;
    if let ([_], [only]) = (&leads[..], &paragraphs[..]) {
        leads = only[..only.len().div_ceil(3).min(MAX_LEADS)].to_vec();
    }
    let length = |text: &str| text.chars().count() as f64;
    let summary = leads.iter().map(|lead| reflow(lead)).collect::<Vec<_>>();
    if leads.is_empty() || length(&summary.join(" ")) > MAX_SHARE * length(&passage.text) {
        return Vec::new();
    }
    let draft = |question: &str, answer: String| Draft {
        question: question.to_owned(),
        answer,
        context: passage.text.clone(),
        quote: leads.first().map(|lead| (*lead).to_owned()),
        difficulty: Some(Difficulty::Easy),
        ..Draft::default()
    };
    let mut drafts = vec![draft(instructions::summarise(language), summary.join(" "))];
    if points {
        let list = summary.iter().map(|point| format!("- {point}")).collect::<Vec<_>>().join("\n");
        drafts.push(draft(instructions::key_points(language), list));
    }
    drafts
}

fn says_something(sentence: &str) -> bool {
    words::words(sentence).nth(MIN_WORDS - 1).is_some()
        && !sentence.trim_end().ends_with([':', '：', '?', '？'])
}

/// The passage with the label whose words it has most of; none where no label's words are there, or
/// two have as many.
pub(super) fn labelled(passage: &Passage, text: &str, settings: &GenerateSettings) -> Option<Draft> {
    let labels = &settings.config.labels;
    let language = settings.config.language.as_deref().or(passage.language.as_deref());
    let mut found: HashMap<String, usize> = HashMap::new();
    for word in words::words(text) {
        *found.entry(stem(&word)).or_default() += 1;
    }
    for word in
        passage.heading_path.iter().chain([&passage.document]).flat_map(|heading| words::words(heading))
    {
        *found.entry(stem(&word)).or_default() += HEADING_WEIGHT;
    }
    let score = |label: &String| -> usize {
        words::words(label).map(|word| found.get(&stem(&word)).copied().unwrap_or_default()).sum()
    };
    let mut scored: Vec<(usize, &String)> = labels.iter().map(|label| (score(label), label)).collect();
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    let (best, label) = *scored.first()?;
    if best == 0 || scored.get(1).is_some_and(|(second, _)| *second == best) || text.trim().is_empty() {
        return None;
    }
    let wanted: Vec<_> = words::words(label).map(|word| stem(&word)).collect();
    let decides = |sentence: &&str| words::words(sentence).any(|word| wanted.contains(&stem(&word)));
    Some(Draft {
        question: instructions::classify(language, labels),
        answer: label.clone(),
        context: text.trim().to_owned(),
        quote: sentences(text).into_iter().find(decides).map(str::to_owned),
        difficulty: Some(Difficulty::Easy),
        ..Draft::default()
    })
}

/// A word without the ending of a plural.
fn stem(word: &str) -> String {
    word.strip_suffix('s').filter(|stem| stem.chars().count() > 3).unwrap_or(word).to_owned()
}

#[cfg(test)]
mod tests {
    use model::GenerationType;
    use rstest::rstest;

    use super::super::teach;
    use crate::{
        Draft,
        testing::{passage, settings},
    };

    const TEXT: &str = "A thermostat is a switch that opens at a set temperature. It protects the heating element \
        from dry boiling.\n\nTo descale the kettle, follow these steps:\n\n1. Fill it with vinegar.\n2. Boil the \
        water.\n\nThe base is used to heat the tank. It stands on three feet of rubber that do not slip.\n\nShipping \
        takes two days in most countries. Shipments are insured against loss and damage on the way. A shipment of spare parts takes a \
        week.";

    fn drafts(kind: GenerationType) -> Vec<Draft> {
        let mut settings = settings(kind);
        settings.config.labels = vec!["Shipment".into(), "Returns".into(), "Thermostats".into()];
        teach(&passage(TEXT), &settings).drafts
    }

    #[test]
    fn instructions_are_orders() {
        let orders: Vec<_> =
            drafts(GenerationType::Instruction).into_iter().map(|draft| draft.question).collect();
        assert!(orders.contains(&"Explain what a thermostat is.".to_owned()), "{orders:?}");
        assert!(orders.iter().all(|order| !order.ends_with('?')), "{orders:?}");
    }

    #[rstest]
    fn conversations_hold_question_and_answer_first() {
        let drafts = drafts(GenerationType::Conversation);
        let first = &drafts[0];
        assert_eq!(first.turns.len(), 4);
        assert_eq!((&first.turns[0].content, &first.turns[1].content), (&first.question, &first.answer));
        assert_eq!(first.turn_quotes.len(), 2);
        assert!(first.turn_quotes.iter().flatten().all(|quote| TEXT.contains(quote.as_str())));
    }

    #[test]
    fn summaries_are_leading_sentences_with_their_passage() {
        let drafts = drafts(GenerationType::Summary);
        assert_eq!(
            drafts[0].answer,
            "A thermostat is a switch that opens at a set temperature. The base is used to heat the tank. Shipping \
             takes two days in most countries."
        );
        assert!(drafts[1].answer.starts_with("- A thermostat"));
        assert!(drafts.iter().all(|draft| draft.context == TEXT && draft.answer.len() < TEXT.len()));
        let short =
            teach(&passage("The tank holds 1.2 litres of water."), &settings(GenerationType::Summary));
        assert!(short.drafts.is_empty() && short.nothing_to_teach.is_some());
    }

    #[test]
    fn a_label_is_chosen_by_its_words() {
        let drafts = drafts(GenerationType::Classification);
        assert_eq!((drafts.len(), drafts[0].answer.as_str()), (1, "Shipment"));
        assert_eq!(
            drafts[0].quote.as_deref(),
            Some("Shipments are insured against loss and damage on the way.")
        );
    }
}
