//! Paid calls and their replies.

use model::{GenerationId, Time, UnitId};
use sqlx::{Row as _, SqliteConnection};

use super::{
    Sqlite,
    generations::trillionths,
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
        sqlx::query("UPDATE units SET reserved_tokens = ?, reserved_cost = ? WHERE id = ?")
            .bind(tokens)
            .bind(cost)
            .bind(*unit.as_uuid())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
    }
    Ok(reserved)
}

pub(super) async fn unreserve(db: &Sqlite, unit: UnitId) -> Result<()> {
    let mut tx = db.write().await?;
    set_nothing_aside(&mut tx, &[unit]).await?;
    Ok(tx.commit().await?)
}

pub(super) const UNRESERVE: &str = "
UPDATE units SET reserved_tokens = NULL, reserved_cost = NULL
WHERE id IN (SELECT unhex(value, '-') FROM json_each(?)) AND reserved_tokens IS NOT NULL";

/// Nothing is set aside for these units any more.
pub(super) async fn set_nothing_aside(connection: &mut SqliteConnection, units: &[UnitId]) -> Result<()> {
    sqlx::query(UNRESERVE).bind(json(&units)?).execute(connection).await?;
    Ok(())
}
