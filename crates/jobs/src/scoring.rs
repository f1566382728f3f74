//! Pairs scored over the passage that they were made from.

use std::borrow::Cow;

use model::{ChunkId, GenerationType, Pair, PairText, Passage, Scores, Turn};
use validate::{Source, judge::exchanges};

/// A passage, read once for all the pairs that are made from it.
pub(crate) struct Scorer<'a>(Source<'a>);

impl<'a> Scorer<'a> {
    /// Reads a passage. Headings, the document's title and column names hold an answer up too.
    pub(crate) fn new(passage: &'a Passage) -> Self {
        let mut surroundings = passage.heading_path.clone();
        surroundings.push(passage.document.clone());
        surroundings.extend_from_slice(&passage.table_header);
        Self(Source::new(&passage.text, &surroundings))
    }

    /// The same of a pair as it was made. What it was asked to be and its teacher says it is holds; what is measured
    /// is for the rest.
    pub(crate) fn score_pair(&self, pair: &Pair) -> (Scores, [u8; 16]) {
        let text = PairText {
            question: pair.question.clone(),
            answer: pair.answer.clone(),
            context: pair.context.clone(),
            turns: pair.turns.clone(),
        };
        let (mut scores, key) = self.score(pair.chunk_id, pair.generation_type, &text);
        scores.question_type = pair.question_type.or(scores.question_type);
        scores.difficulty = pair.difficulty.or(scores.difficulty);
        (scores, key)
    }

    /// The scores of a pair from this chunk, and the key under which equal pairs are found.
    ///
    /// A conversation is as well grounded as its weakest answer; offsets are those of its first one. A
    /// label is not text of the source: of a classification it is measured whether its text stands there.
    pub(crate) fn score(&self, chunk: ChunkId, kind: GenerationType, text: &PairText) -> (Scores, [u8; 16]) {
        let PairText { question, answer, context, turns } = text;
        let (mut scores, key) = match kind {
            GenerationType::Conversation if !turns.is_empty() => {
                let exchanges: Vec<_> = exchanges(turns).collect();
                let all = |pick: fn(&(&str, &str)) -> String| {
                    exchanges.iter().map(pick).collect::<Vec<_>>().join("\n")
                };
                let key = validate::duplicate_key(
                    &all(|(asked, _)| (*asked).into()),
                    &all(|(_, said)| (*said).into()),
                );
                (self.0.score_conversation(&exchanges), key)
            }
            GenerationType::Classification => (
                self.0.score_label(context),
                validate::duplicate_key(&format!("{question}\n{context}"), answer),
            ),
            // The same instruction for another text asks for something else.
            _ => (self.0.score(question, answer), validate::duplicate_key(&with(question, context), answer)),
        };
        scores = put_in(chunk, scores);
        (scores, key)
    }
}

/// Scores whose evidence is of a chunk.
pub(crate) fn put_in(chunk: ChunkId, mut scores: Scores) -> Scores {
    for evidence in &mut scores.evidence {
        evidence.chunk_id = Some(chunk);
    }
    scores
}

fn with<'a>(question: &'a str, context: &str) -> Cow<'a, str> {
    if context.is_empty() { question.into() } else { format!("{question}\n{context}").into() }
}

/// The tokens (`o200k_base`) of question, context and answer, or of the turns where there are any.
pub(crate) fn pair_tokens(question: &str, answer: &str, context: &str, turns: &[Turn]) -> u32 {
    let sum =
        |texts: &mut dyn Iterator<Item = &str>| texts.map(parse::count_tokens).fold(0, u32::saturating_add);
    match turns {
        [] => sum(&mut [question, context, answer].into_iter()),
        turns => sum(&mut turns.iter().map(|turn| &*turn.content)),
    }
}

#[cfg(test)]
mod tests {
    use model::Role;

    use super::*;

    fn passage() -> Passage {
        Passage {
            document: "Valves".into(),
            heading_path: Vec::new(),
            content_type: model::ContentType::Prose,
            text: "Valve 3 opens at 103 bar. Its seat is ground before it leaves the works.".into(),
            table_header: Vec::new(),
            language: None,
            before: String::new(),
            after: String::new(),
            imported: None,
        }
    }

    #[test]
    fn a_conversation_is_as_well_grounded_as_its_weakest_answer() {
        let passage = passage();
        let scorer = Scorer::new(&passage);
        let score = |second: &str| {
            let said = [
                "At which pressure does valve 3 open?",
                "Valve 3 opens at 103 bar.",
                "What is done to its seat?",
                second,
            ];
            let roles = [Role::User, Role::Assistant].into_iter().cycle();
            let turns =
                said.iter().zip(roles).map(|(said, role)| Turn { role, content: (*said).into() }).collect();
            let text =
                PairText { question: said[0].into(), answer: said[1].into(), turns, ..PairText::default() };
            scorer.score(ChunkId::derive([]), GenerationType::Conversation, &text)
        };
        let (good, key) = score("Its seat is ground before it leaves the works.");
        let (bad, other) = score("It is painted green by 17 robots in Oslo.");
        assert!(good.grounding_score > bad.grounding_score && key != other, "{good:?} {bad:?}");
        assert_eq!(good.evidence, bad.evidence, "offsets are those of the first answer");
        assert!(
            !bad.flags.is_empty() && bad.flags.iter().all(|flag| flag.detail.starts_with("Exchange 2: "))
        );
    }

    #[test]
    fn a_label_is_not_held_against_the_source_and_texts_tell_examples_apart() {
        let passage = passage();
        let scorer = Scorer::new(&passage);
        let score = |context: &str, kind| {
            let text = PairText {
                question: "Which?".into(),
                answer: "Care".into(),
                context: context.into(),
                ..PairText::default()
            };
            scorer.score(ChunkId::derive([]), kind, &text)
        };
        let (scores, key) = score("Valve 3 opens at 103 bar.", GenerationType::Classification);
        assert!(scores.quality_score > Some(0.9) && scores.flags.is_empty(), "{scores:?}");
        assert_eq!((scores.grounding_score, scores.evidence.len()), (None, 0));
        assert_ne!(key, score("Its seat is ground.", GenerationType::Classification).1);
        let summary = |context| score(context, GenerationType::Summary).1;
        assert_ne!(summary("One text."), summary("Another text."));
    }

    #[test]
    fn the_turns_hold_question_and_answer_already() {
        let turn = |content: &str| Turn { role: Role::User, content: content.into() };
        assert_eq!(pair_tokens("one", "two", "", &[]), 2);
        assert_eq!(pair_tokens("one", "two", "three", &[]), 3);
        assert_eq!(pair_tokens("one", "two", "", &[turn("one"), turn("two"), turn("three")]), 3);
    }
}
