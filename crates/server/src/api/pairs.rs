//! Pairs: the list that is reviewed, and one pair with what it was made from.

mod bulk;
mod change;
mod filter;
mod import;
mod revision;
mod source;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use jobs::edit_pair;
use model::{Edition, Pair, PairId, ProjectId};
use serde::Serialize;
use store::PairEdit;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use self::{
    change::ChangedPair,
    filter::ListQuery,
    revision::{IfMatch, etag, is_known},
    source::PairWithSource,
};
use crate::{
    App,
    extract::{Body, Caller, Path, Query},
    paging::{ListOf, Paging},
    problem::Problem,
};

/// The endpoints of pairs.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get, update))
        .routes(routes!(edits))
        .merge(bulk::routes())
        .merge(import::routes())
}

/// The pairs of a project that match, a page at a time.
#[utoipa::path(get, path = "/projects/{id}/pairs", tag = "pairs",
    params(("id" = ProjectId, Path), ListQuery),
    responses((status = 200, body = ListOf<Pair>), Problem))]
async fn list(
    State(app): State<App>,
    Caller(user): Caller,
    Path(id): Path<ProjectId>,
    Query(query): Query<ListQuery>,
) -> Result<Json<ListOf<Pair>>, Problem> {
    let ListQuery { limit, cursor, .. } = &query;
    let (filter, order) = query.read()?;
    let paging = Paging::new(("pairs", id, &filter, order), *limit, cursor.as_deref())?;
    let page = app.environment.metadata.page_pairs(&user, id, &filter, order, &paging.request).await?;
    page.map(|page| Json(paging.answer(page))).ok_or_else(|| Problem::not_found("project"))
}

/// The texts that people gave a pair, oldest first.
#[derive(Debug, Serialize, ToSchema)]
struct Editions {
    /// All of them.
    items: Vec<Edition>,
    /// How many they are.
    total: u64,
    /// Always null: they are few.
    next_cursor: Option<String>,
}

/// What people made of a pair's text, oldest first.
#[utoipa::path(get, path = "/pairs/{pair_id}/edits", tag = "pairs",
    params(("pair_id" = PairId, Path)),
    responses((status = 200, body = Editions), Problem))]
async fn edits(
    State(app): State<App>,
    Caller(user): Caller,
    Path(id): Path<PairId>,
) -> Result<Json<Editions>, Problem> {
    let pair = app.environment.metadata.pair(&user, id).await?;
    pair.ok_or_else(|| Problem::not_found("pair"))?;
    let items = app.environment.metadata.pair_edits(&user, id).await?;
    Ok(Json(Editions { total: items.len() as u64, items, next_cursor: None }))
}

/// One pair with what it was made from. Its `ETag` is its revision.
#[utoipa::path(get, path = "/pairs/{pair_id}", tag = "pairs",
    params(("pair_id" = PairId, Path),
        ("If-None-Match" = Option<String>, Header, description = "The ETag that is known: 304 where it still is that.")),
    responses((status = 200, body = PairWithSource, headers(("etag" = String, description = "The revision."))),
        (status = 304, description = "It is at the revision that is known."), Problem))]
async fn get(
    State(app): State<App>,
    Caller(user): Caller,
    Path(id): Path<PairId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let metadata = &app.environment.metadata;
    let pair = metadata.pair(&user, id).await?.ok_or_else(|| Problem::not_found("pair"))?;
    let tag = [(header::ETAG, etag(pair.revision))];
    if is_known(&headers, pair.revision) {
        return Ok((StatusCode::NOT_MODIFIED, tag).into_response());
    }
    let source = metadata.pair_source(&user, id).await?;
    Ok((tag, Json(PairWithSource { pair, source: source.map(Into::into) })).into_response())
}

/// Changes what a pair says, which is scored anew, or decides on it.
#[utoipa::path(put, path = "/pairs/{pair_id}", tag = "pairs", request_body = ChangedPair,
    params(("pair_id" = PairId, Path),
        ("If-Match" = Option<String>, Header,
            description = "The revision that is changed, as its ETag says it: 412 where it is another by now.")),
    responses((status = 200, body = Pair, headers(("etag" = String, description = "The revision."))), Problem))]
async fn update(
    State(app): State<App>,
    Caller(user): Caller,
    Path(id): Path<PairId>,
    headers: HeaderMap,
    Body(change): Body<ChangedPair>,
) -> Result<Response, Problem> {
    let condition = IfMatch::read(&headers)?;
    let pair = app.environment.metadata.pair(&user, id).await?.ok_or_else(|| Problem::not_found("pair"))?;
    let expected = condition.expect(pair.revision).map_err(stale)?;
    let (text, review_status) = change.read(&pair)?;
    match edit_pair(&app.environment, &user, id, expected, &text, review_status).await? {
        PairEdit::Done(pair) => Ok(([(header::ETAG, etag(pair.revision))], Json(*pair)).into_response()),
        PairEdit::Stale(revision) => Err(stale(revision)),
        PairEdit::NotFound => Err(Problem::not_found("pair")),
    }
}

fn stale(revision: u32) -> Problem {
    Problem::stale(format!("the pair is at revision {revision} by now; read it again before changing it"))
}

#[cfg(test)]
mod tests;
