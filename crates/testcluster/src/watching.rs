//! Watches: what changes, as it does.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::header,
    response::{IntoResponse, Response},
};
use futures::stream;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until};

use crate::{
    Inner,
    api::{Query, failure, shown},
    objects::{Change, matches},
};

/// Where a watch stands.
struct Watching {
    inner: Arc<Inner>,
    kind: &'static str,
    query: Query,
    /// What it has told of.
    version: u64,
    cuts: u64,
    end: Instant,
    news: tokio::sync::watch::Receiver<u64>,
    waiting: std::collections::VecDeque<Value>,
}

/// Tells of the changes of a kind from a version on, until it is cut or its time is over.
pub(crate) fn watch(inner: Arc<Inner>, kind: &'static str, query: Query) -> Response {
    let (now, forgotten, news) = {
        let objects = inner.objects();
        (objects.version, objects.forgotten, objects.news.subscribe())
    };
    let version = query.resource_version.as_deref().and_then(|version| version.parse().ok()).unwrap_or(now);
    let expired = failure(410, "Expired", "too old resource version");
    if version < forgotten {
        return (axum::http::StatusCode::GONE, axum::Json(expired)).into_response();
    }
    let cuts = inner.faults.now().cuts;
    let end = Instant::now() + Duration::from_secs(query.timeout_seconds.unwrap_or(300));
    let watching = Watching { inner, kind, query, version, cuts, end, news, waiting: Default::default() };
    let lines = stream::unfold(watching, |mut watching| async move {
        let line = watching.next().await?;
        Some((Ok::<_, Infallible>(format!("{line}\n")), watching))
    });
    ([(header::CONTENT_TYPE, "application/json")], Body::from_stream(lines)).into_response()
}

impl Watching {
    async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            if self.inner.faults.now().cuts != self.cuts {
                return None;
            }
            self.read();
            if !self.waiting.is_empty() {
                continue;
            }
            tokio::select! {
                changed = self.news.changed() => changed.ok()?,
                // A cut makes no news.
                () = tokio::time::sleep(Duration::from_millis(20)) => {}
                () = sleep_until(self.end) => return None,
            }
        }
    }

    fn read(&mut self) {
        let objects = self.inner.objects();
        let is_new = |change: &&Change| change.version > self.version && change.kind == self.kind;
        for change in objects.changes.iter().filter(is_new) {
            let Query { label_selector, field_selector, .. } = &self.query;
            if matches(&change.object, label_selector.as_deref(), field_selector.as_deref()) {
                self.waiting.push_back(json!({"type": change.what, "object": shown(&change.object)}));
            }
        }
        self.version = objects.version;
    }
}
