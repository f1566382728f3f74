//! Keeps the jobs of generations going: starts them in turn, replaces those that die, stops those that
//! are not wanted any more.
//!
//! It holds nothing that it cannot do without: where it dies, the next one reads from store and launcher
//! how things stand.

mod decide;
mod places;
mod rounds;
mod troubles;

use std::{
    collections::{HashMap, HashSet, hash_map::Entry},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::{StreamExt, stream::FuturesUnordered};
use model::{Generation, GenerationId, LogLevel, Phase, ProjectId, UserId};
use serde_json::json;
use store::{GenerationContext, UnitCounts};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use self::{
    decide::{Action, Bounds, Launched, View, decide},
    places::Places,
    rounds::{Round, UnderWay, meanwhile},
    troubles::{News, Troubles},
};
use crate::{
    Environment, Job, JobState, JobsError, LaunchError, Launcher, NamedLock, lock, log,
    resume::read,
    step::{advance, after},
};

/// How long a job may take to end before it is made to.
const GRACE: Duration = Duration::from_secs(1);

/// How long to wait after the store failed.
const PAUSE: Duration = Duration::from_secs(2);

/// Who holds it looks after the generations.
const LEAD: &str = "supervisor";

/// How often a server asks whether it may look after the generations.
const ASK: Duration = Duration::from_secs(5);

/// So many steps of a generation are taken in a row: from `pending` to its end are fewer.
const STEPS: usize = 8;

/// What bounds the jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SupervisorConfig {
    /// Generations at work at once.
    pub max_running: usize,
    /// Generations of one user at work at once.
    pub max_running_per_user: Option<usize>,
    /// How long a job may run.
    pub deadline: Duration,
    /// How often in a row a job that died without finishing a unit is started again.
    pub retries: u32,
    /// How often to look.
    pub tick: Duration,
    /// Whether servers of other machines may look after the same generations: then one of them does at a time.
    pub shared: bool,
}

impl Default for SupervisorConfig {
    fn default() -> Self {
        Self {
            max_running: std::thread::available_parallelism().map_or(1, usize::from),
            max_running_per_user: None,
            deadline: Duration::from_secs(7200),
            retries: 2,
            tick: Duration::from_millis(250),
            shared: false,
        }
    }
}

/// Keeps the jobs of generations going.
pub struct Supervisor {
    environment: Arc<Environment>,
    launcher: Arc<dyn Launcher>,
    config: SupervisorConfig,
    woken: Notify,
    known: Mutex<HashMap<GenerationId, Known>>,
    troubles: Mutex<Troubles>,
    /// Held from reading that a generation is to be worked on to having started its job, so that who
    /// has cancelled one finds its job, or none is started any more.
    launching: tokio::sync::Mutex<()>,
}

/// What is remembered of a generation's job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Known {
    attempt: u32,
    phase: Phase,
    launched: Launched,
}

impl Supervisor {
    /// A supervisor that does nothing before it is run.
    pub fn new(environment: Arc<Environment>, launcher: Arc<dyn Launcher>, config: SupervisorConfig) -> Self {
        let (woken, known, troubles, launching) = Default::default();
        Self { environment, launcher, config, woken, known, troubles, launching }
    }

