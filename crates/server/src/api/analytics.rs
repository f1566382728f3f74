//! A project's dataset in numbers.

use axum::{Json, extract::State};
use model::{Analytics, GenerationId, ProjectId};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::named;
use crate::{
    App,
    extract::{Caller, Path, Query},
    problem::Problem,
};

/// The endpoint of the numbers.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(analytics))
}

/// Of which pairs.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Of this generation alone; of all where it is left out.
    generation_id: Option<GenerationId>,
}

/// A project's dataset in numbers.
#[utoipa::path(get, path = "/projects/{id}/analytics", tag = "analytics",
    params(("id" = ProjectId, Path), Filter), responses((status = 200, body = Analytics), Problem))]
async fn analytics(
    State(app): State<App>,
    Caller(user): Caller,
    Path(project): Path<ProjectId>,
    Query(filter): Query<Filter>,
) -> Result<Json<Analytics>, Problem> {
    if let Some(id) = filter.generation_id
        && named::generation(&app, &user, id).await?.project_id != project
    {
        return Err(Problem::not_found("generation"));
    }
    let analytics = app.environment.metadata.analytics(&user, project, filter.generation_id).await?;
    analytics.map(Json).ok_or_else(|| Problem::not_found("project"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{api::sample, testing::TestApp};

    #[tokio::test]
    async fn a_project_is_counted() {
        let app = TestApp::new().await;
        let project = sample::parsed(&app).await;
        let path = format!("{project}/analytics");
        let made = app.post(&format!("{project}/generate"), &sample::offline()).await.expect(202);
        let ended = sample::drive(&app, &made).await;
        let all = app.get(&path).await.expect(200);
        assert_eq!(
            (&all["coverage"]["documents_parsed"], &all["review"]["pending"]),
            (&json!(1), &ended["pairs_generated"])
        );
        let id = made["id"].as_str().unwrap();
        let one = app.get(&format!("{path}?generation_id={id}")).await.expect(200);
        assert_eq!(one["review"], all["review"]);
        let other = sample::project(&app, "b").await;
        app.get(&format!("{other}/analytics?generation_id={id}")).await.expect_problem(404, "not_found");
        app.get(&format!("{path}?generation_id=x")).await.expect_problem(422, "invalid");
        app.as_user("bob").get(&path).await.expect_problem(404, "not_found");
    }
}
