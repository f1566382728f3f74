//! The pairs of a chunk to scored ones.

use model::{Pair, Passage, Unit};
use store::{Outcome, UnitFailure};
use validate::Source;

use super::{Work, Worked};
use crate::JobsError;

/// Works on the pairs of one chunk.
pub(super) async fn unit(work: &Work, unit: &Unit) -> Result<Worked, JobsError> {
    let Some((passage, pairs)) = work.environment.metadata.work_pairs(work.generation.id, unit).await? else {
        let reason = "the passage its pairs were made from is not stored".into();
        return Ok(Worked::Outcome(Outcome::Failed(UnitFailure { reason, raw_reply: None })));
    };
    // Scoring is pure work, and would hold up the heartbeat of a thread that waits.
    let scored = tokio::task::spawn_blocking(move || score(&passage, &pairs)).await;
    Ok(Worked::Outcome(scored.unwrap_or_else(|_| {
        let reason = "the scoring failed on its pairs, which is a bug in Data Forge".into();
        Outcome::Failed(UnitFailure { reason, raw_reply: None })
    })))
}

fn score(passage: &Passage, pairs: &[Pair]) -> Outcome {
    let mut surroundings = passage.heading_path.clone();
    surroundings.push(passage.document.clone());
    surroundings.extend_from_slice(&passage.table_header);
    let source = Source::new(&passage.text, &surroundings);
    let scores = pairs
        .iter()
        .map(|pair| {
            let mut scores = source.score(&pair.question, &pair.answer);
            for evidence in &mut scores.evidence {
                evidence.chunk_id = Some(pair.chunk_id);
            }
            (pair.id, scores, validate::duplicate_key(&pair.question, &pair.answer))
        })
        .collect();
    Outcome::Scored { scores }
}
