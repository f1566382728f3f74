//! Paid calls and their replies.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;
use model::{GenerationId, Time, UnitId};
use mongodb::{
    Database,
    bson::{Document, Uuid as Key, doc},
};
use serde::Deserialize;

use super::{
    Mongo, Tx,
    collections::UNITS,
    generations,
    row::{all_in, any_of, index, key, number, one_of, uuid},
    rows::LedgerRow,
    transaction::{Update, transaction},
    turns::Turns,
};
use crate::{
    Budget, LedgerEntry, Reservation, Reserved, Result, StoreError,
    metadata::{
        generation::{Spending, trillionths},
        recorder::WriteCalls,
        value::{integer, json, parse_json},
    },
};

pub(super) async fn get(
    db: &Mongo,
    generation: GenerationId,
    unit: UnitId,
    request: &str,
) -> Result<Option<LedgerEntry>> {
    let filter =
        doc! { "generation": key(generation.as_uuid()), "unit": key(unit.as_uuid()), "request": request };
    let Some(row) = db.ledger().find_one(filter).await? else { return Ok(None) };
    Ok(Some(LedgerEntry {
        generation,
        unit,
        request: row.request,
        reply: row.reply,
        usage: parse_json(&row.usage)?,
        time: parse_json(&row.time)?,
    }))
}

pub(super) async fn reserve(
    db: &Mongo,
    reservation: &Reservation,
    budget: &Budget,
    now: Time,
) -> Result<Reserved> {
    let _turn = db.turns.at(reservation.generation).await;
    transaction!(db, |tx| reserve_in(&mut tx, reservation, budget, now))
}

async fn reserve_in(tx: &mut Tx, reservation: &Reservation, budget: &Budget, now: Time) -> Result<Reserved> {
    let Reservation { generation, unit, tokens, cost_usd } = *reservation;
    let (tokens, cost) = (integer(tokens), trillionths(cost_usd));
    // The generation is written to, so that of two that set something aside at once the second sees the first.
    let of = tx
        .generations()
        .find_one_and_update(
            doc! { "_id": key(generation.as_uuid()) },
            doc! { "$inc": { "reservations": 1_i64 } },
        )
        .session(&mut tx.session)
        .await?
        .ok_or(StoreError::NotFound("generation"))?;
    let others = others(tx, of.id, key(unit.as_uuid()), now).await?;
    let fits = |spent: i64, others: i64, more: i64, most: Option<i64>| {
        let alone = spent.saturating_add(more);
        let fits = |sum: i64| most.is_none_or(|most| sum <= most);
        (fits(alone), fits(alone.saturating_add(others)))
    };
    let spent = of.prompt_tokens.saturating_add(of.completion_tokens);
    let by_tokens = fits(spent, others.0, tokens, budget.max_tokens_total.map(integer));
    let by_cost = fits(of.cost.unwrap_or_default(), others.1, cost, budget.max_cost_usd.map(trillionths));
    let reserved = match (by_tokens.0 && by_cost.0, by_tokens.1 && by_cost.1) {
        (_, true) => Reserved::Granted,
        (true, false) => Reserved::Wait,
        (false, false) => Reserved::Exhausted,
    };
    if reserved == Reserved::Granted {
        let aside = doc! { "$set": { "reserved_tokens": tokens, "reserved_cost": cost } };
        tx.units().update_one(doc! { "_id": key(unit.as_uuid()) }, aside).session(&mut tx.session).await?;
    }
    Ok(reserved)
}

/// What is set aside for calls of other units that are under way: tokens, and trillionths of a USD.
async fn others(tx: &mut Tx, generation: Key, but: Key, now: Time) -> Result<(i64, i64)> {
    let under_way = doc! {
        "generation": generation,
        "status": "leased",
        "lease_until": { "$gt": now.as_microsecond() },
        "reserved_tokens": { "$exists": true },
        "_id": { "$ne": but },
    };
    let stages = [
        doc! { "$match": under_way },
        doc! { "$group": {
            "_id": null, "tokens": { "$sum": "$reserved_tokens" }, "cost": { "$sum": "$reserved_cost" },
        } },
    ];
    let cursor = tx.units().aggregate(stages).hint(index("leased")).session(&mut tx.session).await?;
    let sums: Vec<Document> = all_in(cursor, &mut tx.session).await?;
    sums.first().map_or(Ok((0, 0)), |sums| Ok((number(sums, "tokens")?, number(sums, "cost")?)))
}

