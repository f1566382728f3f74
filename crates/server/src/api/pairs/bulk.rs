//! Many pairs at once, and back.

use axum::{Json, extract::State};
use jobs::random_bytes;
use model::{PairId, ProjectId, UndoId};
use serde::{Deserialize, Serialize};
use store::{PairAction, Selection};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::filter::Filter;
use crate::{
    App,
    extract::{Body, Caller, Path},
    problem::{Checks, Problem},
};

/// The most pairs that may be named one by one.
const MAX_IDS: usize = 10_000;

/// The endpoints that change many pairs.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(act)).routes(routes!(undo))
}

/// A change of many pairs, named one by one or by a filter.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PairBulkAction {
    action: Action,
    /// These; those that are not the project's are passed over.
    #[schema(min_items = 1, max_items = 10000)]
    pair_ids: Option<Vec<PairId>>,
    /// All that match.
    filter: Option<Filter>,
}

/// What is done with the pairs.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PairAction)]
enum Action {
    /// Accept them; those picked by a filter only if they repeat no other.
    Accept,
    /// Reject them.
    Reject,
    /// Remove them.
    Delete,
    /// Undecided, and as they were made.
    Reset,
}

/// What a change of many pairs did.
#[derive(Debug, Serialize, ToSchema)]
struct PairBulkOutcome {
    /// How many were meant.
    matched: u64,
    /// How many were not so already, and are now.
    changed: u64,
    /// By this it is undone, for 24 hours.
    undo_id: UndoId,
}

/// What is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PairUndo {
    /// As the change said it.
    undo_id: UndoId,
}

/// What an undoing did.
#[derive(Debug, Serialize, ToSchema)]
struct PairUndone {
    /// How many are as they were before.
    changed: u64,
    /// Those that were changed since, and stay as they are: at most 1,000 of them.
    kept: Vec<String>,
}

/// Accepts, rejects, removes or resets many pairs.
#[utoipa::path(post, path = "/projects/{id}/pairs/bulk-action", tag = "pairs",
    params(("id" = ProjectId, Path)), request_body = PairBulkAction,
    responses((status = 200, body = PairBulkOutcome), Problem))]
async fn act(
    State(app): State<App>,
    Caller(user): Caller,
    Path(id): Path<ProjectId>,
    Body(body): Body<PairBulkAction>,
) -> Result<Json<PairBulkOutcome>, Problem> {
    let action = body.action.into();
    let which = selection(body)?;
    let now = app.environment.now();
    let undo_id = UndoId::new(now, random_bytes());
    let done = app.environment.metadata.change_pairs(&user, id, action, &which, undo_id, now).await?;
    let done = done.ok_or_else(|| Problem::not_found("project"))?;
    Ok(Json(PairBulkOutcome { matched: done.matched, changed: done.changed, undo_id }))
}

/// Takes a change of many pairs back.
#[utoipa::path(post, path = "/projects/{id}/pairs/undo", tag = "pairs",
    params(("id" = ProjectId, Path)), request_body = PairUndo,
    responses((status = 200, body = PairUndone), Problem))]
async fn undo(
    State(app): State<App>,
    Caller(user): Caller,
    Path(id): Path<ProjectId>,
    Body(PairUndo { undo_id }): Body<PairUndo>,
) -> Result<Json<PairUndone>, Problem> {
    let undone = app.environment.metadata.undo_pairs(&user, id, undo_id, app.environment.now()).await?;
    let undone = undone.ok_or_else(|| {
        Problem::not_found(
            "change in this project: it never was, is older than 24 hours, or is undone already",
        )
    })?;
    Ok(Json(PairUndone { changed: undone.changed, kept: undone.kept }))
}

fn selection(body: PairBulkAction) -> Result<Selection<PairId, store::PairFilter>, Problem> {
    let mut checks = Checks::default();
    let which = match (body.pair_ids, body.filter) {
        (Some(ids), None) => {
            let fits = (1..=MAX_IDS).contains(&ids.len());
            checks.require(fits, "/pair_ids", format!("there have to be 1 to {MAX_IDS}"));
            Selection::Ids(ids)
        }
        (None, Some(filter)) => Selection::Filter(filter.read("/filter")?),
        (ids, _) => {
            let detail = match ids {
                Some(_) => "there is a `filter` too; send one of them",
                None => "send `pair_ids`, or a `filter`: {} means all",
            };
            checks.fail("/pair_ids", detail);
            Selection::Ids(Vec::new())
        }
    };
    checks.done()?;
    Ok(which)
}

impl From<Action> for PairAction {
    fn from(action: Action) -> Self {
        match action {
            Action::Accept => Self::Accept,
            Action::Reject => Self::Reject,
            Action::Delete => Self::Delete,
            Action::Reset => Self::Reset,
        }
    }
}
