//! What goes wrong with requests.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use axum::{
    body::Body,
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::Response,
};

/// Counts requests, and refuses some.
#[derive(Default)]
pub(super) struct Faults {
    refused: AtomicUsize,
    requests: AtomicUsize,
}

impl Faults {
    pub(super) fn slow_down(&self, requests: usize) {
        self.refused.store(requests, Relaxed);
    }

    pub(super) fn requests(&self) -> usize {
        self.requests.load(Relaxed)
    }
}

pub(super) async fn layer(State(faults): State<Arc<Faults>>, request: Request, next: Next) -> Response {
    faults.requests.fetch_add(1, Relaxed);
    if faults.refused.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1)).is_ok() {
        let text = "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>";
        let mut response = Response::new(Body::from(text));
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        return response;
    }
    next.run(request).await
}
