//! What the steps of one run share.

use std::sync::Arc;

use jobs::{Environment, JobsError, NamedLock};
use model::{Generation, GenerationId, GenerationStatus, Phase, Project, UserId};
use store::{FailedUnit, PageRequest};
use tokio_util::sync::CancellationToken;

use crate::{
    failure::{Failure, Outcome},
    printer::Printer,
    progress::Progress,
};

/// What the steps of one run share.
pub(crate) struct Session {
    pub(crate) environment: Arc<Environment>,
    pub(crate) user: UserId,
    pub(crate) project: Project,
    pub(crate) printer: Printer,
    pub(crate) stop: CancellationToken,
}

impl Session {
    /// A session on a project.
    pub(crate) fn new(
        environment: Environment,
        user: UserId,
        project: Project,
        printer: Printer,
        stop: CancellationToken,
    ) -> Self {
        Self { environment: Arc::new(environment), user, project, printer, stop }
    }

    /// Takes the project for this run alone.
    pub(crate) async fn lock(&self) -> Outcome<NamedLock> {
        NamedLock::project(Arc::clone(&self.environment), self.project.id).await.map_err(
            |error| match error {
                JobsError::Locked { .. } => Failure::failed(error).hint(format!(
                    "wait for it to end, or give this run another --project than `{}`",
                    self.project.name
                )),
                other => Failure::failed(other),
            },
        )
    }

    /// What failed in a generation, in order of work.
    pub(crate) async fn failures(&self, id: GenerationId) -> Outcome<Vec<FailedUnit>> {
        let all = PageRequest { after: None, limit: u32::MAX };
        let page = self.environment.metadata.page_failures(&self.user, id, &all).await?;
        Ok(page.map(|page| page.items).unwrap_or_default())
    }

    /// Works on a generation to its end, with progress. `None` where it was interrupted.
    pub(crate) async fn drive(&self, id: GenerationId) -> Outcome<Option<Generation>> {
        let progress = Progress::start(&self.printer, &self.environment, &self.user, id);
        let ended = jobs::drive(&self.environment, &self.user, id, &self.stop).await?;
        drop(progress);
        Ok((ended.status != GenerationStatus::Cancelled).then_some(ended))
    }

    /// Whether a generation was left before its end: the next run goes on with it.
    pub(crate) async fn is_unfinished(&self, generation: &Generation) -> Outcome<bool> {
        match generation.status {
            GenerationStatus::Completed => return Ok(false),
            GenerationStatus::Failed => {}
            _ => return Ok(true),
        }
        for phase in [Phase::Parse, Phase::Generate, Phase::Validate] {
            let counts = self.environment.metadata.unit_counts(generation.id, phase).await?;
            if counts.pending + counts.leased > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
