//! What one user may have and do.

mod rate;

use model::UserId;

pub(crate) use self::rate::{Rates, limit_rate};
use crate::{App, problem::Problem};

/// Refuses a further project beyond the limit.
pub(crate) async fn projects(app: &App, user: &UserId) -> Result<(), Problem> {
    let Some(most) = app.config.limits.max_projects else { return Ok(()) };
    let has = app.environment.metadata.holdings(user).await?.projects;
    within(has < most, || format!("you have {has} projects, and may have {most}; delete one"))
}

/// Refuses `more` bytes of documents beyond the limit.
pub(crate) async fn document_bytes(app: &App, user: &UserId, more: u64) -> Result<(), Problem> {
    let Some(most) = app.config.limits.max_document_bytes else { return Ok(()) };
    let has = app.environment.metadata.holdings(user).await?.document_bytes;
    within(has.saturating_add(more) <= most, || {
        format!("your documents have {has} bytes, and may have {most}; delete some")
    })
}

fn within(holds: bool, detail: impl FnOnce() -> String) -> Result<(), Problem> {
    if holds { Ok(()) } else { Err(Problem::too_many(detail())) }
}
