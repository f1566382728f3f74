//! What people made of texts of pairs, each time that they changed one.

use std::collections::HashMap;

use model::{EditMark, Edition, PairId, Time, UndoId, UserId};
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};
use uuid::Uuid;

use super::super::{
    Sqlite,
    row::{json, read_json_or_none, read_word, word},
};
use crate::Result;

/// Notes the text that a pair has now.
pub(super) async fn note(
    connection: &mut SqliteConnection,
    seq: i64,
    user: &UserId,
    now: Time,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO pair_edits (pair_id, revision, project_id, at, user_id, text)
         SELECT id, revision, project_id, ?3, ?2, edit -> '$.text' FROM pairs WHERE seq = ?1",
    )
    .bind(seq)
    .bind(user.as_str())
    .bind(word(&now)?)
    .execute(connection)
    .await?;
    Ok(())
}

pub(in super::super) const NOTE_MANY: &str = "
INSERT INTO pair_edits (pair_id, revision, project_id, at, user_id, text)
SELECT p.id, p.revision, p.project_id, ?4, ?3, p.edit -> '$.text'
FROM undo_items i CROSS JOIN pairs p ON p.seq = i.seq
WHERE i.undo_id = ?1 AND i.before ->> '$.edit' IS NOT NULL AND i.restored = ?2";

/// Notes the texts that pairs have since a change of many, or since it was taken back.
pub(super) async fn note_many(
    connection: &mut SqliteConnection,
    undo: UndoId,
    restored: bool,
    user: &UserId,
    now: Time,
) -> Result<()> {
    sqlx::query(NOTE_MANY)
        .bind(*undo.as_uuid())
        .bind(restored)
        .bind(user.as_str())
        .bind(word(&now)?)
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn list(db: &Sqlite, user: &UserId, id: PairId) -> Result<Vec<Edition>> {
    sqlx::query(
        "SELECT e.revision, e.at, e.user_id, e.text FROM pair_edits e
         JOIN pairs r ON r.id = e.pair_id JOIN projects p ON p.id = r.project_id
         WHERE e.pair_id = ? AND p.user_id = ? ORDER BY e.revision",
    )
    .bind(*id.as_uuid())
    .bind(user.as_str())
    .fetch_all(&db.reader)
    .await?
    .iter()
    .map(|row| Ok(Edition { mark: read_mark(row)?, text: read_json_or_none(row, "text")? }))
    .collect()
}

pub(in super::super) const MARKS: &str = "
SELECT pair_id, revision, at, user_id FROM pair_edits
WHERE pair_id IN (SELECT unhex(value, '-') FROM json_each(?)) ORDER BY pair_id, revision";

/// When these pairs were changed, and by whom.
pub(in super::super) async fn marks(db: &Sqlite, pairs: &[PairId]) -> Result<HashMap<Uuid, Vec<EditMark>>> {
    let mut marks: HashMap<Uuid, Vec<EditMark>> = HashMap::new();
    if pairs.is_empty() {
        return Ok(marks);
    }
    for row in &sqlx::query(MARKS).bind(json(&pairs)?).fetch_all(&db.reader).await? {
        marks.entry(row.try_get("pair_id")?).or_default().push(read_mark(row)?);
    }
    Ok(marks)
}

fn read_mark(row: &SqliteRow) -> Result<EditMark> {
    Ok(EditMark {
        revision: row.try_get("revision")?,
        at: read_word(row, "at")?,
        by: row.try_get("user_id")?,
    })
}
