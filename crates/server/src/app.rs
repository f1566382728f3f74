//! What the handlers share.

use std::{ops::Deref, sync::Arc};

use jobs::{Environment, ModelPrices, Supervisor};
use llm::Gateway;
use model::{GenerateSettings, Price};
use tokio_util::sync::CancellationToken;

use crate::{
    Authenticator, Config, FineTuning, Links,
    catalogue::{Catalogue, Offer},
    events::Hub,
    health::Health,
    limits::Rates,
    metrics::Metrics,
};

/// What the handlers share: decided once, when the server starts.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    parts: Parts,
    rates: Option<Rates>,
    metrics: Metrics,
    health: Health,
    catalogue: Catalogue,
    events: Arc<Hub>,
}

/// The parts of an [`App`].
pub struct Parts {
    /// The stores, the clock, and who this process is.
    pub environment: Arc<Environment>,
    /// What the server is told.
    pub config: Config,
    /// Finds out who asks.
    pub auth: Authenticator,
    /// Signs the links to stored objects.
    pub links: Links,
    /// Looks after the jobs; the server runs it.
    pub supervisor: Arc<Supervisor>,
    /// The gateway, if there is one: asked for its models.
    pub gateway: Option<Arc<Gateway>>,
    /// Who trains on exports, if anyone is set.
    pub fine_tuning: Option<Arc<FineTuning>>,
    /// Cancelled when the server stops: streams that would go on for ever end with it.
    pub stopping: CancellationToken,
}

impl App {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        let rates = parts.config.limits.requests_per_second.and_then(Rates::new);
        let events = Hub::new(Arc::clone(&parts.environment.metadata));
        Self(Arc::new(Inner {
            parts,
            rates,
            metrics: Metrics::new(),
            health: Health::default(),
            catalogue: Catalogue::default(),
            events,
        }))
    }

    /// How fast each user may ask, if that is limited.
    pub(crate) fn rates(&self) -> Option<&Rates> {
        self.0.rates.as_ref()
    }

    /// What is counted of the requests.
    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// What the gateway offers: nothing where there is none.
    pub(crate) async fn offered_models(&self) -> Offer {
        match &self.gateway {
            Some(gateway) => self.0.catalogue.offer(gateway).await,
            None => Ok(Vec::new()),
        }
    }

    /// What a model's tokens cost: by the settings, else as the gateway says.
    pub(crate) async fn price(&self, model: &str) -> Option<Price> {
        if let Some(price) = self.config.prices.get(model) {
            return Some(*price);
        }
        let models = self.offered_models().await.unwrap_or_default();
        models.into_iter().find(|offered| offered.id == model)?.price
    }

    /// What the tokens of a generation's models cost, as far as that is known.
    pub(crate) async fn prices(&self, settings: &GenerateSettings) -> ModelPrices {
        let judge = match settings.judge() {
            Some(judge) => self.price(judge).await,
            None => None,
        };
        ModelPrices { teacher: self.price(&settings.teacher_model).await, judge }
    }

    /// Where changes are handed out to who watches.
    pub(crate) fn events(&self) -> &Arc<Hub> {
        &self.0.events
    }

    /// What is known of the outside parts.
    pub(crate) fn health(&self) -> &Health {
        &self.0.health
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0.parts
    }
}
