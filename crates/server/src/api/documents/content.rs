//! What a document says, as it was parsed.

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use model::{Block, DocumentId, DocumentStatus, Format, OutlineEntry, ParsedDocument, ProjectId};
use serde::Serialize;
use store::Keys;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::named;
use crate::{
    App,
    extract::{Caller, Path},
    problem::Problem,
};

/// The endpoint of a document's content.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(content))
}

/// What a document says.
#[derive(Debug, Serialize, ToSchema)]
struct Content {
    /// The whole text.
    text: String,
    /// Its headings, in order.
    outline: Vec<OutlineEntry>,
    /// The parts of the text, in order.
    blocks: Vec<Block>,
}

/// What a document says, as it was parsed last.
#[utoipa::path(get, path = "/projects/{id}/documents/{doc_id}/content", tag = "documents",
    params(("id" = ProjectId, Path), ("doc_id" = DocumentId, Path)),
    responses((status = 200, body = Content), Problem))]
async fn content(
    State(app): State<App>,
    Caller(user): Caller,
    Path((project, id)): Path<(ProjectId, DocumentId)>,
) -> Result<Response, Problem> {
    let document = named::document(&app, &user, project, id).await?;
    if document.status == DocumentStatus::Failed {
        let why = document.error.unwrap_or_else(|| "it failed".into());
        return Err(Problem::conflict(format!("it could not be parsed: {why}")));
    }
    if document.format == Format::Jsonl {
        return Err(Problem::conflict(
            "it is a file of pairs, which were imported; its lines are its chunks",
        ));
    }
    let parsed = app.environment.objects.get(&Keys::new(&user, project).parsed(id)).await?;
    let parsed = parsed.ok_or_else(|| Problem::conflict("it is not parsed yet"))?;
    // A book is megabytes of JSON: reading that would hold up other requests.
    let read = tokio::task::spawn_blocking(move || -> serde_json::Result<Vec<u8>> {
        let parsed: ParsedDocument = serde_json::from_slice(&parsed)?;
        let outline = parsed.outline();
        serde_json::to_vec(&Content { text: parsed.text, outline, blocks: parsed.blocks })
    });
    let body = read.await.map_err(|error| Problem::internal(&error))?;
    let body = body.map_err(|error| Problem::internal(&error))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}
