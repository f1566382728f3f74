//! What generations say of their work.

use model::{GenerationId, LogEntry, LogLevel};
use mongodb::bson::{Document, doc};

use super::{
    Mongo, Tx,
    collections::COUNTERS,
    generations,
    row::{key, number},
    rows::LogRow,
    transaction::transaction,
};
use crate::{
    Result, StoreError,
    metadata::value::{integer, json},
};

pub(super) async fn append(db: &Mongo, generation: GenerationId, entries: &[LogEntry]) -> Result<()> {
    let lines: Vec<(LogLevel, String)> =
        entries.iter().map(|entry| Ok((entry.level, json(entry)?))).collect::<Result<_>>()?;
    let _turn = db.turns.at(generation).await;
    transaction!(db, |tx| append_in(&mut tx, generation, &lines))
}

/// The count is changed before the lines are written: of two who write at once the second numbers its lines behind the
/// first's.
async fn append_in(tx: &mut Tx, generation: GenerationId, lines: &[(LogLevel, String)]) -> Result<()> {
    let of = generations::row_in(tx, generation).await?.ok_or(StoreError::NotFound("generation"))?;
    if lines.is_empty() {
        return Ok(());
    }
    let before = tx
        .db
        .collection::<Document>(COUNTERS)
        .find_one_and_update(
            doc! { "_id": key(generation.as_uuid()) },
            doc! { "$inc": { "last": integer(lines.len()) } },
        )
        .session(&mut tx.session)
        .await?
        .ok_or_else(|| StoreError::Corrupt(format!("the log of generation {generation} has no count")))?;
    let rows = lines.iter().zip(number(&before, "last")? + 1..).map(|((level, entry), seq)| LogRow {
        generation: of.id,
        user: of.user.clone(),
        seq,
        level: rank(*level),
        entry: entry.clone(),
    });
    let rows: Vec<LogRow> = rows.collect();
    tx.logs().insert_many(rows).session(&mut tx.session).await?;
    Ok(())
}

/// Levels in their order, with room between them.
pub(super) fn rank(level: LogLevel) -> i32 {
    match level {
        LogLevel::Debug => 10,
        LogLevel::Info => 20,
        LogLevel::Warn => 30,
        LogLevel::Error => 40,
    }
}
