//! What a look at all chunks of a project found out about each.

use model::{ExcludeReason, ProjectId, UserId};
use serde::Serialize;
use uuid::Uuid;

use super::{Sqlite, projects, row::json};
use crate::{ChunkMark, Result, StoreError};

/// A mark as the statement reads it.
#[derive(Serialize)]
struct Mark<'a> {
    id: Uuid,
    topic: Option<&'a str>,
    reason: Option<&'a ExcludeReason>,
}

/// What a person decided or wrote stays; a topic is nothing that a person decides.
pub(super) const MARK: &str = "
WITH marks AS (
    SELECT unhex(value ->> '$.id', '-') AS id, value ->> '$.topic' AS topic, value -> '$.reason' AS reason
    FROM json_each(?2)),
changed AS (
    SELECT c.id, m.topic,
        CASE WHEN c.decided IS NULL AND NOT c.edited THEN m.reason <> 'null' ELSE c.excluded END AS excluded,
        CASE WHEN c.decided IS NULL AND NOT c.edited THEN m.reason ELSE c.body -> '$.exclude_reason' END AS reason
    FROM marks m CROSS JOIN chunks c ON c.id = m.id AND +c.project_id = ?1)
UPDATE chunks SET topic = changed.topic, excluded = changed.excluded,
    body = json_set(body, '$.topic', changed.topic, '$.excluded', json(iif(changed.excluded, 'true', 'false')),
        '$.exclude_reason', json(changed.reason))
FROM changed WHERE chunks.id = changed.id";

pub(super) async fn mark(db: &Sqlite, user: &UserId, project: ProjectId, marks: &[ChunkMark]) -> Result<u64> {
    let marks: Vec<Mark<'_>> = marks
        .iter()
        .map(|mark| Mark {
            id: *mark.chunk.as_uuid(),
            topic: mark.topic.as_deref(),
            reason: mark.exclude.as_ref(),
        })
        .collect();
    let mut tx = db.write().await?;
    projects::number(&mut tx, user, project).await?.ok_or(StoreError::NotFound("project"))?;
    let changed = sqlx::query(MARK).bind(*project.as_uuid()).bind(json(&marks)?).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(changed.rows_affected())
}
