//! Changes of many chunks at once, and taking them back.

use axum::{Json, extract::State};
use jobs::random_bytes;
use model::{ChunkId, ContentType, DocumentId, ProjectId, UndoId};
use serde::{Deserialize, Serialize};
use store::{ChunkAction, ChunkFilter, Selection};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{bounds, check};
use crate::{
    App,
    extract::{Body, Caller, Path, one_or_many},
    problem::{Checks, Problem},
};

/// The endpoints of changes of many chunks.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(change)).routes(routes!(undo))
}

/// A change of many chunks: of those in `chunk_ids`, or of those that match `filter`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChunkBulkAction {
    /// What is done.
    action: Action,
    /// With these; what is not the project's is passed over.
    #[schema(min_items = 1, max_items = 10000)]
    chunk_ids: Option<Vec<ChunkId>>,
    /// With all that match; `{}` means all.
    filter: Option<BulkFilter>,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ChunkAction)]
enum Action {
    /// Leave them out of generation.
    Exclude,
    /// Take them in again.
    Include,
}

/// Which chunks; the parameters of the list. One value may stand for a list of one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChunkFilter)]
struct BulkFilter {
    /// Of one of these documents.
    #[serde(default, deserialize_with = "one_or_many")]
    document_id: Vec<DocumentId>,
    /// Whether they are left out of generation.
    #[serde(default, deserialize_with = "one_or_many")]
    excluded: Vec<bool>,
    /// What they mostly hold.
    #[serde(default, deserialize_with = "one_or_many")]
    content_type: Vec<ContentType>,
    /// Words of their text or headings.
    #[schema(max_length = 500)]
    q: Option<String>,
}

/// What a change of many chunks did.
#[derive(Debug, Serialize, ToSchema)]
struct ChunkBulkOutcome {
    /// How many were meant.
    matched: u64,
    /// How many were not so already, and are now.
    changed: u64,
    /// By what it is undone, for 24 hours.
    undo_id: UndoId,
}

/// Which change is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChunkUndo {
    /// As the change said.
    undo_id: UndoId,
}

/// What the taking back of a change did.
#[derive(Debug, Serialize, ToSchema)]
struct ChunkUndone {
    /// How many are as they were before.
    changed: u64,
    /// Those that were changed since, and stay as they are: at most 1,000 of them.
    kept: Vec<String>,
}

/// Changes many chunks, so that it can be undone.
#[utoipa::path(post, path = "/projects/{id}/chunks/bulk-action", tag = "chunks", request_body = ChunkBulkAction,
    params(("id" = ProjectId, Path)), responses((status = 200, body = ChunkBulkOutcome), Problem))]
async fn change(
    State(app): State<App>,
    Caller(user): Caller,
    Path(project): Path<ProjectId>,
    Body(body): Body<ChunkBulkAction>,
) -> Result<Json<ChunkBulkOutcome>, Problem> {
    let action = match body.action {
        Action::Exclude => ChunkAction::Exclude,
        Action::Include => ChunkAction::Include,
    };
    let which = selection(body.chunk_ids, body.filter)?;
    let now = app.environment.now();
    let undo_id = UndoId::new(now, random_bytes());
    let metadata = &app.environment.metadata;
    let outcome = metadata.change_chunks(&user, project, action, &which, undo_id, now).await?;
    let outcome = outcome.ok_or_else(|| Problem::not_found("project"))?;
    Ok(Json(ChunkBulkOutcome { matched: outcome.matched, changed: outcome.changed, undo_id }))
}

/// Takes a change of many chunks back.
#[utoipa::path(post, path = "/projects/{id}/chunks/undo", tag = "chunks", request_body = ChunkUndo, params(("id" = ProjectId, Path)),
    responses((status = 200, body = ChunkUndone), Problem))]
