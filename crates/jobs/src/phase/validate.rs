//! The pairs of a chunk to scored ones.

use model::{Pair, PairText, Passage, Unit};
use store::{Outcome, UnitFailure};

use super::{Work, Worked};
use crate::{JobsError, LOG_TARGET, scoring::Scorer};

/// Works on the pairs of one chunk.
pub(super) async fn unit(work: &Work, unit: &Unit) -> Result<Worked, JobsError> {
    let Some((passage, pairs)) = work.environment.metadata.work_pairs(work.generation.id, unit).await? else {
        return Ok(Worked::Outcome(failed(unit, "the passage its pairs were made from is not stored")));
    };
    // Scoring is pure work, and would hold up the heartbeat of a thread that waits.
    let scored = tokio::task::spawn_blocking(move || score(&passage, &pairs)).await;
    let bug = |_| failed(unit, "the scoring failed on its pairs, which is a bug in Data Forge");
    Ok(Worked::Outcome(scored.unwrap_or_else(bug)))
}

fn score(passage: &Passage, pairs: &[Pair]) -> Outcome {
    let scorer = Scorer::new(passage);
    let scores = pairs
        .iter()
        .map(|pair| {
            let text = PairText {
                question: pair.question.clone(),
                answer: pair.answer.clone(),
                context: pair.context.clone(),
                turns: pair.turns.clone(),
            };
            let (mut scores, key) = scorer.score(pair.chunk_id, pair.generation_type, &text);
            // What it was asked to be and its teacher says it is; what is measured is for the rest.
            scores.question_type = pair.question_type.or(scores.question_type);
            scores.difficulty = pair.difficulty.or(scores.difficulty);
            (pair.id, scores, key)
        })
        .collect();
    Outcome::Scored { scores }
}

fn failed(unit: &Unit, reason: &str) -> Outcome {
    tracing::warn!(target: LOG_TARGET, chunk_id = unit.subject, reason, "the pairs of a chunk could not be scored");
    Outcome::Failed(UnitFailure { reason: reason.into(), raw_reply: None })
}
