//! Pairs: what they say as JSON, what they are found, ordered and counted by as columns.

use std::collections::HashSet;

use model::{ChunkId, GenerationId, Pair, PairId, PairOrigin, ProjectId, Scores, Time, UserId};
use sqlx::{QueryBuilder, Row as _, SqliteConnection, sqlite::SqliteRow};
use uuid::Uuid;

use super::super::pair::StoredPair;
pub(super) use super::super::pair::{Derived, Edit, Validation, rank, text};
use super::{
    Database, Sqlite, batches,
    generations::Counts,
    library::pair_edits,
    row::{integer, json, read_count, read_time, read_word, word},
    terms::{self, Terms},
};
use crate::{ExportRow, PairCursor, PairSelection, Result};

const COLUMNS: &str = "id, project_id, generation_id, document_id, chunk_id, slot, filename, position, page_start, \
     page_end, char_start, char_end, review_status, reviewed_by, reviewed_at, revision, created_at, quality_score, \
     grounding_score, quality_rank, grounding_rank, question_type, difficulty, flags, flagged, token_count, topic, body";

/// What [`read`] needs of a row of pairs. Each column of a row is copied, needed or not.
pub(super) const COLUMNS_READ: &str = "body, review_status, reviewed_by, reviewed_at, revision, duplicate_of, similarity, \
     validation, edit, changed_at";

/// A pair on its way into the database.
pub(super) struct Row {
    pair: Pair,
    origin: PairOrigin,
    review_status: String,
    reviewed_at: Option<String>,
    derived: Derived,
    terms: String,
    body: String,
}

impl Row {
    /// The chunk that the pair is made from.
    pub(super) fn chunk(&self) -> ChunkId {
        self.pair.chunk_id
    }

    pub(super) fn new(pair: Pair, origin: PairOrigin) -> Result<Self> {
        Ok(Self {
            review_status: word(&pair.review_status)?,
            reviewed_at: pair.reviewed_at.as_ref().map(word).transpose()?,
            derived: Derived::new(&pair)?,
            terms: terms::of_pair(&text(&pair)),
            body: json(&pair)?,
            pair,
            origin,
        })
    }
}

pub(super) const DELETE_OF_CHUNKS: &str = "
DELETE FROM pairs WHERE generation_id = ? AND chunk_id IN (SELECT unhex(value, '-') FROM json_each(?))";

/// Puts pairs in place of those that the generation has of some chunks; says how many more that makes.
pub(super) async fn replace(
    connection: &mut SqliteConnection,
    generation: GenerationId,
    chunks: &[ChunkId],
    rows: &[Row],
) -> Result<i64> {
    let old = sqlx::query(DELETE_OF_CHUNKS)
        .bind(*generation.as_uuid())
        .bind(json(&chunks)?)
        .execute(&mut *connection)
        .await?;
    for batch in batches(rows) {
        QueryBuilder::<Database>::new(format!("INSERT INTO pairs ({COLUMNS}) "))
            .push_values(batch, |mut values, row| {
                let Row { pair, origin, derived, .. } = row;
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
                    .push_bind(&*row.review_status)
                    .push_bind(pair.reviewed_by.as_deref())
                    .push_bind(row.reviewed_at.as_deref())
                    .push_bind(pair.revision)
                    .push_bind(pair.created_at.as_microsecond())
                    .push_bind(pair.quality_score)
                    .push_bind(pair.grounding_score)
                    .push_bind(rank(pair.quality_score))
                    .push_bind(rank(pair.grounding_score))
                    .push_bind(derived.question_type.as_deref())
                    .push_bind(derived.difficulty.as_deref())
                    .push_bind(&*derived.flags)
                    .push_bind(!pair.flags.is_empty())
                    .push_bind(pair.token_count)
                    .push_bind(pair.topic.as_deref())
                    .push_bind(&*row.body);
            })
            .build()
            .execute(&mut *connection)
            .await?;
        let found: Vec<_> = batch.iter().map(|row| (*row.pair.id.as_uuid(), &*row.terms)).collect();
        terms::add(connection, Terms::Pairs, &found).await?;
    }
    Ok(integer(rows.len()) - integer(old.rows_affected()))
}

/// What validation says of a pair, ready to be written.
pub(super) struct Scored {
    pair: PairId,
    scores: Scores,
    key: [u8; 16],
    validation: String,
    flags: String,
    question_type: Option<String>,
    difficulty: Option<String>,
}

impl Scored {
    pub(super) fn new(pair: PairId, scores: Scores, key: [u8; 16], time: Time) -> Result<Self> {
        let codes: Vec<_> = scores.flags.iter().map(|flag| flag.code).collect();
        Ok(Self {
            validation: json(&Validation { scores: &scores, time })?,
            flags: json(&codes)?,
            question_type: scores.question_type.as_ref().map(word).transpose()?,
            difficulty: scores.difficulty.as_ref().map(word).transpose()?,
            pair,
            scores,
            key,
        })
    }

    pub(super) fn id(&self) -> &Uuid {
        self.pair.as_uuid()
    }

    pub(super) fn scores(&self) -> &Scores {
        &self.scores
    }
}

