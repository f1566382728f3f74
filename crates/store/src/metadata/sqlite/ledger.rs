//! Paid calls and their replies.

use model::{GenerationId, Time, UnitId};
use sqlx::{Row as _, SqliteConnection};

use super::{
    Sqlite,
    generations::{self, trillionths},
    row::{integer, json, read_json},
};
use crate::{Budget, LedgerEntry, Reservation, Reserved, Result, StoreError};

pub(super) async fn get(
    db: &Sqlite,
    generation: GenerationId,
    unit: UnitId,
    request: &str,
) -> Result<Option<LedgerEntry>> {
    let row = sqlx::query(
        "SELECT reply, usage, time FROM ledger WHERE generation_id = ? AND unit_id = ? AND request = ?",
    )
    .bind(*generation.as_uuid())
    .bind(*unit.as_uuid())
    .bind(request)
    .fetch_optional(&db.reader)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(LedgerEntry {
        generation,
        unit,
        request: request.to_owned(),
        reply: row.try_get("reply")?,
        usage: read_json(&row, "usage")?,
        time: read_json(&row, "time")?,
    }))
}

pub(super) async fn record(db: &Sqlite, entry: &LedgerEntry) -> Result<()> {
    let (usage, time) = (json(&entry.usage)?, json(&entry.time)?);
    let mut tx = db.write().await?;
    let inserted = sqlx::query(
        "INSERT INTO ledger (generation_id, unit_id, request, reply, usage, time) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT DO NOTHING",
    )
    .bind(*entry.generation.as_uuid())
    .bind(*entry.unit.as_uuid())
    .bind(&*entry.request)
    .bind(&*entry.reply)
    .bind(usage)
    .bind(time)
    .execute(&mut *tx)
    .await
    .map_err(|error| match error.as_database_error() {
        Some(known) if known.is_foreign_key_violation() => StoreError::NotFound("generation"),
        _ => error.into(),
    })?;
    if inserted.rows_affected() > 0 {
        generations::add_usage(&mut tx, entry.generation, &entry.usage).await?;
    }
    set_aside(&mut tx, entry.unit, None).await?;
    Ok(tx.commit().await?)
}

pub(super) const RESERVED: &str = "
SELECT COUNT(*) AS calls, COALESCE(SUM(reserved_tokens), 0) AS tokens, COALESCE(SUM(reserved_cost), 0) AS cost FROM units
WHERE generation_id = ? AND phase IN ('parse', 'generate', 'validate') AND status = 'leased' AND lease_until > ?
    AND reserved_tokens IS NOT NULL AND id <> ?";

pub(super) async fn reserve(
    db: &Sqlite,
    reservation: &Reservation,
    budget: &Budget,
    now: Time,
) -> Result<Reserved> {
    let Reservation { generation, unit, tokens, cost_usd } = *reservation;
    let (tokens, cost) = (integer(tokens), trillionths(cost_usd));
    let mut tx = db.write().await?;
    let spent = sqlx::query(
        "SELECT prompt_tokens + completion_tokens AS tokens, COALESCE(cost, 0) AS cost FROM generations WHERE id = ?",
    )
    .bind(*generation.as_uuid())
    .fetch_optional(&mut *tx)
    .await?
    .ok_or(StoreError::NotFound("generation"))?;
    let others = sqlx::query(RESERVED)
        .bind(*generation.as_uuid())
        .bind(now.as_microsecond())
        .bind(*unit.as_uuid())
        .fetch_one(&mut *tx)
        .await?;
    let sum = |column: &str| -> Result<(i64, i64)> { Ok((spent.try_get(column)?, others.try_get(column)?)) };
    let fits = |(spent, others): (i64, i64), more: i64, most: Option<i64>| {
        let alone = spent.saturating_add(more);
        let fits = |sum: i64| most.is_none_or(|most| sum <= most);
        (fits(alone), fits(alone.saturating_add(others)))
    };
    let by_tokens = fits(sum("tokens")?, tokens, budget.max_tokens_total.map(integer));
    let by_cost = fits(sum("cost")?, cost, budget.max_cost_usd.map(trillionths));
    let reserved = match (by_tokens.0 && by_cost.0, by_tokens.1 && by_cost.1) {
        (_, true) => Reserved::Granted,
        (true, false) => Reserved::Wait,
        (false, false) => Reserved::Exhausted,
    };
    if reserved == Reserved::Granted {
        set_aside(&mut tx, unit, Some((tokens, cost))).await?;
        tx.commit().await?;
    }
    Ok(reserved)
}

pub(super) async fn unreserve(db: &Sqlite, unit: UnitId) -> Result<()> {
    let mut tx = db.write().await?;
    set_aside(&mut tx, unit, None).await?;
    Ok(tx.commit().await?)
}

async fn set_aside(connection: &mut SqliteConnection, unit: UnitId, most: Option<(i64, i64)>) -> Result<()> {
    sqlx::query(
        "UPDATE units SET reserved_tokens = ?1, reserved_cost = ?2
         WHERE id = ?3 AND (?1 IS NOT NULL OR reserved_tokens IS NOT NULL)",
    )
    .bind(most.map(|(tokens, _)| tokens))
    .bind(most.map(|(_, cost)| cost))
    .bind(*unit.as_uuid())
    .execute(connection)
    .await?;
    Ok(())
}
