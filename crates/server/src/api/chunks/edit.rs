//! One chunk: looked at and changed.

use axum::{Json, extract::State};
use jobs::{ChunkEdit, edit_chunk};
use model::{Chunk, ChunkId, ProjectId};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::bounds;
use crate::{
    App,
    extract::{Body, Caller, Path},
    problem::{Checks, Problem},
};

/// The endpoints of one chunk.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get, update))
}

/// What is changed of a chunk; what is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangedChunk {
    /// Its text.
    #[schema(min_length = 1, max_length = 100000)]
    text: Option<String>,
    /// Whether it is left out of generation.
    excluded: Option<bool>,
    /// The headings above it, outermost first; each of 1 to 500 characters.
    #[schema(max_items = 20)]
    heading_path: Option<Vec<String>>,
}

/// One chunk.
#[utoipa::path(get, path = "/projects/{id}/chunks/{chunk_id}", tag = "chunks",
    params(("id" = ProjectId, Path), ("chunk_id" = ChunkId, Path)),
    responses((status = 200, body = Chunk), Problem))]
async fn get(
    State(app): State<App>,
    Caller(user): Caller,
    Path((project, id)): Path<(ProjectId, ChunkId)>,
) -> Result<Json<Chunk>, Problem> {
    let chunk = app.environment.metadata.chunk(&user, id).await?;
    let chunk = chunk.filter(|chunk| chunk.project_id == project);
    chunk.map(Json).ok_or_else(|| Problem::not_found("chunk"))
}

/// Changes a chunk. Generations that were started before are not touched by it.
#[utoipa::path(put, path = "/projects/{id}/chunks/{chunk_id}", tag = "chunks", request_body = ChangedChunk,
    params(("id" = ProjectId, Path), ("chunk_id" = ChunkId, Path)),
    responses((status = 200, body = Chunk), Problem))]
async fn update(
    State(app): State<App>,
    Caller(user): Caller,
    Path((project, id)): Path<(ProjectId, ChunkId)>,
    Body(change): Body<ChangedChunk>,
) -> Result<Json<Chunk>, Problem> {
    check(&change)?;
    let ChangedChunk { text, excluded, heading_path } = change;
    let edit = ChunkEdit { text, excluded, heading_path };
    let chunk = edit_chunk(&app.environment, &user, project, id, edit).await?;
    chunk.map(Json).ok_or_else(|| Problem::not_found("chunk"))
}

fn check(change: &ChangedChunk) -> Result<(), Problem> {
    let mut checks = Checks::default();
    if let Some(text) = &change.text {
        bounds::words(&mut checks, "/text", text, 1..=100_000);
    }
    if let Some(headings) = &change.heading_path {
        checks.require(headings.len() <= 20, "/heading_path", "it may have 20 headings at the most");
        for (index, heading) in headings.iter().take(20).enumerate() {
            bounds::words(&mut checks, &format!("/heading_path/{index}"), heading, 1..=500);
        }
    }
    checks.done()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{api::sample, testing::TestApp};

    #[tokio::test]
    async fn a_chunk_is_changed() {
        let app = TestApp::new().await;
        let project = sample::parsed(&app).await;
        let chunk = app.get(&format!("{project}/chunks")).await.expect(200)["items"][0].clone();
        let path = format!("{project}/chunks/{}", chunk["id"].as_str().unwrap());
        assert_eq!(app.get(&path).await.expect(200), chunk);
        assert_eq!(app.put(&path, &json!({})).await.expect(200)["text"], chunk["text"]);
        let body = json!({"text": "Rinse it twice.", "excluded": true, "heading_path": ["Care"]});
        let changed = app.put(&path, &body).await.expect(200);
        assert_eq!((&changed["text"], &changed["heading_path"]), (&body["text"], &body["heading_path"]));
        assert_eq!((&changed["edited"], &changed["exclude_reason"]["code"]), (&json!(true), &json!("user")));
        assert_ne!(changed["token_count"], chunk["token_count"]);

        app.as_user("bob").put(&path, &body).await.expect_problem(404, "not_found");
        app.as_user("bob").get(&path).await.expect_problem(404, "not_found");
        let other = sample::project(&app, "b").await;
        app.put(&path.replace(&project, &other), &body).await.expect_problem(404, "not_found");
        app.get(&path.replace(&project, &other)).await.expect_problem(404, "not_found");
        app.put(&format!("{project}/chunks/x"), &body).await.expect_problem(404, "not_found");
    }

    #[tokio::test]
    async fn what_is_out_of_bounds_is_named() {
        let app = TestApp::new().await;
        let project = sample::parsed(&app).await;
        let chunk = app.get(&format!("{project}/chunks")).await.expect(200)["items"][0].clone();
        let path = format!("{project}/chunks/{}", chunk["id"].as_str().unwrap());
        for (body, pointer) in [
            (json!({"text": ""}), "/text"),
            (json!({"text": "x".repeat(100_001)}), "/text"),
            (json!({"text": "a\0"}), "/text"),
            (json!({"heading_path": vec!["x"; 21]}), "/heading_path"),
            (json!({"heading_path": ["a", "x".repeat(501)]}), "/heading_path/1"),
            (json!({"excluded": "no"}), "/excluded"),
            (json!({"topic": "x"}), "/topic"),
        ] {
            let problem = app.put(&path, &body).await.expect_problem(422, "invalid");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
    }
}
