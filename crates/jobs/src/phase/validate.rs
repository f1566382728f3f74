//! The pairs of a chunk to scored ones.

mod canaries;
mod judged;

use std::sync::Arc;

use model::{Canary, GenerateSettings, Pair, Passage, Scores, Unit};
use store::{Outcome, Probes, UnitFailure};
use validate::is_flagged;

use self::canaries::{Chosen, Wrong};
use super::{Work, Worked, stopped};
use crate::{JobsError, LOG_TARGET, scoring::Scorer};

/// Works on the pairs of one chunk.
pub(super) async fn unit(work: &Work, unit: &Unit) -> Result<Worked, JobsError> {
    let Some((passage, pairs)) = work.environment.metadata.work_pairs(work.generation.id, unit).await? else {
        return Ok(Worked::Outcome(failed(unit, "the passage its pairs were made from is not stored")));
    };
    let settings = work.generation.settings.as_ref();
    let chosen = canaries::choose(work, unit, &pairs).await?;
    // Scoring is pure work, and would hold up the heartbeat of a thread that waits.
    let (passage, pairs) = (Arc::new(passage), Arc::new(pairs));
    let shared = (Arc::clone(&passage), Arc::clone(&pairs));
    let scored = tokio::task::spawn_blocking(move || score(&shared.0, &shared.1, chosen.as_ref())).await;
    let Ok(mut scored) = scored else {
        return Ok(Worked::Outcome(failed(
            unit,
            "the scoring failed on its pairs, which is a bug in Data Forge",
        )));
    };
    let mut probes = Probes::default();
    if let Some((settings, judge)) = settings.and_then(|settings| Some((settings, settings.judge()?)))
        && !pairs.is_empty()
    {
        let asked = Asked { work, unit, settings, judge, passage: &passage, pairs: &pairs };
        if let Err(error) = judged::judge(&asked, &mut scored, &mut probes).await? {
            return Ok(stopped(&error));
        }
    }
    if let Some(failure) = &probes.unjudged {
        let reason = &failure.reason;
        tracing::warn!(target: LOG_TARGET, chunk_id = unit.subject, reason, "the pairs of a chunk could not be judged");
    }
    probes.canaries = scored.canaries.iter().map(|wrong| canary(wrong, &pairs, &scored.scores)).collect();
    let scores =
        pairs.iter().zip(scored.scores).map(|(pair, (scores, key))| (pair.id, scores, key)).collect();
    Ok(Worked::Outcome(Outcome::Scored { scores, probes }))
}

/// The pairs of a unit, and who is asked about them.
struct Asked<'a> {
    work: &'a Work,
    unit: &'a Unit,
    settings: &'a GenerateSettings,
    judge: &'a str,
    passage: &'a Passage,
    pairs: &'a [Pair],
}

/// What was found out about the pairs of a unit, and about those of them that were made wrong.
struct Scored {
    /// Of each pair, with the key under which equal ones are found.
    scores: Vec<(Scores, [u8; 16])>,
    canaries: Vec<Wrong>,
}

fn score(passage: &Passage, pairs: &[Pair], chosen: Option<&Chosen>) -> Scored {
    let scorer = Scorer::new(passage);
    let scores: Vec<_> = pairs.iter().map(|pair| scorer.score_pair(pair)).collect();
    let canaries = chosen.map(|chosen| chosen.make(passage, pairs, &scores, &scorer)).unwrap_or_default();
    Scored { scores, canaries }
}

fn canary(wrong: &Wrong, pairs: &[Pair], scores: &[(Scores, [u8; 16])]) -> Canary {
    Canary {
        slot: pairs[wrong.of].slot,
        operator: wrong.operator,
        caught: is_flagged(&wrong.scores),
        caught_locally: wrong.caught_locally,
        caught_by_judge: wrong.scores.judgement.as_ref().and_then(validate::is_doubted),
        original_flagged: is_flagged(&scores[wrong.of].0),
    }
}

fn failed(unit: &Unit, reason: &str) -> Outcome {
    tracing::warn!(target: LOG_TARGET, chunk_id = unit.subject, reason, "the pairs of a chunk could not be scored");
    Outcome::Failed(UnitFailure { reason: reason.into(), raw_reply: None })
}
