//! The endpoints.

use std::sync::Arc;
use std::{io, iter};

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use futures::{StreamExt, stream};
use serde_json::{Value, json};

use super::answer::answer;
use super::chance::{body_hash, latency};
use super::fault::Fault;
use super::stats::{Denial, Stats};
use super::{ModelSpec, Shared};

pub(super) async fn health() -> Json<Value> {
    Json(json!({"status": "ok"}))
}

pub(super) async fn stats(State(shared): State<Arc<Shared>>) -> Json<Stats> {
    Json(shared.counter.stats())
}

pub(super) async fn models(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    if let Some(refusal) = check_key(&shared, &headers) {
        return refusal;
    }
    let models: Vec<Value> = shared.config.models.iter().map(listed).collect();
    Json(json!({"object": "list", "data": models})).into_response()
}

pub(super) async fn chat_completions(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let hash = body_hash(&body);
    shared.counter.came(&hash);
    let refusal = check_key(&shared, &headers).map_or_else(|| read(&shared, &body), Err);
    let request = match refusal {
        Ok(request) => request,
        Err(refusal) => {
            shared.counter.replied(refusal.status().as_str());
            return refusal;
        }
    };
    let visit = match shared.counter.enter(&shared.config, hash) {
        Ok(visit) => visit,
        Err(denial) => {
            shared.counter.replied("429");
            return denied(denial, &shared);
        }
    };
    let fault = Fault::of(&shared.config, &hash, visit.attempt);
    if let Some(fault) = fault {
        shared.counter.failed(fault.name());
    }
    let config = &shared.config;
    tokio::time::sleep(latency(config.seed, &hash, config.latency_ms, config.latency_sigma)).await;

    let (content, finish_reason) = match fault {
        None => (answer(&request), "stop"),
        Some(Fault::Hang) => {
            shared.counter.replied("hang");
            return std::future::pending().await;
        }
        Some(Fault::Reset) => {
            shared.counter.replied("reset");
            return broken_off();
        }
        Some(fault) => match failure(fault, &shared) {
            Some(reply) => {
                shared.counter.replied(reply.status().as_str());
                return reply;
            }
            None => fault.spoil(answer(&request)),
        },
    };
    let prompt_tokens = tokens(&request["messages"].to_string());
    let completion_tokens = tokens(&content);
    let reply = json!({
        "id": format!("chatcmpl-{:02x}{:02x}{:02x}{:02x}", hash[0], hash[1], hash[2], hash[3]),
        "object": "chat.completion",
        "created": 0,
        "model": request["model"],
        "choices": [{
            "index": 0,
            "message": {"role": "assistant", "content": content},
            "finish_reason": finish_reason,
        }],
        "usage": {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": completion_tokens,
            "total_tokens": prompt_tokens + completion_tokens,
        },
    });
    shared.counter.replied("200");
    let whole = fault.is_none_or(Fault::leaves_the_answer_readable);
    visit.completed(prompt_tokens, completion_tokens, whole);
    Json(reply).into_response()
}

/// The request, or why it is refused before it costs anything.
fn read(shared: &Shared, body: &[u8]) -> Result<Value, Response> {
    let refuse = |status, detail: &str, code: &str| Err(error(status, detail, code));
    let Ok(request) = serde_json::from_slice::<Value>(body) else {
        return refuse(
            StatusCode::BAD_REQUEST,
            "We could not parse the JSON body of your request.",
            "invalid_json",
        );
    };
    let model = request["model"].as_str().unwrap_or_default();
    if !shared.config.models.iter().any(|spec| spec.id == model) {
        let detail = format!("The model `{model}` does not exist or you do not have access to it.");
        return refuse(StatusCode::NOT_FOUND, &detail, "model_not_found");
    }
    if request["messages"].as_array().is_none_or(Vec::is_empty) {
        return refuse(
            StatusCode::BAD_REQUEST,
            "'messages' has to be a list of messages",
            "invalid_messages",
        );
    }
    if request["stream"] == true {
        return refuse(StatusCode::BAD_REQUEST, "streaming is not simulated", "unsupported_value");
    }
    if shared.config.refuse_schema && request["response_format"]["type"] == "json_schema" {
        let detail =
            "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.";
        return refuse(StatusCode::BAD_REQUEST, detail, "unsupported_parameter");
    }
    Ok(request)
}

/// The refusal of a request without the right key. It repeats the key, as careless gateways do.
fn check_key(shared: &Shared, headers: &HeaderMap) -> Option<Response> {
    let expected = shared.config.api_key.as_deref()?;
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let given = given.strip_prefix("Bearer ").unwrap_or_default();
    let detail = format!("Incorrect API key provided: {given}.");
    (given != expected).then(|| error(StatusCode::UNAUTHORIZED, &detail, "invalid_api_key"))
}

fn denied(denial: Denial, shared: &Shared) -> Response {
    let (detail, seconds) = match denial {
        Denial::QuotaExhausted => {
            return error(
                StatusCode::TOO_MANY_REQUESTS,
                "You exceeded your current quota, please check your plan and billing details.",
                "insufficient_quota",
            );
        }
        Denial::TooMany => ("Too many requests at once.", shared.config.retry_after_seconds),
        Denial::TooFast { retry_after_seconds } => ("Too many requests in a minute.", retry_after_seconds),
    };
    rate_limited(detail, seconds, HeaderValue::from(seconds))
}

/// The reply of a fault that leaves no completion.
fn failure(fault: Fault, shared: &Shared) -> Option<Response> {
    let seconds = shared.config.retry_after_seconds;
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
fn broken_off() -> Response {
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

fn error(status: StatusCode, detail: &str, code: &str) -> Response {
    let kind = if status.is_server_error() { "server_error" } else { "invalid_request_error" };
    (status, Json(json!({"error": {"message": detail, "type": kind, "param": null, "code": code}})))
        .into_response()
}

fn listed(spec: &ModelSpec) -> Value {
    let mut model = json!({"id": spec.id, "object": "model", "created": 0, "owned_by": "testkit"});
    if let Some(length) = spec.context_length {
        model["context_length"] = json!(length);
    }
    if let Some((prompt, completion)) = &spec.pricing {
        model["pricing"] = json!({"prompt": prompt, "completion": completion});
    }
    model
}

/// About what a tokenizer would count.
fn tokens(text: &str) -> u64 {
    text.chars().count().div_ceil(4) as u64
}
