//! Changes of many at once, and how they are taken back.
//!
//! Each thing's state before is kept for 24 hours, with its revision behind the change: what is at
//! another revision was changed since, and stays. An undo is a further revision; a change that lay
//! under the one that is undone can still be undone after it.

use std::time::Duration;

use model::{ProjectId, Time, UndoId};
use sqlx::{Row as _, SqliteConnection};
use uuid::Uuid;

use super::super::row::integer;
use crate::{Result, Undone};

/// How long a change can be undone.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// Things that are named as kept, at most.
const NAMED: i64 = 1000;

/// What is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Chunks,
    Pairs,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Chunks => "chunks",
            Self::Pairs => "pairs",
        }
    }
}

fn oldest(now: Time) -> i64 {
    now.as_microsecond().saturating_sub(integer(KEPT.as_micros()))
}

/// Notes a change, and forgets those that cannot be undone any more.
pub(super) async fn note(
    connection: &mut SqliteConnection,
    kind: Kind,
    project: ProjectId,
    undo: UndoId,
    now: Time,
) -> Result<()> {
    sqlx::query("DELETE FROM undos WHERE created_at < ?").bind(oldest(now)).execute(&mut *connection).await?;
    sqlx::query("INSERT INTO undos (id, project_id, kind, created_at) VALUES (?, ?, ?, ?)")
        .bind(*undo.as_uuid())
        .bind(*project.as_uuid())
        .bind(kind.as_str())
        .bind(now.as_microsecond())
        .execute(connection)
        .await?;
    Ok(())
}

/// Takes a change up to be undone; `false` where there is none that can be.
pub(super) async fn take(
    connection: &mut SqliteConnection,
    kind: Kind,
    project: ProjectId,
    undo: UndoId,
    now: Time,
) -> Result<bool> {
    let taken = sqlx::query(
        "UPDATE undos SET undone = 1
         WHERE id = ? AND project_id = ? AND kind = ? AND NOT undone AND created_at >= ?",
    )
    .bind(*undo.as_uuid())
    .bind(*project.as_uuid())
    .bind(kind.as_str())
    .bind(oldest(now))
    .execute(connection)
    .await?;
    Ok(taken.rows_affected() > 0)
}

/// Lets changes that lay under this one be undone, though its undoing was a further revision.
pub(in super::super) const REBASE: &str = "
UPDATE undo_items SET revision = under.now
FROM (
    SELECT below.undo_id, below.seq, above.revision + 1 AS now
    FROM undo_items above
    CROSS JOIN undo_items below ON below.seq = above.seq AND below.revision = above.revision_before
    CROSS JOIN undos u ON u.id = below.undo_id AND u.kind = ?2 AND NOT u.undone
    WHERE above.undo_id = ?1 AND above.restored
) under
WHERE undo_items.undo_id = under.undo_id AND undo_items.seq = under.seq";

/// What became of the items of a change, once those that could be restored are.
pub(super) async fn outcome(connection: &mut SqliteConnection, kind: Kind, undo: UndoId) -> Result<Undone> {
    sqlx::query(REBASE).bind(*undo.as_uuid()).bind(kind.as_str()).execute(&mut *connection).await?;
    let changed: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM undo_items WHERE undo_id = ? AND restored")
        .bind(*undo.as_uuid())
        .fetch_one(&mut *connection)
        .await?;
    let kept =
        sqlx::query("SELECT id FROM undo_items WHERE undo_id = ? AND NOT restored ORDER BY seq LIMIT ?")
            .bind(*undo.as_uuid())
            .bind(NAMED)
            .fetch_all(connection)
            .await?
            .iter()
            .map(|row| Ok(row.try_get::<Uuid, _>("id")?.to_string()))
            .collect::<Result<_>>()?;
    Ok(Undone { changed: changed.unsigned_abs(), kept })
}
