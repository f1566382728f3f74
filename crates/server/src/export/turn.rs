//! One that publishes at a time in a project, whoever runs on whatever machine.

use std::{sync::Arc, time::Duration};

use jobs::{Environment, random_bytes};
use model::ProjectId;
use store::{Metadata, Owner};
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep},
};

use super::ExportError;

/// How often one who waits asks.
const POLL: Duration = Duration::from_millis(100);
/// How long one waits at the most.
const PATIENCE: Duration = Duration::from_secs(30);

/// Held while a version is published: a named lease, renewed in the background.
pub(super) struct Turn {
    metadata: Arc<dyn Metadata>,
    name: String,
    owner: Owner,
    renewal: JoinHandle<()>,
}

impl Turn {
    /// Waits until nobody else publishes in the project.
    pub(super) async fn wait(environment: &Environment, project: ProjectId) -> Result<Self, ExportError> {
        let name = format!("export/{project}");
        let owner = not_just_this_process(environment);
        let begun = Instant::now();
        while take(environment, &name, &owner).await?.is_some() {
            if begun.elapsed() > PATIENCE {
                return Err(ExportError::Busy);
            }
            sleep(POLL).await;
        }
        let renewal = tokio::spawn({
            let (environment, name, owner) = (environment.clone(), name.clone(), owner.clone());
            async move {
                loop {
                    sleep(environment.limits.heartbeat).await;
                    if let Err(error) = take(&environment, &name, &owner).await {
                        tracing::warn!(%error, "the lease of an export could not be renewed");
                    }
                }
            }
        });
        Ok(Self { metadata: Arc::clone(&environment.metadata), name, owner, renewal })
    }

    /// Lets the next one publish.
    pub(super) async fn end(self) {
        self.renewal.abort();
        // What is not given back runs out.
        if let Err(error) = self.metadata.unlock(&self.name, &self.owner).await {
            tracing::warn!(%error, "the lease of an export could not be given back");
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.renewal.abort();
    }
}

async fn take(environment: &Environment, name: &str, owner: &Owner) -> store::Result<Option<Owner>> {
    environment.metadata.lock(name, owner, environment.now(), environment.limits.lease).await
}

/// A process publishes for many users at once, so that each publishing is an owner of its own.
fn not_just_this_process(environment: &Environment) -> Owner {
    let random = random_bytes();
    let started = random.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte));
    Owner { started, ..environment.owner.clone() }
}
