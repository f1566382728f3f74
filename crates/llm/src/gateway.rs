//! The client of an OpenAI-compatible gateway.

mod address;
mod completion;
mod failure;
mod flow;
mod form;
mod limits;
mod models;
mod outage;
mod retry;
mod secret;
mod too_long;
mod transport;
mod wire;

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::time::Instant;

use crate::{ChatError, ChatModel, ChatReply, ChatRequest};
use address::Address;
use failure::{Failure, Lasting};
use flow::Flow;
use form::{Form, Forms};
use outage::{Leave, Outage};
use retry::{GaveUp, Retries};
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
    /// How long calls wait for a gateway that is down.
    pub longest_outage: Duration,
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
            longest_outage: Duration::from_secs(300),
        }
    }
}

impl fmt::Debug for GatewayConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { url, api_key, max_concurrency, request_timeout, max_attempts, longest_outage } = self;
        f.debug_struct("GatewayConfig")
            .field("url", &address::shown(url))
            .field("api_key", api_key)
            .field("max_concurrency", max_concurrency)
            .field("request_timeout", request_timeout)
            .field("max_attempts", max_attempts)
            .field("longest_outage", longest_outage)
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
/// Each call is tried again while that may help: after time-outs, 408, 409, 425, 429 and 5xx, and
/// replies that are no completion. As many calls are under way as the gateway lets in, up to the most
/// that is set; where it says how long it would be left alone, none begins before. One that waits to
/// be tried again takes no room from the others. While nobody is there, all wait.
///
/// What a model does not take (JSON schemas, JSON mode, tools, a temperature, …) is found out by the
/// first call that meets it.
pub struct Gateway {
    transport: Transport,
    flow: Flow,
    outage: Outage,
    max_attempts: u32,
    forms: Forms,
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
            flow: Flow::new(config.max_concurrency),
            outage: Outage::new(config.longest_outage),
            max_attempts: config.max_attempts.max(1),
            forms: Forms::default(),
        })
    }

    /// The models that the gateway offers, in its order.
    ///
    /// # Errors
    /// As with [`ChatModel::chat`], but a gateway that is down is not waited for.
    pub async fn models(&self) -> Result<Vec<ModelInfo>, ChatError> {
        let mut retries = Retries::new(self.max_attempts);
        loop {
            match self.attempt("models", None, models::read).await {
                Ok(models) => return Ok(models),
                Err(failure) => {
                    self.wait(&mut retries, failure).await.map_err(|end| self.error(end, None))?
                }
            }
        }
    }

    /// Sends a body until it is answered or there is no use in going on, and waits while nobody is
    /// there to answer.
    async fn ask(&self, model: &str, body: &Bytes) -> Result<ChatReply, ChatError> {
        let url = self.transport.shown_url();
        let begun = Instant::now();
        let (mut retries, mut first) = (Retries::new(self.max_attempts), begun);
        loop {
            let leave = self.outage.leave(begun).await;
            let leave = leave.map_err(|detail| ChatError::Unreachable { url: url.clone(), detail })?;
            let failure = match self.attempt("chat/completions", Some(body), completion::read).await {
                Ok(reply) => {
                    self.outage.is_up();
                    return Ok(reply);
                }
                Err(failure) => failure,
            };
            match failure {
                Failure::Connection { detail } => self.outage.is_down(&leave, &url, detail),
                // Whoever starts again often fails at first.
                Failure::Passing { detail, .. } | Failure::Unavailable { detail } if leave.is_a_look() => {
                    self.outage.is_down(&leave, &url, detail);
                }
                failure => {
                    if matches!(failure, Failure::RateLimit { .. } | Failure::Lasting { .. }) {
                        self.outage.is_up();
                    }
                    drop(leave);
                    let Err(end) = self.wait(&mut retries, failure).await else { continue };
                    // One request may be more than the gateway can bear; but if others fare no better, it is down.
                    match end.unavailable() {
                        Some(detail) if self.outage.silent_since(first) => {
                            self.outage.is_down(&Leave::default(), &url, detail.to_owned());
                            (retries, first) = (Retries::new(self.max_attempts), Instant::now());
                        }
                        _ => return Err(self.error(end, Some(model))),
                    }
                }
            }
        }
    }

    /// One attempt, in a place of its own.
    async fn attempt<T>(
        &self,
        path: &str,
        body: Option<&Bytes>,
        read: impl Fn(&[u8]) -> Result<T, String>,
    ) -> Result<T, Failure> {
        let place = self.flow.enter().await;
        let sent = self.transport.send(path, body.cloned()).await;
        match &sent {
            Ok(reply) => {
                place.answered();
                reply.used_up.into_iter().for_each(|wait| self.flow.pause(wait));
            }
            Err(Failure::RateLimit { retry_after, .. }) => place.refused(*retry_after),
            Err(_) => {}
        }
        drop(place);
        read(&sent?.bytes).map_err(|detail| {
            let detail = self.transport.clean(&detail);
            if too_long::says_so(200, [], &detail) {
                return Failure::Lasting { kind: Lasting::TooLong, status: 200, detail };
            }
            Failure::Passing { detail, retry_after: None }
        })
    }

    /// Waits until a failed call is to be tried again.
    async fn wait(&self, retries: &mut Retries, failure: Failure) -> Result<(), GaveUp> {
        let detail = failure.detail().to_owned();
        let delay = retries.after(failure, Instant::now())?;
        tracing::debug!(%detail, ?delay, "the gateway is asked again");
        tokio::time::sleep(delay).await;
        Ok(())
    }

    fn error(&self, end: GaveUp, model: Option<&str>) -> ChatError {
        end.into_error(model, self.transport.shown_url())
    }
}

impl Gateway {
    /// One request in one form.
    async fn complete(&self, request: &ChatRequest, form: &Form) -> Result<ChatReply, ChatError> {
        let body = wire::text(&form.body(request)).map_err(|error| ChatError::Wrapper(error.to_string()))?;
        self.ask(&request.model, &Bytes::from(body)).await
    }

    /// Goes on from a refused form to those that have less, until one is answered: that is the
    /// model's form from then on.
    async fn learn(
        &self,
        known: &mut Form,
        request: &ChatRequest,
        mut refused: (u16, String),
    ) -> Result<ChatReply, ChatError> {
        let mut form = known.clone();
        while let Some(next) = form.without(request, &refused.1) {
            let (status, detail) = &refused;
            tracing::info!(model = %request.model, status, %detail, "the gateway is asked {next}");
            form = next;
            match self.complete(request, &form).await {
                Err(ChatError::Refused { status, detail }) => refused = (status, detail),
                Ok(reply) => {
                    *known = form;
                    return Ok(reply);
                }
                failed => return failed,
            }
        }
        let (status, detail) = refused;
        Err(ChatError::Refused { status, detail })
    }
}

#[async_trait]
impl ChatModel for Gateway {
    async fn chat(&self, request: &ChatRequest) -> Result<ChatReply, ChatError> {
        let known = self.forms.of(&request.model);
        let mut form = known.read().await.clone();
        loop {
            let refused = match self.complete(request, &form).await {
                Err(ChatError::Refused { status, detail }) if form.without(request, &detail).is_some() => {
                    (status, detail)
                }
                outcome => return outcome,
            };
            let mut learnt = known.write().await;
            if *learnt == form {
                return self.learn(&mut learnt, request, refused).await;
            }
            // Another call has found it out meanwhile. Forms only ever lose, so this ends.
            form = learnt.clone();
        }
    }
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway").field("url", &self.transport.shown_url()).finish_non_exhaustive()
    }
}
