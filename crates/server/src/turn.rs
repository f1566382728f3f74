//! One at a time, whoever runs on whatever machine: what two at once would do twice, or over each other.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError, Weak},
    time::Duration,
};

use jobs::{Environment, JobsError, NamedLock};
use tokio::{
    sync::{Mutex as AsyncMutex, OwnedMutexGuard},
    time::{Instant, sleep, timeout_at},
};

/// How often one who waits for another process asks.
const POLL: Duration = Duration::from_millis(100);
/// How long one waits at the most.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why nobody got a turn.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TurnError {
    /// Somebody else had it, for longer than one waits.
    #[error("somebody else has had the turn for too long")]
    Busy,
    /// The lease could not be looked at.
    #[error(transparent)]
    Jobs(#[from] JobsError),
}

/// A name that is taken: within this process by a mutex, among processes by a lease, which the dead lose.
pub(crate) struct Turn {
    lease: NamedLock,
    _here: OwnedMutexGuard<()>,
}

impl Turn {
    /// Waits until nobody else has the turn of that name.
    pub(crate) async fn wait(environment: &Environment, name: String) -> Result<Self, TurnError> {
        let until = Instant::now() + PATIENCE;
        let here = timeout_at(until, here(&name).lock_owned()).await.map_err(|_| TurnError::Busy)?;
        let environment = Arc::new(environment.clone());
        loop {
            if let Some(lease) = NamedLock::take(Arc::clone(&environment), name.clone()).await? {
                return Ok(Self { lease, _here: here });
            }
            if Instant::now() > until {
                return Err(TurnError::Busy);
            }
            sleep(POLL).await;
        }
    }

    /// Lets the next one have it.
    pub(crate) async fn end(self) {
        // What is not given back runs out.
        if let Err(error) = self.lease.release().await {
            tracing::warn!(%error, "a lease could not be given back");
        }
    }
}

/// The mutex of a name in this process; it is gone when nobody has it or waits for it.
fn here(name: &str) -> Arc<AsyncMutex<()>> {
    static NAMES: LazyLock<Mutex<HashMap<String, Weak<AsyncMutex<()>>>>> = LazyLock::new(Mutex::default);
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    names.retain(|_, mutex| mutex.strong_count() > 0);
    if let Some(mutex) = names.get(name).and_then(Weak::upgrade) {
        return mutex;
    }
    let mutex = Arc::default();
    names.insert(name.to_owned(), Arc::downgrade(&mutex));
    mutex
}
