//! One run at a time in a project.

use std::sync::Arc;

use model::ProjectId;
use tokio::task::JoinHandle;

use crate::{Environment, JobsError, owner};

/// Held while a `run` works on a project; renewed in the background, given back by
/// [`ProjectLock::release`] or, should the process die, by its death.
pub struct ProjectLock {
    environment: Arc<Environment>,
    name: String,
    renewal: JoinHandle<()>,
}

impl ProjectLock {
    /// Takes the lock.
    ///
    /// # Errors
    /// [`JobsError::Locked`] where another process that lives holds it.
    pub async fn take(environment: Arc<Environment>, project: ProjectId) -> Result<Self, JobsError> {
        let name = format!("run/{project}");
        if let Some(holder) = lock(&environment, &name).await? {
            if !owner::is_dead(&holder) {
                return Err(JobsError::Locked { host: holder.host, pid: holder.pid });
            }
            environment.metadata.unlock(&name, &holder).await?;
            if let Some(holder) = lock(&environment, &name).await? {
                return Err(JobsError::Locked { host: holder.host, pid: holder.pid });
            }
        }
        let renewal = tokio::spawn({
            let (environment, name) = (Arc::clone(&environment), name.clone());
            async move {
                loop {
                    tokio::time::sleep(environment.limits.heartbeat).await;
                    if let Err(error) = lock(&environment, &name).await {
                        tracing::warn!(%error, "the project's lock could not be renewed");
                    }
                }
            }
        });
        Ok(Self { environment, name, renewal })
    }

    /// Gives the lock back.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn release(self) -> Result<(), JobsError> {
        self.renewal.abort();
        Ok(self.environment.metadata.unlock(&self.name, &self.environment.owner).await?)
    }
}

impl Drop for ProjectLock {
    fn drop(&mut self) {
        self.renewal.abort();
    }
}

async fn lock(environment: &Environment, name: &str) -> Result<Option<store::Owner>, JobsError> {
    let Environment { metadata, owner, limits, .. } = environment;
    Ok(metadata.lock(name, owner, environment.now(), limits.lease).await?)
}
