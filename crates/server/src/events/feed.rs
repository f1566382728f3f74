//! One stream of events: what was missed, then what comes.

use std::{collections::VecDeque, sync::Arc};

use model::ProjectId;
use store::Change;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use super::{Event, Subscription, load, newest_of_each};

/// Changes that are gone through for who comes back; who missed more reads anew.
const MAX_MISSED: u32 = 5_000;

/// What a stream says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Update {
    /// Something changed.
    Changed(Arc<Event>),
    /// Changes were passed over: what is shown has to be read anew.
    Lagged,
}

/// One stream of a user's events.
pub(crate) struct Feed {
    subscription: Subscription,
    project: Option<ProjectId>,
    lagged: bool,
    missed: VecDeque<Change>,
    stopping: CancellationToken,
}

impl Feed {
    /// The events of a subscription: of one project, or of all. `seen` is the last change that the
    /// client knows of; what came behind it comes first.
    pub(crate) async fn new(
        subscription: Subscription,
        project: Option<ProjectId>,
        seen: Option<u64>,
        stopping: CancellationToken,
    ) -> store::Result<Self> {
        let mut feed = Self { subscription, project, lagged: false, missed: VecDeque::new(), stopping };
        match seen {
            Some(seen) if seen < feed.subscription.since => feed.catch_up(seen).await?,
            // It watched another store, or this one before it was made anew.
            Some(seen) => feed.lagged = seen > feed.subscription.since,
            None => {}
        }
        Ok(feed)
    }

    async fn catch_up(&mut self, seen: u64) -> store::Result<()> {
        let Subscription { hub, user, since, .. } = &self.subscription;
        let changes = hub.metadata.changes(seen, MAX_MISSED).await?;
        if changes.len() >= MAX_MISSED as usize {
            self.lagged = true;
            return Ok(());
        }
        let meant = |change: &Change| {
            change.seq <= *since
                && change.user == *user
                && self.project.is_none_or(|project| project == change.project)
        };
        self.missed = newest_of_each(changes).into_iter().filter(meant).collect();
        Ok(())
    }

    /// What comes next; `None` when the server stops.
    pub(crate) async fn next(&mut self) -> Option<Update> {
        if std::mem::take(&mut self.lagged) {
            return Some(Update::Lagged);
        }
        if let Some(change) = self.missed.pop_front() {
            return match load::event(&*self.subscription.hub.metadata, &change).await {
                Ok(event) => Some(Update::Changed(Arc::new(event))),
                Err(error) => {
                    tracing::warn!(%error, "a missed change cannot be read");
                    Some(Update::Lagged)
                }
            };
        }
        loop {
            let received = tokio::select! {
                biased;
                () = self.stopping.cancelled() => return None,
                received = self.subscription.events.recv() => received,
            };
            match received {
                Ok(event) if event.seq <= self.subscription.since => {}
                Ok(event) if self.project.is_some_and(|project| project != event.project) => {}
                Ok(event) => return Some(Update::Changed(event)),
                Err(RecvError::Lagged(_)) => return Some(Update::Lagged),
                Err(RecvError::Closed) => return None,
            }
        }
    }
}
