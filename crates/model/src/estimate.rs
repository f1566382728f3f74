//! What a generation would come to.

use serde::{Deserialize, Serialize};

/// What a generation would come to, before anything is spent.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Estimate {
    /// The chunks that pairs would be made from.
    pub chunks: u64,
    /// The pairs that would be asked for.
    pub pairs: u64,
    /// The calls of teacher and judge.
    pub requests: u64,
    /// Those of them that are the judge's.
    pub judge_requests: u64,
    /// The tokens of the prompts.
    pub prompt_tokens: u64,
    /// The tokens of the replies.
    pub completion_tokens: u64,
    /// What they would cost in USD; null where the price is not known.
    pub cost_usd: Option<f64>,
    /// How long it would take, in seconds.
    pub seconds: f64,
    /// Whether it rests on an earlier generation of the same model and type in the project; else on what is usual.
    pub from_history: bool,
}
