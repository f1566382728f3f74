//! A store that is away for a while: it is waited for, and that is said once, not by every unit.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use store::StoreError;
use tokio::time::Instant;

use crate::LOG_TARGET;

/// How long it is waited for: as long as for a gateway.
const PATIENCE: Duration = Duration::from_secs(300);
/// How long to wait before it is asked again.
const PAUSE: Duration = Duration::from_secs(1);

/// Since when a store is away, for all units of a phase.
#[derive(Default)]
pub(super) struct Outage(Mutex<Option<Instant>>);

impl Outage {
    /// Makes a call, again and again while the store is away.
    ///
    /// # Errors
    /// What the call failed with: at once where that does not pass, else when it was waited for in vain.
    pub(super) async fn outlast<T, F: Future<Output = store::Result<T>>>(
        &self,
        call: impl Fn() -> F,
    ) -> store::Result<T> {
        loop {
            match call().await {
                Err(error) if error.is_passing() && self.waits(&error) => tokio::time::sleep(PAUSE).await,
                outcome => {
                    // That something else is wrong with a call says that somebody answered it.
                    if !outcome.as_ref().is_err_and(StoreError::is_passing) {
                        self.is_over();
                    }
                    return outcome;
                }
            }
        }
    }

    /// Whether it is waited for longer. The first to ask says so.
    fn waits(&self, error: &StoreError) -> bool {
        let mut since = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if since.is_none() {
            let reason = error.to_string();
            tracing::warn!(target: LOG_TARGET, reason, "the object store does not answer; the work waits for it");
        }
        since.get_or_insert_with(Instant::now).elapsed() < PATIENCE
    }

    fn is_over(&self) {
        let since = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(since) = since {
            let seconds = since.elapsed().as_secs();
            tracing::info!(target: LOG_TARGET, seconds, "the object store answers again; the work goes on");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        future::ready,
        io::{Error, ErrorKind},
        sync::atomic::{AtomicU32, Ordering::Relaxed},
    };

    use super::*;

    fn failed(kind: ErrorKind) -> StoreError {
        StoreError::Objects { key: "key".into(), source: Error::from(kind) }
    }

    #[tokio::test(start_paused = true)]
    async fn what_passes_is_outlasted() {
        let (outage, calls) = (Outage::default(), AtomicU32::new(0));
        let call = || match calls.fetch_add(1, Relaxed) {
            7 => ready(Ok("bytes")),
            _ => ready(Err(failed(ErrorKind::NotConnected))),
        };
        assert_eq!(outage.outlast(call).await.unwrap(), "bytes");
        assert!(outage.0.lock().unwrap().is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn what_does_not_pass_is_an_error_at_once() {
        let (outage, begun) = (Outage::default(), Instant::now());
        let outcome = outage.outlast(|| ready(Err::<(), _>(failed(ErrorKind::PermissionDenied)))).await;
        assert!(outcome.is_err() && begun.elapsed().is_zero());
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_waited_for_for_ever() {
        let (outage, begun) = (Outage::default(), Instant::now());
        let outcome = outage.outlast(|| ready(Err::<(), _>(failed(ErrorKind::TimedOut)))).await;
        assert!(outcome.unwrap_err().is_passing());
        assert_eq!(begun.elapsed(), PATIENCE);
    }
}
