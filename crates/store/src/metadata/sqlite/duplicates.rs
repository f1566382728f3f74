//! Which pairs repeat which: the first of a key stands for all, and what nearly repeats another ([`near`])
//! for none.

pub(super) mod near;

use model::{GenerationId, ProjectId, UndoId};
use sqlx::{AssertSqlSafe, SqliteConnection};
use uuid::Uuid;

use super::{
    Sqlite,
    row::{json, read_count},
};
use crate::{Result, StoreError};

/// Marks the pairs of project `?2` whose key is among the `dup_key`s that a query gives for `?1`.
pub(super) fn mark_sql(keys: &str) -> String {
    format!(
        "WITH firsts AS (
             SELECT p.id, FIRST_VALUE(p.id) OVER same AS first, FIRST_VALUE(p.near_of) OVER same AS near
             FROM (SELECT DISTINCT dup_key FROM ({keys}) WHERE dup_key IS NOT NULL) AS keys
             CROSS JOIN pairs p ON p.project_id = ?2 AND p.dup_key = keys.dup_key
             WINDOW same AS (
                 PARTITION BY p.dup_key
                 ORDER BY p.generation_id, p.filename, p.position, p.slot, p.document_id)),
         found AS (
             SELECT id, NULLIF(COALESCE(
                 (SELECT COALESCE(q.duplicate_of, q.id) FROM pairs q WHERE q.id = firsts.near), first), id) AS first
             FROM firsts)
         UPDATE pairs SET duplicate_of = found.first
         FROM found
         WHERE pairs.id = found.id AND pairs.duplicate_of IS NOT found.first"
    )
}

pub(super) const OF_GENERATION: &str = "SELECT dup_key FROM pairs WHERE generation_id = ?1";

const GIVEN: &str = "SELECT unhex(value) AS dup_key FROM json_each(?1)";

pub(super) const COUNT: &str = "
UPDATE generations SET pairs_duplicate = (
    SELECT COUNT(*) FROM pairs WHERE generation_id = generations.id AND duplicate_of IS NOT NULL)
WHERE project_id = ? AND kind = 'generate'";

pub(super) async fn mark(db: &Sqlite, generation: GenerationId) -> Result<u64> {
    let mut tx = db.write().await?;
    let project: Uuid = sqlx::query_scalar("SELECT project_id FROM generations WHERE id = ?")
        .bind(*generation.as_uuid())
        .fetch_optional(&mut *tx)
        .await?
        .ok_or(StoreError::NotFound("generation"))?;
    sqlx::query(AssertSqlSafe(mark_sql(OF_GENERATION)))
        .bind(*generation.as_uuid())
        .bind(project)
        .execute(&mut *tx)
        .await?;
    // An earlier generation that was resumed may have made a pair of a later one the duplicate.
    sqlx::query(COUNT).bind(project).execute(&mut *tx).await?;
    let row = sqlx::query("SELECT pairs_duplicate FROM generations WHERE id = ?")
        .bind(*generation.as_uuid())
        .fetch_one(&mut *tx)
        .await?;
    tx.commit().await?;
    read_count(&row, "pairs_duplicate")
}

/// Marks the pairs of a project that have one of these keys anew, and counts.
pub(super) async fn mark_keys(
    connection: &mut SqliteConnection,
    project: Uuid,
    keys: &[Vec<u8>],
) -> Result<()> {
    let keys: Vec<String> =
        keys.iter().map(|key| key.iter().map(|byte| format!("{byte:02x}")).collect()).collect();
    let marked = sqlx::query(AssertSqlSafe(mark_sql(GIVEN)))
        .bind(json(&keys)?)
        .bind(project)
        .execute(&mut *connection)
        .await?;
    count(connection, project, marked.rows_affected()).await
}

/// Marks the pairs of a project anew whose key is among those that a query gives for a change of many.
pub(super) async fn mark_where(
    connection: &mut SqliteConnection,
    project: ProjectId,
    keys: &str,
    undo: UndoId,
) -> Result<()> {
    let marked = sqlx::query(AssertSqlSafe(mark_sql(keys)))
        .bind(*undo.as_uuid())
        .bind(*project.as_uuid())
        .execute(&mut *connection)
        .await?;
    count(connection, *project.as_uuid(), marked.rows_affected()).await
}

async fn count(connection: &mut SqliteConnection, project: Uuid, marked: u64) -> Result<()> {
    if marked > 0 {
        sqlx::query(COUNT).bind(project).execute(connection).await?;
    }
    Ok(())
}
