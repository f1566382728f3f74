//! Requests to a provider, and what it says.

use std::time::Duration;

use llm::Secret;
use reqwest::{
    Client, RequestBuilder, Response, Url,
    header::{AUTHORIZATION, HeaderMap, HeaderValue, USER_AGENT},
    redirect,
};
use serde_json::Value;

use super::FineTuneConfig;

/// How long it may take until a provider says anything, a file on its way aside.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a provider may be silent.
const SILENCE: Duration = Duration::from_secs(120);
/// What is read of a reply, in bytes.
const MOST: usize = 1 << 20;
/// What is told of a refusal, in characters.
const TOLD: usize = 500;

/// Requests to a provider.
pub(super) struct Transport {
    client: Client,
    base: String,
    secret: Option<Secret>,
}

impl Transport {
    pub(super) fn new(config: &FineTuneConfig) -> Result<Self, String> {
        let url =
            Url::parse(&config.url).map_err(|error| format!("the address of who trains is none: {error}"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("the address of who trains has to begin with http:// or https://".into());
        }
        let mut headers = HeaderMap::new();
        let agent = HeaderValue::from_static(concat!("data-forge/", env!("CARGO_PKG_VERSION")));
        headers.insert(USER_AGENT, agent);
        if let Some(key) = &config.api_key {
            let bearer = HeaderValue::try_from(format!("Bearer {}", key.expose()));
            let mut bearer = bearer.map_err(|_| "the key has characters that no header can hold")?;
            bearer.set_sensitive(true);
            headers.insert(AUTHORIZATION, bearer);
        }
        // Another part of the program may have installed it before; then that one is used.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = Client::builder()
            .default_headers(headers)
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .redirect(redirect::Policy::none())
            .referer(false);
        // What is not encrypted has to work on systems without certificates.
        let builder = if url.scheme() == "https" { builder } else { builder.tls_certs_only([]) };
        let client = builder.build().map_err(|error| error.to_string())?;
        let base = config.url.trim_end_matches('/').to_owned();
        Ok(Self { client, base, secret: config.api_key.clone() })
    }

    pub(super) fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.base))
    }

    pub(super) fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(format!("{}{path}", self.base))
    }

    /// What the provider replies to a request, as JSON; what went wrong, in words without a secret.
    pub(super) async fn ask(&self, request: RequestBuilder) -> Result<Value, String> {
        let reply = request.send().await.map_err(|error| self.clean(&unreachable(error)))?;
        let status = reply.status();
        let body = read(reply).await.map_err(|error| self.clean(&unreachable(error)))?;
        let value = serde_json::from_slice::<Value>(&body);
        if status.is_success() {
            return value.map_err(|_| "the provider's reply is no JSON".into());
        }
        let said = value.ok().and_then(|value| {
            let message = value.pointer("/error/message").or(value.get("detail")).or(value.get("message"));
            message.and_then(Value::as_str).map(str::to_owned)
        });
        let said = said.unwrap_or_else(|| String::from_utf8_lossy(&body).trim().to_owned());
        let said: String = self.clean(&said).chars().take(TOLD).collect();
        Err(format!("the provider refused with {status}: {said}"))
    }

    fn clean(&self, text: &str) -> String {
        match &self.secret {
            Some(secret) if !secret.expose().is_empty() => text.replace(secret.expose(), "***"),
            _ => text.to_owned(),
        }
    }
}

/// Not where that was tried: the address is the operator's.
fn unreachable(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut causes = vec![error.to_string()];
    let mut cause = std::error::Error::source(&error);
    while let Some(error) = cause {
        causes.push(error.to_string());
        cause = error.source();
    }
    format!("the provider cannot be reached: {}", causes.join(": "))
}

async fn read(mut reply: Response) -> reqwest::Result<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = reply.chunk().await? {
        body.extend_from_slice(&chunk[..chunk.len().min(MOST - body.len())]);
        if body.len() == MOST {
            break;
        }
    }
    Ok(body)
}

/// A text field of a reply.
pub(super) fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name).and_then(Value::as_str).map(str::to_owned)
}

/// The id of something a provider made: bounded, and nothing that could lead elsewhere in an address.
pub(super) fn id(value: &Value, names: &[&str]) -> Result<String, String> {
    let found = names.iter().find_map(|name| text(value, name));
    let is_plain = |id: &String| {
        (1..=200).contains(&id.len())
            && id.chars().all(|char| char.is_ascii_alphanumeric() || "-_.:".contains(char))
            && !id.starts_with('.')
    };
    found.filter(is_plain).ok_or_else(|| "the provider's reply names no id".into())
}
