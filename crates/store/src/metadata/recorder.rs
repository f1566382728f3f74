//! Paid calls that come while others are written are written together, in one transaction: each is durable when
//! its caller is told so, and a round of calls that are answered at once costs one commit.

use std::{
    collections::HashSet,
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use model::GenerationId;
use tokio::sync::oneshot;

use crate::{LedgerEntry, Result, StoreError};

/// Writes paid calls into a database.
#[async_trait]
pub(super) trait WriteCalls: Clone + Send + Sync + 'static {
    /// Writes the calls of generations that there are, all or none, and says which these are.
    async fn write(&self, entries: &[LedgerEntry]) -> Result<HashSet<GenerationId>>;
}

/// Writes paid calls in groups.
#[derive(Clone)]
pub(super) struct Recorder<W> {
    writer: W,
    queue: Arc<Mutex<Queue>>,
}

#[derive(Default)]
struct Queue {
    waiting: Vec<Waiting>,
    /// Whether a task writes, and will look here again when it is done.
    writing: bool,
}

struct Waiting {
    entry: LedgerEntry,
    written: oneshot::Sender<Result<()>>,
}

impl<W: WriteCalls> Recorder<W> {
    pub(super) fn new(writer: W) -> Self {
        Self { writer, queue: Arc::default() }
    }

    /// Writes a call with those that wait beside it; it is durable when this returns.
    pub(super) async fn record(&self, entry: LedgerEntry) -> Result<()> {
        let (written, result) = oneshot::channel();
        let first = self.with(|queue| {
            queue.waiting.push(Waiting { entry, written });
            !mem::replace(&mut queue.writing, true)
        });
        if first {
            // A task of its own: who gives up waiting leaves the others' calls to be written.
            let recorder = self.clone();
            tokio::spawn(async move { recorder.write_all().await });
        }
        result.await.unwrap_or_else(|_| Err(StoreError::Database("the writer of calls has ended".into())))
    }

    async fn write_all(&self) {
        loop {
            let group = self.with(|queue| {
                queue.writing = !queue.waiting.is_empty();
                mem::take(&mut queue.waiting)
            });
            if group.is_empty() {
                return;
            }
            let (entries, callers): (Vec<_>, Vec<_>) =
                group.into_iter().map(|waiting| (waiting.entry, waiting.written)).unzip();
            let known = self.writer.write(&entries).await;
            for (entry, caller) in entries.iter().zip(callers) {
                let result = match &known {
                    Ok(known) if known.contains(&entry.generation) => Ok(()),
                    Ok(_) => Err(StoreError::NotFound("generation")),
                    Err(error) => Err(error.of_all()),
                };
                // Who does not wait any more is not told.
                let _ = caller.send(result);
            }
        }
    }

    fn with<T>(&self, act: impl FnOnce(&mut Queue) -> T) -> T {
        act(&mut self.queue.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
