//! The gateway: chat models behind the OpenAI-compatible API.
//!
//! [`ChatModel`] is all that the rest of the program knows of a model; [`Gateway`] is the real one.
//! [`read_json`] finds the JSON in what a model wrote; [`prompt`] holds what prompts are made with.

mod chat;
mod gateway;
mod json;
pub mod prompt;

pub use chat::{
    ChatError, ChatModel, ChatReply, ChatRequest, FinishReason, JsonSchema, Message, MessageRole,
};
pub use gateway::{Gateway, GatewayConfig, GatewayError, ModelInfo, Secret};
pub use json::{ReadError, Reading, Repair, read_json};
