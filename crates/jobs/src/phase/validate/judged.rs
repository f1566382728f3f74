//! The judge's say in the scores of a unit's pairs.

use llm::ChatError;
use model::{Scores, Unit};
use store::{Probes, UnitFailure};
use validate::judge::{Case, Judge, combine, compare};

use super::{
    Asked, Scored,
    canaries::{ONE_OF, first_of},
};
use crate::{JobsError, ledger::LedgeredModel, scoring::put_in};

/// Asks the judge about all pairs in as few calls as may be; about those that were made wrong by themselves, since
/// beside what they were made from they would give themselves away; and about one unit of twenty once more. An error
/// of the judge is one that stops the run.
pub(super) async fn judge(
    asked: &Asked<'_>,
    scored: &mut Scored,
    probes: &mut Probes,
) -> Result<Result<(), ChatError>, JobsError> {
    let Asked { work, unit, settings, judge, .. } = *asked;
    let environment = &work.environment;
    let inner = environment.chat.as_deref().ok_or_else(|| JobsError::NoGateway(judge.to_owned()))?;
    let chat = LedgeredModel {
        environment,
        inner,
        generation: work.generation.id,
        unit: unit.id,
        // A claim counts as an attempt.
        again: unit.attempts > 1,
        allowance: &work.allowance,
        price: environment.limits.judge_price,
    };
    let seed = settings.config.seed;
    let judge = Judge { chat: &chat, model: judge, seed, attempt: work.generation.attempt };
    Ok(all(asked, judge, scored, probes).await)
}

async fn all(
    asked: &Asked<'_>,
    judge: Judge<'_>,
    scored: &mut Scored,
    probes: &mut Probes,
) -> Result<(), ChatError> {
    let Asked { work, unit, passage, pairs, .. } = *asked;
    let locals: Vec<Scores> = scored.scores.iter().map(|(scores, _)| scores.clone()).collect();
    let cases: Vec<_> = pairs.iter().zip(&locals).map(|(pair, local)| Case::of_pair(pair, local)).collect();
    let verdicts = judge.judge(passage, &cases).await?;
    let unread = verdicts.judgements.iter().filter(|judgement| judgement.error.is_some());
    probes.unjudged = verdicts.failure.as_ref().map(|(reason, raw_reply)| UnitFailure {
        reason: format!("{} of its {} pairs could not be judged: {reason}", unread.count(), pairs.len()),
        raw_reply: raw_reply.clone(),
    });
    if is_retested(unit, judge.seed, work.generation.chunks_total) {
        let again = Judge { seed: judge.seed.wrapping_add(1), ..judge }.judge(passage, &cases).await?;
        let both = pairs.iter().zip(verdicts.judgements.iter().zip(&again.judgements));
        let both = both.filter(|(_, (one, other))| one.error.is_none() && other.error.is_none());
        probes.retests.extend(both.map(|(pair, (one, other))| compare(pair.slot, one, other)));
    }
    for (pair, ((scores, _), judgement)) in
        pairs.iter().zip(scored.scores.iter_mut().zip(verdicts.judgements))
    {
        *scores = put_in(pair.chunk_id, combine(std::mem::take(scores), judgement));
    }
    for wrong in &mut scored.canaries {
        let local = wrong.scores.clone();
        let verdicts = judge.judge(passage, &[Case::of_pair(&wrong.pair, &local)]).await?;
        if let Some(judgement) = verdicts.judgements.into_iter().next() {
            wrong.scores = combine(local, judgement);
        }
    }
    Ok(())
}

/// Whether the pairs of a unit are judged twice: those of one unit of twenty, by the seed.
fn is_retested(unit: &Unit, seed: u64, units: u64) -> bool {
    unit.ordinal % ONE_OF == first_of(seed.wrapping_add(1), units)
}
