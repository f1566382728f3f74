//! What a generation says of its work.

use serde::{Deserialize, Serialize};

use crate::Time;

/// How much a line of the log matters.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum LogLevel {
    /// For who looks for a fault.
    Debug,
    /// What happens.
    Info,
    /// What may be wrong.
    Warn,
    /// What is wrong.
    Error,
}

impl LogLevel {
    /// The level as the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// A line of a generation's log, before it has a number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogEntry {
    /// When it was said.
    pub time: Time,
    /// How much it matters.
    pub level: LogLevel,
    /// What is said.
    pub message: String,
    /// What belongs to it, by name.
    pub fields: serde_json::Map<String, serde_json::Value>,
}

/// A line of a generation's log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LogLine {
    /// Its number in the log, from 1.
    pub seq: u64,
    /// When it was said.
    #[schema(value_type = String, format = DateTime)]
    pub time: Time,
    /// How much it matters.
    pub level: LogLevel,
    /// What is said.
    pub message: String,
    /// What belongs to it, by name.
    #[schema(value_type = Object)]
    pub fields: serde_json::Map<String, serde_json::Value>,
}
