//! What changes, told to who watches: each user's own alone.
//!
//! While somebody watches, one task asks the store what changed, loads each changed thing once for each
//! user who watches, in that user's name, and hands it to all streams of that user. Nobody who reads
//! slowly holds up the others or lets memory grow: who falls behind is told to read anew.

mod feed;
mod load;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use model::{ProjectId, UserId};
use store::{Change, ChangedSubject, Metadata};
use tokio::sync::{Mutex as AsyncMutex, broadcast};

pub(crate) use self::feed::{Feed, Update};

/// How often the store is asked.
const TICK: Duration = Duration::from_millis(250);
/// Changes that are read at once.
const BATCH: u32 = 500;
/// Events that a stream may be behind.
const BACKLOG: usize = 256;
/// Streams that a user may have at once.
const MAX_STREAMS: usize = 20;

/// A thing that changed, as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    /// The number of the change.
    pub(crate) seq: u64,
    /// The project it is in.
    pub(crate) project: ProjectId,
    /// `generation`, `document`, `export`, or `deleted`.
    pub(crate) kind: &'static str,
    /// The thing as JSON.
    pub(crate) data: String,
}

/// Where changes are handed out.
pub(crate) struct Hub {
    metadata: Arc<dyn Metadata>,
    users: Mutex<HashMap<UserId, Watched>>,
    /// The last change that was handed out; `None` while nobody watches.
    handed_out: AsyncMutex<Option<u64>>,
}

/// A user whom somebody watches for.
struct Watched {
    events: broadcast::Sender<Arc<Event>>,
    streams: usize,
}

/// The user has as many streams as are allowed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooManyStreams;

/// Holds a user's place among those who watch.
pub(crate) struct Subscription {
    hub: Arc<Hub>,
    user: UserId,
    events: broadcast::Receiver<Arc<Event>>,
    /// All behind this number will come.
    since: u64,
}

impl Hub {
    /// A hub over a store.
    pub(crate) fn new(metadata: Arc<dyn Metadata>) -> Arc<Self> {
        Arc::new(Self { metadata, users: Mutex::default(), handed_out: AsyncMutex::new(None) })
    }

    /// How many watch.
    pub(crate) fn streams(&self) -> usize {
        self.users().values().map(|watched| watched.streams).sum()
    }

    /// Watches for a user.
    pub(crate) async fn subscribe(
        self: &Arc<Self>,
        user: &UserId,
    ) -> store::Result<Result<Subscription, TooManyStreams>> {
        // Nothing is handed out while this is held: what is behind `since` goes to this stream too.
        let mut handed_out = self.handed_out.lock().await;
        let since = match *handed_out {
            Some(since) => since,
            None => self.metadata.last_change().await?,
        };
        let events = {
            let mut users = self.users();
            let watched = users
                .entry(user.clone())
                .or_insert_with(|| Watched { events: broadcast::channel(BACKLOG).0, streams: 0 });
            if watched.streams >= MAX_STREAMS {
                return Ok(Err(TooManyStreams));
            }
            watched.streams += 1;
            watched.events.subscribe()
        };
        if handed_out.is_none() {
            *handed_out = Some(since);
            tokio::spawn(Arc::clone(self).hand_out());
        }
        Ok(Ok(Subscription { hub: Arc::clone(self), user: user.clone(), events, since }))
    }

    /// Hands out changes until nobody watches.
    async fn hand_out(self: Arc<Self>) {
        loop {
            tokio::time::sleep(TICK).await;
            let mut handed_out = self.handed_out.lock().await;
            if self.users().is_empty() {
                *handed_out = None;
                return;
            }
            let Some(after) = *handed_out else { return };
            match self.metadata.changes(after, BATCH).await {
                Ok(changes) => {
                    if let Some(last) = changes.last() {
                        *handed_out = Some(last.seq);
                    }
                    for change in newest_of_each(changes) {
                        self.tell(&change).await;
                    }
                }
                Err(error) => tracing::warn!(%error, "the changes for watchers cannot be read"),
            }
        }
    }

    /// Tells a change to those who watch for its user.
    async fn tell(&self, change: &Change) {
        if !self.users().contains_key(&change.user) {
            return;
        }
        match load::event(&*self.metadata, change).await {
            Ok(event) => {
                if let Some(watched) = self.users().get(&change.user) {
                    // That nobody listens any more is no error.
                    let _ = watched.events.send(Arc::new(event));
                }
            }
            Err(error) => tracing::warn!(%error, "a change for watchers cannot be read"),
        }
    }

    fn users(&self) -> MutexGuard<'_, HashMap<UserId, Watched>> {
        self.users.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut users = self.hub.users();
        if let Some(watched) = users.get_mut(&self.user) {
            watched.streams -= 1;
            if watched.streams == 0 {
                users.remove(&self.user);
            }
        }
    }
}

/// Of several changes of one thing the last, in order.
fn newest_of_each(changes: Vec<Change>) -> Vec<Change> {
    let of = |change: &Change| -> (ProjectId, ChangedSubject) { (change.project, change.subject) };
    let newest: HashMap<_, u64> = changes.iter().map(|change| (of(change), change.seq)).collect();
    changes.into_iter().filter(|change| newest.get(&of(change)) == Some(&change.seq)).collect()
}

#[cfg(test)]
mod tests;
