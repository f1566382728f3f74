//! Pairs: what they say as JSON, what they are found, ordered and counted by as columns.

use model::{ChunkId, GenerationId, Pair, PairId, PairOrigin, ProjectId, Scores, Time, UserId};
use serde::{Deserialize, Serialize};
use sqlx::{QueryBuilder, Row as _, SqliteConnection, sqlite::SqliteRow};
use uuid::Uuid;

use super::{
    BATCH, Database, Sqlite,
    row::{integer, json, read_count, read_json, read_json_or_none, read_word, word},
};
use crate::{ExportRow, PairCursor, PairSelection, Result, StoreError};

const COLUMNS: &str = "id, project_id, generation_id, document_id, chunk_id, slot, filename, position, page_start, \
     page_end, char_start, char_end, review_status, body";

/// What is kept of a validation.
#[derive(Serialize, Deserialize)]
pub(super) struct Validation<S> {
    pub(super) scores: S,
    pub(super) time: Time,
}

/// A pair on its way into the database.
pub(super) struct Row {
    pair: Pair,
    origin: PairOrigin,
    review_status: String,
    body: String,
}

impl Row {
    pub(super) fn new(pair: Pair, origin: PairOrigin) -> Result<Self> {
        Ok(Self { review_status: word(&pair.review_status)?, body: json(&pair)?, pair, origin })
    }
}

/// Puts pairs in place of those that the generation has of a chunk; says how many more that makes.
pub(super) async fn replace(
    connection: &mut SqliteConnection,
    generation: GenerationId,
    chunk: ChunkId,
    rows: &[Row],
) -> Result<i64> {
    if rows.iter().any(|row| row.pair.chunk_id != chunk) {
        return Err(StoreError::Conflict("a pair is not of the chunk that its unit works on".into()));
    }
    let old = sqlx::query("DELETE FROM pairs WHERE generation_id = ? AND chunk_id = ?")
        .bind(*generation.as_uuid())
        .bind(*chunk.as_uuid())
        .execute(&mut *connection)
        .await?;
    for batch in rows.chunks(BATCH) {
        QueryBuilder::<Database>::new(format!("INSERT INTO pairs ({COLUMNS}) "))
            .push_values(batch, |mut values, Row { pair, origin, review_status, body }| {
                values
                    .push_bind(*pair.id.as_uuid())
                    .push_bind(*pair.project_id.as_uuid())
                    .push_bind(*pair.generation_id.as_uuid())
                    .push_bind(*pair.document_id.as_uuid())
                    .push_bind(*pair.chunk_id.as_uuid())
                    .push_bind(pair.slot)
                    .push_bind(&*origin.filename)
                    .push_bind(origin.position)
                    .push_bind(origin.page_start)
                    .push_bind(origin.page_end)
                    .push_bind(integer(origin.char_start))
                    .push_bind(integer(origin.char_end))
                    .push_bind(&**review_status)
                    .push_bind(&**body);
            })
            .build()
            .persistent(false)
            .execute(&mut *connection)
            .await?;
    }
    Ok(integer(rows.len()) - integer(old.rows_affected()))
}

/// Writes what validation says of a pair; `false` where the generation has no such pair.
pub(super) async fn score(
    connection: &mut SqliteConnection,
    generation: GenerationId,
    pair: PairId,
    scores: &Scores,
    key: &[u8; 16],
    validation: &str,
) -> Result<bool> {
    let scored = sqlx::query(
        "UPDATE pairs SET quality_score = ?, grounding_score = ?, dup_key = ?, validation = ?
         WHERE id = ? AND generation_id = ?",
    )
    .bind(scores.quality_score)
    .bind(scores.grounding_score)
    .bind(key.as_slice())
    .bind(validation)
    .bind(*pair.as_uuid())
    .bind(*generation.as_uuid())
    .execute(connection)
    .await?;
    Ok(scored.rows_affected() > 0)
}

pub(super) const OF_CHUNK: &str =
    "SELECT * FROM pairs WHERE generation_id = ? AND chunk_id = ? ORDER BY slot";

/// The pairs of a generation from one chunk, by slot.
pub(super) async fn of_chunk(db: &Sqlite, generation: GenerationId, chunk: ChunkId) -> Result<Vec<Pair>> {
    sqlx::query(OF_CHUNK)
        .bind(*generation.as_uuid())
        .bind(*chunk.as_uuid())
        .fetch_all(&db.reader)
        .await?
        .iter()
        .map(read)
        .collect()
}

pub(super) const MARK_DUPLICATES: &str = "
WITH firsts AS (
    SELECT p.id, FIRST_VALUE(p.id) OVER (
        PARTITION BY p.dup_key
        ORDER BY p.generation_id, p.filename, p.position, p.slot, p.document_id) AS first
    FROM (SELECT DISTINCT dup_key FROM pairs WHERE generation_id = ?1 AND dup_key IS NOT NULL) AS keys
    CROSS JOIN pairs p ON p.project_id = ?2 AND p.dup_key = keys.dup_key)
