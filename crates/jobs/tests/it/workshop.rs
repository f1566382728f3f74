//! A project on a store of its own, and a model that does as it is told.

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use jobs::{Environment, Launch, Pick, SystemClock, create_generate, create_parse, drive, random_bytes};
use llm::{ChatError, ChatModel, ChatReply, ChatRequest, FinishReason};
use model::{
    DifficultyWeights, Document, DocumentId, DocumentStatus, Format, GenerateConfig, GenerateSettings,
    Generation, GenerationId, GenerationType, Project, ProjectId, ProjectStats, SourceType, Usage, UserId,
    sha256_hex,
};
use store::{ExportRow, Keys, PairSelection};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// What a scripted model does with a request.
pub(crate) type Script = dyn Fn(&ChatRequest) -> Result<String, ChatError> + Send + Sync;

/// A model that does as it is told, and counts.
pub(crate) struct Scripted {
    script: Box<Script>,
    pub(crate) calls: AtomicU64,
    latency: Duration,
}

#[async_trait]
impl ChatModel for Scripted {
    async fn chat(&self, request: &ChatRequest) -> Result<ChatReply, ChatError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(self.latency).await;
        let content = (self.script)(request)?;
        let usage = Usage { requests: 1, prompt_tokens: 100, completion_tokens: 50, cost_usd: None };
        Ok(ChatReply { content, finish_reason: FinishReason::Stop, usage })
    }
}

/// One good pair about the section that the request is about.
pub(crate) fn good(request: &ChatRequest) -> Result<String, ChatError> {
    let number = section(request);
    Ok(format!(
        r#"{{"pairs": [{{"question": "At which pressure does valve {number} open?",
            "answer": "Valve {number} opens at {} bar.", "quote": "Valve {number} opens at {} bar.",
            "question_type": "factual", "difficulty": "easy"}}], "nothing_to_teach": null}}"#,
        100 + number,
        100 + number
    ))
}

/// The section that a request is about.
pub(crate) fn section(request: &ChatRequest) -> u32 {
    // A repair shows the model its own reply behind the message with the passage.
    let prompt = request.messages.iter().find(|message| message.content.contains("<passage>")).unwrap();
    let passage = &prompt.content[prompt.content.rfind("<passage>").unwrap()..];
    let start = passage.find("Valve ").unwrap() + 6;
    passage[start..].split_whitespace().next().unwrap().parse().unwrap()
}

pub(crate) struct Workshop {
    folder: TempDir,
    pub(crate) environment: Arc<Environment>,
    pub(crate) user: UserId,
    pub(crate) project: ProjectId,
    pub(crate) model: Arc<Scripted>,
}

impl Workshop {
    pub(crate) async fn new(
        latency_ms: u64,
        script: impl Fn(&ChatRequest) -> Result<String, ChatError> + Send + Sync + 'static,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let latency = Duration::from_millis(latency_ms);
        let model = Arc::new(Scripted { script: Box::new(script), calls: AtomicU64::new(0), latency });
        let environment = environment(&folder, &model).await;
        let (user, now) = (UserId::local(), environment.now());
        let project = ProjectId::new(now, random_bytes());
        let row = Project {
            id: project,
            user_id: user.clone(),
            name: "valves".into(),
            description: String::new(),
            source_type: SourceType::Documents,
            config: serde_json::Map::new(),
            storage_prefix: Keys::new(&user, project).prefix().to_string(),
            current_version: 0,
            stats: ProjectStats::default(),
            created_at: now,
            updated_at: now,
        };
        environment.metadata.create_project(&row).await.unwrap();
        Self { folder, environment: Arc::new(environment), user, project, model }
    }

    /// The same project, seen by another process that has a model of its own.
    pub(crate) async fn elsewhere(&self, model: &Arc<Scripted>, host: &str) -> Arc<Environment> {
        let mut environment = environment(&self.folder, model).await;
        environment.owner.host = host.into();
        Arc::new(environment)
    }

