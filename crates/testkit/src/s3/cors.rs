//! What scripts of other origins may do with a bucket, by the rules that it was given.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use s3s::dto::{CORSRule, CORSRules};

/// The rules of each bucket.
#[derive(Default)]
pub(super) struct Rules(Mutex<HashMap<String, CORSRules>>);

impl Rules {
    pub(super) fn set(&self, bucket: &str, rules: CORSRules) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(bucket.to_owned(), rules);
    }

    pub(super) fn get(&self, bucket: &str) -> Option<CORSRules> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(bucket).cloned()
    }

    pub(super) fn remove(&self, bucket: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(bucket);
    }

    /// The first rule that lets an origin use a method with these headers.
    fn find(&self, path: &str, origin: &str, method: &str, headers: &[&str]) -> Option<CORSRule> {
        let bucket = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        self.get(bucket)?.into_iter().find(|rule| {
            let allowed = rule.allowed_headers.as_deref().unwrap_or_default();
            rule.allowed_origins.iter().any(|pattern| fits(pattern, origin))
                && rule.allowed_methods.iter().any(|allowed| allowed == method)
                && headers.iter().all(|header| allowed.iter().any(|pattern| fits(pattern, header)))
        })
    }
}

/// Answers what a browser asks before, and says in every other answer who may read it.
pub(super) async fn layer(State(rules): State<Arc<Rules>>, request: Request, next: Next) -> Response {
    let text = |headers: &HeaderMap, name| {
        headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).map(str::to_owned)
    };
    let Some(origin) = text(request.headers(), header::ORIGIN) else { return next.run(request).await };
    let path = request.uri().path().to_owned();
    if request.method() == Method::OPTIONS {
        let method = text(request.headers(), header::ACCESS_CONTROL_REQUEST_METHOD).unwrap_or_default();
        let headers = text(request.headers(), header::ACCESS_CONTROL_REQUEST_HEADERS).unwrap_or_default();
        let names: Vec<_> = headers.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
        let Some(rule) = rules.find(&path, &origin, &method, &names) else {
            return (StatusCode::FORBIDDEN, "CORSResponse: this CORS request is not allowed").into_response();
        };
        let mut response = StatusCode::OK.into_response();
        let said = response.headers_mut();
        set(said, header::ACCESS_CONTROL_ALLOW_ORIGIN, &origin);
        set(said, header::ACCESS_CONTROL_ALLOW_METHODS, &rule.allowed_methods.join(", "));
        set(said, header::ACCESS_CONTROL_ALLOW_HEADERS, &headers);
        return response;
    }
    let rule = rules.find(&path, &origin, request.method().as_str(), &[]);
    let mut response = next.run(request).await;
    if let Some(rule) = rule {
        let exposed = rule.expose_headers.unwrap_or_default().join(", ");
        set(response.headers_mut(), header::ACCESS_CONTROL_ALLOW_ORIGIN, &origin);
        set(response.headers_mut(), header::ACCESS_CONTROL_EXPOSE_HEADERS, &exposed);
    }
    response
}

fn set(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// Whether a text fits a pattern with at most one `*`, without regard to case.
fn fits(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_ascii_lowercase(), text.to_ascii_lowercase());
    match pattern.split_once('*') {
        Some((before, behind)) => {
            text.len() >= before.len() + behind.len() && text.starts_with(before) && text.ends_with(behind)
        }
        None => pattern == text,
    }
}
