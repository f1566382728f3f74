//! The client of an OpenAI-compatible gateway.

mod address;
mod completion;
mod concession;
mod failure;
mod models;
mod retry;
mod secret;
mod transport;

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::Method;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::{ChatError, ChatModel, ChatReply, ChatRequest};
use address::Address;
use concession::Concessions;
use failure::Failure;
use retry::Retries;
use transport::Transport;

pub use models::ModelInfo;
pub use secret::Secret;

/// How a gateway is reached.
#[derive(Clone)]
pub struct GatewayConfig {
    /// Its address, `/v1` included.
    pub url: String,
    /// The key that each request bears.
    pub api_key: Option<Secret>,
    /// The most requests at once.
    pub max_concurrency: usize,
    /// How long one attempt may take, from the connection to the reply's last byte.
    pub request_timeout: Duration,
    /// How often a request is tried. Rate limits are not failures: they may be met five times as
    /// often.
    pub max_attempts: u32,
}

impl GatewayConfig {
    /// The gateway at an address, with the default limits and no key.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            api_key: None,
            max_concurrency: 32,
            request_timeout: Duration::from_secs(120),
            max_attempts: 6,
        }
    }
}

impl fmt::Debug for GatewayConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { url, api_key, max_concurrency, request_timeout, max_attempts } = self;
        f.debug_struct("GatewayConfig")
            .field("url", &address::shown(url))
            .field("api_key", api_key)
            .field("max_concurrency", max_concurrency)
            .field("request_timeout", request_timeout)
            .field("max_attempts", max_attempts)
            .finish()
    }
}

/// Why there is no client for a gateway.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// The address is none.
    #[error("the gateway's address `{url}` is not an http or https address: {detail}")]
    Url {
        /// The address, without credentials.
        url: String,
        /// What is wrong with it.
        detail: String,
    },
    /// The key cannot stand in a header.
    #[error("the gateway's key holds characters that a header cannot hold")]
    Key,
    /// The client could not be set up.
    #[error("the gateway's client cannot be set up: {0}")]
    Client(String),
}

/// An OpenAI-compatible gateway.
///
/// Each call is tried again while that may help: after connection errors, time-outs, 408, 409, 425,
/// 429 and 5xx, and replies that are no completion; `Retry-After` is honoured. A call that waits to
/// be tried again takes no room from the others.
pub struct Gateway {
    transport: Transport,
    permits: Semaphore,
    max_attempts: u32,
    concessions: Concessions,
}

impl Gateway {
    /// A client; nothing is sent yet.
    ///
    /// # Errors
    /// Where the address or the key cannot be one, or the system has no certificates for `https`.
    pub fn new(config: GatewayConfig) -> Result<Self, GatewayError> {
        let address = Address::parse(&config.url)?;
        Ok(Self {
            transport: Transport::new(address, config.api_key, config.request_timeout)?,
            permits: Semaphore::new(config.max_concurrency.clamp(1, Semaphore::MAX_PERMITS)),
            max_attempts: config.max_attempts.max(1),
            concessions: Concessions::default(),
        })
    }

    /// The models that the gateway offers, in its order.
    ///
    /// # Errors
    /// As with [`ChatModel::chat`].
    pub async fn models(&self) -> Result<Vec<ModelInfo>, ChatError> {
        self.call(Method::GET, "models", None, models::read).await
    }

    /// Sends a request until it is answered or there is no use in going on.
    async fn call<T>(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        read: impl Fn(&[u8]) -> Result<T, String>,
    ) -> Result<T, ChatError> {
        let mut retries = Retries::new(self.max_attempts);
        loop {
            let failure = match self.attempt(&method, path, body, &read).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            let detail = failure.detail().to_owned();
            match retries.after(failure, Instant::now()) {
                Ok(delay) => {
                    tracing::debug!(%path, %detail, ?delay, "the gateway is asked again");
                    tokio::time::sleep(delay).await;
                }
                Err(gave_up) => {
                    let model = body.and_then(|body| body["model"].as_str());
                    return Err(gave_up.into_error(model, self.transport.shown_url()));
                }
            }
        }
    }

    async fn attempt<T>(
        &self,
        method: &Method,
        path: &str,
        body: Option<&Value>,
        read: impl Fn(&[u8]) -> Result<T, String>,
    ) -> Result<T, Failure> {
        // The semaphore is never closed, so there is always a permit in the end.
        let _permit = self.permits.acquire().await;
        let reply = self.transport.send(method, path, body).await?;
        read(&reply)
            .map_err(|detail| Failure::Passing { detail: self.transport.clean(&detail), retry_after: None })
    }
}

#[async_trait]
impl ChatModel for Gateway {
    async fn chat(&self, request: &ChatRequest) -> Result<ChatReply, ChatError> {
        let mut body = request.body();
        self.concessions.apply(&request.model, &mut body);
        loop {
            match self.call(Method::POST, "chat/completions", Some(&body), completion::read).await {
                // What a model does not take is left out from then on. A body loses something each
                // time, so this ends.
                Err(ChatError::Refused { status, detail })
                    if self.concessions.make(&request.model, &mut body, &detail) =>
                {
                    tracing::info!(model = %request.model, status, %detail, "the request is simplified");
                }
                outcome => return outcome,
            }
        }
    }
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway").field("url", &self.transport.shown_url()).finish_non_exhaustive()
    }
}
