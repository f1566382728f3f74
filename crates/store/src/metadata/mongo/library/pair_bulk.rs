//! What a person changes of many pairs at once: all of it, or nothing.

use model::{PairId, ProjectId, ReviewStatus, Time, UndoId, UserId};
use mongodb::{
    Collection, Database,
    bson::{Binary, Document, Uuid as Key, doc},
    options::Hint,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{
    super::{
        Mongo, Tx,
        chunks::OnlyId,
        collections::PAIRS_DELETED,
        duplicates, pairs, projects,
        row::{all_in, index},
        rows::{PairRow, Totals},
        totals,
        transaction::transaction,
    },
    pair_edits,
    pair_filter::Matching,
    undo::{self, BATCH, Change, Kind},
};
use crate::{
    BulkOutcome, PairAction, PairFilter, Result, Selection,
    metadata::value::{json, word},
};

/// What a pair was, to be so again.
#[derive(Serialize, Deserialize)]
pub(super) struct Before {
    pub(super) review_status: String,
    pub(super) reviewed_by: Option<String>,
    pub(super) reviewed_at: Option<String>,
    pub(super) changed_at: Option<String>,
    pub(super) edit: Option<String>,
}

/// A pair that can still be brought back.
#[derive(Serialize, Deserialize)]
pub(super) struct Deleted {
    pub(super) undo: Key,
    pub(super) project: Key,
    pub(super) pair: PairRow,
}

/// What is read of a pair to decide on it.
#[derive(Deserialize)]
struct Decided {
    #[serde(rename = "_id")]
    id: Key,
    revision: u32,
    #[serde(flatten)]
    before: Before,
}

pub(super) fn deleted(db: &Database) -> Collection<Deleted> {
    db.collection(PAIRS_DELETED)
}

/// What a change did besides: to the project's totals, and the keys among equals whose pairs are to be marked anew.
#[derive(Default)]
pub(super) struct Effects {
    pub(super) totals: Totals,
    pub(super) keys: Vec<Binary>,
}

impl Effects {
    /// Brings the rest of the project in line.
    pub(super) async fn write(self, tx: &mut Tx, project: Key) -> Result<()> {
        let Self { totals, mut keys } = self;
        keys.sort_unstable_by(|a, b| a.bytes.cmp(&b.bytes));
        keys.dedup();
        if !keys.is_empty() {
            duplicates::mark_keys(tx, project, &keys).await?;
        }
        totals::add(tx, project, &totals).await
    }
}

/// Who changes what, and when.
#[derive(Clone, Copy)]
pub(super) struct Act<'a> {
    pub(super) change: Change,
    pub(super) user: &'a UserId,
    pub(super) now: Time,
}

pub(super) async fn change(
    db: &Mongo,
    user: &UserId,
    project: ProjectId,
    action: PairAction,
    which: &Selection<PairId, PairFilter>,
    undo: UndoId,
    now: Time,
) -> Result<Option<BulkOutcome>> {
    if !projects::is_of(db, user, project).await? {
        return Ok(None);
    }
    undo::forget(db, now).await?;
    let act = Act { change: Change::new(Kind::Pairs, project, undo), user, now };
    let meant = Matching::selected(project, action, which)?;
    transaction!(db, |tx| apply(&mut tx, act, meant.as_ref(), action)).map(Some)
}

async fn apply(
    tx: &mut Tx,
    act: Act<'_>,
    meant: Option<&Matching>,
    action: PairAction,
) -> Result<BulkOutcome> {
    act.change.note(tx, act.now).await?;
    let Some(meant) = meant else { return Ok(BulkOutcome::default()) };
    let hint = index(meant.index);
    let matched =
        tx.pairs().count_documents(meant.filter.clone()).hint(hint.clone()).session(&mut tx.session).await?;
    let found = tx
        .pairs()
        .clone_with_type::<OnlyId>()
        .find(doc! { "$and": [meant.filter.clone(), to_change(action)] })
        .projection(doc! { "_id": 1 })
        .hint(hint)
        .session(&mut tx.session)
        .await?;
    let ids: Vec<Key> = all_in(found, &mut tx.session).await?.into_iter().map(|row| row.id).collect();
    let mut effects = Effects::default();
    for (number, batch) in ids.chunks(BATCH).enumerate() {
        let first = number * BATCH;
        match action {
            PairAction::Accept => decide(tx, act, ReviewStatus::Accepted, batch, first, &mut effects).await?,
            PairAction::Reject => decide(tx, act, ReviewStatus::Rejected, batch, first, &mut effects).await?,
            PairAction::Delete => delete(tx, act, batch, first, &mut effects).await?,
            PairAction::Reset => reset(tx, act, batch, first, &mut effects).await?,
        }
    }
    if action == PairAction::Delete {
        effects.keys.extend(near(tx, &ids).await?);
    }
    effects.write(tx, act.change.project).await?;
    Ok(BulkOutcome { matched, changed: ids.len() as u64 })
}

/// What is not so already.
fn to_change(action: PairAction) -> Document {
    match action {
        PairAction::Accept => doc! { "review_status": { "$nin": ["accepted", "edited"] } },
        PairAction::Reject => doc! { "review_status": { "$ne": "rejected" } },
        PairAction::Delete => doc! {},
        PairAction::Reset => {
            doc! { "$or": [{ "review_status": { "$ne": "pending" } }, { "edit": { "$exists": true } }] }
        }
    }
}

/// Some pairs by their ids, in no order.
pub(super) async fn read<T: DeserializeOwned + Send + Sync + Unpin + 'static>(
    tx: &mut Tx,
    ids: &[Key],
) -> Result<Vec<T>> {
    let found =
        tx.pairs().clone_with_type::<T>().find(these(ids)).hint(by_id()).session(&mut tx.session).await?;
    all_in(found, &mut tx.session).await
}

