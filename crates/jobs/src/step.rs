//! The steps of a generation from state to state, whoever takes them.

use model::{Generation, GenerationId, Phase, UserId};
use store::{Advance, UnitCounts};

use crate::{Environment, JobsError, LOG_TARGET, near, survey::survey};

/// What a generation becomes when no unit of its phase is left.
pub(crate) async fn after(
    environment: &Environment,
    generation: &Generation,
    phase: Phase,
) -> Result<Generation, JobsError> {
    let now = environment.now();
    let counts = environment.metadata.unit_counts(generation.id, phase).await?;
    let generation = generation.clone();
    // Pairs that could not be judged have local scores: something did succeed.
    let report = match phase {
        Phase::Validate => Some(environment.metadata.validation_report(generation.id).await?),
        Phase::Parse | Phase::Generate => None,
    };
    let scored = report.as_ref().is_some_and(|report| report.quality.count > 0);
    if counts.done == 0 && counts.failed > 0 && !scored {
        return Ok(generation.fail(nothing_succeeded(phase, counts), now)?);
    }
    Ok(match phase {
        Phase::Parse => {
            // Who drives a parse by himself knows best among which documents.
            if !generation.job_names.is_empty() {
                let context = environment.metadata.generation_context(generation.id).await?;
                let user = context.ok_or(JobsError::NoGeneration)?.user;
                survey(environment, &user, generation.project_id, None).await?;
            }
            generation.complete(now)?
        }
        Phase::Generate => generation.validate()?,
        Phase::Validate => {
            let told = generation.settings.as_ref().and_then(|settings| settings.config.dedup_threshold);
            let threshold = told.unwrap_or(validate::DUPLICATE_SIMILARITY);
            near::mark_duplicates(environment, generation.id, threshold).await?;
            for alarm in report.iter().flat_map(|report| &report.alarms) {
                tracing::warn!(target: LOG_TARGET, alarm = alarm.detail, "the scores are not to be trusted");
            }
            let validation = report.filter(|report| !report.is_empty());
            Generation { validation, ..generation }.complete(now)?
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

/// Writes a step. `false` where another process took one first, which is no error: who reads again sees
/// what it is now.
pub(crate) async fn advance(
    environment: &Environment,
    user: &UserId,
    from: &Generation,
    to: Generation,
) -> Result<bool, JobsError> {
    let change = Advance { from: from.status, attempt: from.attempt, to };
    let advanced = environment.metadata.advance(user, &change).await?;
    if advanced {
        tracing::info!(generation = %from.id, from = from.status.as_str(), to = change.to.status.as_str(), "state");
    }
    Ok(advanced)
}

/// Fails a generation that a phase of is at work, unless it has moved on.
///
/// # Errors
/// Where the store fails.
pub async fn fail(
    environment: &Environment,
    id: GenerationId,
    phase: Phase,
    reason: &str,
) -> Result<(), JobsError> {
    let context = environment.metadata.generation_context(id).await?.ok_or(JobsError::NoGeneration)?;
    if context.generation.status.phase() == Some(phase) {
        let failed = context.generation.clone().fail(reason, environment.now())?;
        advance(environment, &context.user, &context.generation, failed).await?;
    }
    Ok(())
}