/// What holds of a pair that a person wrote anew stays; its validation is kept for a reset.
/// The plus keeps SQLite from walking all pairs of the generation where many are scored at once.
const SCORE: &str = "
UPDATE pairs SET
    validation = s.validation,
    generated_key = CASE WHEN edit IS NULL THEN NULL ELSE s.new_key END,
    dup_key = CASE WHEN edit IS NULL THEN s.new_key ELSE dup_key END,
    quality_score = CASE WHEN edit IS NULL THEN s.quality ELSE quality_score END,
    grounding_score = CASE WHEN edit IS NULL THEN s.grounding ELSE grounding_score END,
    question_type = CASE WHEN edit IS NULL THEN COALESCE(s.kind, body ->> '$.question_type') ELSE question_type END,
    difficulty = CASE WHEN edit IS NULL THEN COALESCE(s.level, body ->> '$.difficulty') ELSE difficulty END,
    quality_rank = CASE WHEN edit IS NULL THEN COALESCE(s.quality, -1.0) ELSE quality_rank END,
    grounding_rank = CASE WHEN edit IS NULL THEN COALESCE(s.grounding, -1.0) ELSE grounding_rank END,
    flags = CASE WHEN edit IS NULL THEN s.new_flags ELSE flags END,
    flagged = CASE WHEN edit IS NULL THEN s.new_flags <> '[]' ELSE flagged END
FROM s WHERE pairs.id = s.pair AND +pairs.generation_id = ";

/// Writes what validation says of pairs; gives back those that the generation has.
pub(super) async fn score(
    connection: &mut SqliteConnection,
    generation: GenerationId,
    scored: &[Scored],
) -> Result<HashSet<Uuid>> {
    let mut known = HashSet::with_capacity(scored.len());
    for batch in batches(scored) {
        let rows = score_query(generation, batch).build().fetch_all(&mut *connection).await?;
        for row in &rows {
            known.insert(row.try_get("id")?);
        }
    }
    Ok(known)
}

pub(super) fn score_query(generation: GenerationId, batch: &[Scored]) -> QueryBuilder<Database> {
    let mut query = QueryBuilder::new(
        "WITH s (pair, validation, new_key, quality, grounding, kind, level, new_flags) AS (",
    );
    query.push_values(batch, |mut values, scored| {
        values
            .push_bind(*scored.pair.as_uuid())
            .push_bind(scored.validation.clone())
            .push_bind(scored.key.to_vec())
            .push_bind(scored.scores.quality_score)
            .push_bind(scored.scores.grounding_score)
            .push_bind(scored.question_type.clone())
            .push_bind(scored.difficulty.clone())
            .push_bind(scored.flags.clone());
    });
    query.push(")").push(SCORE).push_bind(*generation.as_uuid()).push(" RETURNING id");
    query
}

pub(super) const SCORED: &str = "
SELECT validation ->> '$.scores.quality_score' AS quality, validation ->> '$.scores.grounding_score' AS grounding
FROM pairs WHERE generation_id = ? AND chunk_id = ? AND validation IS NOT NULL";

/// Takes off what the pairs of a chunk were counted with when they were scored before.
pub(super) async fn take_off(
    connection: &mut SqliteConnection,
    generation: GenerationId,
    chunk: ChunkId,
    counts: &mut Counts,
) -> Result<()> {
    let rows =
        sqlx::query(SCORED).bind(*generation.as_uuid()).bind(*chunk.as_uuid()).fetch_all(connection).await?;
    for row in &rows {
        counts.quality.take_off(row.try_get_unchecked("quality")?);
        counts.grounding.take_off(row.try_get_unchecked("grounding")?);
    }
    Ok(())
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
    let pairs = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
    // What is at its first revision was never changed.
    let changed: Vec<_> = pairs.iter().filter(|pair| pair.revision > 1).map(|pair| pair.id).collect();
    let mut marks = pair_edits::marks(db, &changed).await?;
    let rows = rows.iter().zip(pairs).map(|(row, pair)| {
        let edits = marks.remove(pair.id.as_uuid()).unwrap_or_default();
        Ok(ExportRow { pair, origin: read_origin(row)?, edits })
    });
    rows.collect()
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
    if selection.reviewed_only {
        query.push(" AND review_status IN ('accepted', 'edited')");
    }
    query.push(" ORDER BY filename, document_id, position, generation_id, slot LIMIT ").push_bind(limit);
    Ok(query)
}

/// A pair from all its columns, as it is now.
pub(super) fn read(row: &SqliteRow) -> Result<Pair> {
    StoredPair {
        body: row.try_get("body")?,
        validation: row.try_get("validation")?,
        edit: row.try_get("edit")?,
        review_status: read_word(row, "review_status")?,
        reviewed_by: row.try_get("reviewed_by")?,
        reviewed_at: read_time(row, "reviewed_at")?,
        changed_at: read_time(row, "changed_at")?,
        revision: row.try_get("revision")?,
        duplicate_of: row.try_get::<Option<Uuid>, _>("duplicate_of")?.map(PairId::from_uuid),
        similarity: row.try_get("similarity")?,
    }
    .read()
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
