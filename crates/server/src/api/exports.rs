//! Exports: the versions of the dataset.

mod compare;
mod download;
mod fine_tune;

use std::collections::BTreeMap;

use ::export::LeftOut;
use axum::{Json, extract::State, http::StatusCode};
use model::{Export, ExportFormat, GenerationId, ProjectId, Splitting, UserId};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    App,
    api::named,
    export::{self, Estimate, ExportError, ExportRequest, Rule, publish},
    extract::{Body, Caller, Path, Query},
    paging::{ListOf, Paging},
    problem::{Checks, Problem},
};

/// The most generations that may be named.
const MAX_GENERATIONS: usize = 500;

/// The endpoints of exports.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create))
        .routes(routes!(estimate))
        .routes(routes!(list))
        .routes(routes!(download::get))
        .routes(routes!(compare::get))
        .routes(routes!(fine_tune::create, fine_tune::list))
}

/// What is to be exported.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewExport {
    /// The form of the lines.
    format: ExportFormat,
    /// The least quality score; a pair that was not measured does not pass one.
    #[schema(minimum = 0, maximum = 1)]
    min_quality_score: Option<f64>,
    /// Whether the lines hold the system prompt of their generation.
    #[serde(default)]
    include_system_prompts: bool,
    /// Made by one of these; none: by any.
    #[schema(max_items = 500)]
    #[serde(default)]
    generation_ids: Vec<GenerationId>,
    /// How to split it for training: whole documents, and pairs that repeat each other, go to one part. Nothing: not at all.
    splits: Option<Splitting>,
}

/// Which exports.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// How many at the most.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<u32>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// Exports the accepted and edited pairs of a project as a new version.
#[utoipa::path(post, path = "/projects/{id}/export", tag = "exports",
    params(("id" = ProjectId, Path)), request_body = NewExport,
    responses((status = 201, body = Export), Problem))]
async fn create(
    State(app): State<App>,
    Caller(user): Caller,
    Path(id): Path<ProjectId>,
    Body(new): Body<NewExport>,
) -> Result<(StatusCode, Json<Export>), Problem> {
    let project = named::project(&app, &user, id).await?;
    let request = read(&app, &user, id, new).await?;
    let published = publish(&app.environment, &user, &project, &request).await?;
    Ok((StatusCode::CREATED, Json(published.export)))
}

/// What an export would hold, before it is made.
#[utoipa::path(post, path = "/projects/{id}/export/estimate", tag = "exports",
    params(("id" = ProjectId, Path)), request_body = NewExport,
    responses((status = 200, body = Estimate), Problem))]
async fn estimate(
    State(app): State<App>,
    Caller(user): Caller,
    Path(id): Path<ProjectId>,
    Body(new): Body<NewExport>,
) -> Result<Json<Estimate>, Problem> {
    named::project(&app, &user, id).await?;
    let request = read(&app, &user, id, new).await?;
    Ok(Json(export::estimate(&app.environment, &user, id, &request).await?))
}

/// The exports of a project, newest first.
#[utoipa::path(get, path = "/projects/{id}/exports", tag = "exports",
    params(("id" = ProjectId, Path), Filter),
    responses((status = 200, body = ListOf<Export>), Problem))]
async fn list(
    State(app): State<App>,
    Caller(user): Caller,
    Path(id): Path<ProjectId>,
    Query(filter): Query<Filter>,
) -> Result<Json<ListOf<Export>>, Problem> {
    let paging = Paging::new(("exports", id), filter.limit, filter.cursor.as_deref())?;
    let page = app.environment.metadata.page_exports(&user, id, &paging.request).await?;
    page.map(|page| Json(paging.answer(page))).ok_or_else(|| Problem::not_found("project"))
}

async fn read(
    app: &App,
    user: &UserId,
    project: ProjectId,
    new: NewExport,
) -> Result<ExportRequest, Problem> {
    let mut checks = Checks::default();
    let fits = new.min_quality_score.is_none_or(|least| (0.0..=1.0).contains(&least));
    checks.require(fits, "/min_quality_score", "it has to be from 0 to 1");
    checks.require(
        new.splits.is_none_or(|splitting| splitting.is_possible()),
        "/splits/validation",
        "it has to be more than 0 and at most 0.5",
    );
    let mut generations = new.generation_ids;
    if generations.len() > MAX_GENERATIONS {
        checks.fail("/generation_ids", format!("there may be {MAX_GENERATIONS} at the most"));
        generations.clear();
    }
    for (index, id) in generations.iter().enumerate() {
        let generation = app.environment.metadata.generation(user, *id).await?;
        let known = generation.is_some_and(|generation| generation.project_id == project);
        let pointer = format!("/generation_ids/{index}");
        checks.require(known, &pointer, "there is no such generation in the project");
    }
    checks.done()?;
    // The same generations in another order are the same export.
    generations.sort_unstable();
    generations.dedup();
    Ok(ExportRequest {
        format: new.format,
        include_system_prompts: new.include_system_prompts,
        rule: Rule::Accepted,
        min_quality: new.min_quality_score,
        generations,
        documents: Vec::new(),
        splitting: new.splits,
        settings: Vec::new(),
        reuse_unchanged: false,
    })
}

impl From<ExportError> for Problem {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Nothing(left_out) => Self::conflict(nothing(&left_out)),
            ExportError::Busy | ExportError::Inseparable => Self::conflict(error.to_string()),
            ExportError::Store(error) => error.into(),
            ExportError::Turn(cause) => cause.into(),
            ExportError::Folder(cause) => Self::internal(&cause),
            ExportError::Write(cause) => Self::internal(&cause),
        }
    }
}

fn nothing(left_out: &BTreeMap<LeftOut, u64>) -> String {
    if left_out.is_empty() {
        return "there is no pair to export; generate some first".into();
    }
    let reasons: Vec<String> = left_out
        .iter()
        .map(|(reason, count)| match reason {
            LeftOut::Duplicate => format!("{count} that repeat another"),
            LeftOut::Rejected => format!("{count} rejected"),
            LeftOut::BelowMinQuality => format!("{count} under the least quality"),
            LeftOut::Pending => format!("{count} not reviewed"),
            LeftOut::NoPreference => format!("{count} accepted as they were made, preferred to nothing"),
        })
        .collect();
    format!("no pair is left to export; left out are {}: accept some, or ask for less", reasons.join(", "))
}

#[cfg(test)]
mod tests;
