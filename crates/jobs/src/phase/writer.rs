//! Results on their way to the store: written behind the work, many at once.

use std::{sync::Arc, time::Duration};

use model::{GenerationId, Phase};
use store::UnitResult;
use tokio::{sync::mpsc, task::JoinHandle, time::Instant};

use crate::{Environment, JobsError};

/// How many results are written in one transaction at the most.
const BATCH: usize = 64;

/// How long a result waits for others to be written with: a statement has its price, however much it writes.
/// Until then it is no more than a unit that is under way, which is done again if this process dies.
const LINGER: Duration = Duration::from_millis(50);

/// Writes what came of units, in the order in which they ended.
pub(super) struct Writer {
    environment: Arc<Environment>,
    generation: GenerationId,
    batch: usize,
    writing: Option<Writing>,
}

struct Writing {
    results: mpsc::Sender<UnitResult>,
    task: JoinHandle<Result<(), JobsError>>,
}

impl Writer {
    pub(super) fn new(environment: &Arc<Environment>, generation: GenerationId, phase: Phase) -> Self {
        let batch = match phase {
            // A document may be large: none waits for another in memory.
            Phase::Parse => 1,
            Phase::Generate | Phase::Validate => BATCH,
        };
        Self { environment: Arc::clone(environment), generation, batch, writing: None }
    }

    /// Hands a result over; waits where too many are not written yet.
    ///
    /// # Errors
    /// What the store failed with, also for results that were handed over before.
    pub(super) async fn write(&mut self, result: UnitResult) -> Result<(), JobsError> {
        let writing = self.writing.get_or_insert_with(|| {
            let (sender, results) = mpsc::channel(self.batch);
            let (environment, generation, batch) =
                (Arc::clone(&self.environment), self.generation, self.batch);
            let task = tokio::spawn(async move { write_all(&environment, generation, batch, results).await });
            Writing { results: sender, task }
        });
        match writing.results.send(result).await {
            Ok(()) => Ok(()),
            Err(_) => self.flush().await,
        }
    }

    /// Waits until all is written that was handed over.
    ///
    /// # Errors
    /// What the store failed with.
    pub(super) async fn flush(&mut self) -> Result<(), JobsError> {
        let Some(Writing { results, task }) = self.writing.take() else { return Ok(()) };
        drop(results);
        // Nobody aborts it.
        task.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
    }
}

async fn write_all(
    environment: &Environment,
    generation: GenerationId,
    batch: usize,
    mut results: mpsc::Receiver<UnitResult>,
) -> Result<(), JobsError> {
    while let Some(first) = results.recv().await {
        let mut group = vec![first];
        let until = Instant::now() + LINGER;
        while group.len() < batch
            && let Ok(Some(next)) = tokio::time::timeout_at(until, results.recv()).await
        {
            group.push(next);
        }
        let finished =
            environment.metadata.finish(generation, &environment.owner, environment.now(), group).await?;
        if finished.lost > 0 {
            tracing::warn!(lost = finished.lost, "units had been given to another process meanwhile");
        }
    }
    Ok(())
}
