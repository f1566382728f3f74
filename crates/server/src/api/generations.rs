//! Generations: what is under way, and what was.

mod control;
mod failures;

use axum::{Json, extract::State};
use model::{Generation, GenerationId, GenerationKind, GenerationStatus, ProjectId};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{bounds, named};
use crate::{
    App,
    extract::{Caller, Path, Query},
    paging::{ListOf, Paging},
    problem::{Checks, Problem},
};

/// The endpoints of generations.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
        .merge(control::routes())
        .merge(failures::routes())
}

/// Which generations. A filter given twice means either.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// What they do.
    #[serde(default)]
    kind: Vec<GenerationKind>,
    /// Where they stand.
    #[serde(default)]
    status: Vec<GenerationStatus>,
    /// How many at the most.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<u32>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// The generations of a project, newest first.
#[utoipa::path(get, path = "/projects/{id}/generations", tag = "generations",
    params(("id" = ProjectId, Path), Filter), responses((status = 200, body = ListOf<Generation>), Problem))]
async fn list(
    State(app): State<App>,
    Caller(user): Caller,
    Path(project): Path<ProjectId>,
    Query(filter): Query<Filter>,
) -> Result<Json<ListOf<Generation>>, Problem> {
    let mut checks = Checks::default();
    bounds::values(&mut checks, "/kind", &filter.kind);
    bounds::values(&mut checks, "/status", &filter.status);
    checks.done()?;
    let Filter { kind, status, limit, cursor } = filter;
    let paging = Paging::new(("generations", project, &kind, &status), limit, cursor.as_deref())?;
    let metadata = &app.environment.metadata;
    let page = metadata.page_generations(&user, project, &kind, &status, &paging.request).await?;
    page.map(|page| Json(paging.answer(page))).ok_or_else(|| Problem::not_found("project"))
}

/// One generation.
#[utoipa::path(get, path = "/generations/{gen_id}", tag = "generations", params(("gen_id" = GenerationId, Path)),
    responses((status = 200, body = Generation), Problem))]
async fn get(
    State(app): State<App>,
    Caller(user): Caller,
    Path(id): Path<GenerationId>,
) -> Result<Json<Generation>, Problem> {
    named::generation(&app, &user, id).await.map(Json)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{api::sample, testing::TestApp};

    #[tokio::test]
    async fn generations_are_listed_and_read() {
        let app = TestApp::new().await;
        let project = sample::parsed(&app).await;
        app.post(&format!("{project}/generate"), &sample::offline()).await.expect(202);
        let path = format!("{project}/generations");
        let all = app.get(&path).await.expect(200);
        assert_eq!((&all["total"], &all["items"][0]["kind"]), (&json!(2), &json!("generate")));
        for (query, total) in
            [("kind=parse", 1), ("status=pending&status=failed", 1), ("kind=parse&status=failed", 0)]
        {
            assert_eq!(app.get(&format!("{path}?{query}")).await.expect(200)["total"], total, "{query}");
        }
        app.get(&format!("{path}?kind=cook")).await.expect_problem(422, "invalid");
        app.as_user("bob").get(&path).await.expect_problem(404, "not_found");

        let one = format!("/generations/{}", all["items"][0]["id"].as_str().unwrap());
        assert_eq!(app.get(&one).await.expect(200), all["items"][0]);
        app.as_user("bob").get(&one).await.expect_problem(404, "not_found");
        app.get("/generations/x").await.expect_problem(404, "not_found");
    }
}
