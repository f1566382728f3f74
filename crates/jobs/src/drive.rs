//! A generation from where it stands to its end.

use std::sync::Arc;

use model::{Generation, GenerationId, GenerationStatus, Phase, UserId};
use store::{Advance, UnitCounts};
use tokio_util::sync::CancellationToken;

use crate::{
    Environment, JobsError,
    phase::{PhaseEnd, run_phase},
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
        environment.metadata.reopen_failed(id).await?;
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
        advance(environment, user, &generation, next).await?;
    }
}

/// What a generation becomes when no unit of its phase is left.
async fn after(
    environment: &Environment,
    generation: &Generation,
    phase: Phase,
) -> Result<Generation, JobsError> {
    let now = environment.now();
    let counts = environment.metadata.unit_counts(generation.id, phase).await?;
    let generation = generation.clone();
    if counts.done == 0 && counts.failed > 0 {
        return Ok(generation.fail(nothing_succeeded(phase, counts), now)?);
    }
    Ok(match phase {
        Phase::Parse => generation.complete(now)?,
        Phase::Generate => generation.validate()?,
        Phase::Validate => {
            environment.metadata.mark_duplicates(generation.id).await?;
            generation.complete(now)?
        }
    })
}

fn nothing_succeeded(phase: Phase, counts: UnitCounts) -> String {
    let what = match phase {
        Phase::Parse => "documents could be parsed",
        Phase::Generate => "chunks gave pairs",
        Phase::Validate => "chunks' pairs could be scored",
    };
    format!("none of {} {what}", counts.failed)
}

/// A step that another process took first is no error: the loop reads again and goes on from there.
async fn advance(
    environment: &Environment,
    user: &UserId,
    from: &Generation,
    to: Generation,
) -> Result<(), JobsError> {
    let change = Advance { from: from.status, attempt: from.attempt, to };
    if environment.metadata.advance(user, &change).await? {
        tracing::info!(generation = %from.id, from = from.status.as_str(), to = change.to.status.as_str(), "state");
    }
    Ok(())
}
