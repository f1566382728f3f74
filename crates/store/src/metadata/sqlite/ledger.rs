//! Paid calls and their replies.

use model::{GenerationId, UnitId};
use sqlx::Row as _;

use super::{
    Sqlite, generations,
    row::{json, read_json},
};
use crate::{LedgerEntry, Result, StoreError};

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
    Ok(tx.commit().await?)
}
