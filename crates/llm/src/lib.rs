//! The gateway: chat models behind the OpenAI-compatible API.
//!
//! [`ChatModel`] is all that the rest of the program knows of a model; [`Gateway`] is the real one.

mod chat;

pub use chat::{
    ChatError, ChatModel, ChatReply, ChatRequest, FinishReason, JsonSchema, Message, MessageRole,
};
