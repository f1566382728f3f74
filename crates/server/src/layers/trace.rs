//! A span, a log line and the counts of each request.

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use tokio::time::Instant;
use tracing::{Instrument, field};

use crate::{App, problem::REQUEST_ID};

/// The path of what matches no route.
const NOWHERE: &str = "none";

/// Notes each request and its answer. The path is the route: what was sent may hold a signature.
pub(crate) async fn trace(State(app): State<App>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let path = request.extensions().get::<MatchedPath>().cloned();
    let path = path.as_ref().map_or(NOWHERE, MatchedPath::as_str);
    let id = REQUEST_ID.try_with(Clone::clone).unwrap_or_default();
    let span = tracing::info_span!("request", %method, path, id, user = field::Empty);
    let begun = Instant::now();
    let in_flight = app.metrics().begin();
    let response = next.run(request).instrument(span.clone()).await;
    drop(in_flight);
    let (took, status) = (begun.elapsed(), response.status().as_u16());
    app.metrics().answered(&method, path, status, took);
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| tracing::info!(status, milliseconds, "answered"));
    response
}
