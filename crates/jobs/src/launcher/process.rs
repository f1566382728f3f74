//! Jobs as child processes, each the leader of a process group of its own.
//!
//! Children outlive a server that is killed. The next one knows them by the named lease that each
//! worker holds, and looks after them as its own.

use std::{
    collections::HashMap,
    ffi::OsString,
    path::PathBuf,
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use futures::future::join_all;
use model::Time;
use rustix::process::{Pid, Signal};
use store::Owner;
use tokio::{
    process::Command,
    sync::watch,
    time::{Instant, timeout},
};

use super::{Job, JobState, LaunchError, Launcher};
use crate::{Environment, lock, owner};

/// How long a killed process may take to be gone.
const KILLED: Duration = Duration::from_secs(1);

/// How long a worker may take to hand back what it holds when the server ends.
const HAND_BACK: Duration = Duration::from_secs(4);

/// How often a process that is not our child is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// How a worker is started: `<program> <arguments> worker <phase> --generation <id>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerCommand {
    /// The program: this one.
    pub program: PathBuf,
    /// What stands before `worker`.
    pub arguments: Vec<OsString>,
    /// What is added to this process's environment.
    pub variables: Vec<(OsString, OsString)>,
}

/// Starts jobs as child processes.
pub struct ProcessLauncher {
    environment: Arc<Environment>,
    command: WorkerCommand,
    jobs: Mutex<HashMap<String, Worker>>,
}

/// A process that a job's name stands for.
#[derive(Clone)]
enum Worker {
    /// Our child. It is reaped by a task of its own, which says how it ended.
    Child { group: Pid, since: Time, exit: watch::Receiver<Option<Exit>> },
    /// The child of a server before us, or one that was started by hand.
    Adopted(Owner),
}

/// How a child ended.
#[derive(Clone)]
struct Exit {
    ok: bool,
    detail: String,
}

impl ProcessLauncher {
    /// A launcher that has started nothing yet.
    pub fn new(environment: Arc<Environment>, command: WorkerCommand) -> Self {
        Self { environment, command, jobs: Mutex::default() }
    }

