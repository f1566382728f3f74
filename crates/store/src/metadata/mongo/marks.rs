//! What a look at all chunks of a project found out about each.

use std::collections::HashMap;

use model::{Chunk, ProjectId, UserId};
use mongodb::bson::{Uuid as Key, doc};

use super::{
    Mongo, Tx,
    chunks::exclude_code,
    collections::CHUNKS,
    projects,
    row::{all_in, index, key, one_of},
    rows::ChunkRow,
    transaction::{Update, transaction},
};
use crate::{
    ChunkMark, Result,
    metadata::value::{json, parse_json},
};

/// Marks that one transaction writes.
const AT_ONCE: usize = 1000;

pub(super) async fn mark(db: &Mongo, user: &UserId, project: ProjectId, marks: &[ChunkMark]) -> Result<u64> {
    // Each mark is of one chunk; that the project is the user's is asked even where there is none.
    if marks.is_empty() {
        return transaction!(db, |tx| mark_some(&mut tx, user, project, &[]));
    }
    let mut marked = 0;
    for some in marks.chunks(AT_ONCE) {
        marked += transaction!(db, |tx| mark_some(&mut tx, user, project, some))?;
    }
    Ok(marked)
}

async fn mark_some(tx: &mut Tx, user: &UserId, project: ProjectId, marks: &[ChunkMark]) -> Result<u64> {
    projects::require(tx, user, project).await?;
    let of: HashMap<Key, &ChunkMark> = marks.iter().map(|mark| (key(mark.chunk.as_uuid()), mark)).collect();
    let ids = one_of(marks.iter().map(|mark| mark.chunk.as_uuid()));
    let cursor = tx
        .chunks()
        .find(doc! { "_id": ids, "project": key(project.as_uuid()) })
        .hint(index("_id_"))
        .session(&mut tx.session)
        .await?;
    let rows = all_in(cursor, &mut tx.session).await?;
    let found = rows.iter().filter_map(|row| of.get(&row.id).map(|mark| update(row, mark)));
    let updates: Vec<Update> = found.collect::<Result<_>>()?;
    tx.update_each(CHUNKS, &updates).await
}

/// What a person decided or wrote stays; a topic is nothing that a person decides.
fn update(row: &ChunkRow, mark: &ChunkMark) -> Result<Update> {
    let mut chunk: Chunk = parse_json(&row.body)?;
    chunk.topic.clone_from(&mark.topic);
    if row.decided.is_none() && !row.edited {
        chunk.excluded = mark.exclude.is_some();
        chunk.exclude_reason.clone_from(&mark.exclude);
    }
    let mut set = doc! { "excluded": chunk.excluded, "body": json(&chunk)? };
    let mut unset = doc! {};
    match &chunk.topic {
        Some(topic) => set.insert("topic", topic),
        None => unset.insert("topic", ""),
    };
    match exclude_code(&chunk)? {
        Some(code) => set.insert("exclude_code", code),
        None => unset.insert("exclude_code", ""),
    };
    let mut change = doc! { "$set": set };
    if !unset.is_empty() {
        change.insert("$unset", unset);
    }
    Ok(Update::one(doc! { "_id": row.id }, change))
}
