//! Transactions, tried again where they fail on one another.

use std::time::Duration;

use mongodb::{
    ClientSession, Database,
    bson::{Bson, Document, doc, serialize_to_bson},
    error::UNKNOWN_TRANSACTION_COMMIT_RESULT,
    options::{ReadConcern, TransactionOptions, WriteConcern},
};
use serde::Serialize;
use tokio::time::Instant;

use super::row;
use crate::{Result, StoreError};

/// How long transactions that fail on others are tried again.
const PATIENCE: Duration = Duration::from_secs(120);

/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// How long a commit may take on the server.
const MAX_COMMIT: Duration = Duration::from_secs(30);

/// Changes that one command carries at most.
const BATCH: usize = 1000;

/// A transaction: it sees what was there when it began, and changes nothing unless it is committed.
pub(super) struct Tx {
    pub(super) db: Database,
    pub(super) session: ClientSession,
}

/// A change of the documents that a filter finds: the first one, or all of them.
#[derive(Debug, Serialize)]
pub(super) struct Update {
    pub(super) q: Document,
    pub(super) u: Change,
    pub(super) multi: bool,
    pub(super) upsert: bool,
}

/// What is changed.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Change {
    /// By operators.
    Operators(Document),
    /// By stages, which see the document as it is.
    Pipeline(Vec<Document>),
}

impl Update {
    /// Changes the document that the filter finds.
    pub(super) fn one(q: Document, u: Document) -> Self {
        Self { q, u: Change::Operators(u), multi: false, upsert: false }
    }
}

impl Tx {
    /// Makes many changes of a collection in as few commands as can be; says how many documents were found.
    ///
    /// Within a transaction all of them are made, or the transaction ends.
    pub(super) async fn update_each(&mut self, collection: &str, updates: &[Update]) -> Result<u64> {
        let mut found = 0;
        for batch in updates.chunks(BATCH) {
            let updates =
                batch.iter().map(|update| Ok(serialize_to_bson(update)?)).collect::<Result<Vec<Bson>>>()?;
            let command = doc! { "update": collection, "updates": updates, "ordered": true };
            let reply = self.run(collection, command).await?;
            found += row::count(row::number(&reply, "n")?);
        }
        Ok(found)
    }

    /// Removes what some filters find, in as few commands as can be; all of them walk one index.
    pub(super) async fn delete_each(
        &mut self,
        collection: &str,
        index: &str,
        filters: Vec<Document>,
    ) -> Result<()> {
        for batch in filters.chunks(BATCH) {
            let deletes: Vec<Bson> =
                batch.iter().map(|q| doc! { "q": q.clone(), "limit": 0, "hint": index }.into()).collect();
            let command = doc! { "delete": collection, "deletes": deletes, "ordered": true };
            self.run(collection, command).await?;
        }
        Ok(())
    }

    /// Runs a command of many writes; the driver does not look at what it says of each.
    async fn run(&mut self, collection: &str, command: Document) -> Result<Document> {
        let reply = self.db.run_command(command).session(&mut self.session).await?;
        match reply.get_array("writeErrors") {
            Ok(errors) => Err(StoreError::Database(format!("writes to {collection}: {errors:?}").into())),
            Err(_) => Ok(reply),
        }
    }
}

/// The tries of one transaction.
pub(super) struct Tries<'a> {
    db: &'a Database,
    until: Instant,
    failed: u32,
}

impl<'a> Tries<'a> {
    /// Tries of a transaction on a database; see [`transaction!`].
    pub(super) fn new(db: &'a Database) -> Self {
        Self { db, until: Instant::now() + PATIENCE, failed: 0 }
    }

    /// Begins a try.
    pub(super) async fn begin(&self) -> Result<Tx> {
        let mut session = self.db.client().start_session().await?;
        let options = TransactionOptions::builder()
            .read_concern(ReadConcern::snapshot())
            .write_concern(WriteConcern::majority())
            .max_commit_time(MAX_COMMIT)
            .build();
        session.start_transaction().with_options(options).await?;
        Ok(Tx { db: self.db.clone(), session })
    }

    /// Commits what was done, or takes it back where it failed. `None`: it failed on another transaction, and is to be
    /// begun anew.
    pub(super) async fn end<T>(&mut self, mut tx: Tx, outcome: Result<T>) -> Option<Result<T>> {
        let outcome = match outcome {
            Ok(value) => self.commit(&mut tx.session).await.map(|()| value),
            Err(error) => {
                // What is not taken back now is by the server, in a while; the failure is what matters.
                let _ = tx.session.abort_transaction().await;
                Err(error)
            }
        };
        match outcome {
            Err(error) if row::is_transient(&error) && Instant::now() < self.until => {
                self.failed += 1;
                tokio::time::sleep(pause(self.failed)).await;
                None
            }
            other => Some(other),
        }
    }

    /// Where it is not known whether a commit came through, it is sent again: twice it does nothing.
    async fn commit(&self, session: &mut ClientSession) -> Result<()> {
        loop {
            match session.commit_transaction().await {
                Err(error)
                    if error.contains_label(UNKNOWN_TRANSACTION_COMMIT_RESULT)
                        && Instant::now() < self.until =>
                {
                    tokio::time::sleep(pause(1)).await;
                }
                other => return Ok(other?),
            }
        }
    }
}

/// Twice as long after each failure, and never the same for two that failed on each other.
fn pause(failed: u32) -> Duration {
    let longest = Duration::from_millis(5).saturating_mul(1 << failed.min(10)).min(LONGEST_PAUSE);
    longest.mul_f64(0.5 + 0.5 * spread())
}

/// A number from 0 to 1 that differs from call to call and from process to process.
fn spread() -> f64 {
    use std::hash::{BuildHasher as _, RandomState};
    f64::from((RandomState::new().hash_one(0_u8) >> 32) as u32) / f64::from(u32::MAX)
}

/// Runs a call in a transaction, again where it fails on another one: `transaction!(db, |tx| add(&mut tx, …))`.
macro_rules! transaction {
    ($db:expr, |$tx:ident| $call:expr) => {{
        let mut tries = $crate::metadata::mongo::transaction::Tries::new(&$db.db);
        loop {
            let mut $tx = tries.begin().await?;
            let outcome = $call.await;
            if let Some(outcome) = tries.end($tx, outcome).await {
                break outcome;
            }
        }
    }};
}

pub(super) use transaction;
