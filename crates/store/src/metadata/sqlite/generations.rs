//! Generations, their states and their counts.

use model::{Generation, GenerationId, GenerationKind, ProjectId, Unit, Usage, UserId};
use sqlx::{QueryBuilder, Row as _, SqliteConnection, sqlite::SqliteRow};

pub(super) use super::super::generation::{Counts, Spending, trillionths};
use super::super::generation::{check_arrow, mean, progress, usd};
use super::{
    Sqlite, projects,
    row::{integer, is_taken, json, read_count, read_json, read_word, word},
    units,
};
use crate::{Advance, GenerationContext, Result, StoreError};

pub(super) const SELECT: &str =
    "SELECT g.*, p.user_id FROM generations g JOIN projects p ON p.id = g.project_id";

pub(super) const PARSING: &str = "
SELECT 1 FROM generations INDEXED BY generations_unended
WHERE status IN ('pending', 'parsing', 'generating', 'validating') AND kind = 'parse' AND project_id = ? AND id <> ? LIMIT 1";

pub(super) async fn create(
    db: &Sqlite,
    user: &UserId,
    generation: &Generation,
    units: &[Unit],
) -> Result<()> {
    let body = json(generation)?;
    let mut tx = db.write().await?;
    projects::require(&mut tx, user, generation.project_id).await?;
    if generation.kind == GenerationKind::Parse && !generation.status.has_ended() {
        let other = sqlx::query(PARSING)
            .bind(*generation.project_id.as_uuid())
            .bind(*generation.id.as_uuid())
            .fetch_optional(&mut *tx)
            .await?;
        if other.is_some() {
            return Err(StoreError::Busy("parse"));
        }
    }
    sqlx::query(
        "INSERT INTO generations (id, project_id, kind, status, attempt, created_at, chunks_total, body)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(*generation.id.as_uuid())
    .bind(*generation.project_id.as_uuid())
    .bind(word(&generation.kind)?)
    .bind(generation.status.as_str())
    .bind(generation.attempt)
    .bind(generation.created_at.as_microsecond())
    .bind(integer(units.len()))
    .bind(body)
    .execute(&mut *tx)
    .await
    .map_err(|error| if is_taken(&error) { StoreError::Exists("generation") } else { error.into() })?;
    if units::insert(&mut tx, generation.id, units).await? != units.len() as u64 {
        return Err(StoreError::Exists("unit"));
    }
    Ok(tx.commit().await?)
}

pub(super) async fn get(db: &Sqlite, user: &UserId, id: GenerationId) -> Result<Option<Generation>> {
    let mut query = QueryBuilder::new(SELECT);
    query.push(" WHERE g.id = ").push_bind(*id.as_uuid()).push(" AND p.user_id = ").push_bind(user.as_str());
    query.build().fetch_optional(&db.reader).await?.as_ref().map(read).transpose()
}

pub(super) async fn context(db: &Sqlite, id: GenerationId) -> Result<Option<GenerationContext>> {
    let mut query = QueryBuilder::new(SELECT);
    query.push(" WHERE g.id = ").push_bind(*id.as_uuid());
    query.build().fetch_optional(&db.reader).await?.as_ref().map(read_context).transpose()
}

pub(super) const UNENDED: &str = "
SELECT g.*, p.user_id
FROM generations g INDEXED BY generations_unended JOIN projects p ON p.id = g.project_id
WHERE g.status IN ('pending', 'parsing', 'generating', 'validating')
    AND json_array_length(g.body, '$.job_names') > 0
ORDER BY g.created_at, g.id";

pub(super) async fn unended(db: &Sqlite) -> Result<Vec<GenerationContext>> {
    sqlx::query(UNENDED).fetch_all(&db.reader).await?.iter().map(read_context).collect()
}

fn read_context(row: &SqliteRow) -> Result<GenerationContext> {
    let user = UserId::new(row.try_get::<String, _>("user_id")?);
    Ok(GenerationContext { user, generation: read(row)? })
}

pub(super) async fn list(
    db: &Sqlite,
    user: &UserId,
    project: ProjectId,
    kind: GenerationKind,
) -> Result<Vec<Generation>> {
    let mut query = QueryBuilder::new(SELECT);
    query.push(" WHERE g.project_id = ").push_bind(*project.as_uuid());
    query.push(" AND p.user_id = ").push_bind(user.as_str()).push(" AND g.kind = ").push_bind(word(&kind)?);
    query.push(" ORDER BY g.created_at DESC, g.id DESC");
    query.build().fetch_all(&db.reader).await?.iter().map(read).collect()
}

pub(super) async fn advance(db: &Sqlite, user: &UserId, change: &Advance) -> Result<bool> {
    let to = &change.to;
    check_arrow(change)?;
    let body = json(to)?;
    let mut tx = db.write().await?;
    let known = sqlx::query(
        "SELECT 1 FROM generations g JOIN projects p ON p.id = g.project_id
         WHERE g.id = ? AND p.user_id = ? AND p.id = ? AND g.kind = ?",
    )
    .bind(*to.id.as_uuid())
    .bind(user.as_str())
    .bind(*to.project_id.as_uuid())
    .bind(word(&to.kind)?)
    .fetch_optional(&mut *tx)
    .await?;
    if known.is_none() {
        return Err(StoreError::NotFound("generation"));
    }
    let changed = sqlx::query(
        "UPDATE generations SET status = ?1, attempt = ?2,
             body = CASE WHEN body -> '$.labels' IS NULL THEN ?3 ELSE json_set(?3, '$.labels', body -> '$.labels') END
         WHERE id = ?4 AND status = ?5 AND attempt = ?6",
    )
    .bind(to.status.as_str())
    .bind(to.attempt)
    .bind(body)
    .bind(*to.id.as_uuid())
    .bind(change.from.as_str())
    .bind(change.attempt)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(changed.rows_affected() > 0)
}

pub(super) async fn fix_labels(db: &Sqlite, id: GenerationId, labels: &[String]) -> Result<Vec<String>> {
    let mut tx = db.write().await?;
    // What is there already stays.
    let row = sqlx::query(
        "UPDATE generations SET body = json_insert(body, '$.labels', json(?)) WHERE id = ?
         RETURNING body -> '$.labels' AS labels",
    )
    .bind(json(&labels)?)
    .bind(*id.as_uuid())
    .fetch_optional(&mut *tx)
    .await?
    .ok_or(StoreError::NotFound("generation"))?;
    let labels = read_json(&row, "labels")?;
    tx.commit().await?;
    Ok(labels)
}

pub(super) async fn add_counts(
    connection: &mut SqliteConnection,
    id: GenerationId,
    add: &Counts,
) -> Result<()> {
    sqlx::query(
        "UPDATE generations SET
             chunks_processed = chunks_processed + ?, chunks_failed = chunks_failed + ?,
             validate_total = validate_total + ?, validate_ended = validate_ended + ?,
             pairs_generated = pairs_generated + ?,
             quality_sum = quality_sum + ?, quality_count = quality_count + ?,
             grounding_sum = grounding_sum + ?, grounding_count = grounding_count + ?
         WHERE id = ?",
    )
    .bind(add.processed)
    .bind(add.failed)
    .bind(add.validate_total)
    .bind(add.validate_ended)
    .bind(add.pairs)
    .bind(add.quality.billionths)
    .bind(add.quality.count)
    .bind(add.grounding.billionths)
    .bind(add.grounding.count)
    .bind(*id.as_uuid())
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn add_usage(
    connection: &mut SqliteConnection,
    id: GenerationId,
    add: &Spending,
) -> Result<()> {
    sqlx::query(
        "UPDATE generations SET
             requests = requests + ?, prompt_tokens = prompt_tokens + ?, completion_tokens = completion_tokens + ?,
             cost = CASE WHEN ?4 IS NULL THEN cost ELSE COALESCE(cost, 0) + ?4 END
         WHERE id = ?5",
    )
    .bind(add.requests)
    .bind(add.prompt_tokens)
    .bind(add.completion_tokens)
    .bind(add.cost)
    .bind(*id.as_uuid())
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn spent(db: &Sqlite) -> Result<Usage> {
    let row = sqlx::query(
        "SELECT COALESCE(SUM(requests), 0) AS requests, COALESCE(SUM(prompt_tokens), 0) AS prompt_tokens,
             COALESCE(SUM(completion_tokens), 0) AS completion_tokens, SUM(cost) AS cost FROM generations",
    )
    .fetch_one(&db.reader)
    .await?;
    read_usage(&row)
}

fn read_usage(row: &SqliteRow) -> Result<Usage> {
    Ok(Usage {
        requests: read_count(row, "requests")?,
        prompt_tokens: read_count(row, "prompt_tokens")?,
        completion_tokens: read_count(row, "completion_tokens")?,
        cost_usd: row.try_get::<Option<i64>, _>("cost")?.map(usd),
    })
}

/// A generation: what is counted comes from columns, what is written whole from the body.
pub(super) fn read(row: &SqliteRow) -> Result<Generation> {
    let body: Generation = read_json(row, "body")?;
    let mut generation = Generation {
        status: read_word(row, "status")?,
        attempt: row.try_get("attempt")?,
        chunks_total: read_count(row, "chunks_total")?,
        chunks_processed: read_count(row, "chunks_processed")?,
        chunks_failed: read_count(row, "chunks_failed")?,
        pairs_generated: read_count(row, "pairs_generated")?,
        pairs_duplicate: read_count(row, "pairs_duplicate")?,
        average_quality: read_mean(row, "quality_sum", "quality_count")?,
        average_grounding: read_mean(row, "grounding_sum", "grounding_count")?,
        usage: read_usage(row)?,
        ..body
    };
    generation.progress =
        progress(&generation, read_count(row, "validate_ended")?, read_count(row, "validate_total")?);
    Ok(generation)
}

/// The mean of scores from the sum of their billionths and their number.
pub(super) fn read_mean(row: &SqliteRow, sum: &str, count: &str) -> Result<Option<f64>> {
    let (sum, count) = (row.try_get::<i64, _>(sum)?, row.try_get::<i64, _>(count)?);
    Ok(mean(sum, count))
}
