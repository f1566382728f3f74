//! What a phase says of itself in the log: its beginning, now and then how far it is, its end.

use std::{sync::Arc, time::Duration};

use model::{GenerationId, Phase};
use store::UnitCounts;
use tokio::{task::JoinHandle, time::Instant};

use super::PhaseEnd;
use crate::{Environment, JobsError, LOG_TARGET};

/// How often it says how far it is.
const PACE: Duration = Duration::from_secs(5);

/// Speaks for a phase until it is dropped.
pub(super) struct Report {
    environment: Arc<Environment>,
    generation: GenerationId,
    phase: Phase,
    progress: JoinHandle<()>,
}

impl Report {
    /// Says that the phase begins, and from now on how far it is.
    pub(super) async fn begin(
        environment: &Arc<Environment>,
        generation: GenerationId,
        phase: Phase,
    ) -> Result<Self, JobsError> {
        let counts = environment.metadata.unit_counts(generation, phase).await?;
        tracing::info!(
            target: LOG_TARGET,
            phase = phase.as_str(),
            left = counts.pending + counts.leased,
            done = counts.done,
            failed = counts.failed,
            "the phase begins"
        );
        let watched = Arc::clone(environment);
        let progress = tokio::spawn(async move { say_progress(&watched, generation, phase, counts).await });
        Ok(Self { environment: Arc::clone(environment), generation, phase, progress })
    }

    /// Says how the phase ended in this process.
    pub(super) async fn end(self, end: &PhaseEnd) -> Result<(), JobsError> {
        self.progress.abort();
        let UnitCounts { pending, leased, done, failed } =
            self.environment.metadata.unit_counts(self.generation, self.phase).await?;
        let (phase, left) = (self.phase.as_str(), pending + leased);
        match end {
            PhaseEnd::Finished => {
                tracing::info!(target: LOG_TARGET, phase, done, failed, "no unit of the phase is left");
            }
            PhaseEnd::Interrupted => {
                tracing::info!(target: LOG_TARGET, phase, left, done, failed, "the work is interrupted");
            }
            PhaseEnd::Stopped(reason) => {
                tracing::error!(target: LOG_TARGET, phase, left, done, failed, reason, "the work is stopped");
            }
        }
        Ok(())
    }
}

impl Drop for Report {
    fn drop(&mut self) {
        self.progress.abort();
    }
}

async fn say_progress(environment: &Environment, id: GenerationId, phase: Phase, first: UnitCounts) {
    let begun = Instant::now();
    loop {
        tokio::time::sleep(PACE).await;
        // The next time will do.
        let Ok(counts) = environment.metadata.unit_counts(id, phase).await else { continue };
        let rate = counts.ended().saturating_sub(first.ended()) as f64 / begun.elapsed().as_secs_f64();
        tracing::info!(
            target: LOG_TARGET,
            phase = phase.as_str(),
            done = counts.ended(),
            total = counts.total(),
            failed = counts.failed,
            per_second = (rate * 100.0).round() / 100.0,
            seconds_left = seconds_left(counts, rate),
            "progress"
        );
    }
}

/// `None` where nothing is done yet, so that nobody can tell.
fn seconds_left(counts: UnitCounts, rate: f64) -> Option<u64> {
    // A cast saturates.
    (rate > 0.0).then(|| ((counts.total() - counts.ended()) as f64 / rate).ceil() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_follows_from_the_rate() {
        let counts = UnitCounts { pending: 9, leased: 1, done: 4, failed: 1 };
        assert_eq!(seconds_left(counts, 2.5), Some(4));
        assert_eq!(seconds_left(counts, 0.3), Some(34));
        assert_eq!(seconds_left(counts, 0.0), None);
    }
}
