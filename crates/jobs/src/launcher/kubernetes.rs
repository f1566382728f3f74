//! Jobs of a Kubernetes cluster.
//!
//! They outlive the server, which finds them again by their names; their units are claimed from the store, as everywhere.
//! How they stand is watched, so that looking at them asks nobody; what this server has just made or removed is known
//! before the watch tells of it. Several servers may do all of this at once: a name is given once, and is taken away by the
//! identity of what has it.

mod manifest;
mod outcome;
mod pods;
mod refusal;
mod watch;

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use k8s_openapi::api::batch::v1::Job as Manifest;
use kube::{
    Api, Client, ResourceExt as _,
    api::{DeleteParams, PostParams, Preconditions},
};
use model::{GenerationId, Phase, ProjectId, Time, UserId};
use tokio::time::{Instant, sleep, timeout};

use self::{pods::Pods, watch::Watch};
use super::{Job, JobState, LaunchError, Launcher};

/// How long a connection to the API server may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How long an answer of it may take.
const ANSWER: Duration = Duration::from_secs(30);
/// How long the watch may take to tell of what was made here; later, what it does not tell of is not there.
const NEWS: Duration = Duration::from_secs(10);
/// How often a job that is being deleted is looked at.
const LOOK: Duration = Duration::from_millis(200);
/// How long a deleted job may take to be gone beyond its grace: its node has to stop its pods.
const GONE: Duration = Duration::from_secs(30);

/// What jobs are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KubernetesConfig {
    /// The namespace that they are in.
    pub namespace: String,
    /// The image of the workers.
    pub image: String,
    /// How many workers share a job.
    pub parallelism: u16,
    /// The ConfigMap with the workers' settings, as environment variables.
    pub config_map: Option<String>,
    /// The Secret with the others.
    pub secret: Option<String>,
    /// The CPU that a worker asks for, like `500m`.
    pub cpu: String,
    /// The memory that a worker asks for, and may take at the most, like `2Gi`.
    pub memory: String,
}

/// Starts jobs in a cluster.
pub struct KubernetesLauncher {
    jobs: Api<Manifest>,
    pods: Pods,
    watch: Watch,
    config: KubernetesConfig,
    /// By name, what this server did that the watch may not have told of yet.
    done: Mutex<HashMap<String, Done>>,
}

/// What was done to a name.
#[derive(Clone)]
enum Done {
    Made { manifest: Box<Manifest>, at: Instant },
    Removed { uid: String },
}

impl KubernetesLauncher {
    /// A launcher in the cluster that the kubeconfig names, or that this process is a pod of.
    ///
    /// # Errors
    /// Why there is none. That its API server does not answer now is none: it is asked again.
    pub async fn connect(config: KubernetesConfig) -> Result<Self, String> {
        // Another part of the program may have installed it before; then that one is used.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let found = kube::Config::infer().await.map_err(|error| format!("no cluster is known: {error}"))?;
        let client = client(found).map_err(|error| format!("its API server cannot be asked: {error}"))?;
        Ok(Self::new(&client, config))
    }

    /// A launcher in a cluster, which begins to watch its jobs.
    #[must_use]
    pub fn new(client: &Client, config: KubernetesConfig) -> Self {
        let jobs = Api::namespaced(client.clone(), &config.namespace);
        let watch = Watch::start(jobs.clone(), &config.namespace);
        Self { pods: Pods::new(client, &config.namespace), jobs, watch, config, done: Mutex::default() }
    }

    /// Asks the cluster whether it would run a job, without running it.
    ///
    /// # Errors
    /// Why it would not, in words.
    pub async fn check(&self) -> Result<(), String> {
        let generation = GenerationId::new(Time::UNIX_EPOCH, [0; 10]);
        let (phase, deadline) = (Phase::Parse, Duration::from_secs(7200));
        let project = ProjectId::new(Time::UNIX_EPOCH, [0; 10]);
        let (name, user) = (phase.job_name(generation), UserId::new("data-forge"));
        let job = Job { name, phase, generation, project, user, deadline };
        let tried = PostParams { dry_run: true, ..PostParams::default() };
        let made = answered(self.jobs.create(&tried, &manifest::manifest(&job, &self.config))).await;
        made.map(drop).map_err(|error| refusal::text(&error))
    }

