//! The endpoints.

use std::borrow::Cow;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::answer::answer;
use super::chance::{body_hash, latency};
use super::fault::Fault;
use super::judge;
use super::obedience::ordered;
use super::refusals::{self, Refusal};
use super::stats::Stats;
use super::{ModelSpec, Shared};

pub(super) async fn health() -> Json<Value> {
    Json(json!({"status": "ok"}))
}

pub(super) async fn stats(State(shared): State<Arc<Shared>>) -> Json<Stats> {
    Json(shared.counter.stats())
}

pub(super) async fn models(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    if let Err(refusal) = check_key(&shared, &headers) {
        return refusal.into_response();
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
    let request = match check_key(&shared, &headers).and_then(|()| read(&shared, &body)) {
        Ok(request) => request,
        Err(refusal) => {
            shared.counter.replied(refusal.status.as_str());
            return refusal.into_response();
        }
    };
    let visit = match shared.counter.enter(&shared.config, hash) {
        Ok(visit) => visit,
        Err(denial) => {
            shared.counter.replied("429");
            return refusals::denied(denial, shared.config.retry_after_seconds);
        }
    };
    let fault = Fault::of(&shared.config, &hash, visit.attempt);
    if let Some(fault) = fault {
        shared.counter.failed(fault.name());
    }
    let config = &shared.config;
    tokio::time::sleep(latency(config.seed, &hash, config.latency_ms, config.latency_sigma)).await;

    let instead = instead(&shared, &request);
    let judged = judge::reply(&request, config.judge, &hash);
    let answer = || judged.clone().unwrap_or_else(|| answer(&with_schema(&request), instead.as_deref()));
    let (content, finish_reason) = match fault {
        None => (answer(), "stop"),
        Some(Fault::Hang) => {
            shared.counter.replied("hang");
            return std::future::pending().await;
        }
        Some(Fault::Reset) => {
            shared.counter.replied("reset");
            return refusals::broken_off();
        }
        Some(fault) => match refusals::failure(fault, config.retry_after_seconds) {
            Some(reply) => {
                shared.counter.replied(reply.status().as_str());
                return reply;
            }
            None => fault.spoil(answer()),
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
            "message": message(&request, content),
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

/// What the answer says in place of the passage's sentences: what a prompt makes an obedient model say, or the rules
/// that a leaky one was given.
fn instead(shared: &Shared, request: &Value) -> Option<String> {
    let messages = request["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
    if shared.config.obedient
        && let Some(said) = ordered(messages)
    {
        shared.counter.obeyed();
        return Some(said);
    }
    let rules = || messages.iter().find(|message| message["role"] == "system")?["content"].as_str();
    rules().filter(|_| shared.config.leaky).map(|rules| rules.lines().take(4).collect::<Vec<_>>().join(" "))
}

/// The request with the schema of the tool that it offers, if it does, as the schema of the reply.
fn with_schema(request: &Value) -> Cow<'_, Value> {
    let schema = &request["tools"][0]["function"]["parameters"];
    if !schema.is_object() {
        return Cow::Borrowed(request);
    }
    let mut request = request.clone();
    request["response_format"] = json!({"type": "json_schema", "json_schema": {"schema": schema}});
    Cow::Owned(request)
}

/// The reply's message: a call of the tool that was offered, or words.
fn message(request: &Value, content: String) -> Value {
    match request["tools"][0]["function"]["name"].as_str() {
        Some(name) => {
            let function = json!({"name": name, "arguments": content});
            let call = json!({"id": "call_0", "type": "function", "function": function});
            json!({"role": "assistant", "content": null, "tool_calls": [call]})
        }
        None => json!({"role": "assistant", "content": content}),
    }
}

/// The request, or why it is refused before it costs anything.
fn read(shared: &Shared, body: &[u8]) -> Result<Value, Refusal> {
    let refuse = |code, detail: &str| Err(Refusal::new(StatusCode::BAD_REQUEST, code, detail));
    let Ok(request) = serde_json::from_slice::<Value>(body) else {
        return refuse("invalid_json", "We could not parse the JSON body of your request.");
    };
    let model = request["model"].as_str().unwrap_or_default();
    if !shared.config.models.iter().any(|spec| spec.id == model) {
        let detail = format!("The model `{model}` does not exist or you do not have access to it.");
        return Err(Refusal::new(StatusCode::NOT_FOUND, "model_not_found", detail));
    }
    if request["messages"].as_array().is_none_or(Vec::is_empty) {
        return refuse("invalid_messages", "'messages' has to be a list of messages");
    }
    if request["stream"] == true {
        return refuse("unsupported_value", "streaming is not simulated");
    }
    let format = request["response_format"]["type"].as_str().unwrap_or_default();
    let config = &shared.config;
    if (config.refuse_schema && format == "json_schema")
        || (config.refuse_json_mode && format == "json_object")
    {
        let detail = format!("'response_format' of type '{format}' is not supported with this model.");
        return refuse("unsupported_parameter", &detail);
    }
    if config.refuse_tools && request["tools"].is_array() {
        return refuse("unsupported_parameter", "This model does not support tools.");
    }
    let spec = config.models.iter().find(|spec| spec.id == model);
    let wanted =
        tokens(&request["messages"].to_string()) + request["max_tokens"].as_u64().unwrap_or_default();
    if let Some(most) = spec.and_then(|spec| spec.context_length).filter(|most| wanted > *most) {
        let detail = format!(
            "This model's maximum context length is {most} tokens. However, you requested {wanted} tokens. \
             Please reduce the length of the messages or completion."
        );
        return refuse("context_length_exceeded", &detail);
    }
    Ok(request)
}

/// Refuses a request without the right key. The refusal repeats the key, as careless gateways do.
fn check_key(shared: &Shared, headers: &HeaderMap) -> Result<(), Refusal> {
    let Some(expected) = &shared.config.api_key else { return Ok(()) };
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let given = given.strip_prefix("Bearer ").unwrap_or_default();
    let detail = format!("Incorrect API key provided: {given}.");
    if given == expected {
        Ok(())
    } else {
        Err(Refusal::new(StatusCode::UNAUTHORIZED, "invalid_api_key", detail))
    }
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
