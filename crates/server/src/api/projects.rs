//! Projects.

use axum::{Json, extract::State, http::StatusCode};
use jobs::{JobsError, random_bytes};
use model::{GenerateConfig, GenerationStatus, Project, ProjectId, ProjectStats, SourceType, UserId};
use serde::Deserialize;
use serde_json::{Map, Value};
use store::{Keys, PageRequest, ProjectChange};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    App,
    extract::{Body, Caller, Path, Query},
    limits,
    paging::{ListOf, MAX_LIMIT, Paging},
    problem::{Checks, Problem},
};

/// The endpoints of projects.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create, list)).routes(routes!(get, update, delete))
}

/// A new project.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewProject {
    /// Its name.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// What it is for.
    #[schema(max_length = 2000)]
    #[serde(default)]
    description: String,
    /// What it is made from.
    #[serde(default)]
    source_type: SourceType,
    /// Defaults for its generations, as `config` of `generate`.
    #[serde(default)]
    #[schema(value_type = GenerateConfig)]
    config: Map<String, Value>,
}

/// What is changed of a project.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangedProject {
    /// Its name.
    #[schema(min_length = 1, max_length = 200)]
    name: Option<String>,
    /// What it is for.
    #[schema(max_length = 2000)]
    description: Option<String>,
    /// Defaults for its generations, whole.
    #[schema(value_type = Option<GenerateConfig>)]
    config: Option<Map<String, Value>>,
}

/// Which projects.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// A part of the name or description.
    q: Option<String>,
    /// How many at the most.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<u32>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// Makes a project.
#[utoipa::path(post, path = "/projects", tag = "projects", request_body = NewProject, responses((status = 201, body = Project), Problem))]
async fn create(
    State(app): State<App>,
    Caller(user): Caller,
    Body(new): Body<NewProject>,
) -> Result<(StatusCode, Json<Project>), Problem> {
    check(Some(&new.name), Some(&new.description), Some(&new.config))?;
    limits::projects(&app, &user).await?;
    let now = app.environment.now();
    let id = ProjectId::new(now, random_bytes());
    let project = Project {
        id,
        name: new.name.trim().to_owned(),
        description: new.description,
        source_type: new.source_type,
        config: new.config,
        storage_prefix: Keys::new(&user, id).prefix().to_string(),
        user_id: user,
        current_version: 0,
        stats: ProjectStats::default(),
        created_at: now,
        updated_at: now,
    };
    app.environment.metadata.create_project(&project).await?;
    Ok((StatusCode::CREATED, Json(project)))
}

/// The projects, newest first.
#[utoipa::path(get, path = "/projects", tag = "projects", params(Filter),
    responses((status = 200, body = ListOf<Project>), Problem))]
async fn list(
    State(app): State<App>,
    Caller(user): Caller,
    Query(filter): Query<Filter>,
) -> Result<Json<ListOf<Project>>, Problem> {
    let paging = Paging::new(("projects", &filter.q), filter.limit, filter.cursor.as_deref())?;
    let page = app.environment.metadata.page_projects(&user, filter.q.as_deref(), &paging.request).await?;
    Ok(Json(paging.answer(page)))
}

/// One project.
#[utoipa::path(get, path = "/projects/{id}", tag = "projects", params(("id" = ProjectId, Path)),
    responses((status = 200, body = Project), Problem))]
async fn get(
    State(app): State<App>,
    Caller(user): Caller,
    Path(id): Path<ProjectId>,
) -> Result<Json<Project>, Problem> {
    let project = app.environment.metadata.project(&user, id).await?;
    project.map(Json).ok_or_else(|| Problem::not_found("project"))
}

/// Changes a project.
#[utoipa::path(put, path = "/projects/{id}", tag = "projects", request_body = ChangedProject, params(("id" = ProjectId, Path)),
    responses((status = 200, body = Project), Problem))]