    pub(crate) fn scripted(
        script: impl Fn(&ChatRequest) -> Result<String, ChatError> + Send + Sync + 'static,
    ) -> Arc<Scripted> {
        Arc::new(Scripted { script: Box::new(script), calls: AtomicU64::new(0), latency: Duration::ZERO })
    }

    pub(crate) async fn document(&self, name: &str, bytes: &[u8]) -> DocumentId {
        let Self { environment, user, project, .. } = self;
        let now = environment.now();
        let id = DocumentId::new(now, random_bytes());
        let key = Keys::new(user, *project).source(id);
        environment.objects.put(&key, bytes).await.unwrap();
        let document = Document {
            id,
            project_id: *project,
            filename: name.into(),
            format: Format::Markdown,
            size_bytes: bytes.len() as u64,
            sha256: sha256_hex(bytes),
            storage_key: key.to_string(),
            status: DocumentStatus::Uploaded,
            error: None,
            pages: None,
            chunk_count: 0,
            warnings: Vec::new(),
            parsing: None,
            created_at: now,
            source_url: None,
            parsed_at: None,
        };
        environment.metadata.add_document(user, &document).await.unwrap();
        id
    }

    pub(crate) async fn parsed(&self, sections: u32) -> DocumentId {
        let document = self.document("valves.md", valves(sections).as_bytes()).await;
        let created = create_parse(
            &self.environment,
            &self.user,
            self.project,
            &[document],
            model::Parsing::default(),
            Launch::Here,
        )
        .await
        .unwrap();
        self.drive(created.id).await;
        document
    }

    pub(crate) async fn generation(&self, document: DocumentId) -> GenerationId {
        let Self { environment, user, project, .. } = self;
        let pick = missing(document);
        create_generate(environment, user, *project, settings(), &pick, Launch::Here).await.unwrap().id
    }

    pub(crate) async fn drive(&self, id: GenerationId) -> Generation {
        drive(&self.environment, &self.user, id, &CancellationToken::new()).await.unwrap()
    }

    pub(crate) async fn pairs(&self) -> Vec<ExportRow> {
        let all = PairSelection::default();
        self.environment.metadata.export_rows(&self.user, self.project, &all, None, 10_000).await.unwrap()
    }

    pub(crate) fn calls(&self) -> u64 {
        self.model.calls.load(Ordering::SeqCst)
    }
}

async fn environment(folder: &TempDir, model: &Arc<Scripted>) -> Environment {
    let database = format!("sqlite:{}", folder.path().join("forge.db").display());
    let metadata = store::open_metadata(&database).await.unwrap();
    let objects = store::open_objects(&folder.path().join("objects").display().to_string()).await.unwrap();
    let mut environment = Environment::new(metadata, objects, Arc::new(SystemClock));
    environment.chat = Some(Arc::clone(model) as Arc<dyn ChatModel>);
    environment.limits.max_concurrency = 4;
    environment
}

pub(crate) fn settings() -> GenerateSettings {
    GenerateSettings {
        teacher_model: "scripted".into(),
        generation_type: GenerationType::Qa,
        temperature: 0.7,
        system_prompt: None,
        // What the model makes: the difficulties of a run are tested elsewhere.
        config: GenerateConfig {
            pairs_per_chunk: 1,
            difficulty_distribution: DifficultyWeights { easy: 1.0, medium: 0.0, hard: 0.0 },
            judge_model: Some("none".into()),
            ..GenerateConfig::default()
        },
    }
}

/// The chunks of a document that have no pairs yet.
pub(crate) fn missing(document: DocumentId) -> Pick {
    Pick::Missing { documents: vec![document], except: HashSet::new() }
}

/// A document of so many chunks.
fn valves(sections: u32) -> String {
    let mut text = "# Valves\n\n".to_owned();
    for number in 0..sections {
        let filler =
            format!("The seat of valve {number} is ground and lapped before it leaves the works. ").repeat(6);
        text += &format!("## Valve {number}\n\nValve {number} opens at {} bar. {filler}\n\n", 100 + number);
    }
    text
}
