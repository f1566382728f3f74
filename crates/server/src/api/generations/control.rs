//! What is done with a generation: stopped, gone on with.

use axum::{Json, extract::State, http::StatusCode};
use jobs::BudgetChange;
use model::{Generation, GenerationId};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    App,
    extract::{Body, Caller, Path},
    problem::{Checks, Problem},
};

/// The endpoints that do something with a generation.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(cancel)).routes(routes!(resume))
}

/// How a generation goes on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Resumption {
    /// What is changed of its settings.
    #[serde(default)]
    config: Budget,
}

/// What may be changed of a generation's settings when it goes on; what is left out stays as it is.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Budget {
    /// What the run may cost in all, in USD.
    #[schema(exclusive_minimum = 0)]
    max_cost_usd: Option<f64>,
    /// How many tokens the run may use in all, prompt and completion together.
    #[schema(minimum = 1)]
    max_tokens_total: Option<u64>,
    /// How many calls at once.
    #[schema(minimum = 1, maximum = 1000)]
    max_concurrency: Option<u32>,
}

/// Stops a generation; what is done is kept. 409 where it has ended.
#[utoipa::path(post, path = "/generations/{gen_id}/cancel", tag = "generations",
    params(("gen_id" = GenerationId, Path)), responses((status = 202, body = Generation), Problem))]
async fn cancel(
    State(app): State<App>,
    Caller(user): Caller,
    Path(id): Path<GenerationId>,
) -> Result<(StatusCode, Json<Generation>), Problem> {
    let generation = app.supervisor.cancel(&user, id).await?;
    Ok((StatusCode::ACCEPTED, Json(generation)))
}

/// Goes on with a failed or cancelled generation: what is done stays done. 409 where it is in another state.
#[utoipa::path(post, path = "/generations/{gen_id}/resume", tag = "generations", request_body = Resumption,
    params(("gen_id" = GenerationId, Path)), responses((status = 202, body = Generation), Problem))]
async fn resume(
    State(app): State<App>,
    Caller(user): Caller,
    Path(id): Path<GenerationId>,
    Body(body): Body<Resumption>,
) -> Result<(StatusCode, Json<Generation>), Problem> {
    let Budget { max_cost_usd, max_tokens_total, max_concurrency } = body.config;
    let mut checks = Checks::default();
    let fits = max_cost_usd.is_none_or(|cost| cost.is_finite() && cost > 0.0);
    checks.require(fits, "/config/max_cost_usd", "it has to be more than 0");
    checks.require(max_tokens_total != Some(0), "/config/max_tokens_total", "it has to be 1 or more");
    let fits = max_concurrency.is_none_or(|calls| (1..=1000).contains(&calls));
    checks.require(fits, "/config/max_concurrency", "it has to be from 1 to 1000");
    checks.done()?;
    let change = BudgetChange { max_cost_usd, max_tokens_total, max_concurrency };
    let generation = jobs::resume(&app.environment, &user, id, &change).await?;
    app.supervisor.wake();
    Ok((StatusCode::ACCEPTED, Json(generation)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{api::sample, testing::TestApp};

    #[tokio::test]
    async fn a_generation_is_cancelled_and_gone_on_with() {
        let app = TestApp::new().await;
        let project = sample::parsed(&app).await;
        let made = app.post(&format!("{project}/generate"), &sample::offline()).await.expect(202);
        let path = format!("/generations/{}", made["id"].as_str().unwrap());
        let (cancel, resume) = (format!("{path}/cancel"), format!("{path}/resume"));
        app.post(&resume, &json!({})).await.expect_problem(409, "conflict");
        for path in [&cancel, &resume] {
            app.as_user("bob").post(path, &json!({})).await.expect_problem(404, "not_found");
        }
        assert_eq!(app.post(&cancel, &json!({})).await.expect(202)["status"], "cancelled");
        app.post(&cancel, &json!({})).await.expect_problem(409, "conflict");
        let body = json!({"config": {"max_cost_usd": 1.5, "max_concurrency": 4}});
        let resumed = app.post(&resume, &body).await.expect(202);
        assert_eq!((&resumed["status"], &resumed["attempt"]), (&json!("pending"), &json!(2)));
        assert_eq!(resumed["config"]["max_cost_usd"], 1.5);
        assert_eq!(sample::drive(&app, &resumed).await["status"], "completed");
        app.post(&resume, &json!({})).await.expect_problem(409, "conflict");
    }

    #[tokio::test]
    async fn a_budget_has_bounds() {
        let app = TestApp::new().await;
        let path = "/generations/00000000-0000-7000-8000-000000000000/resume";
        for (config, pointer) in [
            (json!({"max_cost_usd": 0}), "/config/max_cost_usd"),
            (json!({"max_tokens_total": -1}), "/config/max_tokens_total"),
            (json!({"max_tokens_total": 0}), "/config/max_tokens_total"),
            (json!({"max_concurrency": 1001}), "/config/max_concurrency"),
            (json!({"seed": 1}), "/config/seed"),
        ] {
            let problem = app.post(path, &json!({"config": config})).await.expect_problem(422, "invalid");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        app.post(path, &json!({})).await.expect_problem(404, "not_found");
    }
}
