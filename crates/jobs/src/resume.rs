//! Generations that have ended, worked on again by jobs.

use model::{Generation, GenerationId, GenerationStatus, UnitId, UserId};

use crate::{Environment, JobsError, Launch, step::advance};

/// What may be changed of a generation's settings when it goes on; `None` stays as it is. None of it
/// changes what is made.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct BudgetChange {
    /// What the run may cost, in USD.
    pub max_cost_usd: Option<f64>,
    /// How many tokens the run may use.
    pub max_tokens_total: Option<u64>,
    /// How many calls at once.
    pub max_concurrency: Option<u32>,
}

/// A failed or cancelled generation waits for jobs again: what is done stays done, what failed is tried
/// again. Gives it back as it is then.
///
/// # Errors
/// [`JobsError::NoGeneration`], [`JobsError::Transition`] where it is in another state,
/// [`JobsError::Settings`] for a budget outside its bounds, [`JobsError::Moved`] where another was faster.
pub async fn resume(
    environment: &Environment,
    user: &UserId,
    id: GenerationId,
    change: &BudgetChange,
) -> Result<Generation, JobsError> {
    let from = read(environment, user, id).await?;
    let mut to = from.clone().resume()?;
    if let Some(settings) = &mut to.settings {
        let config = &mut settings.config;
        config.max_cost_usd = change.max_cost_usd.or(config.max_cost_usd);
        config.max_tokens_total = change.max_tokens_total.or(config.max_tokens_total);
        config.max_concurrency = change.max_concurrency.or(config.max_concurrency);
        settings.check()?;
    }
    again(environment, user, &from, to, None).await
}

/// A generation that has ended waits for jobs again, for what failed in it, all or these units. One that failed or was
/// cancelled also goes on with what it has not come to.
///
/// # Errors
/// [`JobsError::NoGeneration`], [`JobsError::Transition`] where it is in another state or nothing failed,
/// [`JobsError::Moved`] where another was faster.
pub async fn retry_failed(
    environment: &Environment,
    user: &UserId,
    id: GenerationId,
    units: Option<&[UnitId]>,
) -> Result<Generation, JobsError> {
    let from = read(environment, user, id).await?;
    let to = match from.status {
        GenerationStatus::Failed | GenerationStatus::Cancelled => from.clone().resume()?,
        _ => from.clone().retry()?,
    };
    again(environment, user, &from, to, units).await
}

async fn again(
    environment: &Environment,
    user: &UserId,
    from: &Generation,
    mut to: Generation,
    units: Option<&[UnitId]>,
) -> Result<Generation, JobsError> {
    to.job_names = Launch::Jobs.job_names(to.kind, to.id);
    // First the units: a generation that waits with nothing to do would be completed at once.
    environment.metadata.reopen_failed(from.id, units).await?;
    let advanced = advance(environment, user, from, to).await?;
    let now = read(environment, user, from.id).await?;
    if advanced { Ok(now) } else { Err(JobsError::Moved(now.status)) }
}

pub(crate) async fn read(
    environment: &Environment,
    user: &UserId,
    id: GenerationId,
) -> Result<Generation, JobsError> {
    environment.metadata.generation(user, id).await?.ok_or(JobsError::NoGeneration)
}
