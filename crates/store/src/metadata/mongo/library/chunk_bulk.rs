//! What a person changes of many chunks at once.

use std::collections::HashMap;

use model::{Chunk, ChunkId, ExcludeReason, ProjectId, Time, UndoId, UserId};
use mongodb::bson::{Uuid as Key, doc};
use serde::{Deserialize, Serialize};

use super::{
    super::{
        Mongo, Tx,
        collections::CHUNKS,
        projects,
        row::{all_in, index},
        transaction::{Update, transaction},
    },
    chunk_filter::Matching,
    chunks::by_user,
    undo::{self, BATCH, Change, Item, Kind},
};
use crate::{
    BulkOutcome, ChunkAction, ChunkFilter, Result, Selection, Undone,
    metadata::value::{json, parse_json, word},
};

/// What a chunk was, to be so again.
#[derive(Serialize, Deserialize)]
struct Before {
    excluded: bool,
    decided: Option<bool>,
    exclude_reason: Option<ExcludeReason>,
    updated_at: Time,
}

/// What is read of a chunk to change it.
#[derive(Deserialize)]
struct Row {
    #[serde(rename = "_id")]
    id: Key,
    revision: u32,
    decided: Option<bool>,
    body: String,
}

pub(super) async fn change(
    db: &Mongo,
    user: &UserId,
    project: ProjectId,
    action: ChunkAction,
    which: &Selection<ChunkId, ChunkFilter>,
    undo: UndoId,
    now: Time,
) -> Result<Option<BulkOutcome>> {
    if !projects::is_of(db, user, project).await? {
        return Ok(None);
    }
    undo::forget(db, now).await?;
    let change = Change::new(Kind::Chunks, project, undo);
    let meant = Matching::selected(project, which)?;
    let excluded = action == ChunkAction::Exclude;
    transaction!(db, |tx| exclude(&mut tx, change, meant.as_ref(), excluded, now)).map(Some)
}

async fn exclude(
    tx: &mut Tx,
    change: Change,
    meant: Option<&Matching>,
    excluded: bool,
    now: Time,
) -> Result<BulkOutcome> {
    change.note(tx, now).await?;
    let Some(meant) = meant else { return Ok(BulkOutcome::default()) };
    let hint = index(meant.index);
    let matched =
        tx.chunks().count_documents(meant.filter.clone()).hint(hint.clone()).session(&mut tx.session).await?;
    let others = doc! { "$and": [meant.filter.clone(), { "excluded": !excluded }] };
    let found = tx
        .chunks()
        .clone_with_type::<Id>()
        .find(others)
        .projection(doc! { "_id": 1 })
        .hint(hint)
        .session(&mut tx.session)
        .await?;
    let ids: Vec<Key> = all_in(found, &mut tx.session).await?.into_iter().map(|row| row.id).collect();
    let reason = excluded.then(by_user);
    for (number, batch) in ids.chunks(BATCH).enumerate() {
        let (mut items, mut updates) = (Vec::new(), Vec::new());
        let rows = read(tx, batch).await?;
        for (at, row) in batch.iter().filter_map(|id| rows.get(id)).enumerate() {
            let chunk: Chunk = parse_json(&row.body)?;
            let before = Before {
                excluded: chunk.excluded,
                decided: row.decided,
                exclude_reason: chunk.exclude_reason.clone(),
                updated_at: chunk.updated_at,
            };
            items.push(change.item(number * BATCH + at, row.id, row.revision, Some(json(&before)?)));
            let after =
                Before { excluded, decided: Some(excluded), exclude_reason: reason.clone(), updated_at: now };
            updates.push(put(row, chunk, after)?);
        }
        change.keep(tx, &items).await?;
        tx.update_each(CHUNKS, &updates).await?;
    }
    Ok(BulkOutcome { matched, changed: ids.len() as u64 })
}

#[derive(Deserialize)]
struct Id {
    #[serde(rename = "_id")]
    id: Key,
}

/// Some chunks by their ids.
async fn read(tx: &mut Tx, ids: &[Key]) -> Result<HashMap<Key, Row>> {
    let found = tx
        .chunks()
        .clone_with_type::<Row>()
        .find(doc! { "_id": { "$in": ids } })
        .projection(doc! { "revision": 1, "decided": 1, "body": 1 })
        .hint(index("_id_"))
        .session(&mut tx.session)
        .await?;
    Ok(all_in(found, &mut tx.session).await?.into_iter().map(|row| (row.id, row)).collect())
}

/// The change that makes a chunk what it was, or is to be.
fn put(row: &Row, chunk: Chunk, state: Before) -> Result<Update> {
    let Before { excluded, decided, exclude_reason, updated_at } = state;
    let chunk = Chunk { excluded, exclude_reason, updated_at, ..chunk };
    let mut set = doc! { "excluded": excluded, "body": json(&chunk)? };
    let mut unset = doc! {};
    match decided {
        Some(decided) => set.insert("decided", decided),
        None => unset.insert("decided", ""),
    };
    match &chunk.exclude_reason {
        Some(reason) => set.insert("exclude_code", word(&reason.code)?),
        None => unset.insert("exclude_code", ""),
    };
    let mut change = doc! { "$set": set, "$inc": { "revision": 1 } };
    if !unset.is_empty() {
        change.insert("$unset", unset);
    }
    Ok(Update::one(doc! { "_id": row.id }, change))
}

pub(super) async fn undo(
    db: &Mongo,
    user: &UserId,
    project: ProjectId,
    undo: UndoId,
    now: Time,
) -> Result<Option<Undone>> {
    if !projects::is_of(db, user, project).await? {
        return Ok(None);
    }
    let change = Change::new(Kind::Chunks, project, undo);
    transaction!(db, |tx| take_back(&mut tx, change, now))
}

async fn take_back(tx: &mut Tx, change: Change, now: Time) -> Result<Option<Undone>> {
    if !change.take(tx, now).await? {
        return Ok(None);
    }
    let (mut restored, mut kept) = (Vec::<Item>::new(), Vec::new());
    for batch in change.items(tx).await?.chunks(BATCH) {
        let ids: Vec<Key> = batch.iter().map(|item| item.item).collect();
        let rows = read(tx, &ids).await?;
        let mut updates = Vec::new();
        for item in batch {
            let same = rows.get(&item.item).filter(|row| row.revision == item.revision);
            match (same, item.before::<Before>()?) {
                (Some(row), Some(before)) => {
                    updates.push(put(row, parse_json(&row.body)?, before)?);
                    restored.push(item.clone());
                }
                _ => kept.push(item.clone()),
            }
        }
        tx.update_each(CHUNKS, &updates).await?;
    }
    change.outcome(tx, &restored, &kept).await.map(Some)
}
