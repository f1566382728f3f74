//! A log as server-sent events, for as long as the run goes on.

use std::{collections::VecDeque, convert::Infallible, time::Duration};

use axum::response::sse::{Event, KeepAlive, Sse};
use futures::{Stream, stream};
use model::{GenerationId, GenerationStatus, LogLevel, LogLine, UserId};
use serde_json::json;
use store::StoreError;

use super::bounded;
use crate::App;

/// How often the store is asked for more.
const POLL: Duration = Duration::from_millis(300);
/// After how long without a line a comment says that the stream is alive.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How many lines are read at once.
const BATCH: u32 = 500;

/// The lines behind number `after`, and those to come until the run ends.
pub(super) fn stream(
    app: App,
    user: UserId,
    generation: GenerationId,
    after: u64,
    level: LogLevel,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let tail = Tail {
        app,
        user,
        generation,
        after: bounded(after),
        level,
        read: VecDeque::new(),
        ended: None,
        is_over: false,
    };
    let events = stream::unfold(tail, async |mut tail| {
        let event = tail.next().await?;
        Some((Ok(event), tail))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}

/// The place in a log that a stream is at.
struct Tail {
    app: App,
    user: UserId,
    generation: GenerationId,
    after: u64,
    level: LogLevel,
    read: VecDeque<LogLine>,
    ended: Option<GenerationStatus>,
    is_over: bool,
}

impl Tail {
    /// The next event; `None` at the end of the run or of the server.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(line) = self.read.pop_front() {
                self.after = line.seq;
                return Some(Event::default().id(line.seq.to_string()).data(json!(line).to_string()));
            }
            if self.is_over {
                return None;
            }
            // Lines are written on after the state: only those read after an end was seen are all.
            let ended = self.ended;
            if let Err(error) = self.look().await {
                tracing::error!(%error, generation = %self.generation, "a log cannot be read on");
                return None;
            }
            if !self.read.is_empty() {
                continue;
            }
            if let Some(status) = ended.and(self.ended) {
                self.is_over = true;
                let end = json!({"status": status});
                return Some(Event::default().event("end").data(end.to_string()));
            }
            if self.is_over {
                return None;
            }
            tokio::select! {
                () = tokio::time::sleep(POLL) => {}
                () = self.app.stopping.cancelled() => return None,
            }
        }
    }

    async fn look(&mut self) -> Result<(), StoreError> {
        let metadata = &self.app.environment.metadata;
        let Some(generation) = metadata.generation(&self.user, self.generation).await? else {
            self.is_over = true;
            return Ok(());
        };
        self.ended = Some(generation.status).filter(|status| status.has_ended());
        self.read = metadata.logs(&self.user, self.generation, self.after, self.level, BATCH).await?.into();
        Ok(())
    }
}
