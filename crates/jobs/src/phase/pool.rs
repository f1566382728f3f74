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
        let joined = tokio::select! {
            joined = pool.join() => joined,
            () = stop.cancelled() => {
                end = Some(PhaseEnd::Interrupted);
                continue;
            }
        };
        // Places that have become free are taken before the store is waited for.
        if !joined.iter().any(stops) {
            pool.begin();
        }
        end = pool.write(joined).await?.map(PhaseEnd::Stopped);
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
    /// Begins units that are claimed while there are places.
    fn begin(&mut self) {
        while self.running.len() < self.places
            && let Some(unit) = self.waiting.pop_front()
        {
            let work = Arc::clone(&self.work);
            self.running.spawn(async move { (unit.id, contain(&work, &unit).await) });
        }
    }

    /// Claims units and begins them until every place is taken or none is left.
    async fn fill(&mut self) -> Result<(), JobsError> {
        loop {
            self.begin();
            // The next ones are claimed while some are there to be begun meanwhile; not many, as another
            // process may have places for them.
            if self.waiting.len() >= self.places.div_ceil(4) {
                return Ok(());
            }
            let wanted = self.places - self.running.len() + self.places.div_ceil(2);
            let environment = &self.work.environment;
            let claimed = environment
                .metadata
                .claim(
                    self.work.generation.id,
                    self.phase,
                    &environment.owner,
                    environment.now(),
                    environment.limits.lease,
                    u32::try_from(wanted).unwrap_or(u32::MAX),
                )
                .await?;
            if claimed.is_empty() {
                return Ok(());
            }
            self.waiting.extend(claimed);
        }
    }

    /// Waits for a unit to be done, and gives it back with all others that are done by then.
    ///
    /// Cancel-safe up to there: joined units that are not written are only leased, and are worked on again.
    async fn join(&mut self) -> Vec<Result<Joined, JoinError>> {
        let mut joined = Vec::from_iter(self.running.join_next().await);
        while joined.len() < BATCH
            && let Some(Some(next)) = self.running.join_next().now_or_never()
        {
            joined.push(next);
        }
        joined
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
            match tokio::time::timeout_at(deadline, self.join()).await {
                Ok(joined) => drop(self.write(joined).await?),
                Err(_) => self.running.abort_all(),
            }
        }
        Ok(())
    }
}

/// Whether a unit found a reason to stop.
fn stops(joined: &Result<Joined, JoinError>) -> bool {
    matches!(joined, Ok((_, Ok(Worked::Stop(_)) | Err(_))))
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
