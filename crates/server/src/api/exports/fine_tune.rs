//! A version handed over to who trains on it.

use std::collections::BTreeMap;

use axum::{Json, extract::State, http::StatusCode};
use model::{Export, FineTuneJob, ProjectId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::{
    App,
    extract::{Body, Caller, Path, Query},
    fine_tune::{FineTuneError, Wanted},
    paging::{ListOf, Paging},
    problem::{Checks, Problem},
};

/// The longest name of a model.
const MAX_MODEL: usize = 200;
/// The longest name of a job.
const MAX_NAME: usize = 64;
/// The most hyper-parameters, and the longest name and text of one.
const MAX_PARAMETERS: usize = 32;
const MAX_PARAMETER: usize = 64;

/// What is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewFineTune {
    /// The model that is trained on.
    #[schema(min_length = 1, max_length = 200)]
    model: String,
    /// What the job is called.
    #[schema(min_length = 1, max_length = 64)]
    name: Option<String>,
    /// How it is trained: numbers or words by their names, as the provider has them (`n_epochs`, `batch_size`,
    /// `learning_rate_multiplier`).
    #[serde(default)]
    hyperparameters: BTreeMap<String, Value>,
}

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// How many at the most.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<u32>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// Hands a version over: a job of it, or the one that there is already for the same.
#[utoipa::path(post, path = "/projects/{id}/export/{version}/fine-tune", tag = "exports",
    operation_id = "create_fine_tune_job",
    params(("id" = ProjectId, Path), ("version" = u32, Path)), request_body = NewFineTune,
    responses((status = 201, body = FineTuneJob), Problem))]
pub(super) async fn create(
    State(app): State<App>,
    Caller(user): Caller,
    Path((id, version)): Path<(ProjectId, u32)>,
    Body(new): Body<NewFineTune>,
) -> Result<(StatusCode, Json<FineTuneJob>), Problem> {
    let export = export(&app, &user, id, version).await?;
    let wanted = read(new)?;
    let tuning = app.fine_tuning.clone().ok_or(FineTuneError::NotSet)?;
    // Who goes away meanwhile does not stop what the provider is being told.
    let made = tokio::spawn({
        let environment = app.environment.clone();
        async move { tuning.create(&environment, &user, &export, &wanted).await }
    });
    let job = made.await.map_err(|error| Problem::internal(&error))??;
    Ok((StatusCode::CREATED, Json(job)))
}

/// The jobs made from a version, and who would be given another.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FineTuneJobs {
    #[serde(flatten)]
    jobs: ListOf<FineTuneJob>,
    /// Where a version is sent to: a host, with its port where it is not the usual one; null where nobody is set.
    sends_to: Option<String>,
}

/// The jobs made from a version, newest first, as their provider sees them now.
#[utoipa::path(get, path = "/projects/{id}/export/{version}/fine-tune", tag = "exports",
    operation_id = "list_fine_tune_jobs",
    params(("id" = ProjectId, Path), ("version" = u32, Path), Filter),
    responses((status = 200, body = FineTuneJobs), Problem))]
pub(super) async fn list(
    State(app): State<App>,
    Caller(user): Caller,
    Path((id, version)): Path<(ProjectId, u32)>,
    Query(filter): Query<Filter>,
) -> Result<Json<FineTuneJobs>, Problem> {
    export(&app, &user, id, version).await?;
    let paging = Paging::new(("fine-tune", id, version), filter.limit, filter.cursor.as_deref())?;
    let page = app.environment.metadata.page_fine_tune_jobs(&user, id, version, &paging.request).await?;
    let page = page.ok_or_else(|| Problem::not_found("export"))?;
    let store::Page { items, total, next } = page;
    let items = match &app.fine_tuning {
        Some(tuning) => tuning.refreshed(&app.environment, &user, id, items).await?,
        None => items.into_iter().map(|(_, job)| job).collect(),
    };
    let sends_to = app.fine_tuning.as_ref().and_then(|tuning| tuning.host());
    Ok(Json(FineTuneJobs { jobs: paging.answer(store::Page { items, total, next }), sends_to }))
}

async fn export(app: &App, user: &UserId, id: ProjectId, version: u32) -> Result<Export, Problem> {
    let export = app.environment.metadata.export(user, id, version).await?;
    export.ok_or_else(|| Problem::not_found("export"))
}

fn read(new: NewFineTune) -> Result<Wanted, Problem> {
    let NewFineTune { model, name, hyperparameters } = new;
    let mut checks = Checks::default();
    let fits = |text: &str, most: usize| !text.trim().is_empty() && text.chars().count() <= most;
    checks.require(fits(&model, MAX_MODEL), "/model", format!("it has to have 1 to {MAX_MODEL} characters"));
    checks.require(
        name.as_deref().is_none_or(|name| fits(name, MAX_NAME)),
        "/name",
        format!("it has to have 1 to {MAX_NAME} characters"),
    );
    if hyperparameters.len() > MAX_PARAMETERS {
        checks.fail("/hyperparameters", format!("there may be {MAX_PARAMETERS} at the most"));
    }
    for (name, value) in hyperparameters.iter().take(MAX_PARAMETERS) {
        let holds = match value {
            Value::Number(_) | Value::Bool(_) => true,
            Value::String(text) => text.chars().count() <= MAX_PARAMETER,
            _ => false,
        };
        let pointer = format!("/hyperparameters/{}", name.replace('~', "~0").replace('/', "~1"));
        checks.require(
            holds && fits(name, MAX_PARAMETER),
            &pointer,
            format!("it has to be a number, a truth value or a text of at most {MAX_PARAMETER} characters"),
        );
    }
    checks.done()?;
    Ok(Wanted { model, name, hyperparameters })
}

impl From<FineTuneError> for Problem {
    fn from(error: FineTuneError) -> Self {
        match error {
            FineTuneError::NotSet | FineTuneError::Format { .. } | FineTuneError::Busy => {
                Self::conflict(error.to_string())
            }
            FineTuneError::Provider(detail) => Self::bad_gateway(detail),
            FineTuneError::Turn(error) => error.into(),
            FineTuneError::Store(error) => error.into(),
        }
    }
}