UPDATE pairs SET duplicate_of = NULLIF(firsts.first, firsts.id)
FROM firsts WHERE pairs.id = firsts.id AND pairs.duplicate_of IS NOT NULLIF(firsts.first, firsts.id)";

pub(super) const COUNT_DUPLICATES: &str = "
UPDATE generations SET pairs_duplicate = (
    SELECT COUNT(*) FROM pairs WHERE generation_id = generations.id AND duplicate_of IS NOT NULL)
WHERE project_id = ? AND kind = 'generate'";

pub(super) async fn mark_duplicates(db: &Sqlite, generation: GenerationId) -> Result<u64> {
    let mut tx = db.write().await?;
    let project: Uuid = sqlx::query_scalar("SELECT project_id FROM generations WHERE id = ?")
        .bind(*generation.as_uuid())
        .fetch_optional(&mut *tx)
        .await?
        .ok_or(StoreError::NotFound("generation"))?;
    sqlx::query(MARK_DUPLICATES).bind(*generation.as_uuid()).bind(project).execute(&mut *tx).await?;
    // An earlier generation that was resumed may have made a pair of a later one the duplicate.
    sqlx::query(COUNT_DUPLICATES).bind(project).execute(&mut *tx).await?;
    let row = sqlx::query("SELECT pairs_duplicate FROM generations WHERE id = ?")
        .bind(*generation.as_uuid())
        .fetch_one(&mut *tx)
        .await?;
    tx.commit().await?;
    read_count(&row, "pairs_duplicate")
}

pub(super) async fn in_order(
    db: &Sqlite,
    user: &UserId,
    project: ProjectId,
    selection: &PairSelection,
    after: Option<&PairCursor>,
    limit: u32,
) -> Result<Vec<ExportRow>> {
    let mut query = in_order_query(user, project, selection, after, limit)?;
    let rows = query.build().fetch_all(&db.reader).await?;
    rows.iter().map(|row| Ok(ExportRow { pair: read(row)?, origin: read_origin(row)? })).collect()
}

/// The index is named because any other makes the whole walk quadratic: it would sort all that is
/// left at every page.
pub(super) fn in_order_query(
    user: &UserId,
    project: ProjectId,
    selection: &PairSelection,
    after: Option<&PairCursor>,
    limit: u32,
) -> Result<QueryBuilder<Database>> {
    let mut query = QueryBuilder::new("SELECT * FROM pairs INDEXED BY pairs_in_order WHERE project_id = ");
    query.push_bind(*project.as_uuid());
    query.push(" AND EXISTS (SELECT 1 FROM projects WHERE id = ").push_bind(*project.as_uuid());
    query.push(" AND user_id = ").push_bind(user.as_str().to_owned()).push(")");
    if let Some(after) = after {
        query.push(" AND (filename, document_id, position, generation_id, slot) > (");
        query.push_bind(after.filename.clone()).push(", ").push_bind(*after.document.as_uuid());
        query.push(", ").push_bind(after.position).push(", ").push_bind(*after.generation.as_uuid());
        query.push(", ").push_bind(after.slot).push(")");
    }
    if !selection.generations.is_empty() {
        query.push(" AND generation_id IN (SELECT unhex(value, '-') FROM json_each(");
        query.push_bind(json(&selection.generations)?).push("))");
    }
    if !selection.documents.is_empty() {
        query.push(" AND document_id IN (SELECT unhex(value, '-') FROM json_each(");
        query.push_bind(json(&selection.documents)?).push("))");
    }
    if let Some(least) = selection.min_quality {
        query.push(" AND quality_score >= ").push_bind(least);
    }
    if selection.without_rejected {
        query.push(" AND review_status <> 'rejected'");
    }
    query.push(" ORDER BY filename, document_id, position, generation_id, slot LIMIT ").push_bind(limit);
    Ok(query)
}

fn read(row: &SqliteRow) -> Result<Pair> {
    let mut pair: Pair = read_json(row, "body")?;
    pair.review_status = read_word(row, "review_status")?;
    pair.duplicate_of = row.try_get::<Option<Uuid>, _>("duplicate_of")?.map(PairId::from_uuid);
    if let Some(Validation { scores, time }) = read_json_or_none::<Validation<Scores>>(row, "validation")? {
        pair.quality_score = scores.quality_score;
        pair.quality = scores.quality;
        pair.grounding_score = scores.grounding_score;
        pair.evidence = scores.evidence;
        pair.unsupported = scores.unsupported;
        pair.flags = scores.flags;
        pair.question_type = scores.question_type.or(pair.question_type);
        pair.difficulty = scores.difficulty.or(pair.difficulty);
        pair.updated_at = pair.updated_at.max(time);
    }
    Ok(pair)
}

fn read_origin(row: &SqliteRow) -> Result<PairOrigin> {
    Ok(PairOrigin {
        filename: row.try_get("filename")?,
        position: row.try_get("position")?,
        page_start: row.try_get("page_start")?,
        page_end: row.try_get("page_end")?,
        char_start: read_count(row, "char_start")?,
        char_end: read_count(row, "char_end")?,
    })
}
