//! One call of a chat model, as values.

use async_trait::async_trait;
use model::{Sha256Hex, Usage, sha256_hex};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A model that answers a list of messages with one.
#[async_trait]
pub trait ChatModel: Send + Sync {
    /// One call, whatever retries that takes inside.
    ///
    /// # Errors
    /// What kept the call from being answered; [`ChatError::stops_the_run`] tells whether further
    /// calls would fare the same.
    async fn chat(&self, request: &ChatRequest) -> Result<ChatReply, ChatError>;
}

/// What is asked of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct ChatRequest {
    /// The model's id.
    pub model: String,
    /// The exchange so far.
    pub messages: Vec<Message>,
    /// The sampling temperature, 0 to 2.
    pub temperature: f64,
    /// The seed of the sampling.
    pub seed: Option<u64>,
    /// The most tokens that the reply may have.
    pub max_tokens: Option<u32>,
    /// The schema that the reply's JSON should have.
    pub schema: Option<JsonSchema>,
}

/// A message of the exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who speaks.
    pub role: MessageRole,
    /// What is said.
    pub content: String,
}

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageRole {
    /// The one who sets the rules.
    System,
    /// The one who asks.
    User,
    /// The model.
    Assistant,
}

/// A named JSON schema for structured output.
#[derive(Debug, Clone, PartialEq)]
pub struct JsonSchema {
    /// A name of letters, digits, `_` and `-`.
    pub name: String,
    /// The schema: strict, so every property required and no additional ones.
    pub schema: Value,
}

/// What a model answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChatReply {
    /// Its words.
    pub content: String,
    /// Why it stopped.
    pub finish_reason: FinishReason,
    /// What the call came to; `requests` is 1, and the cost is not known here.
    pub usage: Usage,
}

/// Why a model stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FinishReason {
    /// It was done.
    Stop,
    /// It reached the most tokens it may write: what it wrote is cut.
    Length,
    /// A filter stopped it.
    ContentFilter,
    /// Something else, as the gateway names it.
    #[serde(untagged)]
    Other(String),
}

/// Why a call was not answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChatError {
    /// 401 or 403.
    #[error("the gateway refused the key ({status}): {detail}")]
    Unauthorised {
        /// The HTTP status.
        status: u16,
        /// What the gateway said, cut short.
        detail: String,
    },
    /// The model is not there.
    #[error("the gateway has no model `{model}`: {detail}")]
    UnknownModel {
        /// The model that was asked for.
        model: String,
        /// What the gateway said, cut short.
        detail: String,
    },
    /// The account has nothing left.
    #[error("the gateway's quota is used up: {detail}")]
    QuotaExhausted {
        /// What the gateway said, cut short.
        detail: String,
    },
    /// Nothing answered at the gateway's address, after all retries.
    #[error("the gateway at {url} cannot be reached: {detail}")]
    Unreachable {
        /// The gateway's address, without credentials.
        url: String,
        /// The network's error.
        detail: String,
    },
    /// The gateway refused this request: too long, or not as it wants it.
    #[error("the gateway refused the request ({status}): {detail}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// What the gateway said, cut short.
        detail: String,
    },
    /// Prompt and reply together are more than the model can hold.
    #[error("the request is too long for the model: {detail}")]
    TooLong {
        /// What the gateway said, cut short.
        detail: String,
    },
    /// The call failed as often as it may be tried.
    #[error("no answer after {attempts} attempts: {detail}")]
    GaveUp {
        /// How often it was tried.
        attempts: u32,
        /// What the last attempt met.
        detail: String,
    },
    /// Money or tokens are used up: raised by what wraps a model, never by the gateway.
    #[error("budget_reached")]
    BudgetReached,
    /// What wraps the model failed, such as the store of replies.
    #[error("{0}")]
    Wrapper(String),
}

impl ChatError {
    /// Whether every other call would fail the same way, so that going on wastes time or money.
    pub fn stops_the_run(&self) -> bool {
        !matches!(self, Self::Refused { .. } | Self::TooLong { .. } | Self::GaveUp { .. })
    }
}

impl ChatRequest {
    /// The JSON body of the request. It holds no id, no time and no chance but the seed, so that
    /// equal requests have equal bytes.
    pub fn body(&self) -> Value {
        let mut body = json!({
            "model": self.model,
            "messages": self.messages,
            "temperature": self.temperature,
            "stream": false,
        });
        if let Some(seed) = self.seed {
            body["seed"] = json!(seed);
        }
        if let Some(max_tokens) = self.max_tokens {
            body["max_tokens"] = json!(max_tokens);
        }
        if let Some(JsonSchema { name, schema }) = &self.schema {
            body["response_format"] = json!({
                "type": "json_schema",
                "json_schema": {"name": name, "strict": true, "schema": schema},
            });
        }
        body
    }

    /// The SHA-256 of the body: the request's key in the ledger.
    pub fn key(&self) -> Sha256Hex {
        sha256_hex(self.body().to_string())
    }
}
