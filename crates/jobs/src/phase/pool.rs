//! Units side by side: claimed as places get free, written in batches as they get done.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use futures::FutureExt;
use model::{Phase, Unit, UnitId};
use store::{Outcome, UnitFailure, UnitResult};
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use super::{PhaseEnd, Work, Worked, free_the_dead};
use crate::JobsError;

/// How often a process that has nothing left to claim looks whether the others are done.
const OTHERS: Duration = Duration::from_millis(500);

/// How many results are written in one transaction at the most.
const BATCH: usize = 64;

/// Works on all units of a phase; see [`super::run_phase`].
pub(super) async fn run(
    work: Arc<Work>,
    phase: Phase,
    stop: &CancellationToken,
) -> Result<PhaseEnd, JobsError> {
    let mut pool = Pool {
        places: work.concurrency(phase),
        work,
        phase,
        waiting: VecDeque::new(),
        running: JoinSet::new(),
    };
    let mut end = None;
    while end.is_none() {
        pool.fill().await?;
        if pool.running.is_empty() {
            if pool.others_are_done().await? {
                return Ok(PhaseEnd::Finished);
            }
            tokio::select! {
                () = tokio::time::sleep(OTHERS) => {}
                () = stop.cancelled() => return Ok(PhaseEnd::Interrupted),
            }
            free_the_dead(&pool.work.environment, &pool.work.generation).await?;
            continue;
        }
        tokio::select! {
            stopped = pool.collect() => end = stopped?.map(PhaseEnd::Stopped),
            () = stop.cancelled() => end = Some(PhaseEnd::Interrupted),
        }
    }
    pool.wind_down().await?;
    Ok(end.unwrap_or(PhaseEnd::Finished))
}

struct Pool {
    work: Arc<Work>,
    phase: Phase,
    places: usize,
    /// Claimed and not begun.
    waiting: VecDeque<Unit>,
    running: JoinSet<Joined>,
}

/// A unit and what its work came to.
type Joined = (UnitId, Result<Worked, JobsError>);

impl Pool {
    /// Claims units and begins them until every place is taken or none is left.
    async fn fill(&mut self) -> Result<(), JobsError> {
        while self.running.len() < self.places {
            if self.waiting.is_empty() {
                let environment = &self.work.environment;
                let claimed = environment
                    .metadata
                    .claim(
                        self.work.generation.id,
                        self.phase,
                        &environment.owner,
                        environment.now(),
                        environment.limits.lease,
                        u32::try_from(self.places).unwrap_or(u32::MAX),
                    )
                    .await?;
                self.waiting.extend(claimed);
            }
            let Some(unit) = self.waiting.pop_front() else { break };
            let work = Arc::clone(&self.work);
            self.running.spawn(async move { (unit.id, contain(&work, &unit).await) });
        }
        Ok(())
    }

    /// Waits for a unit to be done, and writes it with all others that are done by then.
    /// Gives back the reason to stop, if one of them found one.
    async fn collect(&mut self) -> Result<Option<String>, JobsError> {
        // Cancel-safe up to the write: until then, joined units are only leased, and are worked on again.
        let Some(first) = self.running.join_next().await else { return Ok(None) };
        let mut joined = vec![first];
        while joined.len() < BATCH
            && let Some(Some(next)) = self.running.join_next().now_or_never()
        {
            joined.push(next);
        }
        self.write(joined).await
    }

    async fn write(&mut self, joined: Vec<Result<Joined, JoinError>>) -> Result<Option<String>, JobsError> {
        let mut stop = None;
        let mut results = Vec::with_capacity(joined.len());
        for task in joined {
            // A task that was aborted is a unit that stays unfinished.
            let Ok((unit, worked)) = task else { continue };
            match worked? {
                Worked::Outcome(outcome) => results.push(UnitResult { unit, outcome }),
                Worked::Stop(reason) => stop = Some(reason),
            }
        }
        if !results.is_empty() {
            let environment = &self.work.environment;
            let finished = environment
                .metadata
                .finish(self.work.generation.id, &environment.owner, environment.now(), results)
                .await?;
            if finished.lost > 0 {
                tracing::warn!(lost = finished.lost, "units had been given to another process meanwhile");
            }
        }
        Ok(stop)
    }

    /// Whether no unit of the phase is left in any process.
    async fn others_are_done(&self) -> Result<bool, JobsError> {
        let counts = self.work.environment.metadata.unit_counts(self.work.generation.id, self.phase).await?;
        Ok(counts.pending == 0 && counts.leased == 0)
    }

    /// Lets what is under way end within the grace, writes it, and drops the rest, which is free
    /// again when the leases are given back.
    async fn wind_down(&mut self) -> Result<(), JobsError> {
        self.waiting.clear();
        let deadline = tokio::time::Instant::now() + self.work.environment.limits.grace;
        while !self.running.is_empty() {
            match tokio::time::timeout_at(deadline, self.collect()).await {
                Ok(collected) => drop(collected?),
                Err(_) => self.running.abort_all(),
            }
        }
        Ok(())
    }
}

/// A unit whose work panics is a failed unit, named as a bug; the rest goes on.
async fn contain(work: &Work, unit: &Unit) -> Result<Worked, JobsError> {
    match std::panic::AssertUnwindSafe(work.unit(unit)).catch_unwind().await {
        Ok(worked) => worked,
        Err(_) => Ok(Worked::Outcome(Outcome::Failed(UnitFailure {
            reason: "the program failed on it, which is a bug in Data Forge".into(),
            raw_reply: None,
        }))),
    }
}
