//! Units of work and the leases by which they are held.

use std::{collections::HashSet, time::Duration};

use futures::TryStreamExt as _;
use model::{GenerationId, Phase, Time, Unit, UnitId, UnitStatus};
use mongodb::bson::{Document, Uuid as Key, doc, oid::ObjectId};
use uuid::Uuid;

use super::{
    Mongo, Tx,
    collections::LEDGER,
    documents, generations,
    row::{all, all_in, count, index, key, number, one_of, uuid},
    rows::UnitRow,
    transaction::{Change, Update, transaction},
};
use crate::{
    Owner, Result, StoreError, UnitCounts,
    metadata::{
        generation::Counts,
        value::{integer, json, parse_json, parse_word},
    },
};

const PENDING: &str = "pending";
const LEASED: &str = "leased";
pub(super) const DONE: &str = "done";
pub(super) const FAILED: &str = "failed";

/// Units as they are stored before anybody works on them.
pub(super) fn new_rows(generation: Key, project: Key, units: &[Unit]) -> Result<Vec<UnitRow>> {
    units
        .iter()
        .map(|unit| {
            Ok(UnitRow {
                id: key(unit.id.as_uuid()),
                generation,
                project,
                phase: unit.phase.as_str().to_owned(),
                subject: subject(unit)?,
                ordinal: integer(unit.ordinal),
                passage: unit.passage.clone(),
                attempts: unit.attempts,
                status: PENDING.to_owned(),
                lease_owner: None,
                lease_until: None,
                failure: None,
                bad_reply: None,
                failed_at: None,
                reserved_tokens: None,
                reserved_cost: None,
                probes: None,
            })
        })
        .collect()
}

/// Adds units; one that is there already stays as it is. Says how many were added.
pub(super) async fn insert(tx: &mut Tx, mut rows: Vec<UnitRow>) -> Result<u64> {
    let ids: Vec<Key> = rows.iter().map(|row| row.id).collect();
    let cursor = tx
        .units()
        .clone_with_type::<super::chunks::OnlyId>()
        .find(doc! { "_id": { "$in": ids } })
        .hint(index("_id_"))
        .projection(doc! { "_id": 1 })
        .session(&mut tx.session)
        .await?;
    let mut known: HashSet<Key> =
        all_in(cursor, &mut tx.session).await?.into_iter().map(|row| row.id).collect();
    rows.retain(|row| known.insert(row.id));
    if !rows.is_empty() {
        tx.units().insert_many(&rows).session(&mut tx.session).await?;
    }
    Ok(rows.len() as u64)
}

/// The id of the document or chunk that a unit works on.
pub(super) fn subject(unit: &Unit) -> Result<Key> {
    let id = Uuid::parse_str(&unit.subject)
        .map_err(|_| StoreError::Conflict(format!("the subject of unit {} is no id", unit.id)))?;
    Ok(key(&id))
}

/// Looks for units that may be taken and takes each that still may be: nobody waits for others who claim, and what they
/// took meanwhile is looked for further on.
pub(super) async fn claim(
    db: &Mongo,
    generation: GenerationId,
    phase: Phase,
    owner: &Owner,
    now: Time,
    lease: Duration,
    limit: u32,
) -> Result<Vec<Unit>> {
    let claim = Claim { id: ObjectId::new(), owner: json(owner)?, now, until: until(now, lease) };
    let claimed = claim_as(db, generation, phase, &claim, limit).await;
    if claimed.is_err() {
        // Nobody would work on what was taken before it failed, and its lease would be renewed with all others.
        let mut taken = held_by(generation, owner)?;
        taken.insert("claim", claim.id);
        // Where that fails too they are given back with the rest when this process ends; the first failure is the one to tell.
        let _ = db.units().update_many(taken, given_back()).hint(index("leased")).await;
    }
    claimed
}

/// A call that takes units: those that it took are known by its id.
struct Claim {
    id: ObjectId,
    owner: String,
    now: Time,
    until: i64,
}

async fn claim_as(
    db: &Mongo,
    generation: GenerationId,
    phase: Phase,
    claim: &Claim,
    limit: u32,
) -> Result<Vec<Unit>> {
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut taken: Vec<UnitRow> = Vec::new();
    while taken.len() < wanted {
        let free = free(db, generation, phase, claim.now, wanted - taken.len()).await?;
        if free.is_empty() {
            break;
        }
        taken.extend(take(db, &free, claim).await?);
    }
    if phase == Phase::Parse && !taken.is_empty() {
        let subjects: Vec<Key> = taken.iter().map(|unit| unit.subject).collect();
        transaction!(db, |tx| documents::parsing(&mut tx, &subjects))?;
    }
    taken.sort_by_key(|unit| unit.ordinal);
    taken.into_iter().map(read).collect()
}

