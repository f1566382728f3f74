//! Paid calls that come while others are written are written together, in one transaction: each is durable when
//! its caller is told so, and a round of calls that are answered at once costs one commit.

use std::{
    collections::{HashMap, HashSet},
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use model::{GenerationId, Usage};
use sqlx::{QueryBuilder, Row as _, SqliteConnection, SqlitePool};
use tokio::sync::oneshot;

use super::{
    Database, batches, begin,
    generations::{self, Spending},
    ledger,
    row::{json, read_json},
};
use crate::{LedgerEntry, Result, StoreError};

/// Writes paid calls in groups.
#[derive(Clone)]
pub(super) struct Recorder {
    writer: SqlitePool,
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

impl Recorder {
    pub(super) fn new(writer: SqlitePool) -> Self {
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
            let known = write(&self.writer, &entries).await;
            for (entry, caller) in entries.iter().zip(callers) {
                let result = match &known {
                    Ok(known) if known.contains(&entry.generation) => Ok(()),
                    Ok(_) => Err(StoreError::NotFound("generation")),
                    Err(error) => Err(StoreError::Database(error.to_string().into())),
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

pub(super) const KNOWN: &str =
    "SELECT id FROM generations WHERE id IN (SELECT unhex(value, '-') FROM json_each(?))";

/// Writes the calls of generations that there are, and says which these are.
async fn write(writer: &SqlitePool, entries: &[LedgerEntry]) -> Result<HashSet<GenerationId>> {
    let wanted: HashSet<_> = entries.iter().map(|entry| entry.generation).collect();
    let mut tx = begin(writer).await?;
    let known: HashSet<_> = sqlx::query(KNOWN)
        .bind(json(&wanted)?)
        .fetch_all(&mut *tx)
        .await?
        .iter()
        .map(|row| Ok(GenerationId::from_uuid(row.try_get("id")?)))
        .collect::<Result<_>>()?;
    let entries: Vec<_> = entries.iter().filter(|entry| known.contains(&entry.generation)).collect();
    for (generation, spending) in insert(&mut tx, &entries).await? {
        generations::add_usage(&mut tx, generation, &spending).await?;
    }
    let units: Vec<_> = entries.iter().map(|entry| entry.unit).collect();
    ledger::set_nothing_aside(&mut tx, &units).await?;
    tx.commit().await?;
    Ok(known)
}

/// Inserts the calls that are not there yet, and sums up what these came to.
async fn insert(
    connection: &mut SqliteConnection,
    entries: &[&LedgerEntry],
) -> Result<HashMap<GenerationId, Spending>> {
    let rows: Vec<_> = entries
        .iter()
        .map(|entry| Ok((entry, json(&entry.usage)?, json(&entry.time)?)))
        .collect::<Result<_>>()?;
    let mut spent = HashMap::<_, Spending>::new();
    for batch in batches(&rows) {
        let inserted = QueryBuilder::<Database>::new(
            "INSERT INTO ledger (generation_id, unit_id, request, reply, usage, time) ",
        )
        .push_values(batch, |mut values, (entry, usage, time)| {
            values
                .push_bind(*entry.generation.as_uuid())
                .push_bind(*entry.unit.as_uuid())
                .push_bind(&*entry.request)
                .push_bind(&*entry.reply)
                .push_bind(&**usage)
                .push_bind(&**time);
        })
        .push(" ON CONFLICT DO NOTHING RETURNING generation_id, usage")
        .build()
        .fetch_all(&mut *connection)
        .await?;
        for row in &inserted {
            let usage: Usage = read_json(row, "usage")?;
            spent.entry(GenerationId::from_uuid(row.try_get("generation_id")?)).or_default().add(&usage);
        }
    }
    Ok(spent)
}
