//! What failed in a generation, and another try for it.

use axum::{Json, extract::State, http::StatusCode};
use model::{ChunkId, DocumentId, Generation, GenerationId, Phase, Time, UnitId};
use serde::{Deserialize, Serialize};
use store::FailedUnit;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    App,
    api::{bounds, named},
    extract::{Body, Caller, Path, Query},
    paging::{ListOf, Paging},
    problem::{Checks, Problem},
};

/// The endpoints of failures.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(retry))
}

/// Which part of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Part {
    /// How many at the most.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<u32>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// A document or a chunk that failed.
#[derive(Debug, Serialize, ToSchema)]
struct Failure {
    /// What it is named by when it is tried again.
    unit_id: UnitId,
    /// The phase in which it failed.
    phase: Phase,
    /// The chunk; null of a parse.
    chunk_id: Option<ChunkId>,
    /// The document; null where it has gone.
    document_id: Option<DocumentId>,
    /// Why.
    reason: String,
    /// What the model replied, where that is the reason.
    raw_reply: Option<String>,
    /// How often it was tried.
    attempts: u32,
    /// When it failed; null where an earlier version of the program worked on it.
    #[schema(value_type = Option<String>, format = DateTime)]
    time: Option<Time>,
}

impl From<FailedUnit> for Failure {
    fn from(FailedUnit { unit, document, failure, time }: FailedUnit) -> Self {
        Self {
            unit_id: unit.id,
            phase: unit.phase,
            chunk_id: unit.subject.parse().ok().filter(|_| unit.phase != Phase::Parse),
            document_id: document,
            reason: failure.reason,
            raw_reply: failure.raw_reply,
            attempts: unit.attempts,
            time,
        }
    }
}

/// Which failed units are tried again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Retry {
    /// These; all where it is left out.
    #[schema(min_items = 1, max_items = 10000)]
    unit_ids: Option<Vec<UnitId>>,
}

/// What failed in a generation, in order of work.
#[utoipa::path(get, path = "/generations/{gen_id}/failures", tag = "generations",
    params(("gen_id" = GenerationId, Path), Part), responses((status = 200, body = ListOf<Failure>), Problem))]
async fn list(
    State(app): State<App>,
    Caller(user): Caller,
    Path(id): Path<GenerationId>,
    Query(part): Query<Part>,
) -> Result<Json<ListOf<Failure>>, Problem> {
    let paging = Paging::new(("failures", id), part.limit, part.cursor.as_deref())?;
    let page = app.environment.metadata.page_failures(&user, id, &paging.request).await?;
    let page = page.ok_or_else(|| Problem::not_found("generation"))?;
    Ok(Json(paging.answer(page.map(Failure::from))))
}

/// Tries again what failed in a generation that has ended. 409 where it has not, or nothing failed.
#[utoipa::path(post, path = "/generations/{gen_id}/failures/retry", tag = "generations", request_body = Retry,
    params(("gen_id" = GenerationId, Path)), responses((status = 202, body = Generation), Problem))]
async fn retry(
    State(app): State<App>,
    Caller(user): Caller,
    Path(id): Path<GenerationId>,
    Body(body): Body<Retry>,
) -> Result<(StatusCode, Json<Generation>), Problem> {
    let mut checks = Checks::default();
    bounds::named(&mut checks, "/unit_ids", body.unit_ids.as_ref());
    checks.done()?;
    named::generation(&app, &user, id).await?;
    if let Some(units) = &body.unit_ids {
        named::failed_units(&app, &user, id, units).await?;
    }
    let generation = jobs::retry_failed(&app.environment, &user, id, body.unit_ids.as_deref()).await?;
    app.supervisor.wake();
    Ok((StatusCode::ACCEPTED, Json(generation)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{api::sample, testing::TestApp};

    #[tokio::test]
    async fn what_failed_is_listed_and_tried_again() {
        let app = TestApp::new().await;
        let project = sample::project(&app, "a").await;
        sample::document(&app, &project, "good.md", sample::GUIDE).await;
        let bad = sample::document(&app, &project, "bad.md", "<!-- nothing -->").await;
        let parse = app.post(&format!("{project}/parse"), &json!({})).await.expect(202);
        let path = format!("/generations/{}/failures", parse["id"].as_str().unwrap());
        assert_eq!(app.get(&path).await.expect(200)["total"], 0);
        let retry = format!("{path}/retry");
        app.post(&retry, &json!({})).await.expect_problem(409, "conflict");

        assert_eq!(sample::drive(&app, &parse).await["chunks_failed"], 1);
        let failures = app.get(&path).await.expect(200);
        let failed = &failures["items"][0];
        assert_eq!((&failures["total"], &failed["document_id"]), (&json!(1), &bad));
        assert_eq!((&failed["phase"], &failed["chunk_id"]), (&json!("parse"), &json!(null)));
        assert_eq!((&failed["attempts"], &failed["raw_reply"]), (&json!(1), &json!(null)));
        assert!(failed["time"].is_string() && !failed["reason"].as_str().unwrap().is_empty(), "{failed}");

        let unknown = json!({"unit_ids": [failed["unit_id"], "00000000-0000-8000-8000-000000000000"]});
        let problem = app.post(&retry, &unknown).await.expect_problem(422, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], "/unit_ids/1");
        app.post(&retry, &json!({"unit_ids": []})).await.expect_problem(422, "invalid");
        for path in [&path, &retry] {
            let eve = app.as_user("eve");
            let answer = if path == &retry { eve.post(path, &unknown).await } else { eve.get(path).await };
            answer.expect_problem(404, "not_found");
        }
        let again = app.post(&retry, &json!({"unit_ids": [failed["unit_id"]]})).await.expect(202);
        assert_eq!((&again["status"], &again["attempt"]), (&json!("pending"), &json!(2)));
        assert_eq!(sample::drive(&app, &again).await["chunks_failed"], 1);
        let failures = app.get(&path).await.expect(200);
        assert_eq!(failures["items"][0]["attempts"], 2);
    }
}
