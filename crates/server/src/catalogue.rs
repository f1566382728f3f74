//! What the gateway offers, asked for once in a while.

use std::time::Duration;

use llm::{Gateway, ModelInfo};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

/// How long an answer is good for.
const FRESH: Duration = Duration::from_secs(30);
/// How long the gateway may take, tries again included.
const PATIENCE: Duration = Duration::from_secs(10);

/// The models that the gateway offers, or why that is not known, in words for the user.
pub(crate) type Offer = Result<Vec<ModelInfo>, String>;

/// The last answer of the gateway. Who asks while it is being asked waits for the same answer.
#[derive(Default)]
pub(crate) struct Catalogue(Mutex<Option<(Instant, Offer)>>);

impl Catalogue {
    /// What the gateway offers; it was asked within the last half minute.
    pub(crate) async fn offer(&self, gateway: &Gateway) -> Offer {
        let mut kept = self.0.lock().await;
        if let Some((asked, offer)) = &*kept
            && asked.elapsed() < FRESH
        {
            return offer.clone();
        }
        let offer = match timeout(PATIENCE, gateway.models()).await {
            Ok(Ok(models)) => Ok(models),
            Ok(Err(error)) => Err(format!("the gateway does not say what it offers: {error}")),
            Err(_) => Err(format!("the gateway does not answer within {} seconds", PATIENCE.as_secs())),
        };
        *kept = Some((Instant::now(), offer.clone()));
        offer
    }
}