async fn update(
    State(app): State<App>,
    Caller(user): Caller,
    Path(id): Path<ProjectId>,
    Body(change): Body<ChangedProject>,
) -> Result<Json<Project>, Problem> {
    check(change.name.as_deref(), change.description.as_deref(), change.config.as_ref())?;
    let change = ProjectChange {
        name: change.name.map(|name| name.trim().to_owned()),
        description: change.description,
        config: change.config,
    };
    let project = app.environment.metadata.update_project(&user, id, &change, app.environment.now()).await?;
    project.map(Json).ok_or_else(|| Problem::not_found("project"))
}

/// Removes a project with all it owns, stored files too.
#[utoipa::path(delete, path = "/projects/{id}", tag = "projects", params(("id" = ProjectId, Path)),
    responses((status = 204), Problem))]
async fn delete(
    State(app): State<App>,
    Caller(user): Caller,
    Path(id): Path<ProjectId>,
) -> Result<StatusCode, Problem> {
    let (metadata, objects) = (&app.environment.metadata, &app.environment.objects);
    if metadata.project(&user, id).await?.is_none() {
        return Err(Problem::not_found("project"));
    }
    cancel_all(&app, &user, id).await?;
    // Its files go first: as long as its rows are there, a removal that failed can be asked for again.
    let folder = Keys::new(&user, id).prefix();
    objects.delete_folder(&folder).await?;
    let removed = metadata.delete_project(&user, id).await?;
    // Until its rows were gone, a worker or an upload may have written files again.
    objects.delete_folder(&folder).await?;
    if removed { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::not_found("project")) }
}

/// Nobody is to work on what is about to go.
async fn cancel_all(app: &App, user: &UserId, project: ProjectId) -> Result<(), Problem> {
    use GenerationStatus::{Generating, Parsing, Pending, Validating};
    let unended = [Pending, Parsing, Generating, Validating];
    let request = PageRequest { after: None, limit: MAX_LIMIT };
    let page = app.environment.metadata.page_generations(user, project, &[], &unended, &request).await?;
    for generation in page.into_iter().flat_map(|page| page.items) {
        match app.supervisor.cancel(user, generation.id).await {
            // It has ended by itself meanwhile.
            Ok(_) | Err(JobsError::Transition(_) | JobsError::NoGeneration) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn check(
    name: Option<&str>,
    description: Option<&str>,
    config: Option<&Map<String, Value>>,
) -> Result<(), Problem> {
    let mut checks = Checks::default();
    if let Some(name) = name {
        let fits = (1..=200).contains(&name.trim().chars().count());
        checks.require(fits, "/name", "it has to have 1 to 200 characters");
    }
    let fits = description.is_none_or(|text| text.chars().count() <= 2000);
    checks.require(fits, "/description", "it may have 2000 characters at the most");
    if let Some(config) = config {
        let read: Result<GenerateConfig, _> = serde_path_to_error::deserialize(Value::Object(config.clone()));
        if let Err(error) = read {
            checks.fail("/config", error.to_string());
        }
    }
    checks.done()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[tokio::test]
    async fn a_project_is_made_read_and_removed() {
        let app = TestApp::new().await;
        let made = app.post("/projects", &json!({"name": " Manuals "})).await.expect(201);
        assert_eq!((&made["name"], &made["user_id"]), (&json!("Manuals"), &json!("ada")));
        let path = format!("/projects/{}", made["id"].as_str().unwrap());
        assert_eq!(app.get(&path).await.expect(200)["id"], made["id"]);
        app.as_user("bob").get(&path).await.expect_problem(404, "not_found");
        app.delete(&path).await.expect(204);
        app.get(&path).await.expect_problem(404, "not_found");
    }

    #[tokio::test]
    async fn what_is_wrong_with_a_project_is_named() {
        let app = TestApp::new().await;
        for (body, pointer) in [
            (json!({"name": ""}), "/name"),
            (json!({}), ""),
            (json!({"name": "a", "nam": 1}), "/nam"),
            (json!({"name": "a", "config": {"pairs": 3}}), "/config"),
            (json!({"name": "a", "description": "x".repeat(2001)}), "/description"),
        ] {
            let problem = app.post("/projects", &body).await.expect_problem(422, "invalid");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
    }
}
