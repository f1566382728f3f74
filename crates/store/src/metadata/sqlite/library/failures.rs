//! Units that failed, as people list them.

use model::{DocumentId, GenerationId, Phase, Time, UnitId, UserId};
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};
use uuid::Uuid;

use super::{
    super::{
        Sqlite,
        row::{integer, json, read_count, read_json},
        units,
    },
    page,
};
use crate::{FailedUnit, Page, PageRequest, Result, StoreError};

const LIST: &str = "failures";

/// A generation goes through its phases in this order.
const PHASES: [Phase; 3] = [Phase::Parse, Phase::Generate, Phase::Validate];

pub(super) async fn list(
    db: &Sqlite,
    user: &UserId,
    generation: GenerationId,
    request: &PageRequest,
) -> Result<Option<Page<FailedUnit>>> {
    let after: Option<(Phase, i64)> = page::after(LIST, request)?;
    let mut tx = db.reader.begin().await?;
    if !is_users(&mut tx, user, generation).await? {
        return Ok(None);
    }
    let row = sqlx::query(COUNT).bind(*generation.as_uuid()).fetch_one(&mut *tx).await?;
    let total = read_count(&row, "total")?;
    let mut found = Vec::new();
    let (from, mut ordinal) = after.map_or((Phase::Parse, -1), |(phase, ordinal)| (phase, ordinal));
    for phase in PHASES.into_iter().skip_while(|phase| *phase != from) {
        let left = page::rows(request).saturating_sub(integer(found.len()));
        let rows = sqlx::query(PAGE)
            .bind(*generation.as_uuid())
            .bind(phase.as_str())
            .bind(ordinal)
            .bind(left)
            .fetch_all(&mut *tx)
            .await?;
        for row in &rows {
            let failed = read(row)?;
            found.push(((phase, integer(failed.unit.ordinal)), failed));
        }
        ordinal = -1;
    }
    page::page(LIST, request, found, total).map(Some)
}

pub(super) async fn among(
    db: &Sqlite,
    user: &UserId,
    generation: GenerationId,
    ids: &[UnitId],
) -> Result<Vec<UnitId>> {
    let mut tx = db.reader.begin().await?;
    if !is_users(&mut tx, user, generation).await? {
        return Ok(Vec::new());
    }
    sqlx::query(
        "SELECT id FROM units WHERE id IN (SELECT unhex(value, '-') FROM json_each(?))
            AND generation_id = ? AND status = 'failed'",
    )
    .bind(json(&ids)?)
    .bind(*generation.as_uuid())
    .fetch_all(&mut *tx)
    .await?
    .iter()
    .map(|row| Ok(UnitId::from_uuid(row.try_get("id")?)))
    .collect()
}

/// The phases are named, so that an index that begins with them is walked.
pub(in super::super) const COUNT: &str = "
SELECT COUNT(*) AS total FROM units
WHERE generation_id = ? AND phase IN ('parse', 'generate', 'validate') AND status = 'failed'";

pub(in super::super) const PAGE: &str = "
SELECT u.*, CASE u.phase WHEN 'parse' THEN u.subject ELSE c.document_id END AS document
FROM units u LEFT JOIN chunks c ON c.id = u.subject
WHERE u.generation_id = ? AND u.phase = ? AND u.status = 'failed' AND u.ordinal > ? ORDER BY u.ordinal LIMIT ?";

async fn is_users(connection: &mut SqliteConnection, user: &UserId, id: GenerationId) -> Result<bool> {
    let row = sqlx::query(
        "SELECT 1 FROM generations g JOIN projects p ON p.id = g.project_id WHERE g.id = ? AND p.user_id = ?",
    )
    .bind(*id.as_uuid())
    .bind(user.as_str())
    .fetch_optional(connection)
    .await?;
    Ok(row.is_some())
}

fn read(row: &SqliteRow) -> Result<FailedUnit> {
    let time = row.try_get::<Option<i64>, _>("failed_at")?.map(Time::from_microsecond).transpose();
    Ok(FailedUnit {
        unit: units::read(row)?,
        document: row.try_get::<Option<Uuid>, _>("document")?.map(DocumentId::from_uuid),
        failure: read_json(row, "failure")?,
        time: time.map_err(|error| StoreError::Corrupt(error.to_string()))?,
    })
}