/// The first units in order of work that nobody holds, or whose lease has run out.
async fn free(
    db: &Mongo,
    generation: GenerationId,
    phase: Phase,
    now: Time,
    limit: usize,
) -> Result<Vec<Key>> {
    let of_phase = doc! { "generation": key(generation.as_uuid()), "phase": phase.as_str() };
    let mut found = Vec::new();
    for more in [
        doc! { "status": PENDING },
        doc! { "status": LEASED, "lease_until": { "$lte": now.as_microsecond() } },
    ] {
        let mut filter = of_phase.clone();
        filter.extend(more);
        let some = db
            .units()
            .find(filter)
            .sort(doc! { "ordinal": 1 })
            .hint(index("in_order"))
            .limit(integer(limit))
            .await?;
        found.extend(all(some).await?);
    }
    found.sort_by_key(|unit| unit.ordinal);
    found.truncate(limit);
    Ok(found.into_iter().map(|unit| unit.id).collect())
}

/// Takes those of some units that are still free.
async fn take(db: &Mongo, free: &[Key], claim: &Claim) -> Result<Vec<UnitRow>> {
    let Claim { id, owner, now, until } = claim;
    let still_free = doc! {
        "_id": { "$in": free },
        "$or": [
            { "status": PENDING },
            { "status": LEASED, "lease_until": { "$lte": now.as_microsecond() } },
        ],
    };
    let lease = doc! {
        "$set": {
            "status": LEASED, "lease_owner": owner, "lease_until": *until, "claim": *id,
        },
        "$inc": { "attempts": 1 },
        "$unset": { "reserved_tokens": "", "reserved_cost": "" },
    };
    db.units().update_many(still_free, lease).hint(index("_id_")).await?;
    let ours = doc! { "_id": { "$in": free }, "claim": *id };
    all(db.units().find(ours).hint(index("_id_")).await?).await
}

/// That a unit of a generation is held by an owner.
fn held_by(generation: GenerationId, owner: &Owner) -> Result<Document> {
    Ok(doc! { "generation": key(generation.as_uuid()), "status": LEASED, "lease_owner": json(owner)? })
}

/// What makes a unit one that nobody holds.
fn given_back() -> Document {
    doc! { "$set": { "status": PENDING }, "$unset": { "lease_owner": "", "lease_until": "" } }
}

pub(super) async fn heartbeat(
    db: &Mongo,
    generation: GenerationId,
    owner: &Owner,
    now: Time,
    lease: Duration,
) -> Result<u64> {
    let longer = doc! { "$set": { "lease_until": until(now, lease) } };
    Ok(db.units().update_many(held_by(generation, owner)?, longer).hint(index("leased")).await?.matched_count)
}

pub(super) async fn owners(db: &Mongo, generation: GenerationId) -> Result<Vec<Owner>> {
    let leased = doc! { "generation": key(generation.as_uuid()), "status": LEASED };
    let stages = [doc! { "$match": leased }, doc! { "$group": { "_id": "$lease_owner" } }];
    let owners: Vec<Document> =
        db.units().aggregate(stages).hint(index("leased")).await?.try_collect().await?;
    owners.iter().map(|owner| parse_json(text(owner, "_id")?)).collect()
}

pub(super) async fn release(db: &Mongo, generation: GenerationId, owner: &Owner) -> Result<u64> {
    Ok(db
        .units()
        .update_many(held_by(generation, owner)?, given_back())
        .hint(index("leased"))
        .await?
        .matched_count)
}

/// The units of a generation that an owner holds, of some.
pub(super) async fn held(
    tx: &mut Tx,
    generation: GenerationId,
    owner: &Owner,
    ids: &[UnitId],
) -> Result<Vec<UnitRow>> {
    let mut filter = held_by(generation, owner)?;
    filter.insert("_id", one_of(ids.iter().map(UnitId::as_uuid)));
    let cursor = tx.units().find(filter).hint(index("_id_")).session(&mut tx.session).await?;
    all_in(cursor, &mut tx.session).await
}

pub(super) async fn reopen_failed(
    db: &Mongo,
    generation: GenerationId,
    units: Option<&[UnitId]>,
) -> Result<u64> {
    transaction!(db, |tx| reopen(&mut tx, generation, units))
}

