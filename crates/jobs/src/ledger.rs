//! A chat model that pays for no call twice, and never more than it may.

use std::time::Duration;

use async_trait::async_trait;
use llm::{ChatError, ChatModel, ChatReply, ChatRequest};
use model::{GenerationId, Price, Sha256Hex, UnitId, Usage, sha256_hex};
use store::{Budget, LedgerEntry, Reservation, Reserved};
use tokio::sync::Notify;

use crate::{Environment, LOG_TARGET};

/// How often a call that waits looks whether calls of other processes have left enough; those of its own say so.
const OTHERS: Duration = Duration::from_secs(1);

/// What a reply without a bound of its own may be as long as, in tokens.
const LONGEST_REPLY: u32 = 8_192;

/// What may be spent, and word of calls that have not come to all that was set aside for them.
#[derive(Debug, Default)]
pub(crate) struct Allowance {
    budget: Budget,
    freed: Notify,
}

impl Allowance {
    pub(crate) fn new(budget: Budget) -> Self {
        Self { budget, freed: Notify::new() }
    }

    fn is_bounded(&self) -> bool {
        self.budget != Budget::default()
    }
}

/// Answers from the ledger where the call was paid for already; else calls, and stores the reply
/// before anyone reads it.
pub(crate) struct LedgeredModel<'a> {
    pub(crate) environment: &'a Environment,
    pub(crate) inner: &'a dyn ChatModel,
    pub(crate) generation: GenerationId,
    pub(crate) unit: UnitId,
    /// Whether the unit was worked on before, so that some of its calls may be paid for already.
    pub(crate) again: bool,
    pub(crate) allowance: &'a Allowance,
    /// What the model's tokens cost, if that is known.
    pub(crate) price: Option<Price>,
}

#[async_trait]
impl ChatModel for LedgeredModel<'_> {
    async fn chat(&self, request: &ChatRequest) -> Result<ChatReply, ChatError> {
        let metadata = &self.environment.metadata;
        let body = request.body().to_string();
        let key = sha256_hex(&body);
        if self.again {
            let stored = metadata.recorded_call(self.generation, self.unit, &key).await.map_err(wrap)?;
            if let Some(entry) = stored {
                return serde_json::from_str(&entry.reply).map_err(wrap);
            }
        }
        if self.allowance.is_bounded() {
            self.reserve(at_most(request, &body)).await?;
        }
        let answered = self.answered(request, key).await;
        if self.allowance.is_bounded() {
            if answered.is_err() {
                metadata.unreserve(self.unit).await.map_err(wrap)?;
            }
            self.allowance.freed.notify_one();
        }
        answered
    }
}

impl LedgeredModel<'_> {
    /// Calls, and stores the reply before anyone reads it.
    async fn answered(&self, request: &ChatRequest, key: Sha256Hex) -> Result<ChatReply, ChatError> {
        let Environment { metadata, .. } = self.environment;
        let mut reply = self.inner.chat(request).await?;
        count_what_is_not_told(request, &mut reply);
        reply.usage.cost_usd = self.price.map(|price| cost(price, reply.usage));
        let entry = LedgerEntry {
            generation: self.generation,
            unit: self.unit,
            request: key,
            reply: serde_json::to_string(&reply).map_err(wrap)?,
            usage: reply.usage,
            time: self.environment.now(),
        };
        metadata.record_call(&entry).await.map_err(wrap)?;
        Ok(reply)
    }

    /// Sets aside what the call may come to at the most; waits while only other calls under way stand against it.
    async fn reserve(&self, most: Usage) -> Result<(), ChatError> {
        let Environment { metadata, .. } = self.environment;
        let Allowance { budget, freed } = self.allowance;
        let reservation = Reservation {
            generation: self.generation,
            unit: self.unit,
            tokens: most.prompt_tokens + most.completion_tokens,
            cost_usd: self.price.map_or(0.0, |price| cost(price, most)),
        };
        loop {
            match metadata.reserve(&reservation, budget, self.environment.now()).await.map_err(wrap)? {
                Reserved::Granted => {
                    // What is left may do for the next one too.
                    freed.notify_one();
                    return Ok(());
                }
                Reserved::Wait => drop(tokio::time::timeout(OTHERS, freed.notified()).await),
                Reserved::Exhausted => {
                    let Reservation { tokens, cost_usd, .. } = reservation;
                    tracing::warn!(target: LOG_TARGET, tokens, cost_usd, "what is left of the budget might not do for one more call, of at most so many tokens");
                    return Err(ChatError::BudgetReached);
                }
            }
        }
    }
}

/// What a call can come to at the most, whatever the model's tokenizer: no token is less than a byte, and the
/// body's own punctuation stands for what a chat template adds.
fn at_most(request: &ChatRequest, body: &str) -> Usage {
    Usage {
        requests: 1,
        prompt_tokens: body.len() as u64,
        completion_tokens: u64::from(request.max_tokens.unwrap_or(LONGEST_REPLY)),
        cost_usd: None,
    }
}

/// Some gateways do not say what a call came to. Then it counts as what it would have been for `o200k_base`, so that
/// a budget means something there too.
pub(crate) fn count_what_is_not_told(request: &ChatRequest, reply: &mut ChatReply) {
    let usage = &mut reply.usage;
    if usage.prompt_tokens == 0 {
        usage.prompt_tokens = prompt_tokens(request);
    }
    if usage.completion_tokens == 0 {
        usage.completion_tokens = u64::from(parse::count_tokens(&reply.content));
    }
}

/// The tokens (`o200k_base`) of a request's messages, with what marks each of them off.
pub(crate) fn prompt_tokens(request: &ChatRequest) -> u64 {
    const AROUND_A_MESSAGE: u64 = 4;
    let tokens = |text: &str| u64::from(parse::count_tokens(text)) + AROUND_A_MESSAGE;
    request.messages.iter().map(|message| tokens(&message.content)).sum()
}

/// What a call costs, in USD.
pub(crate) fn cost(price: Price, usage: Usage) -> f64 {
    (usage.prompt_tokens as f64 * price.prompt + usage.completion_tokens as f64 * price.completion) / 1e6
}

fn wrap(error: impl std::fmt::Display) -> ChatError {
    ChatError::Wrapper(error.to_string())
}
