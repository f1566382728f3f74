//! A generation from where it stands to its end.

use std::sync::Arc;

use model::{Generation, GenerationId, GenerationStatus, UserId};
use tokio_util::sync::CancellationToken;

use crate::{
    Environment, JobsError,
    phase::{PhaseEnd, run_phase},
    step::{advance, after},
};

/// Works on a generation until it has ended, from whatever state it is in: a failed or cancelled one
/// is resumed, one that was left in the middle goes on. `stop` ends it as cancelled, with what is
/// done kept. Gives back the generation as it ended.
///
/// # Errors
/// Where the store fails; what happens to units and calls ends up in the generation.
pub async fn drive(
    environment: &Arc<Environment>,
    user: &UserId,
    id: GenerationId,
    stop: &CancellationToken,
) -> Result<Generation, JobsError> {
    let read = async || environment.metadata.generation(user, id).await?.ok_or(JobsError::NoGeneration);
    let first = read().await?;
    if matches!(first.status, GenerationStatus::Failed | GenerationStatus::Cancelled) {
        environment.metadata.reopen_failed(id, None).await?;
        advance(environment, user, &first, first.clone().resume()?).await?;
    }
    loop {
        let generation = read().await?;
        if generation.status.has_ended() {
            return Ok(generation);
        }
        let next = match generation.status.phase() {
            None => generation.clone().start(environment.now())?,
            Some(phase) => match run_phase(environment, &generation, phase, stop).await? {
                PhaseEnd::Finished => after(environment, &generation, phase).await?,
                PhaseEnd::Stopped(reason) => generation.clone().fail(reason, environment.now())?,
                PhaseEnd::Interrupted => generation.clone().cancel(environment.now())?,
            },
        };
        // A step that another process took first is no error: the loop reads again and goes on from there.
        advance(environment, user, &generation, next).await?;
    }
}
