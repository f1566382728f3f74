//! One phase of a generation: units are claimed by lease, worked on side by side, and written
//! together with their being done.

mod generate;
mod outage;
mod parse;
mod pool;
mod report;
mod validate;
mod writer;

use std::sync::Arc;

use ::validate::Foreign;
use llm::ChatError;
use model::{Generation, Phase, Unit, UserId};
use store::Outcome;
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

use self::{outage::Outage, report::Report};
use crate::{Environment, JobsError, classes, environment::budget_of, labels, ledger::Allowance, owner};

/// How a phase ended in this process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PhaseEnd {
    /// No unit is left, here or in another process.
    Finished,
    /// Going on makes no sense, for this reason.
    Stopped(String),
    /// It was told to stop.
    Interrupted,
}

/// What a unit's work came to.
enum Worked {
    /// An outcome to be written.
    Outcome(Outcome),
    /// The reason why neither this unit nor any other can be worked on now.
    Stop(String),
}

/// Why no unit can be worked on: a call that failed as every other one would.
fn stopped(error: &ChatError) -> Worked {
    Worked::Stop(match error {
        ChatError::Unreachable { .. } => {
            format!("{error}; what is done is kept, and the run can be resumed when it is back")
        }
        _ => error.to_string(),
    })
}

/// Works on a phase until no unit is left, or it is told to stop.
///
/// # Errors
/// Where the store fails.
pub async fn run_phase(
    environment: &Arc<Environment>,
    generation: &Generation,
    phase: Phase,
    stop: &CancellationToken,
) -> Result<PhaseEnd, JobsError> {
    let context = environment.metadata.generation_context(generation.id).await?;
    let user = context.ok_or(JobsError::NoGeneration)?.user;
    free_the_dead(environment, generation).await?;
    let heartbeat = Heartbeat::start(environment, generation);
    let report = Report::begin(environment, generation.id, phase).await?;
    let allowance = Allowance::new(environment.limits.budget.unwrap_or_else(|| budget_of(generation)));
    let mut generation = generation.clone();
    let id = generation.id;
    let before = match phase {
        Phase::Generate => tokio::select! {
            settled = labels::settle(environment, &user, &mut generation, &allowance) => {
                settled?.map(PhaseEnd::Stopped)
            }
            () = stop.cancelled() => Some(PhaseEnd::Interrupted),
        },
        Phase::Parse | Phase::Validate => None,
    };
    let environment = Arc::clone(environment);
    let (foreign, outage) = Default::default();
    let work = Arc::new(Work { environment, user, generation, allowance, foreign, outage });
    let end = match before {
        Some(end) => Ok(end),
        None => pool::run(Arc::clone(&work), phase, stop).await,
    };
    drop(heartbeat);
    let Environment { metadata, owner, .. } = &*work.environment;
    metadata.release(id, owner).await?;
    let end = end?;
    report.end(&end).await?;
    if phase == Phase::Generate && end == PhaseEnd::Finished {
        classes::say(&work.environment, &work.user, &work.generation).await?;
    }
    Ok(end)
}

/// What the units of a phase share.
struct Work {
    environment: Arc<Environment>,
    user: UserId,
    generation: Generation,
    /// What the generation may spend.
    allowance: Allowance,
    /// What canaries are made of, once one is made.
    foreign: OnceCell<Arc<Foreign>>,
    /// Whether the object store is away.
    outage: Outage,
}

impl Work {
    /// Works on one unit.
    async fn unit(&self, unit: &Unit) -> Result<Worked, JobsError> {
        match unit.phase {
            Phase::Parse => parse::unit(self, unit).await,
            Phase::Generate => generate::unit(self, unit).await,
            Phase::Validate => validate::unit(self, unit).await,
        }
    }

    /// How many units are worked on at once.
    fn concurrency(&self, phase: Phase) -> usize {
        let limits = &self.environment.limits;
        match self.calls_at_once(phase) {
            // The gateway's client lets no more of them in: the prompts of those that wait for it are ready, and one
            // that is asked again later holds up no other.
            Some(calls) if calls == limits.max_concurrency => 2 * calls,
            Some(calls) => calls,
            None => limits.cores.max(1),
        }
    }

    /// How many units are claimed before there are places for them: so many as may end at once. What is held here
    /// no other process works on, so there are few where each takes long.
    fn ahead(&self, phase: Phase) -> usize {
        const SHORT: usize = 64;
        match phase {
            Phase::Parse => 1,
            Phase::Generate | Phase::Validate => self.calls_at_once(phase).unwrap_or(SHORT),
        }
    }

    /// How many calls of a gateway may be under way at once, in a phase that makes any.
    fn calls_at_once(&self, phase: Phase) -> Option<usize> {
        let settings = self.generation.settings.as_ref()?;
        let calls = match phase {
            Phase::Parse => false,
            Phase::Generate => settings.asks_a_model(),
            Phase::Validate => settings.judge().is_some(),
        };
        let asked = settings.config.max_concurrency.map_or(usize::MAX, |most| most as usize);
        calls.then(|| self.environment.limits.max_concurrency.min(asked).max(1))
    }
}

/// Units of processes of this machine that have ended are free at once, without waiting for their
/// leases to run out.
async fn free_the_dead(environment: &Environment, generation: &Generation) -> Result<(), JobsError> {
    for holder in environment.metadata.owners(generation.id).await? {
        if owner::is_dead(&holder) {
            let freed = environment.metadata.release(generation.id, &holder).await?;
            tracing::info!(pid = holder.pid, freed, "took over the units of a process that has ended");
        }
    }
    Ok(())
}

/// Holds this process's leases in a generation while it is alive.
struct Heartbeat(tokio::task::JoinHandle<()>);

impl Heartbeat {
    fn start(environment: &Arc<Environment>, generation: &Generation) -> Self {
        let (environment, id) = (Arc::clone(environment), generation.id);
        Self(tokio::spawn(async move {
            let Environment { metadata, owner, limits, .. } = &*environment;
            loop {
                tokio::time::sleep(limits.heartbeat).await;
                if let Err(error) = metadata.heartbeat(id, owner, environment.now(), limits.lease).await {
                    tracing::warn!(%error, "the leases could not be renewed");
                }
            }
        }))
    }
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        self.0.abort();
    }
}
