//! Chunks to pairs.

mod estimate;
mod preview;
mod settings;

use axum::{Json, extract::State, http::StatusCode};
use jobs::{Launch, Pick, create_generate};
use model::{
    ChunkId, DocumentId, GenerateConfig, GenerateSettings, Generation, GenerationType, ProjectId, UserId,
};
use serde::Deserialize;
use serde_json::{Map, Value};
use store::{ChunkScope, ChunkSelection};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::named;
use crate::{
    App,
    extract::{Body, Caller, Path},
    problem::Problem,
};

/// The endpoint of generating.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(generate)).merge(estimate::routes()).merge(preview::routes())
}

/// What pairs are made, from what, by whom.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewGeneration {
    /// The model that writes them: one of `available-models`.
    #[schema(min_length = 1, max_length = 200)]
    teacher_model: String,
    /// What kind of examples to make.
    generation_type: GenerationType,
    /// The sampling temperature.
    #[schema(minimum = 0, maximum = 2, default = 0.7)]
    temperature: Option<f64>,
    /// The system prompt that the examples are made for.
    #[schema(max_length = 20000)]
    system_prompt: Option<String>,
    /// From the chunks of these documents; of all where it is left out.
    #[schema(min_items = 1, max_items = 10000)]
    document_ids: Option<Vec<DocumentId>>,
    /// From these chunks; excluded ones are passed over.
    #[schema(min_items = 1, max_items = 10000)]
    chunk_ids: Option<Vec<ChunkId>>,
    /// Which of these chunks, by the pairs that there are of them.
    #[serde(default)]
    scope: Scope,
    /// The rest, key by key in place of the project's defaults.
    #[serde(default)]
    #[schema(value_type = GenerateConfig)]
    config: Map<String, Value>,
}

/// Which chunks, by the pairs that there are of them.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ChunkScope)]
enum Scope {
    /// All.
    #[default]
    All,
    /// Those that have none.
    WithoutPairs,
    /// Those that have none that a person accepted.
    WithoutAcceptedPairs,
}

impl From<Scope> for ChunkScope {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::All => Self::All,
            Scope::WithoutPairs => Self::WithoutPairs,
            Scope::WithoutAcceptedPairs => Self::WithoutAcceptedPairs,
        }
    }
}

/// Makes pairs from chunks. 409 where there is no chunk to make them from.
#[utoipa::path(post, path = "/projects/{id}/generate", tag = "generations", request_body = NewGeneration, params(("id" = ProjectId, Path)),
    responses((status = 202, body = Generation), Problem))]
async fn generate(
    State(app): State<App>,
    Caller(user): Caller,
    Path(id): Path<ProjectId>,
    Body(new): Body<NewGeneration>,
) -> Result<(StatusCode, Json<Generation>), Problem> {
    let (settings, which) = read(&app, &user, id, new).await?;
    let pick = Pick::Selected(which);
    let created = create_generate(&app.environment, &user, id, settings, &pick, Launch::Jobs).await?;
    app.supervisor.wake();
    let generation = named::generation(&app, &user, created.id).await?;
    Ok((StatusCode::ACCEPTED, Json(generation)))
}

/// What is asked for, checked against what there is.
async fn read(
    app: &App,
    user: &UserId,
    id: ProjectId,
    new: NewGeneration,
) -> Result<(GenerateSettings, ChunkSelection), Problem> {
    let project = named::project(app, user, id).await?;
    let settings = settings::read(&new, &project.config, app.gateway.is_some())?;
    if let Some(documents) = &new.document_ids {
        named::documents(app, user, id, documents).await?;
    }
    if let Some(chunks) = &new.chunk_ids {
        named::chunks(app, user, id, chunks).await?;
    }
    let which =
        ChunkSelection { documents: new.document_ids, chunks: new.chunk_ids, scope: new.scope.into() };
    Ok((settings, which))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::{
        api::sample::{self, offline},
        testing::TestApp,
    };

    fn with(more: Value) -> Value {
        let mut body = offline();
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    }

    #[tokio::test]
    async fn pairs_are_made_from_what_has_none() {
        let app = TestApp::new().await;
        let project = sample::parsed(&app).await;
        let path = format!("{project}/generate");
        let generation = app.post(&path, &offline()).await.expect(202);
        assert_eq!((&generation["kind"], &generation["temperature"]), (&json!("generate"), &json!(0.7)));
        let ended = sample::drive(&app, &generation).await;
        assert_eq!(ended["status"], "completed");
        assert!(ended["pairs_generated"].as_u64().unwrap() > 0, "{ended}");
        let left = app.post(&path, &with(json!({"scope": "without_accepted_pairs"}))).await.expect(202);
        assert_eq!(left["chunks_total"], generation["chunks_total"]);
        let chunk = app.get(&format!("{project}/chunks")).await.expect(200)["items"][0]["id"].clone();
        let one = app.post(&path, &with(json!({"chunk_ids": [chunk]}))).await.expect(202);
        assert_eq!(one["chunks_total"], 1);
    }

    #[tokio::test]
    async fn what_is_not_in_the_project_is_named() {
        let app = TestApp::new().await;
        let project = sample::parsed(&app).await;
        let chunk = app.get(&format!("{project}/chunks")).await.expect(200)["items"][0].clone();
        let other = format!("{}/generate", sample::project(&app, "b").await);
        for list in ["chunk_ids", "document_ids"] {
            let id = if list == "chunk_ids" { &chunk["id"] } else { &chunk["document_id"] };
            let problem = app.post(&other, &with(json!({list: [id]}))).await.expect_problem(422, "invalid");
            assert_eq!(problem["errors"][0]["pointer"], format!("/{list}/0"));
        }
        app.post(&other, &offline()).await.expect_problem(409, "conflict");
        app.as_user("bob").post(&other, &offline()).await.expect_problem(404, "not_found");
        app.post(&other, &with(json!({"scope": "some"}))).await.expect_problem(422, "invalid");
    }
}
