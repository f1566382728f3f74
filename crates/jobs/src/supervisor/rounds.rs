//! What is looked after together, and what is so just now.

use std::{
    collections::{HashMap, HashSet},
    pin::pin,
};

use futures::{StreamExt, stream::FuturesUnordered};
use model::{Generation, GenerationId, ProjectId};
use store::GenerationContext;

/// The generations of a project that are to be looked after.
pub(super) struct Round {
    pub(super) project: ProjectId,
    /// Each with whether it may be started.
    pub(super) generations: Vec<(GenerationContext, bool)>,
}

/// The projects that a round is under way in.
#[derive(Default)]
pub(super) struct UnderWay {
    /// With the generations that may be started in it.
    projects: HashMap<ProjectId, HashSet<GenerationId>>,
}

impl UnderWay {
    /// A round begins.
    pub(super) fn begin(&mut self, round: &Round) {
        let may_start = round.generations.iter().filter(|(_, has_room)| *has_room);
        let may_start = may_start.map(|(context, _)| context.generation.id).collect();
        self.projects.insert(round.project, may_start);
    }

    /// The round of a project has ended.
    pub(super) fn end(&mut self, project: ProjectId) {
        self.projects.remove(&project);
    }

    /// Whether a round is under way in a project.
    pub(super) fn is_in(&self, project: ProjectId) -> bool {
        self.projects.contains_key(&project)
    }

    /// Whether a generation has been given a place, though nobody sees it at work yet.
    pub(super) fn may_start(&self, generation: &Generation) -> bool {
        self.projects.get(&generation.project_id).is_some_and(|ids| ids.contains(&generation.id))
    }
}

/// Waits for something while rounds go on; gives back the projects whose rounds have ended. A round that nobody drives might hold
/// what is waited for, such as a connection to the store.
pub(super) async fn meanwhile<T>(
    rounds: &mut FuturesUnordered<impl Future<Output = ProjectId>>,
    what: impl Future<Output = T>,
) -> (T, Vec<ProjectId>) {
    let (mut what, mut ended) = (pin!(what), Vec::new());
    loop {
        tokio::select! {
            outcome = &mut what => return (outcome, ended),
            Some(project) = rounds.next() => ended.push(project),
        }
    }
}
