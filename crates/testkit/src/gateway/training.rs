//! Fine-tuning as OpenAI and a platform have it: files, jobs, and what becomes of them.

use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;

/// What was uploaded and asked for.
#[derive(Default)]
pub(super) struct Training(Mutex<Seen>);

#[derive(Default)]
struct Seen {
    files: Vec<(String, Vec<u8>)>,
    jobs: Vec<Job>,
    refusal: Option<String>,
    lose_next: bool,
}

struct Job {
    id: String,
    asked: Value,
    /// What the client says that it asks for by.
    key: Option<String>,
    state: Value,
}

impl Job {
    fn shown(&self) -> Value {
        let mut shown = json!({"id": self.id, "object": "fine_tuning.job", "status": "queued"});
        shown["metadata"] = self.asked["metadata"].clone();
        if let (Some(shown), Some(state)) = (shown.as_object_mut(), self.state.as_object()) {
            shown.extend(state.clone());
        }
        shown
    }
}

impl Training {
    pub(super) fn seen(&self) -> (Vec<(String, Vec<u8>)>, Vec<Value>) {
        let seen = self.lock();
        (seen.files.clone(), seen.jobs.iter().map(|job| job.asked.clone()).collect())
    }

    pub(super) fn set(&self, id: &str, state: Value) {
        if let Some(job) = self.lock().jobs.iter_mut().find(|job| job.id == id) {
            job.state = state;
        }
    }

    pub(super) fn refuse(&self, message: Option<&str>) {
        self.lock().refusal = message.map(str::to_owned);
    }

    pub(super) fn lose_next(&self) {
        self.lock().lose_next = true;
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn make(&self, headers: &HeaderMap, asked: Value, platform: bool) -> Result<(Value, bool), String> {
        let mut seen = self.lock();
        if let Some(refusal) = &seen.refusal {
            return Err(refusal.clone());
        }
        let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).map(str::to_owned);
        // A platform keeps to the key; OpenAI does not.
        if let Some(known) = seen.jobs.iter().find(|job| platform && key.is_some() && job.key == key) {
            return Ok((known.shown(), false));
        }
        let id = format!("ftjob-{}", seen.jobs.len() + 1);
        let job = Job { id, asked, key, state: Value::Null };
        let shown = job.shown();
        seen.jobs.push(job);
        let lost = std::mem::take(&mut seen.lose_next);
        Ok((shown, lost))
    }
}

pub(super) async fn upload(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    let boundary = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .and_then(|kind| kind.split_once("boundary="))
        .map(|(_, boundary)| format!("\r\n--{boundary}"));
    let Some(boundary) = boundary else { return StatusCode::BAD_REQUEST.into_response() };
    let body = [b"\r\n", &*body].concat();
    let mut file = None;
    for part in split(&body, boundary.as_bytes()) {
        let Some(at) = find(part, b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&part[..at]).into_owned();
        if let Some((_, name)) = head.split_once("filename=\"") {
            let name = name.split('"').next().unwrap_or_default().to_owned();
            file = Some((name, part[at + 4..].to_vec()));
        }
    }
    let Some(file) = file else { return StatusCode::BAD_REQUEST.into_response() };
    let mut seen = shared.training.lock();
    seen.files.push(file);
    Json(json!({"id": format!("file-{}", seen.files.len()), "object": "file"})).into_response()
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

fn split<'a>(mut bytes: &'a [u8], by: &[u8]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    while let Some(at) = find(bytes, by) {
        parts.push(&bytes[..at]);
        bytes = &bytes[at + by.len()..];
    }
    parts
}

pub(super) async fn create(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Json(asked): Json<Value>,
) -> Response {
    reply(shared.training.make(&headers, asked, false)).await
}

pub(super) async fn create_on_platform(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Json(asked): Json<Value>,
) -> Response {
    reply(shared.training.make(&headers, asked, true)).await
}

/// The job; nothing, ever, where the reply is to be lost.
async fn reply(made: Result<(Value, bool), String>) -> Response {
    match made {
        Ok((_, true)) => pending().await,
        Ok((job, false)) => Json(job).into_response(),
        Err(refusal) => {
            let body = json!({"error": {"message": refusal}});
            (StatusCode::BAD_REQUEST, Json(body)).into_response()
        }
    }
}

/// Which jobs of all.
#[derive(Deserialize)]
pub(super) struct Page {
    limit: Option<usize>,
    after: Option<String>,
}

pub(super) async fn list(State(shared): State<Arc<Shared>>, Query(page): Query<Page>) -> Json<Value> {
    let seen = shared.training.lock();
    // Newest first.
    let jobs: Vec<_> = seen.jobs.iter().rev().map(Job::shown).collect();
    let after = page.after.and_then(|after| jobs.iter().position(|job| job["id"] == after.as_str()));
    let rest = &jobs[after.map_or(0, |at| at + 1)..];
    let limit = page.limit.unwrap_or(20).min(rest.len());
    Json(json!({"object": "list", "data": rest[..limit], "has_more": limit < rest.len()}))
}

pub(super) async fn job(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    let seen = shared.training.lock();
    match seen.jobs.iter().find(|job| job.id == id) {
        Some(job) => Json(job.shown()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
