//! Versions handed over to who trains on them: one job for one thing that is asked for, whoever asks again and whatever died in
//! between.

mod openai;
mod platform;
mod transport;

use std::{collections::BTreeMap, time::Duration};

use jobs::{Environment, JobsError};
use llm::Secret;
use model::{
    Export, ExportFormat, FineTuneJob, FineTuneProvider, FineTuneStatus, ProjectId, UserId, sha256_hex,
};
use serde_json::Value;
use store::StoreError;

use self::{openai::OpenAi, platform::Platform, transport::Transport};
use crate::turn::{Turn, TurnError};

/// How long a provider may take to say where a job stands.
const LOOK: Duration = Duration::from_secs(5);

/// Who trains, and how they are reached.
#[derive(Debug, Clone, PartialEq)]
pub struct FineTuneConfig {
    /// Who.
    pub provider: FineTuneProvider,
    /// Where: of `openai` with `/v1`; of `platform` the address that jobs are made at.
    pub url: String,
    /// Their key.
    pub api_key: Option<Secret>,
}

/// Why no job was made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FineTuneError {
    /// Nobody is set who trains.
    #[error(
        "nobody is set who trains: set DATA_FORGE_FINETUNE_URL and DATA_FORGE_FINETUNE_PROVIDER (openai or platform), or a gateway"
    )]
    NotSet,
    /// The provider reads another format.
    #[error("OpenAI reads ChatML, and version {version} is {format}: export it as chatml, and hand that over", format = .format.as_str())]
    Format {
        /// The version.
        version: u32,
        /// Its format.
        format: ExportFormat,
    },
    /// The same is being made, for longer than one waits.
    #[error("the same job is being made; ask again")]
    Busy,
    /// The provider could not be reached, or refused.
    #[error("{0}")]
    Provider(String),
    /// Whether the same is being made could not be found out.
    #[error(transparent)]
    Turn(JobsError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Wanted {
    /// The model that is trained on.
    pub(crate) model: String,
    /// What the job is called.
    pub(crate) name: Option<String>,
    /// How it is trained.
    pub(crate) hyperparameters: BTreeMap<String, Value>,
}

/// What a provider says of a job.
#[derive(Debug, Clone, PartialEq)]
struct Said {
    job_id: String,
    status: FineTuneStatus,
    fine_tuned_model: Option<String>,
    error: Option<String>,
}

/// Who trains.
pub struct FineTuning {
    config: FineTuneConfig,
    provider: Provider,
}

enum Provider {
    OpenAi(OpenAi),
    Platform(Platform),
}

/// A version that is handed over, and whose it is.
struct Handed<'a> {
    environment: &'a Environment,
    user: &'a UserId,
    export: &'a Export,
    wanted: &'a Wanted,
    /// What tells the job from others, at the provider's too.
    key: &'a str,
}

impl FineTuning {
    /// Where versions are sent to: the host, with its port where that is not the usual one.
    pub(crate) fn host(&self) -> Option<String> {
        let url = reqwest::Url::parse(&self.config.url).ok()?;
        let host = url.host_str()?;
        Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
    }

    /// Whoever a configuration names.
    ///
    /// # Errors
    /// What is wrong with the address or the key.
    pub fn new(config: FineTuneConfig) -> Result<Self, String> {
        let transport = Transport::new(&config)?;
        let provider = match config.provider {
            FineTuneProvider::Openai => Provider::OpenAi(OpenAi::new(transport)),
            FineTuneProvider::Platform => Provider::Platform(Platform::new(transport)),
        };
        Ok(Self { config, provider })
    }

    /// The job that is asked for: the one that is there, or a new one. One that failed or was cancelled is not as good.
    pub(crate) async fn create(
        &self,
        environment: &Environment,
        user: &UserId,
        export: &Export,
        wanted: &Wanted,
    ) -> Result<FineTuneJob, FineTuneError> {
        let FineTuneConfig { provider, .. } = self.config;
        if provider == FineTuneProvider::Openai && export.format != ExportFormat::Chatml {
            let Export { version, format, .. } = *export;
            return Err(FineTuneError::Format { version, format });
        }
        let turn = Turn::wait(environment, format!("fine-tune/{}", export.project_id)).await?;
        let job = self.create_in_turn(environment, user, export, wanted).await;
        turn.end().await;
        job
    }