async fn reopen(tx: &mut Tx, generation: GenerationId, units: Option<&[UnitId]>) -> Result<u64> {
    let Some(of) = generations::row_in(tx, generation).await? else { return Ok(0) };
    let mut off = Counts::default();
    for phase in [Phase::Parse, Phase::Generate, Phase::Validate] {
        let mut failed = doc! { "generation": of.id, "phase": phase.as_str(), "status": FAILED };
        if let Some(units) = units {
            failed.insert("_id", one_of(units.iter().map(UnitId::as_uuid)));
        }
        let cursor = tx.units().find(failed).hint(index("in_order")).session(&mut tx.session).await?;
        let found = all_in(cursor, &mut tx.session).await?;
        if found.is_empty() {
            continue;
        }
        // A reply that was of no use stays paid for, under a key that nobody asks for: else it would be the answer again.
        let unused: Vec<Update> =
            found.iter().filter(|unit| unit.bad_reply == Some(true)).map(set_reply_aside).collect();
        tx.update_each(LEDGER, &unused).await?;
        let ids: Vec<Key> = found.iter().map(|unit| unit.id).collect();
        let open = doc! {
            "$set": { "status": PENDING },
            "$unset": { "failure": "", "failed_at": "", "bad_reply": "" },
        };
        tx.units().update_many(doc! { "_id": { "$in": ids } }, open).session(&mut tx.session).await?;
        let reopened = integer(found.len());
        off.failed -= reopened;
        match phase {
            Phase::Parse | Phase::Generate => off.processed -= reopened,
            Phase::Validate => off.validate_ended -= reopened,
        }
    }
    if off.failed != 0 {
        generations::add_counts(tx, &of, &off).await?;
    }
    Ok(off.failed.unsigned_abs())
}

fn set_reply_aside(unit: &UnitRow) -> Update {
    let request = doc! { "$concat": ["$request", format!("/{}", unit.attempts)] };
    Update {
        q: doc! { "generation": unit.generation, "unit": unit.id },
        u: Change::Pipeline(vec![doc! { "$set": { "request": request } }]),
        multi: true,
        upsert: false,
    }
}

pub(super) async fn counts(db: &Mongo, generation: GenerationId, phase: Phase) -> Result<UnitCounts> {
    let stages = [
        doc! { "$match": { "generation": key(generation.as_uuid()), "phase": phase.as_str() } },
        doc! { "$group": { "_id": "$status", "units": { "$sum": 1 } } },
    ];
    let found: Vec<Document> =
        db.units().aggregate(stages).hint(index("in_order")).await?.try_collect().await?;
    let mut counts = UnitCounts::default();
    for row in &found {
        add_count(&mut counts, text(row, "_id")?, row)?;
    }
    Ok(counts)
}

fn text<'a>(row: &'a Document, field: &str) -> Result<&'a str> {
    row.get_str(field).map_err(|error| StoreError::Corrupt(format!("{field}: {error}")))
}

fn add_count(counts: &mut UnitCounts, status: &str, row: &Document) -> Result<()> {
    let place = match parse_word(status)? {
        UnitStatus::Pending => &mut counts.pending,
        UnitStatus::Leased => &mut counts.leased,
        UnitStatus::Done => &mut counts.done,
        UnitStatus::Failed => &mut counts.failed,
    };
    *place += count(number(row, "units")?);
    Ok(())
}

pub(super) async fn workload(db: &Mongo) -> Result<Vec<(Phase, UnitCounts)>> {
    let unended = db
        .generations()
        .clone_with_type::<super::chunks::OnlyId>()
        .find(doc! { "unended": true })
        .hint(index("unended"))
        .projection(doc! { "_id": 1 })
        .await?
        .map_ok(|row| row.id)
        .try_collect::<Vec<Key>>()
        .await?;
    let stages = [
        doc! { "$match": { "generation": { "$in": unended } } },
        doc! { "$group": { "_id": { "phase": "$phase", "status": "$status" }, "units": { "$sum": 1 } } },
    ];
    let found: Vec<Document> =
        db.units().aggregate(stages).hint(index("in_order")).await?.try_collect().await?;
    let mut counts =
        [Phase::Parse, Phase::Generate, Phase::Validate].map(|phase| (phase, UnitCounts::default()));
    for row in &found {
        let of = row.get_document("_id").map_err(|error| StoreError::Corrupt(error.to_string()))?;
        let phase: Phase = parse_word(text(of, "phase")?)?;
        for (_, counts) in counts.iter_mut().filter(|(of, _)| *of == phase) {
            add_count(counts, text(of, "status")?, row)?;
        }
    }
    Ok(counts.into())
}

/// When a lease ends; one without end ends at the end of time.
pub(super) fn until(now: Time, lease: Duration) -> i64 {
    now.as_microsecond().saturating_add(integer(lease.as_micros()))
}

pub(super) fn read(row: UnitRow) -> Result<Unit> {
    Ok(Unit {
        id: UnitId::from_uuid(uuid(row.id)),
        generation_id: GenerationId::from_uuid(uuid(row.generation)),
        phase: parse_word(&row.phase)?,
        subject: uuid(row.subject).to_string(),
        ordinal: count(row.ordinal),
        passage: row.passage,
        attempts: row.attempts,
    })
}