    fn with_done<T>(&self, act: impl FnOnce(&mut HashMap<String, Done>) -> T) -> T {
        act(&mut self.done.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The job of a name, as far as is known here.
    async fn known(&self, name: &str) -> Result<Option<Manifest>, LaunchError> {
        let watched = self.watch.find(name).await.map_err(|detail| state_error(name, detail))?;
        Ok(self.with_done(|done| match done.get(name).cloned() {
            None => watched,
            Some(Done::Made { manifest, at }) => {
                if at.elapsed() > NEWS || watched.as_ref().is_some_and(|job| job.uid() == manifest.uid()) {
                    done.remove(name);
                    return watched;
                }
                Some(*manifest)
            }
            Some(Done::Removed { uid }) => match watched {
                Some(job) if job.uid().as_ref() == Some(&uid) => None,
                other => {
                    done.remove(name);
                    other
                }
            },
        }))
    }

    fn made(&self, name: &str, manifest: Manifest) {
        let made = Done::Made { manifest: Box::new(manifest), at: Instant::now() };
        self.with_done(|done| done.insert(name.to_owned(), made));
    }

    fn removed(&self, name: &str, uid: Option<String>) {
        self.with_done(|done| match uid {
            Some(uid) => done.insert(name.to_owned(), Done::Removed { uid }),
            None => done.remove(name),
        });
    }

    /// Deletes the job of that identity; whether it was there.
    async fn delete(&self, name: &str, uid: Option<String>, how: DeleteParams) -> kube::Result<bool> {
        let how = how.preconditions(Preconditions { uid, resource_version: None });
        match answered(self.jobs.delete(name, &how)).await {
            Ok(_) => Ok(true),
            // It is not there, or another is.
            Err(kube::Error::Api(status)) if matches!(status.code, 404 | 409) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Whether the job of that identity is gone within this time.
    async fn gone_within(&self, name: &str, uid: &Option<String>, patience: Duration) -> kube::Result<bool> {
        let end = Instant::now() + patience;
        loop {
            match answered(self.jobs.get_opt(name)).await {
                Ok(Some(job)) if job.uid() == *uid => {}
                Ok(_) => return Ok(true),
                Err(error) if Instant::now() >= end => return Err(error),
                Err(_) => {}
            }
            if Instant::now() >= end {
                return Ok(false);
            }
            sleep(LOOK).await;
        }
    }
}

#[async_trait]
impl Launcher for KubernetesLauncher {
    async fn launch(&self, job: &Job) -> Result<(), LaunchError> {
        let (name, manifest) = (&job.name, manifest::manifest(job, &self.config));
        let failed = |error: &kube::Error| refusal::of(name, error);
        let end = Instant::now() + GONE;
        loop {
            match answered(self.jobs.create(&PostParams::default(), &manifest)).await {
                Ok(made) => {
                    self.made(name, made);
                    return Ok(());
                }
                Err(kube::Error::Api(status)) if status.is_already_exists() => {}
                Err(error) => return Err(failed(&error)),
            }
            let Some(there) = self.jobs.get_opt(name).await.map_err(|error| failed(&error))? else {
                continue;
            };
            if there.metadata.deletion_timestamp.is_some() && Instant::now() < end {
                // The one before it is on its way out.
                sleep(LOOK).await;
            } else if outcome::has_ended(&there) || there.metadata.deletion_timestamp.is_some() {
                return Err(LaunchError::Exists(name.clone()));
            } else {
                // Another server made it, or this one did and was not told so.
                self.made(name, there);
                return Ok(());
            }
        }
    }

    async fn state(&self, name: &str) -> Result<JobState, LaunchError> {
        let Some(job) = self.known(name).await? else { return Ok(JobState::Absent) };
        Ok(match outcome::state(&job) {
            JobState::Running { since, .. } => {
                JobState::Running { since, trouble: self.pods.trouble(&job).await }
            }
            JobState::Ended { ok: false, detail } => {
                let last = self.pods.last_words(&job).await;
                JobState::Ended {
                    ok: false,
                    detail: [Some(detail), last].into_iter().flatten().collect::<Vec<_>>().join("; "),
                }
            }
            other => other,
        })
    }

    async fn stop(&self, name: &str, grace: Duration) -> Result<(), LaunchError> {
        let asked = async {
            let Some(job) = answered(self.jobs.get_opt(name)).await? else { return Ok(true) };
            let uid = job.uid();
            self.delete(name, uid.clone(), DeleteParams::foreground()).await?;
            let gone = self.gone_within(name, &uid, grace + GONE).await?;
            if gone {
                self.removed(name, uid);
            }
            Ok(gone)
        };
        match asked.await {
            Ok(true) => Ok(()),
            Ok(false) => Err(LaunchError::Lingers(name.to_owned())),
            Err(error) => Err(state_error(name, refusal::text(&error))),
        }
    }

    async fn remove(&self, name: &str) -> Result<(), LaunchError> {
        let Some(job) = self.known(name).await? else { return Ok(()) };
        if outcome::has_ended(&job) {
            let deleted = self.delete(name, job.uid(), DeleteParams::background()).await;
            deleted.map_err(|error| state_error(name, refusal::text(&error)))?;
            self.removed(name, job.uid());
        }
        Ok(())
    }

    /// The cluster's jobs need no server: they go on.
    async fn shut_down(&self) {}
}

/// A client that gives an answer soon, if only that there is none: whoever asks says so, and asks again.
fn client(mut found: kube::Config) -> kube::Result<Client> {
    found.connect_timeout = Some(CONNECT);
    found.default_retry = false;
    Client::try_from(found)
}

/// What the API server answers, if it does in time.
async fn answered<T>(asked: impl Future<Output = kube::Result<T>>) -> kube::Result<T> {
    let late = |_| kube::Error::Service(format!("no answer within {} s", ANSWER.as_secs()).into());
    timeout(ANSWER, asked).await.map_err(late)?
}

fn state_error(name: &str, detail: String) -> LaunchError {
    LaunchError::State { name: name.to_owned(), detail }
}

#[cfg(test)]
mod tests;
