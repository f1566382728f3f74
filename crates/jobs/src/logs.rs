//! The log of a generation: what its workers say, kept in the store.

mod fields;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use model::{GenerationId, LogEntry, LogLevel};
use store::Metadata;
use tokio::{sync::mpsc, task::JoinHandle, time::timeout};
use tokio_util::sync::CancellationToken;
use tracing::{Event, Level, Metadata as EventMetadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer};

use self::fields::Fields;
use crate::{Clock, Environment};

/// The target of events that belong into the log of a generation.
pub const LOG_TARGET: &str = "generation";

/// The crates whose events go there too, from `info` on.
const OURS: &[&str] = &[LOG_TARGET, "jobs", "generate", "validate", "parse", "llm", "store"];

/// Of events on what goes wrong with the log itself, which cannot stand in it.
const UNWRITTEN: &str = "unwritten_log";

/// Lines that wait to be written at the most; more are dropped and counted.
const QUEUE: usize = 4096;

/// How many lines are written at once at the most, and how long one waits for others.
const BATCH: usize = 100;
const WAIT: Duration = Duration::from_millis(300);

/// How long the last lines may take.
const FLUSH: Duration = Duration::from_secs(2);

/// Takes the events of this process as lines of a generation's log. Made with its writer by
/// [`store_logs`].
pub struct StoreLogs {
    lines: mpsc::Sender<LogEntry>,
    clock: Arc<dyn Clock>,
    dropped: Arc<AtomicU64>,
}

/// Has the lines until it is known where they are to be written.
pub struct LogWriter {
    lines: mpsc::Receiver<LogEntry>,
    clock: Arc<dyn Clock>,
    dropped: Arc<AtomicU64>,
}

/// A layer that takes events, and the writer of what it takes.
pub fn store_logs(clock: Arc<dyn Clock>) -> (StoreLogs, LogWriter) {
    let (sender, lines) = mpsc::channel(QUEUE);
    let dropped = Arc::new(AtomicU64::new(0));
    let layer = StoreLogs { lines: sender, clock: Arc::clone(&clock), dropped: Arc::clone(&dropped) };
    (layer, LogWriter { lines, clock, dropped })
}

/// Writes one line into a generation's log. One that cannot be written is named in this process's log.
pub async fn log(
    environment: &Environment,
    generation: GenerationId,
    level: LogLevel,
    message: &str,
    fields: serde_json::Value,
) {
    let fields = match fields {
        serde_json::Value::Object(fields) => fields,
        _ => serde_json::Map::new(),
    };
    let entry = LogEntry { time: environment.now(), level, message: message.to_owned(), fields };
    if let Err(error) = environment.metadata.append_logs(generation, &[entry]).await {
        tracing::warn!(target: UNWRITTEN, %error, %generation, message, "a line of the log is lost");
    }
}

impl<S: Subscriber> Layer<S> for StoreLogs {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        if !is_ours(event.metadata()) {
            return;
        }
        let mut fields = Fields::default();
        event.record(&mut fields);
        let entry = LogEntry {
            time: self.clock.now(),
            level: level(*event.metadata().level()),
            message: fields.message,
            fields: fields.rest,
        };
        if self.lines.try_send(entry).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn is_ours(event: &EventMetadata<'_>) -> bool {
    let room = event.target().split("::").next().unwrap_or_default();
    *event.level() <= Level::INFO && OURS.contains(&room)
}

fn level(level: Level) -> LogLevel {
    match level {
        Level::ERROR => LogLevel::Error,
        Level::WARN => LogLevel::Warn,
        Level::INFO => LogLevel::Info,
        _ => LogLevel::Debug,
    }
}

/// Lines on their way into the store.
pub struct WritingLogs {
    end: CancellationToken,
    task: JoinHandle<()>,
}

impl LogWriter {
    /// Writes all lines, those that wait already included, into a generation's log.
    pub fn start(self, metadata: Arc<dyn Metadata>, generation: GenerationId) -> WritingLogs {
        let end = CancellationToken::new();
        let ended = end.clone();
        WritingLogs {
            end,
            task: tokio::spawn(async move { self.write(&*metadata, generation, &ended).await }),
        }
    }

    async fn write(mut self, metadata: &dyn Metadata, generation: GenerationId, end: &CancellationToken) {
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            tokio::select! {
                biased;
                taken = self.lines.recv_many(&mut batch, BATCH) => if taken == 0 { return },
                () = end.cancelled() => return,
            }
            self.gather(&mut batch, end).await;
            batch.extend(self.loss());
            if let Err(error) = metadata.append_logs(generation, &batch).await {
                let lines = batch.len();
                tracing::warn!(target: UNWRITTEN, %error, lines, "lines of the log are lost");
            }
            batch.clear();
        }
    }

    /// Waits for more lines: until there are enough for a batch, or the first has waited long enough.
    async fn gather(&mut self, batch: &mut Vec<LogEntry>, end: &CancellationToken) {
        let full = async {
            while batch.len() < BATCH {
                let room = BATCH - batch.len();
                if self.lines.recv_many(batch, room).await == 0 {
                    return;
                }
            }
        };
        tokio::select! {
            biased;
            () = full => {}
            () = end.cancelled() => {}
            () = tokio::time::sleep(WAIT) => {}
        }
    }

    fn loss(&self) -> Option<LogEntry> {
        let dropped = self.dropped.swap(0, Ordering::Relaxed);
        (dropped > 0).then(|| LogEntry {
            time: self.clock.now(),
            level: LogLevel::Warn,
            message: format!("{dropped} lines were said faster than they could be written, and are lost"),
            fields: serde_json::Map::new(),
        })
    }
}

impl WritingLogs {
    /// Writes what is left, as far as that takes no longer than it may.
    pub async fn finish(self) {
        self.end.cancel();
        if timeout(FLUSH, self.task).await.is_err() {
            tracing::warn!(target: UNWRITTEN, "the last lines of the log are lost: the store did not take them");
        }
    }
}

#[cfg(test)]
mod tests;
