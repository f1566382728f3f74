//! Which pairs repeat which: the first of a key stands for all, and what nearly repeats another ([`near`])
//! for none.

pub(super) mod near;

use std::collections::{HashMap, HashSet};

use futures::TryStreamExt as _;
use model::{GenerationId, GenerationKind};
use mongodb::bson::{Binary, Document, Uuid as Key, doc};
use serde::Deserialize;

use super::{
    Mongo, Tx,
    collections::PAIRS,
    generations, pairs,
    row::{all_in, count, index, number},
    rows::PairRow,
    transaction::transaction,
};
use crate::{Result, StoreError, metadata::value::word};

/// Keys whose pairs one transaction marks.
const KEYS_AT_ONCE: usize = 500;

pub(super) async fn mark(db: &Mongo, generation: GenerationId) -> Result<u64> {
    let of = generations::row(db, generation).await?.ok_or(StoreError::NotFound("generation"))?;
    #[derive(Deserialize)]
    struct Group {
        #[serde(rename = "_id")]
        key: Binary,
    }
    let stages = [
        doc! { "$match": { "generation": of.id, "dup_key": { "$exists": true } } },
        doc! { "$group": { "_id": "$dup_key" } },
    ];
    let groups = db.pairs().aggregate(stages).hint(index("keys_of_generation")).with_type::<Group>().await?;
    let keys: Vec<Binary> = groups.map_ok(|group| group.key).try_collect().await?;
    // Each key's pairs stand for themselves: those of other keys may be marked in another transaction.
    for some in keys.chunks(KEYS_AT_ONCE) {
        transaction!(db, |tx| mark_some(&mut tx, of.project, some))?;
    }
    // An earlier generation that was resumed may have made a pair of a later one the duplicate.
    transaction!(db, |tx| count_all(&mut tx, of.project))?;
    let now = generations::row(db, generation).await?.ok_or(StoreError::NotFound("generation"))?;
    Ok(count(now.pairs_duplicate))
}

/// Marks the pairs of a project that have one of these keys anew, and counts.
pub(super) async fn mark_keys(tx: &mut Tx, project: Key, keys: &[Binary]) -> Result<()> {
    let mut marked = 0;
    for some in keys.chunks(KEYS_AT_ONCE) {
        marked += mark_some(tx, project, some).await?;
    }
    if marked > 0 {
        count_all(tx, project).await?;
    }
    Ok(())
}

/// Marks pairs anew; says how many changed.
async fn mark_some(tx: &mut Tx, project: Key, keys: &[Binary]) -> Result<usize> {
    let keys: HashSet<&Binary> = keys.iter().collect();
    if keys.is_empty() {
        return Ok(0);
    }
    let of_keys =
        doc! { "project": project, "dup_key": { "$in": keys.into_iter().cloned().collect::<Vec<_>>() } };
    let cursor = tx.pairs().find(of_keys).hint(index("by_key")).session(&mut tx.session).await?;
    let rows = all_in(cursor, &mut tx.session).await?;
    let mut firsts: HashMap<Binary, &PairRow> = HashMap::new();
    for row in &rows {
        let Some(key) = &row.dup_key else { continue };
        firsts.entry(key.clone()).and_modify(|first| *first = (*first).min_by_place(row)).or_insert(row);
    }
    let near = near_of(tx, firsts.values().filter_map(|first| first.near_of)).await?;
    let mut updates = Vec::new();
    for row in &rows {
        let Some(first) = row.dup_key.as_ref().and_then(|key| firsts.get(key)) else { continue };
        let stands = first.near_of.and_then(|near_of| near.get(&near_of).copied()).unwrap_or(first.id);
        let found = (stands != row.id).then_some(stands);
        if row.duplicate_of != found {
            let mut changed = row.clone();
            changed.put_duplicate_of(found);
            updates.push(pairs::put(&changed)?);
        }
    }
    tx.update_each(PAIRS, &updates).await?;
    Ok(updates.len())
}

impl PairRow {
    fn place(&self) -> ([u8; 16], &str, u32, u32, [u8; 16]) {
        (self.generation.bytes(), &self.filename, self.position, self.slot, self.document.bytes())
    }

    fn min_by_place<'a>(&'a self, other: &'a Self) -> &'a Self {
        if other.place() < self.place() { other } else { self }
    }
}

/// What stands for pairs: themselves, or the first that they repeat.
async fn near_of(tx: &mut Tx, ids: impl Iterator<Item = Key>) -> Result<HashMap<Key, Key>> {
    #[derive(Deserialize)]
    struct Row {
        #[serde(rename = "_id")]
        id: Key,
        duplicate_of: Option<Key>,
    }
    let ids: Vec<Key> = ids.collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let cursor = tx
        .pairs()
        .clone_with_type::<Row>()
        .find(doc! { "_id": { "$in": ids } })
        .hint(index("_id_"))
        .projection(doc! { "duplicate_of": 1 })
        .session(&mut tx.session)
        .await?;
    let found = all_in(cursor, &mut tx.session).await?;
    Ok(found.into_iter().map(|row| (row.id, row.duplicate_of.unwrap_or(row.id))).collect())
}

/// Counts the duplicates of all generations of a project.
async fn count_all(tx: &mut Tx, project: Key) -> Result<()> {
    let stages = [
        doc! { "$match": { "project": project, "duplicate_of": { "$exists": true } } },
        doc! { "$group": { "_id": "$generation", "pairs": { "$sum": 1 } } },
    ];
    let cursor = tx.pairs().aggregate(stages).hint(index("duplicates")).session(&mut tx.session).await?;
    let mut duplicates = HashMap::new();
    for row in all_in::<Document>(cursor, &mut tx.session).await? {
        let generation = super::row::read_key(row.get("_id").cloned().unwrap_or_default())?;
        duplicates.insert(generation, number(&row, "pairs")?);
    }
    let of_project = doc! { "project": project, "kind": word(&GenerationKind::Generate)? };
    let cursor = tx.generations().find(of_project).hint(index("by_kind")).session(&mut tx.session).await?;
    for of in all_in(cursor, &mut tx.session).await? {
        let now = duplicates.get(&of.id).copied().unwrap_or_default();
        if of.pairs_duplicate != now {
            let change = doc! { "$set": { "pairs_duplicate": now } };
            tx.generations().update_one(doc! { "_id": of.id }, change).session(&mut tx.session).await?;
            generations::note(tx, &of).await?;
        }
    }
    Ok(())
}
