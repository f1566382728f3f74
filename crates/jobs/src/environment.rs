//! What a worker works with.

use std::{sync::Arc, time::Duration};

use llm::ChatModel;
use model::{Generation, Price, Time};
use store::{Budget, Metadata, Objects, Owner};

use crate::{Clock, Readers, fetch::FetchPolicy, owner};

/// What a worker works with: decided once, when the process starts.
#[derive(Clone)]
pub struct Environment {
    /// The store of metadata.
    pub metadata: Arc<dyn Metadata>,
    /// The store of bytes.
    pub objects: Arc<dyn Objects>,
    /// The gateway, if there is one.
    pub chat: Option<Arc<dyn ChatModel>>,
    /// What tells the time.
    pub clock: Arc<dyn Clock>,
    /// Who this process is to others.
    pub owner: Owner,
    /// What reads documents.
    pub readers: Arc<Readers>,
    /// What may be fetched from where.
    pub fetch: FetchPolicy,
    /// What bounds this process's work.
    pub limits: Limits,
}

/// What bounds a process's work.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Calls to the gateway at once.
    pub max_concurrency: usize,
    /// Documents or pairs worked on at once: the number of cores.
    pub cores: usize,
    /// What may be spent, in place of what the generation's settings say.
    pub budget: Option<Budget>,
    /// What the teacher's tokens cost, if that is known.
    pub price: Option<Price>,
    /// The same of the judge's.
    pub judge_price: Option<Price>,
    /// How long a claim holds without a heartbeat.
    pub lease: Duration,
    /// How often a claim is renewed.
    pub heartbeat: Duration,
    /// How long calls that are under way may go on after an interruption.
    pub grace: Duration,
}

/// What the tokens of a generation's models cost, as far as that is known.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ModelPrices {
    /// Of its teacher.
    pub teacher: Option<Price>,
    /// Of its judge.
    pub judge: Option<Price>,
}

/// What the settings of a generation say that it may spend.
pub(crate) fn budget_of(generation: &Generation) -> Budget {
    generation.settings.as_ref().map_or_else(Budget::default, |settings| Budget {
        max_cost_usd: settings.config.max_cost_usd,
        max_tokens_total: settings.config.max_tokens_total,
    })
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_concurrency: 32,
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            budget: None,
            price: None,
            judge_price: None,
            lease: Duration::from_secs(60),
            heartbeat: Duration::from_secs(15),
            grace: Duration::from_secs(10),
        }
    }
}

impl Environment {
    /// An environment of this process with the default limits, without a gateway, that reads documents itself.
    pub fn new(metadata: Arc<dyn Metadata>, objects: Arc<dyn Objects>, clock: Arc<dyn Clock>) -> Self {
        Self {
            metadata,
            objects,
            chat: None,
            clock,
            owner: owner::this_process(),
            readers: Arc::new(Readers::here()),
            fetch: FetchPolicy::default(),
            limits: Limits::default(),
        }
    }

    /// The time now.
    pub fn now(&self) -> Time {
        self.clock.now()
    }
}
