//! A version beside another.

use axum::{Json, extract::State};
use model::ProjectId;
use serde::{Deserialize, Serialize};
use store::Page;
use utoipa::{IntoParams, ToSchema};

use crate::{
    App,
    export::{CompareError, Comparison, Difference, Differences, Place, compare},
    extract::{Caller, Path, Query},
    paging::{ListOf, Paging},
    problem::{Checks, Problem},
};

/// With which version, and which page of what is not the same.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct With {
    /// The other version.
    with: u32,
    /// How many at the most.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<u32>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// What is not the same in two versions.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Compared {
    #[serde(flatten)]
    counts: Differences,
    #[serde(flatten)]
    list: ListOf<Difference>,
}

/// What a version has, lacks and says otherwise than another, in the order of its lines.
#[utoipa::path(get, path = "/projects/{id}/export/{version}/compare", tag = "exports",
    params(("id" = ProjectId, Path), ("version" = u32, Path), With),
    responses((status = 200, body = Compared), Problem))]
pub(super) async fn get(
    State(app): State<App>,
    Caller(user): Caller,
    Path((id, version)): Path<(ProjectId, u32)>,
    Query(With { with, limit, cursor }): Query<With>,
) -> Result<Json<Compared>, Problem> {
    for version in [version, with] {
        let export = app.environment.metadata.export(&user, id, version).await?;
        export.ok_or_else(|| Problem::not_found("export"))?;
    }
    let paging = Paging::new(("compare", id, version, with), limit, cursor.as_deref())?;
    let from = paging.request.after.as_deref().map(serde_json::from_str::<Place>).transpose();
    let mut checks = Checks::default();
    checks.require(from.is_ok(), "/cursor", "it is no cursor of this list; leave it out to begin anew");
    checks.done()?;
    let from = from.ok().flatten();
    let limit = paging.request.limit as usize;
    let objects = &*app.environment.objects;
    let Comparison { counts, items, next } =
        compare(objects, &user, id, (version, with), from, limit).await?;
    let next = next.map(|next| serde_json::to_string(&next)).transpose();
    let next = next.map_err(|error| Problem::internal(&error))?;
    let page = Page { items, total: counts.total(), next };
    Ok(Json(Compared { counts, list: paging.answer(page) }))
}

impl From<CompareError> for Problem {
    fn from(error: CompareError) -> Self {
        match error {
            CompareError::Store(error) => error.into(),
            CompareError::Read(error) => Self::internal(&error),
            CompareError::Spoilt(..) => Self::internal(&error),
        }
    }
}
