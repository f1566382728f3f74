//! Units side by side: claimed ahead of the places that get free, and written behind them, so that no
//! place waits for the store.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use futures::FutureExt;
use model::{Phase, Unit, UnitId};
use store::{Outcome, UnitFailure, UnitResult};
use tokio::{
    task::{JoinError, JoinHandle, JoinSet},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use super::{PhaseEnd, Work, Worked, free_the_dead, writer::Writer};
use crate::JobsError;

/// How often a process that has nothing left to claim looks whether there is something again, and whether the
/// others are done.
const OTHERS: Duration = Duration::from_millis(500);

/// Works on all units of a phase; see [`super::run_phase`].
pub(super) async fn run(
    work: Arc<Work>,
    phase: Phase,
    stop: &CancellationToken,
) -> Result<PhaseEnd, JobsError> {
    let mut pool = Pool::new(work, phase);
    let end = pool.work(stop).await;
    // Whatever ended it: calls under way are paid for, and results that are there are kept.
    let wound_down = pool.wind_down().await;
    let end = end?;
    wound_down?;
    Ok(end)
}

struct Pool {
    work: Arc<Work>,
    phase: Phase,
    places: usize,
    /// Claimed and not begun.
    waiting: VecDeque<Unit>,
    /// More are on their way. In a task of its own, so that no transaction is left in its middle.
    claiming: Option<Claiming>,
    /// Nothing was left to claim, so none is asked for before.
    nothing_until: Option<Instant>,
    running: JoinSet<Joined>,
    writer: Writer,
}

type Claiming = JoinHandle<Result<Vec<Unit>, JobsError>>;

/// A unit and what its work came to.
type Joined = (UnitId, Result<Worked, JobsError>);

impl Pool {
    fn new(work: Arc<Work>, phase: Phase) -> Self {
        Self {
            places: work.concurrency(phase),
            phase,
            waiting: VecDeque::new(),
            claiming: None,
            nothing_until: None,
            running: JoinSet::new(),
            writer: Writer::new(&work.environment, work.generation.id, phase),
            work,
        }
    }

    /// Works until nothing is left, in no process, or there is a reason to stop.
    async fn work(&mut self, stop: &CancellationToken) -> Result<PhaseEnd, JobsError> {
        loop {
            self.begin();
            self.claim();
            if self.is_idle() {
                self.writer.flush().await?;
                if self.others_are_done().await? {
                    return Ok(PhaseEnd::Finished);
                }
                tokio::select! {
                    () = tokio::time::sleep(OTHERS) => {}
                    () = stop.cancelled() => return Ok(PhaseEnd::Interrupted),
                }
                free_the_dead(&self.work.environment, &self.work.generation).await?;
                self.nothing_until = None;
                continue;
            }
            tokio::select! {
                Some(joined) = self.running.join_next() => {
                    if let Some(reason) = self.take(joined).await? {
                        return Ok(PhaseEnd::Stopped(reason));
                    }
                }
                claimed = claimed(&mut self.claiming), if self.claiming.is_some() => self.put(claimed?),
                () = until(self.nothing_until), if self.nothing_until.is_some() => self.nothing_until = None,
                () = stop.cancelled() => return Ok(PhaseEnd::Interrupted),
            }
        }
    }

    /// Begins units that are claimed while there are places.
    fn begin(&mut self) {
        while self.running.len() < self.places
            && let Some(unit) = self.waiting.pop_front()
        {
            let work = Arc::clone(&self.work);
            self.running.spawn(async move { (unit.id, contain(&work, &unit).await) });
        }
    }

    /// Has units claimed before they are needed.
    fn claim(&mut self) {
        let ahead = self.work.ahead(self.phase);
        if self.claiming.is_some() || self.nothing_until.is_some() || self.waiting.len() > ahead / 2 {
            return;
        }
        let wanted = (self.places - self.running.len()) + ahead - self.waiting.len();
        let (work, phase) = (Arc::clone(&self.work), self.phase);
        self.claiming = Some(tokio::spawn(async move {
            let environment = &work.environment;
            let claimed = environment.metadata.claim(
                work.generation.id,
                phase,
                &environment.owner,
                environment.now(),
                environment.limits.lease,
                u32::try_from(wanted).unwrap_or(u32::MAX),
            );
            Ok(claimed.await?)
        }));
    }

    /// Takes what was claimed.
    fn put(&mut self, claimed: Vec<Unit>) {
        if claimed.is_empty() {
            self.nothing_until = Some(Instant::now() + OTHERS);
        }
        self.waiting.extend(claimed);
    }

    /// Whether there is nothing to do but to wait for others.
    fn is_idle(&self) -> bool {
        self.running.is_empty() && self.waiting.is_empty() && self.nothing_until.is_some()
    }

    /// Hands a unit that has ended to the writer; gives back why to stop, if it found a reason.
    async fn take(&mut self, joined: Result<Joined, JoinError>) -> Result<Option<String>, JobsError> {
        // A task that was aborted is a unit that stays unfinished.
        let Ok((unit, worked)) = joined else { return Ok(None) };
        match worked? {
            Worked::Outcome(outcome) => {
                self.writer.write(UnitResult { unit, outcome }).await?;
                Ok(None)
            }
            Worked::Stop(reason) => Ok(Some(reason)),
        }
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
        if self.claiming.is_some() {
            claimed(&mut self.claiming).await?;
        }
        let deadline = Instant::now() + self.work.environment.limits.grace;
        loop {
            match tokio::time::timeout_at(deadline, self.running.join_next()).await {
                Ok(None) => break,
                Ok(Some(joined)) => drop(self.take(joined).await?),
                Err(_) => self.running.abort_all(),
            }
        }
        self.writer.flush().await
    }
}

/// Waits for the claim that is under way. Cancel-safe: it is there again the next time.
async fn claimed(claiming: &mut Option<Claiming>) -> Result<Vec<Unit>, JobsError> {
    let Some(task) = claiming else { return Ok(Vec::new()) };
    let claimed = task.await;
    *claiming = None;
    // Nobody aborts it.
    claimed.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

async fn until(time: Option<Instant>) {
    if let Some(time) = time {
        tokio::time::sleep_until(time).await;
    }
}

/// A unit whose work panics is a failed unit, named as a bug; the rest goes on.
async fn contain(work: &Work, unit: &Unit) -> Result<Worked, JobsError> {
    match std::panic::AssertUnwindSafe(work.unit(unit)).catch_unwind().await {
        // It was waited for in vain, and would be for every other unit.
        Ok(Err(JobsError::Store(error))) if error.is_passing() => Ok(Worked::Stop(format!(
            "{error}; what is done is kept, and the run can be resumed when it is back"
        ))),
        Ok(worked) => worked,
        Err(_) => Ok(Worked::Outcome(Outcome::Failed(UnitFailure {
            reason: "the program failed on it, which is a bug in Data Forge".into(),
            raw_reply: None,
        }))),
    }
}
