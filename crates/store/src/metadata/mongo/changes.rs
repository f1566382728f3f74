//! What changed, for those who watch.
//!
//! Who writes adds a change without a number, in the transaction that makes it: nothing that all writers share is written, so
//! that they do not fail on each other. Who asks for changes numbers those that have none first. That is a transaction on
//! the one counter: a number is seen only once all smaller ones are.

use futures::TryStreamExt as _;
use model::{DocumentId, GenerationId, ProjectId, UserId};
use mongodb::{
    Collection,
    bson::{Bson, DateTime, Document, Uuid as Key, doc, oid::ObjectId},
};
use serde::{Deserialize, Serialize};

use super::{
    Mongo, Tx,
    collections::{CHANGES, COUNTERS},
    row::{all_in, count, index, key, number, uuid},
    transaction::{Update, transaction},
};
use crate::{Change, ChangedSubject, Result, StoreError, metadata::value::integer};

/// The last changes that are kept.
const KEPT: i64 = 10_000;

/// Changes that one transaction numbers at most.
const BATCH: i64 = 1000;

/// A change as it is stored; without `seq` it has no number yet.
#[derive(Debug, Serialize, Deserialize)]
struct Row {
    #[serde(rename = "_id")]
    id: ObjectId,
    user: String,
    project: Key,
    kind: String,
    subject: Bson,
    /// There until it has a number: the database forgets what nobody asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    added_at: Option<DateTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seq: Option<i64>,
}

fn rows(db: &mongodb::Database) -> Collection<Row> {
    db.collection(CHANGES)
}

/// Notes in a transaction that something of a user's project changed.
pub(super) async fn note(tx: &mut Tx, user: &str, project: Key, subject: ChangedSubject) -> Result<()> {
    note_all(tx, user, project, [subject]).await
}

/// Notes that some things changed, in this order.
pub(super) async fn note_all(
    tx: &mut Tx,
    user: &str,
    project: Key,
    subjects: impl IntoIterator<Item = ChangedSubject>,
) -> Result<()> {
    let changes: Vec<Row> = subjects.into_iter().map(|subject| row(user, project, subject)).collect();
    if !changes.is_empty() {
        rows(&tx.db).insert_many(changes).session(&mut tx.session).await?;
    }
    Ok(())
}

/// Notes a change beside the write that made it, where that is one write without a transaction.
pub(super) async fn note_now(db: &Mongo, user: &str, project: Key, subject: ChangedSubject) -> Result<()> {
    rows(&db.db).insert_one(row(user, project, subject)).await?;
    Ok(())
}

fn row(user: &str, project: Key, subject: ChangedSubject) -> Row {
    let (kind, subject) = match subject {
        ChangedSubject::Generation(id) => ("generation", key(id.as_uuid()).into()),
        ChangedSubject::Document(id) => ("document", key(id.as_uuid()).into()),
        ChangedSubject::Export(version) => ("export", i64::from(version).into()),
    };
    Row {
        id: ObjectId::new(),
        user: user.to_owned(),
        project,
        kind: kind.to_owned(),
        subject,
        added_at: Some(DateTime::now()),
        seq: None,
    }
}

pub(super) async fn list(db: &Mongo, after: u64, limit: u32) -> Result<Vec<Change>> {
    number_all(db).await?;
    let after = integer(after);
    let found: Vec<Row> = rows(&db.db)
        .find(doc! { "seq": { "$gt": after } })
        .sort(doc! { "seq": 1 })
        .hint(index("by_number"))
        .limit(limit.into())
        .await?
        .try_collect()
        .await?;
    found.into_iter().map(read).collect()
}

pub(super) async fn last(db: &Mongo) -> Result<u64> {
    number_all(db).await?;
    Ok(count(last_number(db).await?))
}

async fn last_number(db: &Mongo) -> Result<i64> {
    let counter = db.db.collection::<Document>(COUNTERS).find_one(doc! { "_id": CHANGES }).await?;
    counter.map_or(Ok(0), |counter| number(&counter, "last"))
}

/// Numbers what has no number, in the order in which it was added.
async fn number_all(db: &Mongo) -> Result<()> {
    loop {
        if rows(&db.db).find_one(unnumbered()).hint(index("unnumbered")).await?.is_none() {
            return Ok(());
        }
        if transaction!(db, |tx| number_some(&mut tx))? < BATCH {
            return Ok(());
        }
    }
}

/// A time is there as long as a number is not, and is what the index is of.
fn unnumbered() -> Document {
    doc! { "added_at": { "$gt": DateTime::from_millis(0) } }
}

async fn number_some(tx: &mut Tx) -> Result<i64> {
    // The counter first: who comes second fails here, and begins anew when all of these have their numbers.
    let counters = tx.db.collection::<Document>(COUNTERS);
    let changes = rows(&tx.db);
    let cursor = changes
        .find(unnumbered())
        .sort(doc! { "added_at": 1 })
        .hint(index("unnumbered"))
        .limit(BATCH)
        .session(&mut tx.session)
        .await?;
    let mut found = all_in(cursor, &mut tx.session).await?;
    found.sort_by_key(|change| (change.added_at, change.id));
    let some = integer(found.len());
    let before = counters
        .find_one_and_update(doc! { "_id": CHANGES }, doc! { "$inc": { "last": some } })
        .upsert(true)
        .session(&mut tx.session)
        .await?;
    let before = before.map_or(Ok(0), |before| number(&before, "last"))?;
    let mut updates = Vec::with_capacity(found.len());
    let mut older = Vec::with_capacity(found.len());
    for (change, seq) in found.iter().zip(before + 1..) {
        updates.push(Update::one(
            doc! { "_id": change.id },
            doc! { "$set": { "seq": seq }, "$unset": { "added_at": "" } },
        ));
        older.push(doc! {
            "project": change.project, "kind": &change.kind, "subject": change.subject.clone(), "seq": { "$lt": seq },
        });
    }
    tx.update_each(CHANGES, &updates).await?;
    // Each thing is kept once, with its newest number.
    tx.delete_each(CHANGES, "by_subject", older).await?;
    let too_old = doc! { "seq": { "$lte": before + some - KEPT } };
    changes.delete_many(too_old).hint(index("by_number")).session(&mut tx.session).await?;
    Ok(some)
}

fn read(row: Row) -> Result<Change> {
    let strange = || StoreError::Corrupt(format!("nothing that changes is a {} {}", row.kind, row.subject));
    let id = || match &row.subject {
        Bson::Binary(binary) => binary.to_uuid().map(uuid).map_err(|_| strange()),
        _ => Err(strange()),
    };
    let subject = match &*row.kind {
        "generation" => ChangedSubject::Generation(GenerationId::from_uuid(id()?)),
        "document" => ChangedSubject::Document(DocumentId::from_uuid(id()?)),
        "export" => ChangedSubject::Export(
            row.subject.as_i64().and_then(|version| u32::try_from(version).ok()).ok_or_else(strange)?,
        ),
        _ => return Err(strange()),
    };
    Ok(Change {
        seq: count(row.seq.unwrap_or_default()),
        user: UserId::new(row.user),
        project: ProjectId::from_uuid(uuid(row.project)),
        subject,
    })
}
