//! A pair as a judge sees it.

use model::{GenerationType, Pair, Scores, Turn};

use crate::sentences::Text;

/// The most parts that an answer is judged in: of a longer one, sentences are taken together.
const MOST_PARTS: usize = 30;

/// A pair to be judged, with what the local measure says of it.
#[derive(Debug, Clone)]
pub struct Case<'a> {
    /// What kind of example it is.
    pub kind: GenerationType,
    /// What goes with the question; empty where nothing does.
    pub context: &'a str,
    /// Questions with their answers, in order: one, but of a conversation.
    pub exchanges: Vec<(&'a str, &'a str)>,
    /// What the local measure says.
    pub local: &'a Scores,
    parts: Vec<Part>,
}

/// A sentence of an answer, or several of a long one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    /// The exchange, from 0.
    pub(super) exchange: usize,
    /// Where it starts in the answer, in bytes.
    pub(super) start: usize,
    /// Where it ends.
    pub(super) end: usize,
}

impl<'a> Case<'a> {
    /// A case of one question and answer.
    pub fn new(question: &'a str, answer: &'a str, local: &'a Scores) -> Self {
        Self::with(GenerationType::Qa, "", vec![(question, answer)], local)
    }

    /// The case of a pair.
    pub fn of_pair(pair: &'a Pair, local: &'a Scores) -> Self {
        let exchanges = match pair.generation_type {
            GenerationType::Conversation if !pair.turns.is_empty() => exchanges(&pair.turns).collect(),
            _ => vec![(&*pair.question, &*pair.answer)],
        };
        Self::with(pair.generation_type, &pair.context, exchanges, local)
    }

    fn with(
        kind: GenerationType,
        context: &'a str,
        exchanges: Vec<(&'a str, &'a str)>,
        local: &'a Scores,
    ) -> Self {
        // A label is no statement of the source: there is nothing of it to be held against that.
        let parts = match kind {
            GenerationType::Classification => Vec::new(),
            _ => parts(&exchanges),
        };
        Self { kind, context, exchanges, local, parts }
    }

    /// The parts of the answers that get a verdict each.
    pub(super) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// What a part says.
    pub(super) fn text(&self, part: &Part) -> &'a str {
        self.exchanges
            .get(part.exchange)
            .and_then(|(_, answer)| answer.get(part.start..part.end))
            .unwrap_or("")
    }
}

/// What is asked and what is answered, turn by turn.
pub fn exchanges(turns: &[Turn]) -> impl Iterator<Item = (&str, &str)> {
    turns.chunks(2).map(|two| match two {
        [asked, said, ..] => (asked.content.as_str(), said.content.as_str()),
        [asked] => (asked.content.as_str(), ""),
        [] => ("", ""),
    })
}

fn parts(exchanges: &[(&str, &str)]) -> Vec<Part> {
    let mut all = Vec::new();
    for (exchange, (_, answer)) in exchanges.iter().enumerate() {
        let text = Text::new(answer, None);
        all.extend(text.sentences.iter().map(|of| Part { exchange, start: of.start, end: of.end }));
    }
    let together = all.len().div_ceil(MOST_PARTS).max(1);
    all.chunk_by(|a, b| a.exchange == b.exchange)
        .flat_map(|answer| answer.chunks(together))
        .filter_map(|some| {
            let (first, last) = (some.first()?, some.last()?);
            Some(Part { end: last.end, ..*first })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_answer_is_judged_in_groups_and_nothing_of_it_is_left_out() {
        let answer = "This is one. ".repeat(100);
        let local = Scores::default();
        let case = Case::new("What?", &answer, &local);
        assert_eq!(case.parts().len(), 25);
        let said: String = case.parts().iter().map(|part| format!("{} ", case.text(part))).collect();
        assert_eq!(said, answer);
    }

    #[test]
    fn a_conversation_is_judged_in_all_its_answers_and_a_label_in_none() {
        let local = Scores::default();
        let exchanges = vec![("One?", "It is. So it is."), ("Two?", "It is not. It never was.")];
        let case = Case::with(GenerationType::Conversation, "", exchanges.clone(), &local);
        let said: Vec<_> = case.parts().iter().map(|part| (part.exchange, case.text(part))).collect();
        assert_eq!(said, [(0, "It is."), (0, "So it is."), (1, "It is not."), (1, "It never was.")]);
        assert_eq!(Case::with(GenerationType::Classification, "text", exchanges, &local).parts(), []);
    }
}
