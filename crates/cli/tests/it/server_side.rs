//! What a server does with jobs, without the server: a store, a project, a supervisor of real workers.

use std::{path::PathBuf, process::Child, sync::Arc, time::Duration};

use jobs::{
    Environment, Launch, Pick, ProcessLauncher, Supervisor, SupervisorConfig, SystemClock, WorkerCommand,
    ingest::{self, Target},
};
use model::{
    DocumentId, GenerateConfig, GenerateSettings, Generation, GenerationId, GenerationStatus, GenerationType,
    Phase, Project, ProjectId, ProjectStats, SourceType, UserId,
};
use store::{Keys, Owner};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::forge::{Forge, manual};

/// What is polled for happens within this time, or the test fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// A project of a server's user.
pub(crate) struct ServerSide {
    pub(crate) forge: Forge,
    pub(crate) environment: Arc<Environment>,
    pub(crate) user: UserId,
    pub(crate) project: ProjectId,
    gateway: String,
}

/// A supervisor at work.
pub(crate) struct Running {
    pub(crate) supervisor: Arc<Supervisor>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl ServerSide {
    /// A project without documents, whose workers will ask this gateway.
    pub(crate) async fn new(gateway: &str) -> Self {
        let forge = Forge::new();
        let data = forge.path("data");
        let metadata =
            store::open_metadata(&format!("sqlite:{}", data.join("data-forge.db").display())).await.unwrap();
        let objects = store::open_objects(&data.join("objects").display().to_string()).await.unwrap();
        let environment = Environment::new(metadata, objects, Arc::new(SystemClock));
        let (user, now) = (UserId::new("ada"), environment.now());
        let id = ProjectId::new(now, jobs::random_bytes());
        let project = Project {
            id,
            user_id: user.clone(),
            name: "valves".into(),
            description: String::new(),
            source_type: SourceType::Documents,
            config: serde_json::Map::new(),
            storage_prefix: Keys::new(&user, id).prefix().to_string(),
            current_version: 0,
            stats: ProjectStats::default(),
            created_at: now,
            updated_at: now,
        };
        environment.metadata.create_project(&project).await.unwrap();
        Self { forge, environment: Arc::new(environment), user, project: id, gateway: gateway.to_owned() }
    }

    /// A document of so many chunks, not parsed yet.
    pub(crate) async fn document(&self, name: &str, sections: usize) -> DocumentId {
        let target = Target { environment: &self.environment, user: &self.user, project: self.project };
        ingest::from_text(&target, name, &manual("pump", sections)).await.unwrap().id
    }

    /// A parse by jobs.
    pub(crate) async fn parse(&self, documents: &[DocumentId]) -> GenerationId {
        let Self { environment, user, project, .. } = self;
        jobs::create_parse(environment, user, *project, documents, model::Parsing::default(), Launch::Jobs)
            .await
            .unwrap()
            .id
    }

    /// A document of so many chunks, parsed without jobs.
    pub(crate) async fn parsed(&self, sections: usize) -> DocumentId {
        let document = self.document("pump.md", sections).await;
        let Self { environment, user, project, .. } = self;
        let created = jobs::create_parse(
            environment,
            user,
            *project,
            &[document],
            model::Parsing::default(),
            Launch::Here,
        )
        .await
        .unwrap();
        jobs::drive(environment, user, created.id, &CancellationToken::new()).await.unwrap();
        document
    }

    /// A generation by jobs of one pair a chunk.
    pub(crate) async fn generate(&self, document: DocumentId, model: &str) -> GenerationId {
        let config =
            GenerateConfig { pairs_per_chunk: 1, max_concurrency: Some(2), ..GenerateConfig::default() };
        self.generate_with(document, model, config).await
    }

    /// A generation by jobs; without a judge, unless the settings name one.
    pub(crate) async fn generate_with(
        &self,
        document: DocumentId,
        model: &str,
        mut config: GenerateConfig,
    ) -> GenerationId {
        config.judge_model.get_or_insert_with(|| "none".into());
        let settings = GenerateSettings {
            teacher_model: model.into(),
            generation_type: GenerationType::Qa,
            temperature: 0.7,
            system_prompt: None,
            config,
        };
        let pick = Pick::Missing { documents: vec![document], except: [].into() };
        let Self { environment, user, project, .. } = self;
        jobs::create_generate(environment, user, *project, settings, &pick, Launch::Jobs).await.unwrap().id
    }

    /// A server's supervisor, whose workers are the real binary.
    pub(crate) fn supervise(&self) -> Running {
        self.supervise_with(env!("CARGO_BIN_EXE_data-forge").into())
    }

    pub(crate) fn supervise_with(&self, program: PathBuf) -> Running {
        let command = WorkerCommand {
            program,
            arguments: Vec::new(),
            variables: vec![
                ("DATA_FORGE_DATA_DIR".into(), self.forge.path("data").into()),
                ("DATA_FORGE_GATEWAY_URL".into(), self.gateway.clone().into()),
            ],
        };
        let launcher = ProcessLauncher::new(Arc::clone(&self.environment), command);
        let config = SupervisorConfig { max_running: 2, ..SupervisorConfig::default() };
        let supervisor = Supervisor::new(Arc::clone(&self.environment), Arc::new(launcher), config);
        let (supervisor, stop) = (Arc::new(supervisor), CancellationToken::new());
        let task = tokio::spawn({
            let (supervisor, stop) = (Arc::clone(&supervisor), stop.clone());
            async move { supervisor.run(&stop).await }
        });
        Running { supervisor, stop, task }
    }

    /// A worker on the teaching of a generation that no supervisor knows of.
    pub(crate) fn by_hand(&self, id: GenerationId) -> Child {
        let mut command = self.forge.command(&["worker", "generate", "--generation", &id.to_string()]);
        command.env("DATA_FORGE_GATEWAY_URL", &self.gateway).spawn().unwrap()
    }

    pub(crate) async fn generation(&self, id: GenerationId) -> Generation {
        self.environment.metadata.generation(&self.user, id).await.unwrap().unwrap()
    }

    /// Waits until a generation is as it should be.
    pub(crate) async fn until(&self, id: GenerationId, wanted: impl Fn(&Generation) -> bool) -> Generation {
        let found = poll(async || Some(self.generation(id).await).filter(&wanted)).await;
        match found {
            Some(generation) => generation,
            None => panic!("it stayed so: {:?}", self.generation(id).await),
        }
    }

    pub(crate) async fn ended(&self, id: GenerationId) -> Generation {
        self.until(id, |generation| generation.status.has_ended()).await
    }

    /// Waits until a generation's teacher has written something and is still at it; gives back its worker.
    pub(crate) async fn under_way(&self, id: GenerationId) -> Owner {
        self.until(id, |generation| {
            generation.status == GenerationStatus::Generating && generation.chunks_processed > 1
        })
        .await;
        self.worker(id).await
    }

    /// The process that works on the teaching of a generation.
    pub(crate) async fn worker(&self, id: GenerationId) -> Owner {
        let name = format!("job/{}", Phase::Generate.job_name(id));
        let holder = async || {
            let now = self.environment.now();
            self.environment.metadata.lock_holder(&name, now).await.unwrap()
        };
        poll(holder).await.expect("a worker")
    }
}

impl Running {
    /// As a server that is told to end.
    pub(crate) async fn shut_down(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }

    /// As a server that is killed.
    pub(crate) fn vanish(self) {
        self.task.abort();
    }
}

/// Asks again until there is an answer.
pub(crate) async fn poll<T>(ask: impl AsyncFn() -> Option<T>) -> Option<T> {
    let asking = async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.ok()
}

/// Sends a signal; says whether there was a process to get it.
pub(crate) fn signal(pid: u32, signal: &str) -> bool {
    let kill = std::process::Command::new("kill").args([signal, &pid.to_string()]).output().unwrap();
    kill.status.success()
}

/// Whether there is a process of that number.
pub(crate) fn lives(pid: u32) -> bool {
    signal(pid, "-0")
}