pub(super) async fn unreserve(db: &Mongo, unit: UnitId) -> Result<()> {
    db.units().update_one(doc! { "_id": key(unit.as_uuid()) }, nothing_aside()).await?;
    Ok(())
}

fn nothing_aside() -> Document {
    doc! { "$unset": { "reserved_tokens": "", "reserved_cost": "" } }
}

/// Writes paid calls into a database.
#[derive(Clone)]
pub(super) struct Calls {
    pub(super) db: Database,
    pub(super) turns: Turns,
}

#[async_trait]
impl WriteCalls for Calls {
    async fn write(&self, entries: &[LedgerEntry]) -> Result<HashSet<GenerationId>> {
        // Nearly always they are of one generation.
        let _turn = match entries.first() {
            Some(first) => Some(self.turns.at(first.generation).await),
            None => None,
        };
        transaction!(self, |tx| write(&mut tx, entries))
    }
}

async fn write(tx: &mut Tx, entries: &[LedgerEntry]) -> Result<HashSet<GenerationId>> {
    let wanted: HashSet<_> = entries.iter().map(|entry| entry.generation).collect();
    let cursor = tx
        .generations()
        .clone_with_type::<super::chunks::OnlyId>()
        .find(doc! { "_id": one_of(wanted.iter().map(GenerationId::as_uuid)) })
        .hint(index("_id_"))
        .projection(doc! { "_id": 1 })
        .session(&mut tx.session)
        .await?;
    let known = all_in(cursor, &mut tx.session).await?;
    let known: HashSet<_> = known.into_iter().map(|row| GenerationId::from_uuid(uuid(row.id))).collect();
    let entries: Vec<_> = entries.iter().filter(|entry| known.contains(&entry.generation)).collect();
    let spent = insert(tx, &entries).await?;
    let aside: Vec<Update> = entries
        .iter()
        .map(|entry| Update::one(doc! { "_id": key(entry.unit.as_uuid()) }, nothing_aside()))
        .collect();
    tx.update_each(UNITS, &aside).await?;
    for (generation, spending) in spent {
        generations::add_usage(tx, generation, &spending).await?;
    }
    Ok(known)
}

/// Inserts the calls that are not there yet, and sums up what these came to.
async fn insert(tx: &mut Tx, entries: &[&LedgerEntry]) -> Result<HashMap<Key, Spending>> {
    let name = |entry: &LedgerEntry| {
        (key(entry.generation.as_uuid()), key(entry.unit.as_uuid()), entry.request.clone())
    };
    let mut spent = HashMap::<_, Spending>::new();
    if entries.is_empty() {
        return Ok(spent);
    }
    #[derive(Deserialize)]
    struct Known {
        generation: Key,
        unit: Key,
        request: String,
    }
    let cursor = tx
        .ledger()
        .clone_with_type::<Known>()
        .find(doc! {
            "generation": one_of(entries.iter().map(|entry| entry.generation.as_uuid())),
            "unit": one_of(entries.iter().map(|entry| entry.unit.as_uuid())),
            "request": any_of(entries.iter().map(|entry| &*entry.request)),
        })
        .hint(index("by_request"))
        .projection(doc! { "_id": 0, "generation": 1, "unit": 1, "request": 1 })
        .session(&mut tx.session)
        .await?;
    let known = all_in(cursor, &mut tx.session).await?;
    let mut known: HashSet<_> =
        known.into_iter().map(|known| (known.generation, known.unit, known.request)).collect();
    let mut rows = Vec::new();
    for entry in entries {
        if known.insert(name(entry)) {
            let (generation, unit, request) = name(entry);
            spent.entry(generation).or_default().add(&entry.usage);
            rows.push(LedgerRow {
                generation,
                unit,
                request,
                reply: entry.reply.clone(),
                usage: json(&entry.usage)?,
                time: json(&entry.time)?,
            });
        }
    }
    if !rows.is_empty() {
        tx.ledger().insert_many(rows).session(&mut tx.session).await?;
    }
    Ok(spent)
}