    fn with_jobs<T>(&self, act: impl FnOnce(&mut HashMap<String, Worker>) -> T) -> T {
        act(&mut self.jobs.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The process that a name stands for: our child, else who holds the name's lease.
    async fn find(&self, name: &str) -> Result<Option<Worker>, LaunchError> {
        if let Some(child @ Worker::Child { .. }) = self.with_jobs(|jobs| jobs.get(name).cloned()) {
            return Ok(Some(child));
        }
        let holder = lock::process_of(&self.environment, name)
            .await
            .map_err(|error| LaunchError::State { name: name.into(), detail: error.to_string() })?;
        Ok(self.with_jobs(|jobs| {
            jobs.remove(name);
            holder.map(|holder| jobs.entry(name.to_owned()).or_insert(Worker::Adopted(holder)).clone())
        }))
    }
}

#[async_trait]
impl Launcher for ProcessLauncher {
    async fn launch(&self, job: &Job) -> Result<(), LaunchError> {
        if self.find(&job.name).await?.is_some() {
            return Err(LaunchError::Exists(job.name.clone()));
        }
        let failed = |detail: String| LaunchError::Start { name: job.name.clone(), detail };
        let WorkerCommand { program, arguments, variables } = &self.command;
        let mut child = Command::new(program)
            .args(arguments)
            .args(["worker", job.phase.as_str(), "--generation", &job.generation.to_string()])
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .process_group(0)
            .kill_on_drop(false)
            .spawn()
            .map_err(|error| failed(format!("{}: {error}", program.display())))?;
        let group = child.id().and_then(|id| Pid::from_raw(id.try_into().ok()?));
        let group = group.ok_or_else(|| failed("it has no process id".into()))?;
        let (ended, exit) = watch::channel(None);
        tokio::spawn(async move {
            let exit = match child.wait().await {
                Ok(status) => Exit { ok: status.success(), detail: status.to_string() },
                Err(error) => Exit { ok: false, detail: error.to_string() },
            };
            ended.send_replace(Some(exit));
        });
        let worker = Worker::Child { group, since: self.environment.now(), exit };
        self.with_jobs(|jobs| jobs.insert(job.name.clone(), worker));
        Ok(())
    }

    async fn state(&self, name: &str) -> Result<JobState, LaunchError> {
        Ok(match self.find(name).await? {
            None => JobState::Absent,
            Some(Worker::Child { since, exit, .. }) => match exit.borrow().clone() {
                None => JobState::Running { since, trouble: None },
                Some(Exit { ok, detail }) => JobState::Ended { ok, detail },
            },
            Some(Worker::Adopted(owner)) => JobState::Running { since: started(&owner), trouble: None },
        })
    }

    async fn stop(&self, name: &str, grace: Duration) -> Result<(), LaunchError> {
        let Some(worker) = self.find(name).await? else { return Ok(()) };
        if worker.stop(grace).await { Ok(()) } else { Err(LaunchError::Lingers(name.to_owned())) }
    }

    async fn remove(&self, name: &str) -> Result<(), LaunchError> {
        self.with_jobs(|jobs| {
            if jobs.get(name).is_some_and(Worker::is_gone) {
                jobs.remove(name);
            }
        });
        Ok(())
    }

    async fn shut_down(&self) {
        let workers: Vec<Worker> = self.with_jobs(|jobs| jobs.drain().map(|(_, worker)| worker).collect());
        join_all(workers.iter().map(|worker| worker.stop(HAND_BACK))).await;
    }
}

impl Worker {
    fn is_gone(&self) -> bool {
        match self {
            Self::Child { exit, .. } => exit.borrow().is_some(),
            Self::Adopted(owner) => owner::is_dead(owner),
        }
    }

    /// Whether it is gone, after it was asked, and then made to go.
    async fn stop(&self, grace: Duration) -> bool {
        for (signal, patience) in [(Signal::TERM, grace), (Signal::KILL, KILLED)] {
            self.send(signal);
            if self.gone_within(patience).await {
                return true;
            }
        }
        false
    }

    /// Nothing is lost where the process has gone meanwhile. Of another machine's processes there is
    /// nothing to be sent a signal: they see for themselves that they are not wanted any more.
    fn send(&self, signal: Signal) {
        if self.is_gone() {
            return;
        }
        let sent = match self {
            Self::Child { group, .. } => rustix::process::kill_process_group(*group, signal),
            Self::Adopted(owner) if owner::is_here(owner) => {
                let Some(pid) = owner.pid.try_into().ok().and_then(Pid::from_raw) else { return };
                // A worker that was started by hand may share its group with others.
                match rustix::process::getpgid(Some(pid)) {
                    Ok(group) if group == pid => rustix::process::kill_process_group(pid, signal),
                    _ => rustix::process::kill_process(pid, signal),
                }
            }
            Self::Adopted(_) => return,
        };
        if let Err(error) = sent {
            tracing::debug!(%error, ?signal, "a signal was not sent");
        }
    }

    async fn gone_within(&self, patience: Duration) -> bool {
        match self {
            Self::Child { exit, .. } => {
                let mut exit = exit.clone();
                timeout(patience, exit.wait_for(Option::is_some)).await.is_ok()
            }
            Self::Adopted(owner) if !owner::is_here(owner) => true,
            Self::Adopted(owner) => {
                let deadline = Instant::now() + patience;
                while !owner::is_dead(owner) {
                    if Instant::now() >= deadline {
                        return false;
                    }
                    tokio::time::sleep(LOOK).await;
                }
                true
            }
        }
    }
}

fn started(owner: &Owner) -> Time {
    let seconds = i64::try_from(owner.started).unwrap_or_default();
    Time::from_second(seconds).unwrap_or(Time::UNIX_EPOCH)
}

#[cfg(test)]
mod tests;
