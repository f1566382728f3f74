//! Chunks, and the passages that outlive them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use model::{
    Chunk, ChunkId, DocumentId, ExcludeCode, GenerationId, Passage, ProjectId, Sha256Hex, UserId, sha256_hex,
};
use sqlx::{QueryBuilder, Row as _, SqliteConnection};
use uuid::Uuid;

use super::{
    Sqlite, batches, carry,
    row::{json, read_count, read_json, read_word, word},
    terms::{self, Terms},
};
use crate::{Result, StoreError};

pub(super) async fn get(db: &Sqlite, user: &UserId, id: ChunkId) -> Result<Option<Chunk>> {
    sqlx::query(
        "SELECT c.body FROM chunks c JOIN projects p ON p.id = c.project_id WHERE c.id = ? AND p.user_id = ?",
    )
    .bind(*id.as_uuid())
    .bind(user.as_str())
    .fetch_optional(&db.reader)
    .await?
    .map(|row| read_json(&row, "body"))
    .transpose()
}

pub(super) async fn list(
    db: &Sqlite,
    user: &UserId,
    document: DocumentId,
    from: u32,
    limit: u32,
) -> Result<Vec<Chunk>> {
    sqlx::query(
        "SELECT c.body FROM chunks c JOIN projects p ON p.id = c.project_id
         WHERE c.document_id = ? AND c.position >= ? AND p.user_id = ? ORDER BY c.position LIMIT ?",
    )
    .bind(*document.as_uuid())
    .bind(from)
    .bind(user.as_str())
    .bind(limit)
    .fetch_all(&db.reader)
    .await?
    .iter()
    .map(|row| read_json(row, "body"))
    .collect()
}

pub(super) const KNOWN: &str =
    "SELECT id FROM chunks WHERE id IN (SELECT unhex(value, '-') FROM json_each(?))";

pub(super) const FOREIGN: &str = "
SELECT count(*) FROM json_each(?1) WHERE NOT EXISTS (
    SELECT 1 FROM documents d JOIN projects p ON p.id = d.project_id
    WHERE d.id = unhex(value ->> 0, '-') AND p.id = unhex(value ->> 1, '-') AND p.user_id = ?2)";

pub(super) async fn add(db: &Sqlite, user: &UserId, chunks: Vec<(Chunk, Passage)>) -> Result<()> {
    let places: BTreeSet<_> = chunks.iter().map(|(chunk, _)| (chunk.document_id, chunk.project_id)).collect();
    let mut rows: Vec<Row> =
        chunks.into_iter().map(|(chunk, passage)| Row::new(chunk, passage)).collect::<Result<_>>()?;
    let ids: Vec<ChunkId> = rows.iter().map(|row| row.chunk.id).collect();
    let mut tx = db.write().await?;
    let foreign: i64 =
        sqlx::query_scalar(FOREIGN).bind(json(&places)?).bind(user.as_str()).fetch_one(&mut *tx).await?;
    if foreign > 0 {
        return Err(StoreError::Conflict("chunks of no document of the user's".into()));
    }
    let known: Vec<Uuid> = sqlx::query_scalar(KNOWN).bind(json(&ids)?).fetch_all(&mut *tx).await?;
    let known: HashSet<Uuid> = known.into_iter().collect();
    rows.retain(|row| !known.contains(row.chunk.id.as_uuid()));
    for batch in batches(&rows) {
        insert(&mut tx, batch).await?;
    }
    Ok(tx.commit().await?)
}

pub(super) const TO_GENERATE: &str = "
SELECT c.id, c.passage
FROM projects p JOIN documents d ON d.project_id = p.id JOIN chunks c ON c.document_id = d.id
WHERE p.id = ?1 AND p.user_id = ?2 AND NOT c.excluded
    AND d.id IN (SELECT unhex(value, '-') FROM json_each(?3))
    AND NOT EXISTS (
        SELECT 1 FROM units u
        WHERE u.subject = c.id AND u.phase = 'generate' AND u.status = 'done'
            AND u.generation_id IN (SELECT unhex(value, '-') FROM json_each(?4)))
ORDER BY d.filename, d.id, c.position";

pub(super) async fn to_generate(
    db: &Sqlite,
    user: &UserId,
    project: ProjectId,
    documents: &[DocumentId],
    generations: &[GenerationId],
) -> Result<Vec<(ChunkId, Sha256Hex)>> {
    sqlx::query(TO_GENERATE)
        .bind(*project.as_uuid())
        .bind(user.as_str())
        .bind(json(&documents)?)
        .bind(json(&generations)?)
        .fetch_all(&db.reader)
        .await?
        .iter()
        .map(|row| Ok((ChunkId::from_uuid(row.try_get::<Uuid, _>("id")?), row.try_get("passage")?)))
        .collect()
}

