//! No request to the API takes for ever.

use std::time::Duration;

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio::time::timeout;

use crate::problem::Problem;

/// How long an answer may take to begin. Streams of events begin at once and go on as they like.
const PATIENCE: Duration = Duration::from_secs(60);

/// 503 for what takes too long.
pub(crate) async fn time_out(request: Request, next: Next) -> Response {
    timeout(PATIENCE, next.run(request)).await.unwrap_or_else(|_| {
        tracing::warn!("a request took too long");
        Problem::unavailable("the request took too long").into_response()
    })
}
