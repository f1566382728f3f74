//! Which answer is preferred to which: what people made of pairs, and what they rejected beside what they accepted.

use std::collections::HashMap;

use model::{Pair, PairId, PairText, ReviewStatus};
use serde::Serialize;

use crate::{
    line::json_line,
    messages::{ASSISTANT, Message, messages, messages_of},
};

/// What a pair is preferred to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The pair that a person rejected; `None` where it is the pair's own text as it was made.
    pub pair: Option<PairId>,
    /// What it says.
    pub text: PairText,
}

/// What the pairs of one passage are preferred to: for each pair that is preferred to something its index and that.
///
/// An accepted pair that a person edited is preferred to its own text as it was made; one that a person accepted, to each pair of
/// the same question that a person rejected. What says the same is no preference.
pub fn preferences(pairs: &[&Pair]) -> Vec<(usize, Rejected)> {
    let mut rejected: HashMap<String, Vec<&Pair>> = HashMap::new();
    for pair in pairs.iter().filter(|pair| pair.review_status == ReviewStatus::Rejected) {
        rejected.entry(asked(pair)).or_default().push(pair);
    }
    // In the order of their ids, so that versions can be compared in one walk.
    rejected.values_mut().for_each(|pairs| pairs.sort_by_key(|pair| pair.id));
    let mut found = Vec::new();
    for (at, pair) in pairs.iter().enumerate().filter(|(_, pair)| is_accepted(pair)) {
        let own = pair.original.as_ref().map(|text| Rejected { pair: None, text: text.clone() });
        let others = rejected.get(&asked(pair)).into_iter().flatten();
        let others = others.map(|other| Rejected { pair: Some(other.id), text: text(other) });
        found.extend(
            own.into_iter().chain(others).filter(|worse| differ(pair, worse)).map(|worse| (at, worse)),
        );
    }
    found
}

/// A preference as one line of JSON: the exchange up to the first answer that differs, and that answer in both forms, each
/// as messages.
pub(crate) fn line(pair: &Pair, rejected: &Rejected, include_system_prompts: bool) -> String {
    let chosen = messages(pair, include_system_prompts);
    let worse = messages_of(&rejected.text, pair, include_system_prompts);
    let Some(at) = first_difference(&chosen, &worse) else {
        // `preferences` gives no such pair; the whole exchange is the best that can be said of one.
        return json_line(&Preference { prompt: &[], chosen: &chosen, rejected: &worse });
    };
    json_line(&Preference { prompt: &chosen[..at], chosen: &chosen[at..=at], rejected: &worse[at..=at] })
}

#[derive(Serialize)]
struct Preference<'a> {
    prompt: &'a [Message<'a>],
    chosen: &'a [Message<'a>],
    rejected: &'a [Message<'a>],
}

fn is_accepted(pair: &Pair) -> bool {
    matches!(pair.review_status, ReviewStatus::Accepted | ReviewStatus::Edited)
}

fn differ(pair: &Pair, rejected: &Rejected) -> bool {
    first_difference(&messages(pair, false), &messages_of(&rejected.text, pair, false)).is_some()
}

/// The first place where both answer, and otherwise.
fn first_difference(chosen: &[Message<'_>], rejected: &[Message<'_>]) -> Option<usize> {
    chosen.iter().zip(rejected).position(|(chosen, rejected)| {
        (chosen.role, rejected.role) == (ASSISTANT, ASSISTANT) && chosen.content != rejected.content
    })
}

/// What is asked, whatever its case and marks.
fn asked(pair: &Pair) -> String {
    let mut asked = String::new();
    for text in [&pair.question, &pair.context] {
        let words = text.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty());
        for word in words {
            asked.extend(word.chars().flat_map(char::to_lowercase));
            asked.push(' ');
        }
        asked.push('\n');
    }
    asked
}

fn text(pair: &Pair) -> PairText {
    let Pair { question, answer, context, turns, .. } = pair;
    PairText {
        question: question.clone(),
        answer: answer.clone(),
        context: context.clone(),
        turns: turns.clone(),
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use model::{Role, Turn};

    use super::*;
    use crate::testing::pair;

    fn original(answer: &str) -> Option<PairText> {
        Some(PairText { answer: answer.into(), ..text(&pair(0)) })
    }

    #[test]
    fn an_edit_is_preferred_to_what_it_was() {
        let edited = Pair {
            review_status: ReviewStatus::Edited,
            edited: true,
            original: original("Port 80."),
            ..pair(0)
        };
        let found = preferences(&[&edited]);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].0, found[0].1.pair), (0, None));
        assert_snapshot!(line(&edited, &found[0].1, true), @r#"{"prompt":[{"role":"system","content":"You answer questions on Dunnock."},{"role":"user","content":"Which port does replication use?"}],"chosen":[{"role":"assistant","content":"TCP port 7420, over TLS 1.3."}],"rejected":[{"role":"assistant","content":"Port 80."}]}"#);
    }

    #[test]
    fn an_accepted_pair_is_preferred_to_a_rejected_one_of_the_same_question() {
        let rejected = Pair {
            review_status: ReviewStatus::Rejected,
            question: "which port does replication USE".into(),
            answer: "None.".into(),
            ..pair(0)
        };
        let other = Pair { question: "Which protocol?".into(), ..rejected.clone() };
        let accepted = Pair { review_status: ReviewStatus::Accepted, ..pair(2) };
        let pending = pair(3);
        let found = preferences(&[&rejected, &other, &accepted, &pending]);
        assert_eq!(
            found.iter().map(|(at, worse)| (*at, worse.pair)).collect::<Vec<_>>(),
            [(2, Some(rejected.id))]
        );
    }

    #[test]
    fn what_answers_the_same_is_no_preference() {
        let asked_otherwise = Pair {
            review_status: ReviewStatus::Edited,
            original: Some(PairText { question: "Which port?".into(), ..text(&pair(0)) }),
            ..pair(0)
        };
        let same = Pair { review_status: ReviewStatus::Rejected, ..pair(1) };
        assert_eq!(preferences(&[&asked_otherwise, &same]), []);
    }

    #[test]
    fn a_conversation_differs_in_its_first_other_answer() {
        let turn = |role, content: &str| Turn { role, content: content.into() };
        let turns = |second: &str| {
            vec![
                turn(Role::User, "Does it need a network?"),
                turn(Role::Assistant, "Only to replicate."),
                turn(Role::User, "Which port?"),
                turn(Role::Assistant, second),
            ]
        };
        let edited = Pair {
            review_status: ReviewStatus::Edited,
            turns: turns("Port 7420."),
            original: Some(PairText { turns: turns("Port 80."), ..text(&pair(0)) }),
            ..pair(0)
        };
        let found = preferences(&[&edited]);
        assert_snapshot!(line(&edited, &found[0].1, false), @r#"{"prompt":[{"role":"user","content":"Does it need a network?"},{"role":"assistant","content":"Only to replicate."},{"role":"user","content":"Which port?"}],"chosen":[{"role":"assistant","content":"Port 7420."}],"rejected":[{"role":"assistant","content":"Port 80."}]}"#);
    }
}