pub(super) fn these(ids: &[Key]) -> Document {
    doc! { "_id": { "$in": ids } }
}

pub(super) fn by_id() -> Hint {
    index("_id_")
}

/// The keys among equals of those pairs that nearly repeat one of these.
pub(super) async fn near(tx: &mut Tx, ids: &[Key]) -> Result<Vec<Binary>> {
    #[derive(Deserialize)]
    struct Near {
        dup_key: Option<Binary>,
    }
    let mut keys = Vec::new();
    for batch in ids.chunks(BATCH) {
        let found = tx
            .pairs()
            .clone_with_type::<Near>()
            .find(doc! { "near_of": { "$in": batch, "$exists": true } })
            .projection(doc! { "dup_key": 1 })
            .hint(index("near"))
            .session(&mut tx.session)
            .await?;
        keys.extend(all_in(found, &mut tx.session).await?.into_iter().filter_map(|near| near.dup_key));
    }
    Ok(keys)
}

async fn decide(
    tx: &mut Tx,
    act: Act<'_>,
    status: ReviewStatus,
    ids: &[Key],
    first: usize,
    effects: &mut Effects,
) -> Result<()> {
    let fields = doc! { "revision": 1, "review_status": 1, "reviewed_by": 1, "reviewed_at": 1, "changed_at": 1, "edit": 1 };
    let found = tx
        .pairs()
        .clone_with_type::<Decided>()
        .find(these(ids))
        .projection(fields)
        .hint(by_id())
        .session(&mut tx.session)
        .await?;
    let status = word(&status)?;
    let mut items = Vec::with_capacity(ids.len());
    for (at, pair) in (first..).zip(all_in(found, &mut tx.session).await?) {
        effects.totals.add_decision(-1, &pair.before.review_status);
        effects.totals.add_decision(1, &status);
        items.push(act.change.item(at, pair.id, pair.revision, Some(json(&pair.before)?)));
    }
    act.change.keep(tx, &items).await?;
    let time = word(&act.now)?;
    let decision = doc! {
        "$set": {
            "review_status": status, "reviewed_by": act.user.as_str(), "reviewed_at": &*time, "changed_at": &*time,
        },
        "$inc": { "revision": 1 },
    };
    tx.pairs().update_many(these(ids), decision).hint(by_id()).session(&mut tx.session).await?;
    Ok(())
}

/// What is deleted is kept whole.
async fn delete(tx: &mut Tx, act: Act<'_>, ids: &[Key], first: usize, effects: &mut Effects) -> Result<()> {
    let Change { undo, project, .. } = act.change;
    let rows: Vec<PairRow> = read(tx, ids).await?;
    let (mut items, mut kept) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
    for (at, pair) in (first..).zip(rows) {
        effects.totals.add_pair(-1, &pair.review_status, pair.quality_score);
        effects.keys.extend(pair.dup_key.clone());
        items.push(act.change.item(at, pair.id, pair.revision, None));
        kept.push(Deleted { undo, project, pair });
    }
    act.change.keep(tx, &items).await?;
    deleted(&tx.db).insert_many(kept).session(&mut tx.session).await?;
    tx.pairs().delete_many(these(ids)).hint(by_id()).session(&mut tx.session).await?;
    Ok(())
}

async fn reset(tx: &mut Tx, act: Act<'_>, ids: &[Key], first: usize, effects: &mut Effects) -> Result<()> {
    let rows: Vec<PairRow> = read(tx, ids).await?;
    let (mut items, mut as_made, mut edited) = (Vec::with_capacity(rows.len()), Vec::new(), Vec::new());
    let time = word(&act.now)?;
    for (at, mut row) in (first..).zip(rows) {
        effects.totals.add_decision(-1, &row.review_status);
        let before = Before {
            review_status: std::mem::replace(&mut row.review_status, "pending".into()),
            reviewed_by: row.reviewed_by.take(),
            reviewed_at: row.reviewed_at.take(),
            changed_at: row.changed_at.replace(time.clone()),
            edit: row.edit.clone(),
        };
        items.push(act.change.item(at, row.id, row.revision, Some(json(&before)?)));
        row.revision += 1;
        if row.edit.is_some() { edited.push(row) } else { as_made.push(row.id) }
    }
    act.change.keep(tx, &items).await?;
    let pending = doc! {
        "$set": { "review_status": "pending", "changed_at": time },
        "$unset": { "reviewed_by": "", "reviewed_at": "" },
        "$inc": { "revision": 1 },
    };
    tx.pairs().update_many(these(&as_made), pending).hint(by_id()).session(&mut tx.session).await?;
    rewrite(tx, act, edited.into_iter().map(|row| (row, None)).collect(), effects).await
}

/// Writes rows whose text comes or goes, each with what a person wrote or without, and all that follows from that.
pub(super) async fn rewrite(
    tx: &mut Tx,
    act: Act<'_>,
    rows: Vec<(PairRow, Option<String>)>,
    effects: &mut Effects,
) -> Result<()> {
    let (mut written, mut anew) = (Vec::with_capacity(rows.len()), Vec::new());
    for (mut row, edit) in rows {
        effects.totals.add_quality(-1, row.quality_score);
        effects.keys.extend(row.dup_key.clone());
        if row.put_edit(edit)? {
            anew.push(row.id);
        }
        effects.totals.add_quality(1, row.quality_score);
        effects.keys.extend(row.dup_key.clone());
        tx.pairs().replace_one(doc! { "_id": row.id }, &row).session(&mut tx.session).await?;
        written.push(row);
    }
    pairs::compare_anew(tx, &anew).await?;
    pair_edits::note(tx, &written, act.user, act.now).await
}
