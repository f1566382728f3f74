//! What a unit works on.

use model::{Chunk, ChunkId, Document, GenerationId, Passage, Phase, Unit, UserId};
use sqlx::{Row as _, sqlite::SqliteRow};

use super::{
    Sqlite, documents, pairs,
    row::{json, read_count, read_json},
    units::subject,
};
use crate::Result;

pub(super) async fn document(db: &Sqlite, generation: GenerationId, unit: &Unit) -> Result<Option<Document>> {
    sqlx::query(
        "SELECT d.body, d.status, d.error FROM documents d JOIN generations g ON g.project_id = d.project_id
         WHERE d.id = ? AND g.id = ?",
    )
    .bind(subject(unit)?)
    .bind(*generation.as_uuid())
    .fetch_optional(&db.reader)
    .await?
    .as_ref()
    .map(documents::read)
    .transpose()
}

pub(super) async fn passage(
    db: &Sqlite,
    generation: GenerationId,
    unit: &Unit,
) -> Result<Option<(Chunk, Passage, String)>> {
    // The passage is the one of the unit: the chunk may have been edited since the run started.
    let row = sqlx::query(
        "SELECT c.body, a.body AS passage, d.filename
         FROM chunks c
         JOIN generations g ON g.project_id = c.project_id
         JOIN documents d ON d.id = c.document_id
         JOIN passages a ON a.project_id = c.project_id AND a.sha256 = ?
         WHERE c.id = ? AND g.id = ?",
    )
    .bind(unit.passage.as_deref())
    .bind(subject(unit)?)
    .bind(*generation.as_uuid())
    .fetch_optional(&db.reader)
    .await?;
    row.as_ref().map(read_passage).transpose()
}

pub(super) async fn chunk_passage(
    db: &Sqlite,
    user: &UserId,
    id: ChunkId,
) -> Result<Option<(Chunk, Passage, String)>> {
    let row = sqlx::query(
        "SELECT c.body, a.body AS passage, d.filename
         FROM chunks c
         JOIN projects p ON p.id = c.project_id
         JOIN documents d ON d.id = c.document_id
         JOIN passages a ON a.project_id = c.project_id AND a.sha256 = c.passage
         WHERE c.id = ? AND p.user_id = ?",
    )
    .bind(*id.as_uuid())
    .bind(user.as_str())
    .fetch_optional(&db.reader)
    .await?;
    row.as_ref().map(read_passage).transpose()
}

pub(super) const TAUGHT_PASSAGE: &str = "
SELECT u.ordinal, u.passage AS sha256, u.attempts, a.body AS passage
FROM units u
JOIN generations g ON g.id = u.generation_id
JOIN projects p ON p.id = g.project_id
JOIN passages a ON a.project_id = g.project_id AND a.sha256 = u.passage
WHERE u.id = ? AND p.user_id = ?";

pub(super) async fn taught_passage(
    db: &Sqlite,
    user: &UserId,
    generation: GenerationId,
    chunk: ChunkId,
) -> Result<Option<(Unit, Passage)>> {
    let unit = Unit::new(generation, Phase::Generate, chunk, 0, None);
    let row = sqlx::query(TAUGHT_PASSAGE)
        .bind(*unit.id.as_uuid())
        .bind(user.as_str())
        .fetch_optional(&db.reader)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let unit = Unit {
        ordinal: read_count(&row, "ordinal")?,
        passage: row.try_get("sha256")?,
        attempts: row.try_get("attempts")?,
        ..unit
    };
    Ok(Some((unit, read_json(&row, "passage")?)))
}

fn read_passage(row: &SqliteRow) -> Result<(Chunk, Passage, String)> {
    Ok((read_json(row, "body")?, read_json(row, "passage")?, row.try_get("filename")?))
}

pub(super) const SAMPLE: &str = "
SELECT a.body FROM units u JOIN generations g ON g.id = u.generation_id
JOIN passages a ON a.project_id = g.project_id AND a.sha256 = u.passage
WHERE u.generation_id = ?1 AND u.phase = 'generate' AND u.status IN ('pending', 'leased', 'done', 'failed')
    AND u.ordinal IN (SELECT value FROM json_each(?2))
ORDER BY u.ordinal";

pub(super) async fn sample(db: &Sqlite, generation: GenerationId, limit: u32) -> Result<Vec<Passage>> {
    let row = sqlx::query("SELECT chunks_total FROM generations WHERE id = ?")
        .bind(*generation.as_uuid())
        .fetch_optional(&db.reader)
        .await?;
    let Some(row) = row else { return Ok(Vec::new()) };
    let (total, limit) = (read_count(&row, "chunks_total")?, u64::from(limit));
    let count = total.min(limit);
    let ordinals: Vec<u64> = (0..count).map(|at| at * total / count).collect();
    sqlx::query(SAMPLE)
        .bind(*generation.as_uuid())
        .bind(json(&ordinals)?)
        .fetch_all(&db.reader)
        .await?
        .iter()
        .map(|row| read_json(row, "body"))
        .collect()
}

pub(super) async fn pairs(
    db: &Sqlite,
    generation: GenerationId,
    unit: &Unit,
) -> Result<Option<(Passage, Vec<model::Pair>)>> {
    let row = sqlx::query(
        "SELECT a.body FROM generations g JOIN passages a ON a.project_id = g.project_id
         WHERE g.id = ? AND a.sha256 = ?",
    )
    .bind(*generation.as_uuid())
    .bind(unit.passage.as_deref())
    .fetch_optional(&db.reader)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let pairs = pairs::of_chunk(db, generation, ChunkId::from_uuid(subject(unit)?)).await?;
    Ok(Some((read_json(&row, "body")?, pairs)))
}
