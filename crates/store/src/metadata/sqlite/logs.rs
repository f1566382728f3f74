//! What generations say of their work.

use model::{GenerationId, LogEntry, LogLevel, LogLine, UserId};
use sqlx::{QueryBuilder, Row as _};

use super::{
    BATCH, Database, Sqlite,
    row::{integer, json, read_count, read_json},
};
use crate::{Result, StoreError};

pub(super) async fn append(db: &Sqlite, generation: GenerationId, entries: &[LogEntry]) -> Result<()> {
    let lines: Vec<(LogLevel, String)> =
        entries.iter().map(|entry| Ok((entry.level, json(entry)?))).collect::<Result<_>>()?;
    let mut tx = db.write().await?;
    let last: Option<i64> = sqlx::query(
        "SELECT COALESCE((SELECT MAX(seq) FROM logs WHERE generation_id = ?1), 0) AS last
         FROM generations WHERE id = ?1",
    )
    .bind(*generation.as_uuid())
    .fetch_optional(&mut *tx)
    .await?
    .map(|row| row.try_get("last"))
    .transpose()?;
    let mut last = last.ok_or(StoreError::NotFound("generation"))?;
    for batch in lines.chunks(BATCH) {
        QueryBuilder::<Database>::new("INSERT INTO logs (generation_id, seq, level, entry) ")
            .push_values(batch, |mut values, (level, entry)| {
                last += 1;
                values
                    .push_bind(*generation.as_uuid())
                    .push_bind(last)
                    .push_bind(rank(*level))
                    .push_bind(&**entry);
            })
            .build()
            .persistent(false)
            .execute(&mut *tx)
            .await?;
    }
    Ok(tx.commit().await?)
}

pub(super) async fn list(
    db: &Sqlite,
    user: &UserId,
    generation: GenerationId,
    after: u64,
    least: LogLevel,
    limit: u32,
) -> Result<Vec<LogLine>> {
    sqlx::query(
        "SELECT l.seq, l.entry
         FROM generations g JOIN projects p ON p.id = g.project_id JOIN logs l ON l.generation_id = g.id
         WHERE g.id = ? AND p.user_id = ? AND l.seq > ? AND l.level >= ? ORDER BY l.seq LIMIT ?",
    )
    .bind(*generation.as_uuid())
    .bind(user.as_str())
    .bind(integer(after))
    .bind(rank(least))
    .bind(limit)
    .fetch_all(&db.reader)
    .await?
    .iter()
    .map(|row| {
        let LogEntry { time, level, message, fields } = read_json(row, "entry")?;
        Ok(LogLine { seq: read_count(row, "seq")?, time, level, message, fields })
    })
    .collect()
}

/// Levels in their order, with room between them.
fn rank(level: LogLevel) -> i64 {
    match level {
        LogLevel::Debug => 10,
        LogLevel::Info => 20,
        LogLevel::Warn => 30,
        LogLevel::Error => 40,
    }
}
