//! The API: paths, and what is answered.

use std::{sync::Arc, time::Instant};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, Query as QueryOf, Request, State},
    http::{StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use k8s_openapi::api::batch::v1::Job;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    Inner,
    objects::{EVENTS, JOBS, PODS, matches, now, uid},
    watching,
};

type Shared = State<Arc<Inner>>;

/// What lists and watches are asked with.
#[derive(Deserialize, Clone)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Query {
    watch: Option<String>,
    pub(crate) resource_version: Option<String>,
    pub(crate) label_selector: Option<String>,
    pub(crate) field_selector: Option<String>,
    pub(crate) timeout_seconds: Option<u64>,
}

pub(crate) fn router(inner: Arc<Inner>) -> Router {
    let jobs = "/apis/batch/v1/namespaces/{namespace}/jobs";
    Router::new()
        .route("/version", get(async || Json(json!({"major": "1", "minor": "35", "gitVersion": "v1.35.0"}))))
        .route(jobs, get(list_jobs).post(create))
        .route(&format!("{jobs}/{{name}}"), get(read).delete(delete))
        .route("/api/v1/namespaces/{namespace}/pods", get(list_pods))
        .route("/api/v1/namespaces/{namespace}/events", get(list_events))
        .layer(middleware::from_fn_with_state(Arc::clone(&inner), before))
        .with_state(inner)
}

/// What goes wrong before a request is looked at.
async fn before(State(inner): Shared, request: Request, next: Next) -> Response {
    let (away, delay, failing) = {
        let mut wrong = inner.faults.now();
        let is_watch = request.uri().query().is_some_and(|query| query.contains("watch=true"));
        wrong.requests += u64::from(!is_watch);
        let away = wrong.away.is_some_and(|until| Instant::now() < until);
        let failing = if away || is_watch { None } else { wrong.next.pop() };
        (away, wrong.delay, failing)
    };
    if away {
        return refusal(503, "ServiceUnavailable", "the server is currently unable to handle the request");
    }
    tokio::time::sleep(delay).await;
    if let Some((status, reason)) = failing {
        return refusal(status, reason, reason);
    }
    let token = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if token != Some(&format!("Bearer {}", inner.config.token)) {
        return refusal(401, "Unauthorized", "Unauthorized");
    }
    let namespace = request.uri().path().split("/namespaces/").nth(1).and_then(|rest| rest.split('/').next());
    if let Some(other) = namespace.filter(|name| *name != inner.config.namespace) {
        return refusal(404, "NotFound", &format!("namespaces \"{other}\" not found"));
    }
    next.run(request).await
}

/// A `Status` that says that something failed.
pub(crate) fn failure(code: u16, reason: &str, message: &str) -> Value {
    json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message,
        "reason": reason, "code": code})
}

fn refusal(code: u16, reason: &str, message: &str) -> Response {
    let status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Json(failure(code, reason, message))).into_response()
}

/// An object as clients see it.
pub(crate) fn shown(object: &Value) -> Value {
    let mut shown = object.clone();
    if let Some(fields) = shown.as_object_mut() {
        fields.remove("death");
    }
    shown
}

async fn list_jobs(State(inner): Shared, QueryOf(query): QueryOf<Query>) -> Response {
    list(inner, JOBS, "JobList", "batch/v1", query)
}

async fn list_pods(State(inner): Shared, QueryOf(query): QueryOf<Query>) -> Response {
    list(inner, PODS, "PodList", "v1", query)
}

async fn list_events(State(inner): Shared, QueryOf(query): QueryOf<Query>) -> Response {
    list(inner, EVENTS, "EventList", "v1", query)
}

fn list(inner: Arc<Inner>, kind: &'static str, called: &str, version: &str, query: Query) -> Response {
    if matches!(query.watch.as_deref(), Some("true" | "1")) {
        return watching::watch(inner, kind, query);
    }
    let objects = inner.objects();
    let found = objects
        .all(kind)
        .filter(|object| matches(object, query.label_selector.as_deref(), query.field_selector.as_deref()));
    let items: Vec<Value> = found.map(shown).collect();
    let metadata = json!({"resourceVersion": objects.version.to_string()});
    Json(json!({"kind": called, "apiVersion": version, "metadata": metadata, "items": items})).into_response()
}

async fn read(State(inner): Shared, Path((_, name)): Path<(String, String)>) -> Response {
    match inner.objects().get(JOBS, &name) {
        Some(job) => Json(shown(job)).into_response(),
        None => absent(&name),
    }
}

