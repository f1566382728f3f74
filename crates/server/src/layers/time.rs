//! No request to the API takes for ever.

use std::time::Duration;

use axum::{
    extract::{MatchedPath, Request},
    http::Method,
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio::time::timeout;

use crate::problem::Problem;

/// How long an answer may take to begin. Streams of events begin at once and go on as they like.
const PATIENCE: Duration = Duration::from_secs(60);

/// The same of what reads or writes a whole dataset, which takes as long as that has pairs.
const LONG_PATIENCE: Duration = Duration::from_secs(60 * 60);
const LONG: [&str; 5] = ["/export", "/fine-tune", "/bulk-action", "/undo", "/import"];

/// 503 for what takes too long.
pub(crate) async fn time_out(request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>();
    let is_long = request.method() == Method::POST
        && path.is_some_and(|path| LONG.iter().any(|ending| path.as_str().ends_with(ending)));
    let patience = if is_long { LONG_PATIENCE } else { PATIENCE };
    timeout(patience, next.run(request)).await.unwrap_or_else(|_| {
        tracing::warn!("a request took too long");
        Problem::unavailable("the request took too long").into_response()
    })
}
