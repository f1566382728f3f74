//! Units that failed, as people list them.

use std::collections::HashMap;

use model::{DocumentId, GenerationId, Phase, Time, UnitId, UserId};
use mongodb::bson::{Bson, Document, Uuid as Key, doc};
use serde::Deserialize;

use super::{
    super::{
        Mongo,
        row::{all, index, key, one_of, uuid},
        rows::UnitRow,
        units,
    },
    page::{self, Order},
};
use crate::{
    FailedUnit, Page, PageRequest, Result, StoreError,
    metadata::value::{integer, parse_json},
};

const LIST: &str = "failures";

pub(in super::super) const ORDER: Order<'static> =
    Order { index: "in_order", fields: &["ordinal"], descending: false };

/// A generation goes through its phases in this order.
const PHASES: [Phase; 3] = [Phase::Parse, Phase::Generate, Phase::Validate];

pub(super) async fn list(
    db: &Mongo,
    user: &UserId,
    generation: GenerationId,
    request: &PageRequest,
) -> Result<Option<Page<FailedUnit>>> {
    let after: Option<(Phase, i64)> = page::after(LIST, request)?;
    if !is_users(db, user, generation).await? {
        return Ok(None);
    }
    let (from, mut ordinal) = after.map_or((Phase::Parse, None), |(phase, ordinal)| (phase, Some(ordinal)));
    let (mut total, mut found, mut reached) = (0, Vec::new(), false);
    for phase in PHASES {
        let filter = matching(generation, phase);
        total += page::total(&db.units(), &filter, ORDER.index).await?;
        reached |= phase == from;
        let left = page::rows(request).saturating_sub(integer(found.len()));
        if !reached || left == 0 {
            continue;
        }
        let after = ordinal.take().map(|ordinal| [Bson::from(ordinal)]);
        let after = after.as_ref().map(<[Bson; 1]>::as_slice);
        let rows: Vec<UnitRow> = ORDER.read(&db.units(), &filter, after, doc! { "probes": 0 }, left).await?;
        let documents = documents(db, phase, &rows).await?;
        for row in rows {
            let document = documents.get(&row.subject).copied();
            found.push(((phase, row.ordinal), read(row, document)?));
        }
    }
    page::page(LIST, request, found, total).map(Some)
}

/// The units of a generation's phase that failed.
pub(in super::super) fn matching(generation: GenerationId, phase: Phase) -> Document {
    doc! { "generation": key(generation.as_uuid()), "phase": phase.as_str(), "status": "failed" }
}

/// The documents of what units work on, as far as it is still there.
async fn documents(db: &Mongo, phase: Phase, rows: &[UnitRow]) -> Result<HashMap<Key, Key>> {
    #[derive(Deserialize)]
    struct OfDocument {
        #[serde(rename = "_id")]
        chunk: Key,
        document: Key,
    }
    if phase == Phase::Parse {
        return Ok(rows.iter().map(|row| (row.subject, row.subject)).collect());
    }
    let subjects: Vec<Key> = rows.iter().map(|row| row.subject).collect();
    let chunks = db
        .chunks()
        .clone_with_type::<OfDocument>()
        .find(doc! { "_id": { "$in": subjects } })
        .projection(doc! { "document": 1 })
        .await?;
    Ok(all(chunks).await?.into_iter().map(|chunk| (chunk.chunk, chunk.document)).collect())
}

pub(super) async fn among(
    db: &Mongo,
    user: &UserId,
    generation: GenerationId,
    ids: &[UnitId],
) -> Result<Vec<UnitId>> {
    if !is_users(db, user, generation).await? {
        return Ok(Vec::new());
    }
    let these = doc! {
        "_id": one_of(ids.iter().map(UnitId::as_uuid)), "generation": key(generation.as_uuid()), "status": "failed",
    };
    let found = db.units().find(these).projection(doc! { "probes": 0 }).hint(index("_id_")).await?;
    Ok(all(found).await?.into_iter().map(|row| UnitId::from_uuid(uuid(row.id))).collect())
}

async fn is_users(db: &Mongo, user: &UserId, id: GenerationId) -> Result<bool> {
    let this = doc! { "_id": key(id.as_uuid()), "user": user.as_str() };
    Ok(db
        .generations()
        .clone_with_type::<Document>()
        .find_one(this)
        .projection(doc! { "_id": 1 })
        .await?
        .is_some())
}

fn read(row: UnitRow, document: Option<Key>) -> Result<FailedUnit> {
    let time = row.failed_at.map(Time::from_microsecond).transpose();
    let failure =
        row.failure.as_deref().ok_or_else(|| StoreError::Corrupt("a unit failed for no reason".into()))?;
    Ok(FailedUnit {
        failure: parse_json(failure)?,
        document: document.map(|document| DocumentId::from_uuid(uuid(document))),
        time: time.map_err(|error| StoreError::Corrupt(error.to_string()))?,
        unit: units::read(row)?,
    })
}