    async fn create_in_turn(
        &self,
        environment: &Environment,
        user: &UserId,
        export: &Export,
        wanted: &Wanted,
    ) -> Result<FineTuneJob, FineTuneError> {
        let project = export.project_id;
        let (key, kept) = self.kept(environment, user, export, wanted).await?;
        if kept.job_id.is_some() {
            return Ok(kept);
        }
        let handed = Handed { environment, user, export, wanted, key: &key };
        let said = match self.find_or_make(&handed).await {
            Ok(said) => said,
            Err(error) => {
                // It is tried again when it is asked for again; until then this is why it is not there.
                let job = FineTuneJob { error: Some(error.clone()), updated_at: environment.now(), ..kept };
                environment.metadata.update_fine_tune_job(user, project, &key, &job).await?;
                return Err(FineTuneError::Provider(error));
            }
        };
        let job = kept.with(said, environment);
        environment.metadata.update_fine_tune_job(user, project, &key, &job).await?;
        Ok(job)
    }

    /// The job that is kept for what is asked for, and its key; one that has failed makes room for a next one.
    async fn kept(
        &self,
        environment: &Environment,
        user: &UserId,
        export: &Export,
        wanted: &Wanted,
    ) -> Result<(String, FineTuneJob), FineTuneError> {
        let FineTuneConfig { provider, .. } = self.config;
        let now = environment.now();
        let mut attempt = 1;
        loop {
            let key = key(export, provider, wanted, attempt);
            let job = FineTuneJob {
                job_id: None,
                status: FineTuneStatus::Creating,
                provider,
                model: wanted.model.clone(),
                name: wanted.name.clone(),
                hyperparameters: wanted.hyperparameters.clone(),
                fine_tuned_model: None,
                error: None,
                version: export.version,
                created_at: now,
                updated_at: now,
            };
            let kept = environment.metadata.add_fine_tune_job(user, export.project_id, &key, &job).await?;
            if !matches!(kept.status, FineTuneStatus::Failed | FineTuneStatus::Cancelled) {
                return Ok((key, kept));
            }
            attempt += 1;
        }
    }

    /// A job that was made before its id could be kept is found by its key.
    async fn find_or_make(&self, handed: &Handed<'_>) -> Result<Said, String> {
        match &self.provider {
            Provider::OpenAi(openai) => match openai.find(handed.key).await? {
                Some(said) => Ok(said),
                None => openai.make(handed).await,
            },
            // It is told the key, and is to tell by it whether it has the job.
            Provider::Platform(platform) => platform.make(handed).await,
        }
    }

    /// The same jobs as their provider sees them now; as they were last seen, where it does not say.
    pub(crate) async fn refreshed(
        &self,
        environment: &Environment,
        user: &UserId,
        project: ProjectId,
        jobs: Vec<(String, FineTuneJob)>,
    ) -> Result<Vec<FineTuneJob>, StoreError> {
        let looks = jobs.into_iter().map(|(key, job)| async move {
            let Some(said) = self.look(&job).await else { return Ok(job) };
            let seen = job.clone().with(said, environment);
            let unchanged = FineTuneJob { updated_at: job.updated_at, ..seen.clone() } == job;
            if unchanged {
                return Ok(job);
            }
            environment.metadata.update_fine_tune_job(user, project, &key, &seen).await?;
            Ok(seen)
        });
        futures::future::join_all(looks).await.into_iter().collect()
    }

    async fn look(&self, job: &FineTuneJob) -> Option<Said> {
        let id = job.job_id.as_ref()?;
        if job.status.has_ended() || job.provider != self.config.provider {
            return None;
        }
        let state = async {
            match &self.provider {
                Provider::OpenAi(openai) => openai.state(id).await,
                Provider::Platform(platform) => platform.state(id).await,
            }
        };
        match tokio::time::timeout(LOOK, state).await {
            Ok(Ok(said)) => Some(said),
            Ok(Err(error)) => {
                tracing::warn!(job = id, error, "where a fine-tuning job stands is not known");
                None
            }
            Err(_) => None,
        }
    }
}

/// What the same is asked for by again.
fn key(export: &Export, provider: FineTuneProvider, wanted: &Wanted, attempt: u32) -> String {
    let Wanted { model, name, hyperparameters } = wanted;
    let Export { project_id, version, .. } = export;
    let asked = (project_id, version, provider.as_str(), model, name, hyperparameters, attempt);
    sha256_hex(serde_json::to_vec(&asked).expect("ids, strings and JSON are always JSON"))[..32].to_owned()
}

/// A job with what was said of it.
trait With {
    fn with(self, said: Said, environment: &Environment) -> Self;
}

impl With for FineTuneJob {
    fn with(self, said: Said, environment: &Environment) -> Self {
        let Said { job_id, status, fine_tuned_model, error } = said;
        Self { job_id: Some(job_id), status, fine_tuned_model, error, updated_at: environment.now(), ..self }
    }
}

impl From<TurnError> for FineTuneError {
    fn from(error: TurnError) -> Self {
        match error {
            TurnError::Busy => Self::Busy,
            TurnError::Jobs(error) => Self::Turn(error),
        }
    }
}
