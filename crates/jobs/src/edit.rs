//! What people change of pairs and chunks, with what follows from it.

use model::{Chunk, ChunkId, Pair, PairId, PairText, Passage, ProjectId, ReviewStatus, Turn, UserId};
use store::{ChunkChange, PairChange, PairEdit, RescoredText};

use crate::{
    Environment, JobsError,
    scoring::{Scorer, pair_tokens},
};

/// So often an edit is made again that was overtaken by another of the same pair.
const ATTEMPTS: u32 = 30;

/// What is changed of a pair's text; `None` stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PairTextChange {
    /// What is asked.
    pub question: Option<String>,
    /// What is answered.
    pub answer: Option<String>,
    /// What goes with the question.
    pub context: Option<String>,
    /// The whole exchange; question and answer become its first two turns, unless they are given.
    pub turns: Option<Vec<Turn>>,
}

/// Changes a pair in the user's name, if it is at the expected revision or none is expected. A changed
/// text is scored again over the passage that the pair was made from.
///
/// # Errors
/// Where the store fails. That there is no such pair, or it is at another revision, is no error.
pub async fn edit_pair(
    environment: &Environment,
    user: &UserId,
    id: PairId,
    expected_revision: Option<u32>,
    text: &PairTextChange,
    review_status: Option<ReviewStatus>,
) -> Result<PairEdit, JobsError> {
    let metadata = &environment.metadata;
    for attempt in 1.. {
        let Some(pair) = metadata.pair(user, id).await? else { return Ok(PairEdit::NotFound) };
        if expected_revision.is_some_and(|expected| expected != pair.revision) {
            return Ok(PairEdit::Stale(pair.revision));
        }
        let changed = text.apply_to(&pair);
        let rescored = match changed {
            None => None,
            Some(text) => {
                let Some(source) = metadata.pair_source(user, id).await? else {
                    return Ok(PairEdit::NotFound);
                };
                Some(rescore(source.passage, &pair, text).await)
            }
        };
        // The text was put together from this revision, whether or not one was expected.
        let revision = expected_revision.or(rescored.as_ref().map(|_| pair.revision));
        let change = PairChange { text: rescored, review_status };
        match metadata.update_pair(user, id, revision, &change, environment.now()).await? {
            PairEdit::Stale(_) if expected_revision.is_none() && attempt < ATTEMPTS => {}
            edit => return Ok(edit),
        }
    }
    Ok(PairEdit::NotFound)
}

impl PairTextChange {
    /// The whole text of a pair with the change in it, if that changes something.
    fn apply_to(&self, pair: &Pair) -> Option<PairText> {
        let old = PairText {
            question: pair.question.clone(),
            answer: pair.answer.clone(),
            context: pair.context.clone(),
            turns: pair.turns.clone(),
        };
        let mut new = old.clone();
        if let Some(turns) = &self.turns {
            let mut first = turns.iter().map(|turn| turn.content.clone());
            new.question = first.next().unwrap_or(new.question);
            new.answer = first.next().unwrap_or(new.answer);
            new.turns.clone_from(turns);
        }
        // An exchange begins with its question and answer, whichever of them is changed.
        let mut put = |at: usize, part: &mut String, text: &Option<String>| {
            if let Some(text) = text {
                part.clone_from(text);
                if let Some(turn) = new.turns.get_mut(at) {
                    turn.content.clone_from(text);
                }
            }
        };
        put(0, &mut new.question, &self.question);
        put(1, &mut new.answer, &self.answer);
        new.context = self.context.clone().unwrap_or(new.context);
        (new != old).then_some(new)
    }
}

/// Scoring is pure work, and would hold up the other tasks of a thread that waits.
async fn rescore(passage: Passage, pair: &Pair, text: PairText) -> RescoredText {
    let (chunk, kind, spare) = (pair.chunk_id, pair.generation_type, text.clone());
    let scored = tokio::task::spawn_blocking(move || {
        let (scores, key) = Scorer::new(&passage).score(chunk, kind, &text);
        let PairText { question, answer, context, turns } = &text;
        let token_count = pair_tokens(question, answer, context, turns);
        RescoredText { scores, key, token_count, text }
    });
    scored.await.unwrap_or_else(|error| {
        tracing::error!(%error, "the scoring failed on an edited pair, which is a bug in Data Forge");
        let key = validate::duplicate_key(&spare.question, &spare.answer);
        RescoredText { text: spare, scores: model::Scores::default(), key, token_count: 0 }
    })
}

/// What is changed of a chunk; `None` stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChunkEdit {
    /// Its text.
    pub text: Option<String>,
    /// Whether it is left out of generation.
    pub excluded: Option<bool>,
    /// The headings above it, outermost first.
    pub heading_path: Option<Vec<String>>,
}

/// Changes a chunk of a user's project; gives it back as it is now, if it is there.
///
/// # Errors
/// Where the store fails.
pub async fn edit_chunk(
    environment: &Environment,
    user: &UserId,
    project: ProjectId,
    id: ChunkId,
    edit: ChunkEdit,
) -> Result<Option<Chunk>, JobsError> {
    let ChunkEdit { text, excluded, heading_path } = edit;
    let text = text.map(|text| {
        let tokens = parse::count_tokens(&text);
        (text, tokens)
    });
    let change = ChunkChange { text, excluded, heading_path };
    Ok(environment.metadata.update_chunk(user, project, id, &change, environment.now()).await?)
}

#[cfg(test)]
mod tests;
