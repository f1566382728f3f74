//! Where jobs run: child processes of the server, or Jobs of a cluster, behind the same trait.

mod kubernetes;
#[cfg(unix)]
mod process;

use std::time::Duration;

use async_trait::async_trait;
use model::{GenerationId, Phase, ProjectId, Time, UserId};

pub use self::kubernetes::{KubernetesConfig, KubernetesLauncher};
#[cfg(unix)]
pub use self::process::{ProcessLauncher, WorkerCommand};

/// Starts jobs, looks at them and stops them, by their names. What it knows outlives the server where
/// the jobs do: a new launcher finds the jobs of the one before.
#[async_trait]
pub trait Launcher: Send + Sync {
    /// Starts a job.
    ///
    /// # Errors
    /// Where it cannot be started, or one of that name is there and not removed.
    async fn launch(&self, job: &Job) -> Result<(), LaunchError>;

    /// Where a job stands.
    ///
    /// # Errors
    /// Where that cannot be found out.
    async fn state(&self, name: &str) -> Result<JobState, LaunchError>;

    /// Asks a job to end, makes it end when the grace is over, and returns when it is gone. One that is
    /// not there is gone.
    ///
    /// # Errors
    /// Where it does not go.
    async fn stop(&self, name: &str, grace: Duration) -> Result<(), LaunchError>;

    /// Forgets a job that has ended, so that its name is free.
    ///
    /// # Errors
    /// Where it cannot be removed.
    async fn remove(&self, name: &str) -> Result<(), LaunchError>;

    /// The server ends: jobs that go on only under its eyes are asked to hand back what they hold and
    /// to end. Returns when they are gone.
    async fn shut_down(&self);
}

/// A worker to be started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its name: [`Phase::job_name`].
    pub name: String,
    /// The phase that it works on.
    pub phase: Phase,
    /// The generation that it works on.
    pub generation: GenerationId,
    /// The project of that.
    pub project: ProjectId,
    /// Whose project it is.
    pub user: UserId,
    /// How long it may run at the most, for launchers that see to that themselves.
    pub deadline: Duration,
}

/// Where a job stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobState {
    /// There is none of that name.
    Absent,
    /// It is at work.
    Running {
        /// Since when.
        since: Time,
        /// Why it does not get on, where the launcher knows that: its image cannot be had, no node has room.
        trouble: Option<String>,
    },
    /// It is at work no more.
    Ended {
        /// Whether it ended by itself and said that all is done.
        ok: bool,
        /// How it ended, in words.
        detail: String,
    },
}

/// Why a job could not be started, looked at or stopped.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// It could not be started.
    #[error("the job {name} could not be started: {detail}")]
    Start {
        /// The job.
        name: String,
        /// Why.
        detail: String,
    },
    /// It could not be started now, through no fault of its own: who starts jobs is not there, or has no room.
    #[error("the job {name} cannot be started now: {detail}")]
    Unavailable {
        /// The job.
        name: String,
        /// Why.
        detail: String,
    },
    /// It will not be started, however often that is tried: what it is made of is refused.
    #[error("the job {name} is refused: {detail}")]
    Refused {
        /// The job.
        name: String,
        /// Why.
        detail: String,
    },
    /// One of that name is there already.
    #[error("the job {0} is there already")]
    Exists(String),
    /// It goes on all the same.
    #[error("the job {0} could not be stopped: it is still at work")]
    Lingers(String),
    /// Where it stands could not be found out.
    #[error("the state of the job {name} could not be found out: {detail}")]
    State {
        /// The job.
        name: String,
        /// Why.
        detail: String,
    },
}
