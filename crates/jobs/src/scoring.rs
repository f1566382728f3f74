//! Pairs scored over the passage that they were made from.

use model::{ChunkId, Passage, Scores, Turn};
use validate::Source;

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

    /// The scores of a pair from this chunk, and the key under which equal pairs are found.
    pub(crate) fn score(&self, chunk: ChunkId, question: &str, answer: &str) -> (Scores, [u8; 16]) {
        let mut scores = self.0.score(question, answer);
        for evidence in &mut scores.evidence {
            evidence.chunk_id = Some(chunk);
        }
        (scores, validate::duplicate_key(question, answer))
    }
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

    #[test]
    fn the_turns_hold_question_and_answer_already() {
        let turn = |content: &str| Turn { role: Role::User, content: content.into() };
        assert_eq!(pair_tokens("one", "two", "", &[]), 2);
        assert_eq!(pair_tokens("one", "two", "three", &[]), 3);
        assert_eq!(pair_tokens("one", "two", "", &[turn("one"), turn("two"), turn("three")]), 3);
    }
}
