//! What generating would come to.

use axum::{Json, extract::State};
use model::{Estimate, ProjectId};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{NewGeneration, read};
use crate::{
    App,
    extract::{Body, Caller, Path},
    problem::Problem,
};

/// The endpoint of estimates.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(estimate))
}

/// What a generation would come to. Nothing is stored and no model is asked. Where a generation of the same models and
/// type has run in the project, it tells how many tokens and seconds a call takes.
#[utoipa::path(post, path = "/projects/{id}/generate/estimate", tag = "generations", request_body = NewGeneration,
    params(("id" = ProjectId, Path)), responses((status = 200, body = Estimate), Problem))]
async fn estimate(
    State(app): State<App>,
    Caller(user): Caller,
    Path(id): Path<ProjectId>,
    Body(new): Body<NewGeneration>,
) -> Result<Json<Estimate>, Problem> {
    let (settings, which) = read(&app, &user, id, new).await?;
    let prices = app.prices(&settings).await;
    Ok(Json(jobs::estimate(&app.environment, &user, id, &settings, &which, prices).await?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{
        api::sample::{self, offline},
        testing::TestApp,
    };

    #[tokio::test]
    async fn an_estimate_counts_what_would_be_made() {
        let app = TestApp::new().await;
        let project = sample::parsed(&app).await;
        let path = format!("{project}/generate/estimate");
        let chunks = app.get(&format!("{project}/chunks?excluded=false")).await.expect(200)["total"].clone();
        let estimate = app.post(&path, &offline()).await.expect(200);
        assert_eq!((&estimate["chunks"], &estimate["requests"]), (&chunks, &json!(0)));
        assert_eq!(estimate["pairs"].as_u64(), chunks.as_u64().map(|chunks| chunks * 3));
        assert_eq!(estimate["cost_usd"], 0.0);
        let empty = sample::project(&app, "b").await;
        let none = app.post(&format!("{empty}/generate/estimate"), &offline()).await.expect(200);
        assert_eq!((&none["chunks"], &none["pairs"]), (&json!(0), &json!(0)));
        app.as_user("bob").post(&path, &offline()).await.expect_problem(404, "not_found");
    }
}
