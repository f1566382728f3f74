//! What a unit works on.

use model::{Chunk, ChunkId, Document, GenerationId, Passage, Unit, UserId};
use sqlx::{Row as _, sqlite::SqliteRow};

use super::{Sqlite, documents, pairs, row::read_json, units::subject};
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

fn read_passage(row: &SqliteRow) -> Result<(Chunk, Passage, String)> {
    Ok((read_json(row, "body")?, read_json(row, "passage")?, row.try_get("filename")?))
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