    /// Looks after all generations until it is told to stop; then the launcher's jobs hand back what
    /// they hold, and their generations stay as they are for the next supervisor.
    ///
    /// What takes long in one project, such as comparing its pairs, keeps no other project waiting.
    pub async fn run(&self, stop: &CancellationToken) {
        let mut lead = None;
        let (mut rounds, mut under_way) = (FuturesUnordered::new(), UnderWay::default());
        while !stop.is_cancelled() {
            if self.config.shared && !lead.as_ref().is_some_and(NamedLock::is_held) {
                // Lost, it is another's, who looks after the generations now.
                let (taken, ended) = meanwhile(&mut rounds, self.lead(stop)).await;
                ended.into_iter().for_each(|project| under_way.end(project));
                lead = taken;
                continue;
            }
            let (due, ended) = meanwhile(&mut rounds, self.due(&under_way)).await;
            ended.into_iter().for_each(|project| under_way.end(project));
            let pause = match due {
                Ok(due) => {
                    for round in due {
                        under_way.begin(&round);
                        rounds.push(self.go_round(round));
                    }
                    self.config.tick
                }
                Err(error) => {
                    tracing::warn!(%error, "the generations could not be looked after");
                    PAUSE.max(self.config.tick)
                }
            };
            let rest = async {
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    () = self.woken.notified() => {}
                    () = stop.cancelled() => {}
                }
            };
            let ((), ended) = meanwhile(&mut rounds, rest).await;
            ended.into_iter().for_each(|project| under_way.end(project));
        }
        while rounds.next().await.is_some() {}
        self.launcher.shut_down().await;
        if let Some(lead) = lead
            && let Err(error) = lead.release().await
        {
            tracing::warn!(%error, "other servers wait a minute before they look after the generations");
        }
    }

    /// Waits until this server is the one that looks after the generations. Should another believe that of itself for a
    /// moment, nothing is lost: states change by comparison, and a job's name is given once.
    async fn lead(&self, stop: &CancellationToken) -> Option<NamedLock> {
        while !stop.is_cancelled() {
            match NamedLock::take(Arc::clone(&self.environment), LEAD.into()).await {
                Ok(Some(lead)) => {
                    tracing::info!("this server looks after the generations");
                    return Some(lead);
                }
                Ok(None) => tracing::debug!("another server looks after the generations"),
                Err(error) => tracing::warn!(%error, "it is not known who looks after the generations"),
            }
            tokio::select! {
                () = tokio::time::sleep(ASK) => {}
                () = stop.cancelled() => {}
            }
        }
        None
    }

    /// Says that there is something new, so that nobody waits for the next look.
    pub fn wake(&self) {
        self.woken.notify_one();
    }

    /// Cancels a generation and stops its job; returns when that is gone.
    ///
    /// # Errors
    /// [`JobsError::NoGeneration`], [`JobsError::Transition`] where it has ended, [`JobsError::Launch`]
    /// where its job does not go; the generation is cancelled all the same.
    pub async fn cancel(&self, user: &UserId, id: GenerationId) -> Result<Generation, JobsError> {
        loop {
            let from = read(&self.environment, user, id).await?;
            let to = from.clone().cancel(self.environment.now())?;
            // Where it has gone on meanwhile, it is read again: it may do so a few times, and then has ended.
            if advance(&self.environment, user, &from, to).await? {
                break;
            }
        }
        self.say(id, LogLevel::Info, "cancelled", json!({})).await;
        drop(self.launching.lock().await);
        self.stop_jobs(id).await?;
        self.wake();
        read(&self.environment, user, id).await
    }

    /// What is to be looked after now: the generations that have not ended, by project, but for projects that a round is
    /// under way in.
    async fn due(&self, under_way: &UnderWay) -> Result<Vec<Round>, JobsError> {
        let unended = self.environment.metadata.unended().await?;
        self.stop_ended(&unended).await;
        let mut places = Places::new(self.config);
        let takes_a_place =
            |generation: &Generation| generation.status.phase().is_some() || under_way.may_start(generation);
        for context in unended.iter().filter(|context| takes_a_place(&context.generation)) {
            places.take(&context.user);
        }
        let mut rounds: Vec<Round> = Vec::new();
        let mut known = HashMap::new();
        for context in unended {
            let project = context.generation.project_id;
            let at = match known.entry(project) {
                Entry::Occupied(entry) => *entry.get(),
                Entry::Vacant(entry) => {
                    let left_alone =
                        under_way.is_in(project) || lock::run_of(&self.environment, project).await?.is_some();
                    let at = (!left_alone).then_some(rounds.len());
                    rounds.extend(at.map(|_| Round { project, generations: Vec::new() }));
                    *entry.insert(at)
                }
            };
            let Some(at) = at else { continue };
            let waits = context.generation.status.phase().is_none();
            let has_room = waits && places.has_room(&context.user);
            if has_room {
                places.take(&context.user);
            }
            rounds[at].generations.push((context, has_room));
        }
        Ok(rounds)
    }

    /// Looks after the generations of a project, one after the other: their pairs are compared with one another.
    async fn go_round(&self, round: Round) -> ProjectId {
        for (context, has_room) in round.generations {
            let id = context.generation.id;
            if self.with_troubles(|troubles| troubles.pauses(id)) {
                continue;
            }
            // What is wrong with one generation keeps no other from going on.
            match self.look_after(&context, has_room).await {
                Ok(trouble) => self.note(id, trouble.as_deref(), Duration::ZERO).await,
                Err(error) => {
                    tracing::warn!(%error, generation = %id, "a generation could not be looked after");
                    self.note(id, Some(&error.to_string()), PAUSE).await;
                }
            }
        }
        round.project
    }

    /// Says in a generation's log what keeps it from getting on, or that nothing does any more.
    async fn note(&self, id: GenerationId, trouble: Option<&str>, pause: Duration) {
        let fields = || json!({"reason": trouble});
        match self.with_troubles(|troubles| troubles.note(id, trouble, pause)) {
            News::Stuck => {
                self.say(id, LogLevel::Warn, "it does not get on; it is tried again", fields()).await
            }
            News::Over => self.say(id, LogLevel::Info, "it gets on again", json!({})).await,
            News::None => {}
        }
    }

    fn with_troubles<T>(&self, act: impl FnOnce(&mut Troubles) -> T) -> T {
        act(&mut self.troubles.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes all steps that a generation is ready for; what keeps it from getting on, if anything does.
    async fn look_after(
        &self,
        context: &GenerationContext,
        has_room: bool,
    ) -> Result<Option<String>, JobsError> {
        let mut generation = context.generation.clone();
        for _ in 0..STEPS {
            match self.step(&context.user, &generation, has_room).await? {
                Step::Taken => generation = read(&self.environment, &context.user, generation.id).await?,
                Step::Last(trouble) => return Ok(trouble),
            }
        }
        Ok(None)
    }

    /// Takes one step.
    async fn step(&self, user: &UserId, generation: &Generation, has_room: bool) -> Result<Step, JobsError> {
        let Environment { metadata, .. } = &*self.environment;
        let (id, phase) = (generation.id, generation.status.phase());
        let (counts, job) = match phase {
            // The job first: what it has finished by the time of its end is then among the counts.
            Some(phase) => {
                let job = self.launcher.state(&phase.job_name(id)).await?;
                (metadata.unit_counts(id, phase).await?, job)
            }
            None => (UnitCounts::default(), JobState::Absent),
        };
        let launched = phase.and_then(|phase| self.launched(generation, phase, counts, &job));
        let now = self.environment.now();
        let view = View { status: generation.status, has_room, counts, job: &job, launched, now };
        let bounds = Bounds { deadline: self.config.deadline, retries: self.config.retries };
        match (decide(&view, bounds), phase) {
            (Action::Start, _) => {
                let started = generation.clone().start(now)?;
                Ok(Step::may_go_on(advance(&self.environment, user, generation, started).await?))
            }
            (Action::Launch { barren }, Some(phase)) => {
                if barren > 0 {
                    let fields = json!({"phase": phase.as_str(), "deaths": barren, "job": detail(&job)});
                    self.say(id, LogLevel::Warn, "the job ended before its work; another is started", fields)
                        .await;
                }
                self.launch(user, generation, phase, Launched { ended: counts.ended(), barren }).await?;
                Ok(Step::Last(None))
            }
            (Action::Replace, Some(phase)) => {
                let fields = json!({"phase": phase.as_str()});
                self.say(id, LogLevel::Warn, "the job reached its deadline; another takes its place", fields)
                    .await;
                self.stop_job(&phase.job_name(id)).await?;
                let launched = Launched { ended: counts.ended(), barren: 0 };
                self.launch(user, generation, phase, launched).await?;
                Ok(Step::Last(None))
            }
            (Action::Stop, Some(phase)) => {
                self.stop_job(&phase.job_name(id)).await?;
                Ok(Step::Last(None))
            }
            (Action::Finish, Some(phase)) => {
                let next = after(&self.environment, generation, phase).await?;
                let (status, error) = (next.status, next.error.clone());
                self.launcher.remove(&phase.job_name(id)).await?;
                let advanced = advance(&self.environment, user, generation, next).await?;
                if advanced {
                    let fields = json!({"status": status.as_str(), "done": counts.done, "failed": counts.failed,
                        "error": error});
                    self.say(id, LogLevel::Info, "the phase has ended", fields).await;
                }
                Ok(Step::may_go_on(advanced))
            }
            (Action::Fail(reason), Some(phase)) => {
                let failed = generation.clone().fail(&*reason, now)?;
                if advance(&self.environment, user, generation, failed).await? {
                    self.say(id, LogLevel::Error, &reason, json!({"phase": phase.as_str()})).await;
                }
                self.stop_job(&phase.job_name(id)).await?;
                Ok(Step::Last(None))
            }
            _ => Ok(Step::Last(trouble(&job))),
        }
    }

    /// What is remembered of the job at work; of one that was found at work, from now on.
    fn launched(
        &self,
        generation: &Generation,
        phase: Phase,
        counts: UnitCounts,
        job: &JobState,
    ) -> Option<Launched> {
        let attempt = generation.attempt;
        let known = self.with_known(|known| known.get(&generation.id).copied());
        let same = known.filter(|known| (known.attempt, known.phase) == (attempt, phase));
        if same.is_none() && matches!(job, JobState::Running { .. }) {
            let launched = Launched { ended: counts.ended(), barren: 0 };
            self.remember(generation, phase, launched);
            return Some(launched);
        }
        same.map(|known| known.launched)
    }

    fn remember(&self, generation: &Generation, phase: Phase, launched: Launched) {
        let known = Known { attempt: generation.attempt, phase, launched };
        self.with_known(|all| all.insert(generation.id, known));
    }

    fn with_known<T>(&self, act: impl FnOnce(&mut HashMap<GenerationId, Known>) -> T) -> T {
        act(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Starts the job of a phase in place of one that has ended, if the generation is still at it.
    async fn launch(
        &self,
        user: &UserId,
        generation: &Generation,
        phase: Phase,
        launched: Launched,
    ) -> Result<(), JobsError> {
        let (id, name) = (generation.id, phase.job_name(generation.id));
        let _launching = self.launching.lock().await;
        let now = read(&self.environment, user, id).await?;
        if (now.status.phase(), now.attempt) != (Some(phase), generation.attempt) {
            return Ok(());
        }
        self.launcher.remove(&name).await?;
        let before = self.with_known(|known| known.get(&id).copied());
        self.remember(generation, phase, launched);
        let job = Job {
            name,
            phase,
            generation: id,
            project: now.project_id,
            user: user.clone(),
            deadline: self.config.deadline,
        };
        match self.launcher.launch(&job).await {
            Ok(()) => {}
            Err(refused @ LaunchError::Refused { .. }) => {
                let reason = refused.to_string();
                let failed = now.clone().fail(&*reason, self.environment.now())?;
                if advance(&self.environment, user, &now, failed).await? {
                    self.say(id, LogLevel::Error, &reason, json!({"phase": phase.as_str()})).await;
                }
                return Ok(());
            }
            Err(error) => {
                // What could not even be started is no job that died.
                if matches!(error, LaunchError::Unavailable { .. }) {
                    self.with_known(|known| match before {
                        Some(before) => known.insert(id, before),
                        None => known.remove(&id),
                    });
                }
                return Err(error.into());
            }
        }
        self.say(id, LogLevel::Info, "a job is started", json!({"phase": phase.as_str(), "job": job.name}))
            .await;
        Ok(())
    }

    /// Stops the jobs of generations that have ended since they were last seen.
    async fn stop_ended(&self, unended: &[GenerationContext]) {
        let unended: HashSet<GenerationId> = unended.iter().map(|context| context.generation.id).collect();
        let ended: Vec<GenerationId> =
            self.with_known(|known| known.keys().filter(|id| !unended.contains(id)).copied().collect());
        self.with_troubles(|troubles| troubles.keep(&unended));
        for id in ended {
            if let Err(error) = self.stop_jobs(id).await {
                tracing::warn!(%error, generation = %id, "the job of a generation that has ended goes on");
            }
        }
    }

    /// Stops whatever jobs a generation has, and forgets them.
    async fn stop_jobs(&self, id: GenerationId) -> Result<(), JobsError> {
        for phase in [Phase::Parse, Phase::Generate, Phase::Validate] {
            self.stop_job(&phase.job_name(id)).await?;
        }
        self.with_known(|known| known.remove(&id));
        Ok(())
    }

    async fn stop_job(&self, name: &str) -> Result<(), JobsError> {
        self.launcher.stop(name, GRACE).await?;
        Ok(self.launcher.remove(name).await?)
    }

    /// Writes into a generation's log; a log that cannot be written keeps nothing from going on.
    async fn say(&self, id: GenerationId, level: LogLevel, message: &str, fields: serde_json::Value) {
        log(&self.environment, id, level, message, fields).await;
    }
}

/// What a step came to.
enum Step {
    /// There may be another.
    Taken,
    /// There is none for now; with what keeps the generation from getting on, if anything does.
    Last(Option<String>),
}

impl Step {
    fn may_go_on(advanced: bool) -> Self {
        if advanced { Self::Taken } else { Self::Last(None) }
    }
}

fn trouble(job: &JobState) -> Option<String> {
    match job {
        JobState::Running { trouble, .. } => trouble.clone(),
        _ => None,
    }
}

fn detail(job: &JobState) -> &str {
    match job {
        JobState::Ended { detail, .. } => detail,
        JobState::Absent => "it is not there any more",
        JobState::Running { .. } => "it is at work",
    }
}

#[cfg(test)]
mod tests;
