//! How a change of many pairs is taken back.

use std::collections::{HashMap, HashSet};

use model::{ProjectId, Time, UndoId, UserId};
use mongodb::bson::{Document, Uuid as Key, doc};
use serde::Deserialize;

use super::{
    super::{
        Mongo, Tx,
        chunks::OnlyId,
        collections::PAIRS,
        projects,
        row::{all_in, index},
        rows::PairRow,
        transaction::{Update, transaction},
    },
    pair_bulk::{Act, Before, Deleted, Effects, by_id, deleted, near, read, rewrite, these},
    undo::{BATCH, Change, Item, Kind},
};
use crate::{Result, Undone};

/// What tells pairs of a project apart in the order of an export: no two have the same.
#[derive(Debug, PartialEq, Eq, Hash, Deserialize)]
struct Place {
    filename: String,
    document: Key,
    position: u32,
    generation: Key,
    slot: u32,
}

impl Place {
    fn of(row: &PairRow) -> Self {
        let PairRow { filename, document, position, generation, slot, .. } = row;
        Self {
            filename: filename.clone(),
            document: *document,
            position: *position,
            generation: *generation,
            slot: *slot,
        }
    }

    fn filter(&self, project: Key) -> Document {
        let Self { filename, document, position, generation, slot } = self;
        doc! {
            "project": project, "filename": filename, "document": document, "position": *position,
            "generation": generation, "slot": *slot,
        }
    }
}

/// What is read of a pair to see whether it was changed since.
#[derive(Deserialize)]
struct Now {
    #[serde(rename = "_id")]
    id: Key,
    revision: u32,
    review_status: String,
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
    let act = Act { change: Change::new(Kind::Pairs, project, undo), user, now };
    transaction!(db, |tx| take_back(&mut tx, act))
}

async fn take_back(tx: &mut Tx, act: Act<'_>) -> Result<Option<Undone>> {
    let change = act.change;
    if !change.take(tx, act.now).await? {
        return Ok(None);
    }
    let items = change.items(tx).await?;
    let mut effects = Effects::default();
    let (mut restored, mut back) = (HashSet::new(), Vec::new());
    for batch in items.chunks(BATCH) {
        let mut changed: Vec<(&Item, Before)> = Vec::new();
        let mut gone = Vec::new();
        for item in batch {
            match item.before()? {
                Some(before) => changed.push((item, before)),
                None => gone.push(item.item),
            }
        }
        let brought = bring_back(tx, change, &gone, &mut effects).await?;
        back.extend(brought.iter().copied());
        restored.extend(brought);
        restored.extend(restore(tx, act, changed, &mut effects).await?);
    }
    if !back.is_empty() {
        effects.keys.extend(near(tx, &back).await?);
        // What was made again since is not brought back any more.
        deleted(&tx.db).delete_many(doc! { "undo": change.undo }).session(&mut tx.session).await?;
    }
    effects.write(tx, change.project).await?;
    let (restored, kept): (Vec<Item>, Vec<Item>) =
        items.into_iter().partition(|item| restored.contains(&item.item));
    change.outcome(tx, &restored, &kept).await.map(Some)
}

/// Brings deleted pairs back, but for those that were made again since.
async fn bring_back(tx: &mut Tx, change: Change, ids: &[Key], effects: &mut Effects) -> Result<Vec<Key>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let found = deleted(&tx.db)
        .find(doc! { "undo": change.undo, "pair._id": { "$in": ids } })
        .hint(index("by_undo"))
        .session(&mut tx.session)
        .await?;
    let mut rows: Vec<PairRow> =
        all_in(found, &mut tx.session).await?.into_iter().map(|Deleted { pair, .. }| pair).collect();
    let known: Vec<OnlyId> = read(tx, ids).await?;
    let taken = taken(tx, change.project, &rows).await?;
    rows.retain(|row| !known.iter().any(|known| known.id == row.id) && !taken.contains(&Place::of(row)));
    for row in &mut rows {
        // The deletion was a revision, and this is another.
        row.revision += 2;
        (row.compared, row.sketch, row.bands) = (false, None, None);
        row.keep_to_compare();
        effects.totals.add_pair(1, &row.review_status, row.quality_score);
        effects.keys.extend(row.dup_key.clone());
    }
    if !rows.is_empty() {
        tx.pairs().insert_many(&rows).session(&mut tx.session).await?;
    }
    Ok(rows.iter().map(|row| row.id).collect())
}

/// Those of the places of some rows at which there is a pair.
async fn taken(tx: &mut Tx, project: Key, rows: &[PairRow]) -> Result<HashSet<Place>> {
    let mut taken = HashSet::new();
    for batch in rows.chunks(100) {
        let places: Vec<Document> = batch.iter().map(|row| Place::of(row).filter(project)).collect();
        let found = tx
            .pairs()
            .clone_with_type::<Place>()
            .find(doc! { "$or": places })
            .hint(index("in_order"))
            .session(&mut tx.session)
            .await?;
        taken.extend(all_in(found, &mut tx.session).await?);
    }
    Ok(taken)
}

/// Makes pairs what they were before, but for those that were changed since.
async fn restore(
    tx: &mut Tx,
    act: Act<'_>,
    changed: Vec<(&Item, Before)>,
    effects: &mut Effects,
) -> Result<Vec<Key>> {
    if changed.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Key> = changed.iter().map(|(item, _)| item.item).collect();
    let found = tx
        .pairs()
        .clone_with_type::<Now>()
        .find(these(&ids))
        .projection(doc! { "revision": 1, "review_status": 1 })
        .hint(by_id())
        .session(&mut tx.session)
        .await?;
    let now: HashMap<Key, Now> =
        all_in(found, &mut tx.session).await?.into_iter().map(|pair| (pair.id, pair)).collect();
    let (mut restored, mut updates, mut edits) = (Vec::new(), Vec::new(), HashMap::new());
    for (item, before) in changed {
        let Some(pair) = now.get(&item.item).filter(|pair| pair.revision == item.revision) else { continue };
        effects.totals.add_decision(-1, &pair.review_status);
        effects.totals.add_decision(1, &before.review_status);
        restored.push(pair.id);
        updates.push(Update::one(doc! { "_id": pair.id }, decision(&before)));
        if let Some(edit) = before.edit {
            edits.insert(pair.id, edit);
        }
    }
    tx.update_each(PAIRS, &updates).await?;
    let edited: Vec<Key> = edits.keys().copied().collect();
    if !edited.is_empty() {
        let rows: Vec<PairRow> = read(tx, &edited).await?;
        let rows = rows.into_iter().map(|row| (edits.remove(&row.id), row)).map(|(edit, row)| (row, edit));
        let rows = rows.collect();
        rewrite(tx, act, rows, effects).await?;
    }
    Ok(restored)
}

/// The change that makes a pair what it was, but for its text.
fn decision(before: &Before) -> Document {
    let (mut set, mut unset) = (doc! { "review_status": &before.review_status }, doc! {});
    for (field, value) in [
        ("reviewed_by", &before.reviewed_by),
        ("reviewed_at", &before.reviewed_at),
        ("changed_at", &before.changed_at),
    ] {
        match value {
            Some(value) => set.insert(field, value),
            None => unset.insert(field, ""),
        };
    }
    let mut change = doc! { "$set": set, "$inc": { "revision": 1 } };
    if !unset.is_empty() {
        change.insert("$unset", unset);
    }
    change
}
