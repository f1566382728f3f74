//! Replies without a completion.

use std::{io, iter};

use axum::Json;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use futures::{StreamExt, stream};
use serde_json::json;

use super::fault::Fault;
use super::stats::Denial;

/// An error as the API tells it.
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    code: &'static str,
    detail: String,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into() }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self { status, code, detail } = self;
        let kind = if status.is_server_error() { "server_error" } else { "invalid_request_error" };
        let error = json!({"message": detail, "type": kind, "param": null, "code": code});
        (status, Json(json!({"error": error}))).into_response()
    }
}

/// The reply to a request that is over a limit.
pub(super) fn denied(denial: Denial, retry_after_seconds: u64) -> Response {
    let (detail, seconds) = match denial {
        Denial::QuotaExhausted => {
            return error(
                StatusCode::TOO_MANY_REQUESTS,
                "You exceeded your current quota, please check your plan and billing details.",
                "insufficient_quota",
            );
        }
        Denial::TooMany => ("Too many requests at once.", retry_after_seconds),
        Denial::TooFast { retry_after_seconds } => ("Too many requests in a minute.", retry_after_seconds),
    };
    rate_limited(detail, seconds, HeaderValue::from(seconds))
}

/// The reply of a fault that leaves no completion.
pub(super) fn failure(fault: Fault, retry_after_seconds: u64) -> Option<Response> {
    let seconds = retry_after_seconds;
    Some(match fault {
        Fault::RateLimited { as_date: false } => {
            rate_limited("Rate limit reached.", seconds, HeaderValue::from(seconds))
        }
        Fault::RateLimited { as_date: true } => {
            // A `Date` of our own keeps the reply the same in every run.
            let at = |second: u64| format!("Sun, 06 Nov 1994 08:{:02}:{:02} GMT", second / 60, second % 60);
            let date = |second| HeaderValue::try_from(at(second)).unwrap_or(HeaderValue::from_static("0"));
            let mut reply = rate_limited("Rate limit reached.", seconds, date(seconds.min(3599)));
            reply.headers_mut().insert(header::DATE, date(0));
            reply
        }
        Fault::InternalError => {
            error(StatusCode::INTERNAL_SERVER_ERROR, "The server had an error.", "internal_error")
        }
        Fault::BadGateway => {
            (StatusCode::BAD_GATEWAY, Html("<html><body><h1>502 Bad Gateway</h1></body></html>"))
                .into_response()
        }
        Fault::Unavailable => {
            error(StatusCode::SERVICE_UNAVAILABLE, "The engine is overloaded.", "engine_overloaded")
        }
        _ => return None,
    })
}

fn rate_limited(detail: &str, seconds: u64, retry_after: HeaderValue) -> Response {
    let mut reply = error(StatusCode::TOO_MANY_REQUESTS, detail, "rate_limit_exceeded");
    let reset = HeaderValue::try_from(format!("{seconds}s")).unwrap_or(HeaderValue::from_static("0s"));
    let headers = reply.headers_mut();
    headers.insert(header::RETRY_AFTER, retry_after);
    headers.insert("x-ratelimit-limit-requests", HeaderValue::from_static("60"));
    headers.insert("x-ratelimit-remaining-requests", HeaderValue::from_static("0"));
    headers.insert("x-ratelimit-reset-requests", reset);
    reply
}

/// A reply that promises more than it sends.
pub(super) fn broken_off() -> Response {
    let start =
        stream::once(async { Ok(Bytes::from_static(b"{\"id\":\"chatcmpl-0\",\"object\":\"chat.comp")) });
    let end =
        stream::iter(iter::once(Err(io::Error::from(io::ErrorKind::ConnectionReset)))).then(|error| async {
            // Lets the start of the reply out before the connection breaks.
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            error
        });
    let mut reply = Response::new(Body::from_stream(start.chain(end)));
    reply.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    reply.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from_static("900"));
    reply
}

fn error(status: StatusCode, detail: &str, code: &'static str) -> Response {
    Refusal::new(status, code, detail).into_response()
}
