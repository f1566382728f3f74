//! Paid calls, written together in one transaction.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;
use model::{GenerationId, Usage};
use sqlx::{QueryBuilder, Row as _, SqliteConnection, SqlitePool};

use super::super::recorder::WriteCalls;
use super::{
    Database, batches, begin,
    generations::{self, Spending},
    ledger,
    row::{json, read_json},
};
use crate::{LedgerEntry, Result};

pub(super) const KNOWN: &str =
    "SELECT id FROM generations WHERE id IN (SELECT unhex(value, '-') FROM json_each(?))";

#[async_trait]
impl WriteCalls for SqlitePool {
    async fn write(&self, entries: &[LedgerEntry]) -> Result<HashSet<GenerationId>> {
        write(self, entries).await
    }
}

async fn write(writer: &SqlitePool, entries: &[LedgerEntry]) -> Result<HashSet<GenerationId>> {
    let wanted: HashSet<_> = entries.iter().map(|entry| entry.generation).collect();
    let mut tx = begin(writer).await?;
    let known: HashSet<_> = sqlx::query(KNOWN)
        .bind(json(&wanted)?)
        .fetch_all(&mut *tx)
        .await?
        .iter()
        .map(|row| Ok(GenerationId::from_uuid(row.try_get("id")?)))
        .collect::<Result<_>>()?;
    let entries: Vec<_> = entries.iter().filter(|entry| known.contains(&entry.generation)).collect();
    for (generation, spending) in insert(&mut tx, &entries).await? {
        generations::add_usage(&mut tx, generation, &spending).await?;
    }
    let units: Vec<_> = entries.iter().map(|entry| entry.unit).collect();
    ledger::set_nothing_aside(&mut tx, &units).await?;
    tx.commit().await?;
    Ok(known)
}

/// Inserts the calls that are not there yet, and sums up what these came to.
async fn insert(
    connection: &mut SqliteConnection,
    entries: &[&LedgerEntry],
) -> Result<HashMap<GenerationId, Spending>> {
    let rows: Vec<_> = entries
        .iter()
        .map(|entry| Ok((entry, json(&entry.usage)?, json(&entry.time)?)))
        .collect::<Result<_>>()?;
    let mut spent = HashMap::<_, Spending>::new();
    for batch in batches(&rows) {
        let inserted = QueryBuilder::<Database>::new(
            "INSERT INTO ledger (generation_id, unit_id, request, reply, usage, time) ",
        )
        .push_values(batch, |mut values, (entry, usage, time)| {
            values
                .push_bind(*entry.generation.as_uuid())
                .push_bind(*entry.unit.as_uuid())
                .push_bind(&*entry.request)
                .push_bind(&*entry.reply)
                .push_bind(&**usage)
                .push_bind(&**time);
        })
        .push(" ON CONFLICT DO NOTHING RETURNING generation_id, usage")
        .build()
        .fetch_all(&mut *connection)
        .await?;
        for row in &inserted {
            let usage: Usage = read_json(row, "usage")?;
            spent.entry(GenerationId::from_uuid(row.try_get("generation_id")?)).or_default().add(&usage);
        }
    }
    Ok(spent)
}
