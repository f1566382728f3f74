//! The pairs of a chunk to scored ones.

use model::{Pair, Passage, Unit};
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
    let scored = |pair: &Pair| {
        let (scores, key) = scorer.score_pair(pair);
        (pair.id, scores, key)
    };
    Outcome::Scored { scores: pairs.iter().map(scored).collect() }
}

fn failed(unit: &Unit, reason: &str) -> Outcome {
    tracing::warn!(target: LOG_TARGET, chunk_id = unit.subject, reason, "the pairs of a chunk could not be scored");
    Outcome::Failed(UnitFailure { reason: reason.into(), raw_reply: None })
}
