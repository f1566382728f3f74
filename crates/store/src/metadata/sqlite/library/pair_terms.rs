//! The search terms of pairs whose text came or went with a change of many.

use model::UndoId;
use sqlx::{Row as _, SqliteConnection};

use super::super::{
    pairs,
    terms::{self, Terms},
};
use crate::Result;

/// Rows that are read at a time.
const ROWS: i64 = 500;

/// Writes the terms anew of those pairs of a change that a person had edited.
pub(super) async fn rebuild(connection: &mut SqliteConnection, undo: UndoId, restored: bool) -> Result<()> {
    let mut after = 0_i64;
    loop {
        let rows = sqlx::query(
            "SELECT p.* FROM undo_items i CROSS JOIN pairs p ON p.seq = i.seq
             WHERE i.undo_id = ? AND i.seq > ? AND i.restored = ? AND i.before ->> '$.edit' IS NOT NULL
             ORDER BY i.seq LIMIT ?",
        )
        .bind(*undo.as_uuid())
        .bind(after)
        .bind(restored)
        .bind(ROWS)
        .fetch_all(&mut *connection)
        .await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.try_get("seq")?;
        let mut found = Vec::with_capacity(rows.len());
        for row in &rows {
            let pair = pairs::read(row)?;
            terms::remove(connection, Terms::Pairs, row.try_get("seq")?).await?;
            found.push((*pair.id.as_uuid(), terms::of_pair(&pairs::text(&pair))));
        }
        terms::add(connection, Terms::Pairs, &found).await?;
    }
}