fn absent(name: &str) -> Response {
    refusal(404, "NotFound", &format!("jobs.batch \"{name}\" not found"))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Creation {
    dry_run: Option<String>,
}

async fn create(State(inner): Shared, QueryOf(how): QueryOf<Creation>, body: Bytes) -> Response {
    let sent: Value = match serde_json::from_slice(&body) {
        Ok(sent) => sent,
        Err(error) => return refusal(400, "BadRequest", &error.to_string()),
    };
    let job: Job = match serde_json::from_value(sent.clone()) {
        Ok(job) => job,
        Err(error) => {
            return refusal(400, "BadRequest", &format!("Job in version \"v1\" cannot be handled: {error}"));
        }
    };
    let mut job = serde_json::to_value(job).unwrap_or_default();
    if let Some(field) = unknown(&sent, &job, "") {
        return refusal(400, "BadRequest", &format!("strict decoding error: unknown field \"{field}\""));
    }
    let name = job["metadata"]["name"].as_str().unwrap_or_default().to_owned();
    let denied = inner.faults.now().denial.clone();
    if let Some(words) = denied {
        return refusal(403, "Forbidden", &format!("admission webhook denied the request: {words}"));
    }
    if let Some(wrong) = invalid(&job) {
        return refusal(422, "Invalid", &format!("Job.batch \"{name}\" is invalid: {wrong}"));
    }
    let mut objects = inner.objects();
    if objects.get(JOBS, &name).is_some() {
        return refusal(409, "AlreadyExists", &format!("jobs.batch \"{name}\" already exists"));
    }
    job["metadata"]["namespace"] = json!(inner.config.namespace);
    job["metadata"]["uid"] = json!(uuid::Uuid::now_v7());
    job["metadata"]["creationTimestamp"] = json!(now());
    job["status"] = json!({});
    if how.dry_run.is_some() {
        return (StatusCode::CREATED, Json(job)).into_response();
    }
    (StatusCode::CREATED, Json(shown(&objects.put(JOBS, job)))).into_response()
}

/// The first field that was sent and that nobody knows.
fn unknown(sent: &Value, known: &Value, path: &str) -> Option<String> {
    match (sent, known) {
        (Value::Object(sent), Value::Object(known)) => sent.iter().find_map(|(name, value)| {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            match known.get(name) {
                Some(known) => unknown(value, known, &path),
                // Nothing is as good as not there.
                None if value.is_null() => None,
                None => Some(path),
            }
        }),
        (Value::Array(sent), Value::Array(known)) => sent
            .iter()
            .zip(known)
            .enumerate()
            .find_map(|(at, (sent, known))| unknown(sent, known, &format!("{path}[{at}]"))),
        _ => None,
    }
}

/// What a real server finds wrong that can be wrong in a Job of ours.
fn invalid(job: &Value) -> Option<String> {
    let name = job["metadata"]["name"].as_str().unwrap_or_default();
    let spec = &job["spec"];
    let pod = &spec["template"]["spec"];
    let plain = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '-' || char == '.';
    if name.is_empty() || name.len() > 63 || !name.chars().all(plain) {
        return Some(format!(
            "metadata.name: Invalid value: \"{name}\": a lowercase RFC 1123 subdomain of at most 63 characters"
        ));
    }
    if !matches!(pod["restartPolicy"].as_str(), Some("Never" | "OnFailure")) {
        return Some(
            "spec.template.spec.restartPolicy: Required value: valid values: \"OnFailure\", \"Never\"".into(),
        );
    }
    if !spec["podFailurePolicy"].is_null() && pod["restartPolicy"] != "Never" {
        return Some("spec.template.spec.restartPolicy: Invalid value: only \"Never\" is supported when podFailurePolicy is specified".into());
    }
    if spec["completionMode"] == "Indexed" && (spec["completions"].is_null() || spec["parallelism"].is_null())
    {
        return Some("spec.completions: Required value: when completion mode is Indexed".into());
    }
    let containers = pod["containers"].as_array().map_or(0, Vec::len);
    if containers != 1 {
        return Some(format!(
            "spec.template.spec.containers: {containers} of them, where this cluster runs one"
        ));
    }
    None
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct DeleteOptions {
    propagation_policy: Option<String>,
    preconditions: Option<Preconditions>,
}

#[derive(Deserialize)]
struct Preconditions {
    uid: Option<String>,
}

async fn delete(State(inner): Shared, Path((_, name)): Path<(String, String)>, body: Bytes) -> Response {
    let options: DeleteOptions = match body.is_empty() {
        true => DeleteOptions::default(),
        false => match serde_json::from_slice(&body) {
            Ok(options) => options,
            Err(error) => return refusal(400, "BadRequest", &error.to_string()),
        },
    };
    let mut objects = inner.objects();
    let Some(job) = objects.get(JOBS, &name).cloned() else { return absent(&name) };
    if let Some(wanted) = options.preconditions.and_then(|conditions| conditions.uid)
        && wanted != uid(&job)
    {
        let said =
            format!("Precondition failed: UID in precondition: {wanted}, UID in object meta: {}", uid(&job));
        return refusal(409, "Conflict", &said);
    }
    if options.propagation_policy.as_deref() == Some("Foreground") {
        objects.change(JOBS, &name, |job| {
            if job["metadata"]["deletionTimestamp"].is_null() {
                job["metadata"]["deletionTimestamp"] = json!(now());
                job["metadata"]["finalizers"] = json!(["foregroundDeletion"]);
            }
        });
        return Json(objects.get(JOBS, &name).map(shown)).into_response();
    }
    objects.remove(JOBS, &name);
    Json(json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"})).into_response()
}
