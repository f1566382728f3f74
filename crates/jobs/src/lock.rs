//! Named leases: one run at a time in a project, and which process is a job.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use model::ProjectId;
use store::Owner;
use tokio::task::JoinHandle;

use crate::{Environment, JobsError, owner};

/// A named lease, renewed in the background. It is given back by [`NamedLock::release`] or, should the
/// process die, by its death.
pub struct NamedLock {
    environment: Arc<Environment>,
    name: String,
    held: Arc<AtomicBool>,
    renewal: JoinHandle<()>,
}

impl NamedLock {
    /// Takes a project for one `run` alone.
    ///
    /// # Errors
    /// [`JobsError::Locked`] where another process that lives holds it.
    pub async fn project(environment: Arc<Environment>, project: ProjectId) -> Result<Self, JobsError> {
        let name = project_lock(project);
        match take(&environment, &name).await? {
            Some(holder) => Err(JobsError::Locked { host: holder.host, pid: holder.pid }),
            None => Ok(Self::renewed(environment, name)),
        }
    }

    /// Makes this process the one that a job's name stands for, unless another that lives is; then it
    /// takes that one's place when it has gone.
    ///
    /// # Errors
    /// Where the store fails.
    pub(crate) async fn job(environment: Arc<Environment>, job: &str) -> Result<Self, JobsError> {
        let name = job_lock(job);
        take(&environment, &name).await?;
        Ok(Self::renewed(environment, name))
    }

    /// Makes this process the one that asks for a project's labels; `None` where another is that.
    ///
    /// # Errors
    /// Where the store fails.
    pub(crate) async fn labels(
        environment: &Arc<Environment>,
        project: ProjectId,
    ) -> Result<Option<Self>, JobsError> {
        let name = labels_lock(project);
        let holder = take(environment, &name).await?;
        Ok(holder.is_none().then(|| Self::renewed(Arc::clone(environment), name)))
    }

    /// Takes a name for this process; `None` where another that lives has it.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn take(environment: Arc<Environment>, name: String) -> Result<Option<Self>, JobsError> {
        let holder = take(&environment, &name).await?;
        Ok(holder.is_none().then(|| Self::renewed(environment, name)))
    }

    fn renewed(environment: Arc<Environment>, name: String) -> Self {
        let held = Arc::new(AtomicBool::new(true));
        let renewal = tokio::spawn({
            let (environment, name, held) = (Arc::clone(&environment), name.clone(), Arc::clone(&held));
            async move {
                loop {
                    tokio::time::sleep(environment.limits.heartbeat).await;
                    match lock(&environment, &name).await {
                        Ok(holder) => held.store(holder.is_none(), Ordering::Relaxed),
                        Err(error) => tracing::warn!(%error, name, "a lock could not be renewed"),
                    }
                }
            }
        });
        Self { environment, name, held, renewal }
    }

    /// Whether the last renewal found it to be held by this process still. One that could not be renewed for too long
    /// may have gone to another.
    pub(crate) fn is_held(&self) -> bool {
        self.held.load(Ordering::Relaxed)
    }

    /// Gives the lease back.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn release(self) -> Result<(), JobsError> {
        self.renewal.abort();
        Ok(self.environment.metadata.unlock(&self.name, &self.environment.owner).await?)
    }
}

impl Drop for NamedLock {
    fn drop(&mut self) {
        self.renewal.abort();
    }
}

/// The process that works on a project by itself, if one does.
pub(crate) async fn run_of(
    environment: &Environment,
    project: ProjectId,
) -> Result<Option<Owner>, JobsError> {
    live_holder(environment, &project_lock(project)).await
}

/// The process that a job's name stands for, if one does.
pub(crate) async fn process_of(environment: &Environment, job: &str) -> Result<Option<Owner>, JobsError> {
    live_holder(environment, &job_lock(job)).await
}

fn project_lock(project: ProjectId) -> String {
    format!("run/{project}")
}

fn labels_lock(project: ProjectId) -> String {
    format!("labels/{project}")
}

fn job_lock(job: &str) -> String {
    format!("job/{job}")
}

async fn live_holder(environment: &Environment, name: &str) -> Result<Option<Owner>, JobsError> {
    let holder = environment.metadata.lock_holder(name, environment.now()).await?;
    Ok(holder.filter(|holder| !owner::is_dead(holder)))
}

/// Takes a lease from a dead process too. Gives back the living one that holds it, if one does.
async fn take(environment: &Environment, name: &str) -> Result<Option<Owner>, JobsError> {
    match lock(environment, name).await? {
        Some(holder) if owner::is_dead(&holder) => {
            environment.metadata.unlock(name, &holder).await?;
            lock(environment, name).await
        }
        holder => Ok(holder),
    }
}

async fn lock(environment: &Environment, name: &str) -> Result<Option<Owner>, JobsError> {
    let Environment { metadata, owner, limits, .. } = environment;
    Ok(metadata.lock(name, owner, environment.now(), limits.lease).await?)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::testing::Shop;

    #[tokio::test]
    async fn a_lock_that_went_to_another_is_known_to_be_lost() {
        let mut shop = Shop::new().await;
        Arc::get_mut(&mut shop.environment).unwrap().limits.heartbeat = Duration::from_millis(5);
        let environment = &shop.environment;
        let mine = NamedLock::take(Arc::clone(environment), "lead".into()).await.unwrap().unwrap();
        assert!(mine.is_held());
        let other = Owner { host: "elsewhere".into(), ..environment.owner.clone() };
        environment.metadata.unlock("lead", &environment.owner).await.unwrap();
        let (now, lease) = (environment.now(), Duration::from_secs(3600));
        assert_eq!(environment.metadata.lock("lead", &other, now, lease).await.unwrap(), None);
        let lost = async {
            while mine.is_held() {
                tokio::time::sleep(environment.limits.heartbeat).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), lost).await.unwrap();
    }
}
