//! A project to try things out with.

use axum::{Json, extract::State, http::StatusCode};
use model::Project;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::named;
use crate::{App, demo, extract::Caller, limits, problem::Problem};

/// The endpoint of the demo.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create))
}

/// Makes a project that holds the example documents, ready to be parsed.
#[utoipa::path(post, path = "/demo", tag = "projects", operation_id = "demo",
    responses((status = 201, body = Project), Problem))]
async fn create(
    State(app): State<App>,
    Caller(user): Caller,
) -> Result<(StatusCode, Json<Project>), Problem> {
    limits::projects(&app, &user).await?;
    limits::document_bytes(&app, &user, demo::bytes()).await?;
    let id = demo::create(&app, &user).await?;
    Ok((StatusCode::CREATED, Json(named::project(&app, &user, id).await?)))
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
