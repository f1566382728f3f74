//! Changes of many at once, and how they are taken back.
//!
//! Each thing's state before is kept for 24 hours, with its revision behind the change: what is at
//! another revision was changed since, and stays. An undo is a further revision; a change that lay
//! under the one that is undone can still be undone after it.

use std::{collections::HashMap, time::Duration};

use model::{ProjectId, Time, UndoId};
use mongodb::{
    Collection, Database,
    bson::{self, Document, Uuid as Key, doc},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::super::{
    Mongo, Tx,
    collections::{PAIRS_DELETED, UNDO_ITEMS, UNDOS},
    row::{all, all_in, index, key, uuid},
    transaction::Update,
};
use crate::{
    Result, Undone,
    metadata::value::{integer, parse_json},
};

/// How long a change can be undone.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// Things that are named as kept, at most.
const NAMED: usize = 1000;

/// Things that are read or written at a time.
pub(super) const BATCH: usize = 500;

/// What is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Chunks,
    Pairs,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Chunks => "chunks",
            Self::Pairs => "pairs",
        }
    }
}

/// A thing that a change changed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Item {
    undo: Key,
    project: Key,
    /// Which one it is of those of the change.
    at: i64,
    pub(super) item: Key,
    pub(super) revision_before: u32,
    /// Its revision behind the change.
    pub(super) revision: u32,
    /// What it was, as JSON; not there where the whole of it is kept, as it was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<String>,
}

impl Item {
    /// What it was; `None` where it was deleted.
    pub(super) fn before<T: DeserializeOwned>(&self) -> Result<Option<T>> {
        self.before.as_deref().map(parse_json).transpose()
    }
}

/// A change of many that is under way, or is being taken back.
#[derive(Debug, Clone, Copy)]
pub(super) struct Change {
    pub(super) undo: Key,
    pub(super) project: Key,
    pub(super) kind: Kind,
}

fn undos(db: &Database) -> Collection<Document> {
    db.collection(UNDOS)
}

fn items(db: &Database) -> Collection<Item> {
    db.collection(UNDO_ITEMS)
}

fn oldest(now: Time) -> i64 {
    now.as_microsecond().saturating_sub(integer(KEPT.as_micros()))
}

/// Forgets the changes that cannot be undone any more: what they keep first, so that nothing of them is left behind.
pub(super) async fn forget(db: &Mongo, now: Time) -> Result<()> {
    let old = doc! { "created_at": { "$lt": oldest(now) } };
    let found = undos(&db.db).find(old.clone()).projection(doc! { "_id": 1 }).await?;
    for old in all(found).await? {
        let Some(id) = old.get("_id") else { continue };
        for collection in [PAIRS_DELETED, UNDO_ITEMS] {
            db.db.collection::<Document>(collection).delete_many(doc! { "undo": id }).await?;
        }
    }
    undos(&db.db).delete_many(old).await?;
    Ok(())
}

impl Change {
    pub(super) fn new(kind: Kind, project: ProjectId, undo: UndoId) -> Self {
        Self { undo: key(undo.as_uuid()), project: key(project.as_uuid()), kind }
    }

    /// Notes the change.
    pub(super) async fn note(&self, tx: &mut Tx, now: Time) -> Result<()> {
        let Self { undo, project, kind } = *self;
        let row = doc! {
            "_id": undo, "project": project, "kind": kind.as_str(), "created_at": now.as_microsecond(), "undone": false,
        };
        undos(&tx.db).insert_one(row).session(&mut tx.session).await?;
        Ok(())
    }

    /// A thing that is changed, as the one with this number.
    pub(super) fn item(&self, at: usize, item: Key, revision: u32, before: Option<String>) -> Item {
        let Self { undo, project, .. } = *self;
        Item {
            undo,
            project,
            at: integer(at),
            item,
            revision_before: revision,
            revision: revision + 1,
            before,
        }
    }

    /// Keeps what some things were.
    pub(super) async fn keep(&self, tx: &mut Tx, kept: &[Item]) -> Result<()> {
        if !kept.is_empty() {
            items(&tx.db).insert_many(kept).session(&mut tx.session).await?;
        }
        Ok(())
    }

    /// Takes the change up to be undone; `false` where there is none that can be.
    pub(super) async fn take(&self, tx: &mut Tx, now: Time) -> Result<bool> {
        let this = doc! {
            "_id": self.undo, "project": self.project, "kind": self.kind.as_str(), "undone": false,
            "created_at": { "$gte": oldest(now) },
        };
        let taken = undos(&tx.db)
            .update_one(this, doc! { "$set": { "undone": true } })
            .session(&mut tx.session)
            .await?;
        Ok(taken.matched_count > 0)
    }

    /// What the change changed, in its order.
    pub(super) async fn items(&self, tx: &mut Tx) -> Result<Vec<Item>> {
        let found = items(&tx.db)
            .find(doc! { "undo": self.undo })
            .sort(doc! { "at": 1 })
            .hint(index("in_order"))
            .session(&mut tx.session)
            .await?;
        all_in(found, &mut tx.session).await
    }

    /// What became of the items of the change, of which some were restored.
    pub(super) async fn outcome(&self, tx: &mut Tx, restored: &[Item], kept: &[Item]) -> Result<Undone> {
        self.rebase(tx, restored).await?;
        Ok(Undone {
            changed: restored.len() as u64,
            kept: kept.iter().take(NAMED).map(|item| uuid(item.item).to_string()).collect(),
        })
    }

    /// Lets changes that lay under this one be undone, though its undoing was a further revision.
    async fn rebase(&self, tx: &mut Tx, restored: &[Item]) -> Result<()> {
        for above in restored.chunks(BATCH) {
            let by_item: HashMap<Key, &Item> = above.iter().map(|item| (item.item, item)).collect();
            let of_these = doc! { "item": { "$in": by_item.keys().copied().collect::<Vec<_>>() } };
            let found = items(&tx.db).find(of_these).hint(index("by_item")).session(&mut tx.session).await?;
            let mut under = all_in(found, &mut tx.session).await?;
            under.retain(|below| {
                below.undo != self.undo
                    && by_item.get(&below.item).is_some_and(|above| below.revision == above.revision_before)
            });
            let open = self.open(tx, &under).await?;
            let updates: Vec<Update> = under
                .iter()
                .filter(|below| open.contains(&below.undo))
                .filter_map(|below| {
                    let now = by_item.get(&below.item)?.revision + 1;
                    let this = doc! { "undo": below.undo, "at": below.at };
                    Some(Update::one(this, doc! { "$set": { "revision": now } }))
                })
                .collect();
            tx.update_each(UNDO_ITEMS, &updates).await?;
        }
        Ok(())
    }

    /// Those of the changes that some items are of which can still be undone.
    async fn open(&self, tx: &mut Tx, of: &[Item]) -> Result<Vec<Key>> {
        let mut ids: Vec<Key> = of.iter().map(|item| item.undo).collect();
        ids.sort_unstable_by_key(|id| id.bytes());
        ids.dedup();
        if ids.is_empty() {
            return Ok(ids);
        }
        let open = doc! { "_id": { "$in": ids }, "kind": self.kind.as_str(), "undone": false };
        let found = undos(&tx.db)
            .find(open)
            .projection(doc! { "_id": 1 })
            .hint(index("_id_"))
            .session(&mut tx.session)
            .await?;
        all_in(found, &mut tx.session)
            .await?
            .into_iter()
            .filter_map(|found| found.get("_id").cloned())
            .map(|id| Ok(bson::deserialize_from_bson(id)?))
            .collect()
    }
}
