//! A job: one phase of one generation, worked on by this process.

use std::{pin::pin, sync::Arc, time::Duration};

use model::{GenerationId, GenerationStatus, Phase};
use tokio_util::sync::CancellationToken;

use crate::{
    Environment, JobsError, NamedLock,
    phase::{PhaseEnd, run_phase},
    step::fail,
};

/// How often a worker looks whether it is still wanted.
const LOOK: Duration = Duration::from_millis(500);

/// How long calls under way may still be answered when the worker is not wanted any more: they are paid for. With the look before it,
/// that is less than the two seconds in which a cancel takes hold.
const LAST_REPLIES: Duration = Duration::from_millis(1_200);

/// How a worker ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkEnd {
    /// No unit of the phase is left.
    Finished,
    /// Going on makes no sense, and the generation has failed for this reason.
    Failed(String),
    /// It was told to stop, and has handed back what it held.
    Interrupted,
    /// The generation is not in this phase; where it is gone there is no state.
    Unwanted(Option<GenerationStatus>),
}

/// Works on a phase of a generation until no unit of it is left, it is told to stop, or it is not wanted
/// any more: then it takes nothing up, and drops what has not ended a moment later.
///
/// # Errors
/// [`JobsError::NoGeneration`]; where the store fails.
pub async fn work(
    environment: &Arc<Environment>,
    id: GenerationId,
    phase: Phase,
    stop: &CancellationToken,
) -> Result<WorkEnd, JobsError> {
    let context = environment.metadata.generation_context(id).await?.ok_or(JobsError::NoGeneration)?;
    if context.generation.status.phase() != Some(phase) {
        return Ok(WorkEnd::Unwanted(Some(context.generation.status)));
    }
    let lock = NamedLock::job(Arc::clone(environment), &phase.job_name(id)).await?;
    let inner = stop.child_token();
    let mut run = pin!(run_phase(environment, &context.generation, phase, &inner));
    let end = tokio::select! {
        end = &mut run => match end {
            Ok(PhaseEnd::Finished) => Ok(WorkEnd::Finished),
            Ok(PhaseEnd::Interrupted) => Ok(WorkEnd::Interrupted),
            Ok(PhaseEnd::Stopped(reason)) => {
                fail(environment, id, phase, &reason).await.map(|()| WorkEnd::Failed(reason))
            }
            Err(error) => Err(error),
        },
        status = unwanted(environment, id, phase) => {
            inner.cancel();
            if let Ok(Err(error)) = tokio::time::timeout(LAST_REPLIES, &mut run).await {
                tracing::warn!(%error, "what was under way could not be kept");
            }
            let released = environment.metadata.release(id, &environment.owner).await;
            released.map(|_| WorkEnd::Unwanted(status)).map_err(JobsError::from)
        }
    };
    let released = lock.release().await;
    let end = end?;
    released.map(|()| end)
}

/// Returns when the generation is not in the phase any more: with its state, if it is still there.
async fn unwanted(environment: &Environment, id: GenerationId, phase: Phase) -> Option<GenerationStatus> {
    loop {
        tokio::time::sleep(LOOK).await;
        match environment.metadata.generation_context(id).await {
            Ok(Some(context)) if context.generation.status.phase() == Some(phase) => {}
            Ok(context) => return context.map(|context| context.generation.status),
            Err(error) => tracing::warn!(%error, "the generation's state could not be read"),
        }
    }
}
