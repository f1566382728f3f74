//! A chat model that pays for no call twice, and never more than it may.

use async_trait::async_trait;
use llm::{ChatError, ChatModel, ChatReply, ChatRequest};
use model::{GenerationId, Price, UnitId, Usage};
use store::LedgerEntry;
use tokio::sync::Mutex;

use crate::{Budget, Environment};

/// What a generation has spent and may spend, shared by its units in this process.
pub(crate) struct Spending {
    so_far: Mutex<Usage>,
    budget: Budget,
}

impl Spending {
    /// Goes on from what the generation has spent already.
    pub(crate) fn new(so_far: Usage, budget: Budget) -> Self {
        Self { so_far: Mutex::new(so_far), budget }
    }
}

/// Answers from the ledger where the call was paid for already; else calls, and stores the reply
/// before anyone reads it.
pub(crate) struct LedgeredModel<'a> {
    pub(crate) environment: &'a Environment,
    pub(crate) inner: &'a dyn ChatModel,
    pub(crate) generation: GenerationId,
    pub(crate) unit: UnitId,
    pub(crate) spending: &'a Spending,
}

#[async_trait]
impl ChatModel for LedgeredModel<'_> {
    async fn chat(&self, request: &ChatRequest) -> Result<ChatReply, ChatError> {
        let metadata = &self.environment.metadata;
        let key = request.key();
        let stored = metadata.recorded_call(self.generation, self.unit, &key).await.map_err(wrap)?;
        if let Some(entry) = stored {
            return serde_json::from_str(&entry.reply).map_err(wrap);
        }
        self.require_budget().await?;
        let mut reply = self.inner.chat(request).await?;
        reply.usage.cost_usd = self.environment.limits.price.map(|price| cost(price, reply.usage));
        let entry = LedgerEntry {
            generation: self.generation,
            unit: self.unit,
            request: key,
            reply: serde_json::to_string(&reply).map_err(wrap)?,
            usage: reply.usage,
            time: self.environment.now(),
        };
        metadata.record_call(&entry).await.map_err(wrap)?;
        *self.spending.so_far.lock().await += reply.usage;
        Ok(reply)
    }
}

impl LedgeredModel<'_> {
    /// Calls under way are not counted before they end, so that a budget can be passed by as much as
    /// they cost.
    async fn require_budget(&self) -> Result<(), ChatError> {
        let budget = &self.spending.budget;
        let spent = *self.spending.so_far.lock().await;
        let money_gone = budget.max_cost_usd.is_some_and(|most| spent.cost_usd.unwrap_or_default() >= most);
        let tokens = spent.prompt_tokens + spent.completion_tokens;
        let tokens_gone = budget.max_tokens_total.is_some_and(|most| tokens >= most);
        if money_gone || tokens_gone { Err(ChatError::BudgetReached) } else { Ok(()) }
    }
}

fn cost(price: Price, usage: Usage) -> f64 {
    (usage.prompt_tokens as f64 * price.prompt + usage.completion_tokens as f64 * price.completion) / 1e6
}

fn wrap(error: impl std::fmt::Display) -> ChatError {
    ChatError::Wrapper(error.to_string())
}
