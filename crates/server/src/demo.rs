//! The example project: the documents, and what `serve --demo` makes of them.

use std::time::Duration;

use generate::BUILTIN;
use jobs::{
    Launch, Pick, create_generate, create_parse,
    ingest::{self, Target},
    random_bytes,
};
use model::{
    DocumentId, DocumentStatus, GenerateConfig, GenerateSettings, Generation, GenerationKind, GenerationType,
    Parsing, Project, ProjectId, ProjectStats, SourceType, UserId,
};
use serde_json::Map;
use store::{ChunkScope, ChunkSelection, Keys};

use crate::{App, problem::Problem};

const NAME: &str = "Dunnock manuals (example)";

/// The example documents, of all formats that are read.
const DOCUMENTS: [(&str, &[u8]); 6] = [
    ("admin-handbook.docx", include_bytes!("../../../examples/documents/admin-handbook.docx")),
    ("cli-reference.md", include_bytes!("../../../examples/documents/cli-reference.md")),
    ("error-codes.csv", include_bytes!("../../../examples/documents/error-codes.csv")),
    ("knowledge-base.html", include_bytes!("../../../examples/documents/knowledge-base.html")),
    ("release-notes.txt", include_bytes!("../../../examples/documents/release-notes.txt")),
    ("user-guide.pdf", include_bytes!("../../../examples/documents/user-guide.pdf")),
];

/// How often a generation is looked at that is waited for.
const PAUSE: Duration = Duration::from_millis(100);

/// The bytes of all example documents.
pub(crate) fn bytes() -> u64 {
    DOCUMENTS.iter().map(|(_, bytes)| bytes.len() as u64).sum()
}

/// Makes a project that holds the example documents.
pub(crate) async fn create(app: &App, user: &UserId) -> Result<ProjectId, Problem> {
    let id = create_empty(app, user).await?;
    if let Err(problem) = fill(app, user, id).await {
        // Half a demo is none. What it fails with is what the user has to know.
        if let Err(error) = app.environment.metadata.delete_project(user, id).await {
            tracing::warn!(%error, project = %id, "a demo that failed cannot be removed");
        }
        return Err(problem);
    }
    Ok(id)
}

/// The example project of the user `local`, parsed, and with pairs of the built-in teacher that wait for
/// review. What of that is there already is left as it is. The server's supervisor has to run.
///
/// # Errors
/// Where the stores fail.
pub async fn demo(app: &App) -> Result<ProjectId, Problem> {
    let user = UserId::local();
    let id = match app.environment.metadata.project_by_name(&user, NAME).await? {
        Some(project) => project.id,
        None => create(app, &user).await?,
    };
    if newest(app, &user, id, GenerationKind::Parse).await?.is_none() {
        let documents = unparsed(app, &user, id).await?;
        if !documents.is_empty() {
            let parsing = Parsing::default();
            create_parse(&app.environment, &user, id, &documents, parsing, Launch::Jobs).await?;
        }
    }
    wait(app, &user, id, GenerationKind::Parse).await?;
    if newest(app, &user, id, GenerationKind::Generate).await?.is_none() {
        let all = ChunkSelection { documents: None, chunks: None, scope: ChunkScope::All };
        let pick = Pick::Selected(all);
        create_generate(&app.environment, &user, id, settings(), &pick, Launch::Jobs).await?;
    }
    wait(app, &user, id, GenerationKind::Generate).await?;
    Ok(id)
}

async fn create_empty(app: &App, user: &UserId) -> Result<ProjectId, Problem> {
    let now = app.environment.now();
    let id = ProjectId::new(now, random_bytes());
    let project = Project {
        id,
        user_id: user.clone(),
        name: NAME.into(),
        description: "The manuals of a made-up backup appliance, one document of each format.".into(),
        source_type: SourceType::Documents,
        config: Map::new(),
        storage_prefix: Keys::new(user, id).prefix().to_string(),
        current_version: 0,
        stats: ProjectStats::default(),
        created_at: now,
        updated_at: now,
    };
    app.environment.metadata.create_project(&project).await?;
    Ok(id)
}

async fn fill(app: &App, user: &UserId, project: ProjectId) -> Result<(), Problem> {
    let target = Target { environment: &app.environment, user, project };
    for (name, bytes) in DOCUMENTS {
        ingest::from_bytes(&target, name, bytes).await.map_err(|error| Problem::internal(&error))?;
    }
    Ok(())
}

fn settings() -> GenerateSettings {
    GenerateSettings {
        teacher_model: BUILTIN.into(),
        generation_type: GenerationType::Qa,
        temperature: 0.7,
        system_prompt: None,
        config: GenerateConfig::default(),
    }
}

async fn unparsed(app: &App, user: &UserId, id: ProjectId) -> Result<Vec<DocumentId>, Problem> {
    let documents = app.environment.metadata.documents(user, id, None, DOCUMENTS.len() as u32).await?;
    let unparsed = documents.into_iter().filter(|document| document.status != DocumentStatus::Parsed);
    Ok(unparsed.map(|document| document.id).collect())
}

async fn newest(
    app: &App,
    user: &UserId,
    id: ProjectId,
    kind: GenerationKind,
) -> Result<Option<Generation>, Problem> {
    Ok(app.environment.metadata.generations(user, id, kind).await?.into_iter().next())
}

/// Waits until the newest generation of a kind has ended, however.
async fn wait(app: &App, user: &UserId, id: ProjectId, kind: GenerationKind) -> Result<(), Problem> {
    app.supervisor.wake();
    while let Some(generation) = newest(app, user, id, kind).await? {
        if generation.status.has_ended() || app.stopping.is_cancelled() {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}