pub(super) const EXCLUDED: &str = "
SELECT c.body ->> '$.exclude_reason.code' AS code, count(*) AS chunks
FROM json_each(?2)
    JOIN documents d ON d.id = unhex(json_each.value, '-') JOIN projects p ON p.id = d.project_id
    JOIN chunks c ON c.document_id = d.id
WHERE p.user_id = ?1 AND c.excluded
GROUP BY code";

pub(super) async fn excluded(
    db: &Sqlite,
    user: &UserId,
    documents: &[DocumentId],
) -> Result<BTreeMap<ExcludeCode, u64>> {
    sqlx::query(EXCLUDED)
        .bind(user.as_str())
        .bind(json(&documents)?)
        .fetch_all(&db.reader)
        .await?
        .iter()
        .map(|row| Ok((read_word(row, "code")?, read_count(row, "chunks")?)))
        .collect()
}

/// A chunk on its way into the database.
pub(super) struct Row {
    chunk: Chunk,
    passage: Passage,
    sha256: Sha256Hex,
    body: String,
    passage_body: String,
    content_type: String,
    parsed_sha256: Sha256Hex,
    decided: Option<bool>,
    terms: String,
}

impl Row {
    pub(super) fn new(chunk: Chunk, passage: Passage) -> Result<Self> {
        Ok(Self {
            sha256: passage.sha256(),
            body: json(&chunk)?,
            passage_body: json(&passage)?,
            content_type: word(&chunk.content_type)?,
            parsed_sha256: sha256_hex(&chunk.text),
            decided: None,
            terms: terms::of_chunk(&chunk),
            passage,
            chunk,
        })
    }

    /// Takes over what a person changed of the chunk that said the same before.
    fn take(&mut self, old: &carry::Touched) -> Result<()> {
        carry::take(&mut self.chunk, &mut self.passage, old);
        self.decided = old.decided;
        self.sha256 = self.passage.sha256();
        self.passage_body = json(&self.passage)?;
        self.body = json(&self.chunk)?;
        self.terms = terms::of_chunk(&self.chunk);
        Ok(())
    }
}

/// Puts chunks in place of the document's old ones, with what a person changed of those that said the
/// same; gives back what was dropped, as warnings. Passages are only ever added.
pub(super) async fn replace(
    connection: &mut SqliteConnection,
    document: DocumentId,
    rows: &mut [Row],
) -> Result<Vec<String>> {
    let mut touched = carry::touched(connection, document).await?;
    if !touched.is_empty() {
        let mut seen = HashMap::new();
        for row in rows.iter_mut() {
            let occurrence = carry::occurrence(&mut seen, &row.parsed_sha256);
            if let Some(old) = touched.remove(&(row.parsed_sha256.clone(), occurrence)) {
                row.take(&old)?;
            }
        }
    }
    sqlx::query("DELETE FROM chunks WHERE document_id = ?")
        .bind(*document.as_uuid())
        .execute(&mut *connection)
        .await?;
    for batch in batches(rows) {
        insert(connection, batch).await?;
    }
    Ok(carry::warnings(touched.into_values()))
}

async fn insert(connection: &mut SqliteConnection, batch: &[Row]) -> Result<()> {
    QueryBuilder::new("INSERT INTO passages (project_id, sha256, body) ")
        .push_values(batch, |mut values, row| {
            values
                .push_bind(*row.chunk.project_id.as_uuid())
                .push_bind(&*row.sha256)
                .push_bind(&*row.passage_body);
        })
        .push(" ON CONFLICT DO NOTHING")
        .build()
        .execute(&mut *connection)
        .await?;
    QueryBuilder::new(
        "INSERT INTO chunks (id, project_id, document_id, position, excluded, content_type, topic, edited, decided, \
         parsed_sha256, passage, body) ",
    )
    .push_values(batch, |mut values, row| {
        values
            .push_bind(*row.chunk.id.as_uuid())
            .push_bind(*row.chunk.project_id.as_uuid())
            .push_bind(*row.chunk.document_id.as_uuid())
            .push_bind(row.chunk.position)
            .push_bind(row.chunk.excluded)
            .push_bind(&*row.content_type)
            .push_bind(row.chunk.topic.as_deref())
            .push_bind(row.chunk.edited)
            .push_bind(row.decided)
            .push_bind(&*row.parsed_sha256)
            .push_bind(&*row.sha256)
            .push_bind(&*row.body);
    })
    .build()
    .execute(&mut *connection)
    .await?;
    let found: Vec<_> = batch.iter().map(|row| (*row.chunk.id.as_uuid(), &*row.terms)).collect();
    terms::add(connection, Terms::Chunks, &found).await
}
