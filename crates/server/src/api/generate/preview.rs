//! Pairs of a few chunks, before a generation is paid for.

use axum::{Json, extract::State};
use llm::ChatModel;
use model::{ChunkId, Pair, ProjectId, Usage};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{NewGeneration, read};
use crate::{
    App,
    extract::{Body, Caller, Path},
    problem::{Checks, Problem},
};

/// The most chunks of a preview.
const MOST: usize = 3;

/// The endpoint of previews.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(preview))
}

/// What a generation would make of some chunks.
#[derive(Debug, Serialize, ToSchema)]
struct Preview {
    /// The pairs, scored. They are stored nowhere: their ids name nothing.
    items: Vec<Pair>,
    /// Chunks that gave none, or whose pairs could not be judged, and why.
    failures: Vec<Failure>,
    /// What the calls came to.
    usage: Usage,
}

/// A chunk whose teaching or judging failed.
#[derive(Debug, Serialize, ToSchema)]
struct Failure {
    /// The chunk.
    chunk_id: ChunkId,
    /// Why.
    reason: String,
    /// What the model replied, where that is the reason.
    raw_reply: Option<String>,
}

/// The pairs that a generation would make of up to three chunks, which `chunk_ids` names; nothing is stored. Calls of
/// a model are paid for, and paid for again by a generation.
#[utoipa::path(post, path = "/projects/{id}/generate/preview", tag = "generations", request_body = NewGeneration,
    params(("id" = ProjectId, Path)), responses((status = 200, body = Preview), Problem))]
async fn preview(
    State(app): State<App>,
    Caller(user): Caller,
    Path(id): Path<ProjectId>,
    Body(new): Body<NewGeneration>,
) -> Result<Json<Preview>, Problem> {
    let mut checks = Checks::default();
    let named = new.chunk_ids.as_ref().map_or(0, Vec::len);
    checks.require((1..=MOST).contains(&named), "/chunk_ids", format!("it has to name 1 to {MOST} chunks"));
    let (settings, which) = read(&app, &user, id, new).await?;
    checks.done()?;
    let prices = app.prices(&settings).await;
    let model = app.gateway.as_deref().map(|gateway| gateway as &dyn ChatModel);
    let chunks = which.chunks.unwrap_or_default();
    let preview = jobs::preview(&app.environment, &user, &settings, &chunks, model, prices).await?;
    let failures = preview.failures.into_iter().map(|failed| Failure {
        chunk_id: failed.chunk,
        reason: failed.reason,
        raw_reply: failed.raw_reply,
    });
    Ok(Json(Preview { items: preview.pairs, failures: failures.collect(), usage: preview.usage }))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::{
        api::sample::{self, offline},
        testing::TestApp,
    };

    #[tokio::test]
    async fn a_preview_is_scored_and_stored_nowhere() {
        let app = TestApp::new().await;
        let project = sample::parsed(&app).await;
        let path = format!("{project}/generate/preview");
        let chunks = app.get(&format!("{project}/chunks")).await.expect(200);
        let ids: Vec<Value> =
            chunks["items"].as_array().unwrap().iter().map(|chunk| chunk["id"].clone()).collect();
        let body = |ids: Vec<Value>| {
            let mut body = offline();
            body["chunk_ids"] = json!(ids);
            body
        };
        let preview = app.post(&path, &body(vec![ids[0].clone()])).await.expect(200);
        let pairs = preview["items"].as_array().unwrap();
        assert!(!pairs.is_empty() && pairs.iter().all(|pair| pair["quality_score"].is_number()), "{preview}");
        assert!(pairs.iter().all(|pair| pair["chunk_id"] == ids[0]), "{preview}");
        assert_eq!((&preview["failures"], &preview["usage"]["requests"]), (&json!([]), &json!(0)));
        assert_eq!(app.get(&format!("{project}/pairs")).await.expect(200)["total"], 0);
        assert_eq!(app.get(&format!("{project}/generations?kind=generate")).await.expect(200)["total"], 0);

        for ids in [Vec::new(), vec![ids[0].clone(); 4]] {
            let problem = app.post(&path, &body(ids)).await.expect_problem(422, "invalid");
            assert_eq!(problem["errors"][0]["pointer"], "/chunk_ids");
        }
        app.as_user("bob").post(&path, &body(vec![ids[0].clone()])).await.expect_problem(404, "not_found");
    }
}