async fn undo(
    State(app): State<App>,
    Caller(user): Caller,
    Path(project): Path<ProjectId>,
    Body(body): Body<ChunkUndo>,
) -> Result<Json<ChunkUndone>, Problem> {
    let environment = &app.environment;
    let undone = environment.metadata.undo_chunks(&user, project, body.undo_id, environment.now()).await?;
    let undone = undone.ok_or_else(|| Problem::not_found("change that can still be undone"))?;
    Ok(Json(ChunkUndone { changed: undone.changed, kept: undone.kept }))
}

fn selection(
    ids: Option<Vec<ChunkId>>,
    filter: Option<BulkFilter>,
) -> Result<Selection<ChunkId, ChunkFilter>, Problem> {
    let mut checks = Checks::default();
    bounds::named(&mut checks, "/chunk_ids", ids.as_ref());
    let which = match (ids, filter) {
        (Some(ids), None) => Selection::Ids(ids),
        (None, Some(filter)) => {
            let filter = ChunkFilter {
                documents: filter.document_id,
                excluded: bounds::either(&filter.excluded),
                content_types: filter.content_type,
                q: filter.q,
            };
            check(&mut checks, "/filter", &filter);
            Selection::Filter(filter)
        }
        _ => {
            checks.fail("", "say either `chunk_ids` or `filter`");
            Selection::Ids(Vec::new())
        }
    };
    checks.done()?;
    Ok(which)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{api::sample, testing::TestApp};

    #[tokio::test]
    async fn chunks_are_left_out_and_taken_in_again() {
        let app = TestApp::new().await;
        let project = sample::parsed(&app).await;
        let list = app.get(&format!("{project}/chunks")).await.expect(200);
        let (total, first) = (list["total"].clone(), list["items"][0]["id"].clone());
        let path = format!("{project}/chunks/bulk-action");
        let one = app.post(&path, &json!({"action": "exclude", "chunk_ids": [first]})).await.expect(200);
        assert_eq!((&one["matched"], &one["changed"]), (&json!(1), &json!(1)));
        let body = json!({"action": "exclude", "filter": {"excluded": [true, false]}});
        let all = app.post(&path, &body).await.expect(200);
        assert_eq!(all["matched"], total);
        let undo = json!({"undo_id": all["undo_id"]});
        app.as_user("bob")
            .post(&format!("{project}/chunks/undo"), &undo)
            .await
            .expect_problem(404, "not_found");
        let undone = app.post(&format!("{project}/chunks/undo"), &undo).await.expect(200);
        assert_eq!((&undone["changed"], &undone["kept"]), (&all["changed"], &json!([])));
        app.post(&format!("{project}/chunks/undo"), &undo).await.expect_problem(404, "not_found");
        let body = json!({"action": "include", "filter": {"excluded": true}});
        assert_eq!(app.post(&path, &body).await.expect(200)["changed"], 1);
    }

    #[tokio::test]
    async fn a_change_says_of_what() {
        let app = TestApp::new().await;
        let project = sample::project(&app, "a").await;
        let path = format!("{project}/chunks/bulk-action");
        let id = "00000000-0000-8000-8000-000000000000";
        for (body, pointer) in [
            (json!({"action": "exclude"}), ""),
            (json!({"action": "exclude", "filter": {}, "chunk_ids": [id]}), ""),
            (json!({"action": "exclude", "chunk_ids": []}), "/chunk_ids"),
            (json!({"action": "exclude", "chunk_ids": vec![id; 10_001]}), "/chunk_ids"),
            (json!({"action": "exclude", "chunk_ids": ["x"]}), "/chunk_ids/0"),
            (json!({"action": "burn", "filter": {}}), "/action"),
            (json!({"action": "exclude", "filter": {"colour": 1}}), "/filter/colour"),
            (json!({"action": "exclude", "filter": {"q": "x".repeat(501)}}), "/filter/q"),
        ] {
            let problem = app.post(&path, &body).await.expect_problem(422, "invalid");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        let body = json!({"action": "exclude", "filter": {}});
        app.as_user("bob").post(&path, &body).await.expect_problem(404, "not_found");
        assert_eq!(app.post(&path, &body).await.expect(200)["matched"], 0);
    }
}
