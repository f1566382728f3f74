//! A project to try things out with.

use axum::{Json, extract::State, http::StatusCode};
use jobs::{
    ingest::{self, Target},
    random_bytes,
};
use model::{Project, ProjectId, ProjectStats, SourceType, UserId};
use serde_json::Map;
use store::Keys;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::named;
use crate::{App, extract::Caller, limits, problem::Problem};

/// The example documents, of all formats that are read.
const DOCUMENTS: [(&str, &[u8]); 6] = [
    ("admin-handbook.docx", include_bytes!("../../../../examples/documents/admin-handbook.docx")),
    ("cli-reference.md", include_bytes!("../../../../examples/documents/cli-reference.md")),
    ("error-codes.csv", include_bytes!("../../../../examples/documents/error-codes.csv")),
    ("knowledge-base.html", include_bytes!("../../../../examples/documents/knowledge-base.html")),
    ("release-notes.txt", include_bytes!("../../../../examples/documents/release-notes.txt")),
    ("user-guide.pdf", include_bytes!("../../../../examples/documents/user-guide.pdf")),
];

/// The endpoint of the demo.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(demo))
}

/// Makes a project that holds the example documents, ready to be parsed.
#[utoipa::path(post, path = "/demo", tag = "projects", responses((status = 201, body = Project), Problem))]
async fn demo(State(app): State<App>, Caller(user): Caller) -> Result<(StatusCode, Json<Project>), Problem> {
    limits::projects(&app, &user).await?;
    let bytes: usize = DOCUMENTS.iter().map(|(_, bytes)| bytes.len()).sum();
    limits::document_bytes(&app, &user, bytes as u64).await?;
    let id = create(&app, &user).await?;
    if let Err(problem) = fill(&app, &user, id).await {
        // Half a demo is none. What it fails with is what the user has to know.
        if let Err(error) = app.environment.metadata.delete_project(&user, id).await {
            tracing::warn!(%error, project = %id, "a demo that failed cannot be removed");
        }
        return Err(problem);
    }
    Ok((StatusCode::CREATED, Json(named::project(&app, &user, id).await?)))
}

async fn create(app: &App, user: &UserId) -> Result<ProjectId, Problem> {
    let now = app.environment.now();
    let id = ProjectId::new(now, random_bytes());
    let project = Project {
        id,
        user_id: user.clone(),
        name: "Dunnock manuals (example)".into(),
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{api::sample, testing::TestApp};

    #[tokio::test]
    async fn the_demo_is_ready_to_parse() {
        let app = TestApp::new().await;
        let project = app.post("/demo", &json!({})).await.expect(201);
        assert_eq!(project["stats"]["total_documents"], 6);
        let path = format!("/projects/{}", project["id"].as_str().unwrap());
        let generation = app.post(&format!("{path}/parse"), &json!({})).await.expect(202);
        assert_eq!(sample::drive(&app, &generation).await["status"], "completed");
        let documents = app.get(&format!("{path}/documents?status=parsed")).await.expect(200);
        assert_eq!(documents["total"], 6, "{documents}");
    }
}
