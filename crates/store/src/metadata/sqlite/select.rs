//! Which chunks a generation is to work on.

use model::{ChunkId, GenerationId, ProjectId, Sha256Hex, UserId};
use sqlx::{QueryBuilder, Row as _, sqlite::SqliteRow};
use uuid::Uuid;

use super::{
    Database, Sqlite,
    row::{json, read_count},
};
use crate::{ChunkScope, ChunkSelection, ChunkTotals, Result};

/// That there is no pair of a chunk, but for the closing parenthesis.
const NO_PAIR: &str =
    " AND NOT EXISTS (SELECT 1 FROM pairs x WHERE x.project_id = p.id AND x.chunk_id = c.id";

pub(super) async fn select(
    db: &Sqlite,
    user: &UserId,
    project: ProjectId,
    which: &ChunkSelection,
) -> Result<Vec<(ChunkId, Sha256Hex)>> {
    let mut query = QueryBuilder::new("SELECT c.id, c.passage");
    matching(&mut query, user, project, which)?;
    query.push(" ORDER BY d.filename, d.id, c.position");
    query
        .build()
        .fetch_all(&db.reader)
        .await?
        .iter()
        .map(|row| Ok((ChunkId::from_uuid(row.try_get::<Uuid, _>("id")?), row.try_get("passage")?)))
        .collect()
}

pub(super) async fn totals(
    db: &Sqlite,
    user: &UserId,
    project: ProjectId,
    which: &ChunkSelection,
) -> Result<ChunkTotals> {
    let mut query = QueryBuilder::new(
        "SELECT COUNT(*) AS chunks, COALESCE(SUM(c.body ->> '$.token_count'), 0) AS tokens",
    );
    matching(&mut query, user, project, which)?;
    read_totals(&query.build().fetch_one(&db.reader).await?)
}

pub(super) const TAUGHT: &str = "
SELECT COUNT(*) AS chunks, COALESCE(SUM(c.body ->> '$.token_count'), 0) AS tokens
FROM units u JOIN chunks c ON c.id = u.subject WHERE u.generation_id = ? AND u.phase = 'generate' AND u.status = 'done'";

pub(super) async fn taught(db: &Sqlite, generation: GenerationId) -> Result<ChunkTotals> {
    read_totals(&sqlx::query(TAUGHT).bind(*generation.as_uuid()).fetch_one(&db.reader).await?)
}

fn read_totals(row: &SqliteRow) -> Result<ChunkTotals> {
    Ok(ChunkTotals { chunks: read_count(row, "chunks")?, tokens: read_count(row, "tokens")? })
}

fn matching(
    query: &mut QueryBuilder<Database>,
    user: &UserId,
    project: ProjectId,
    which: &ChunkSelection,
) -> Result<()> {
    query.push(
        " FROM projects p JOIN documents d ON d.project_id = p.id
         JOIN chunks c ON c.document_id = d.id WHERE NOT c.excluded AND p.id = ",
    );
    query.push_bind(*project.as_uuid()).push(" AND p.user_id = ").push_bind(user.as_str());
    if let Some(documents) = &which.documents {
        query.push(" AND d.id IN (SELECT unhex(value, '-') FROM json_each(");
        query.push_bind(json(documents)?).push("))");
    }
    if let Some(chunks) = &which.chunks {
        query.push(" AND c.id IN (SELECT unhex(value, '-') FROM json_each(");
        query.push_bind(json(chunks)?).push("))");
    }
    match which.scope {
        ChunkScope::All => {}
        ChunkScope::WithoutPairs => {
            query.push(NO_PAIR).push(")");
        }
        ChunkScope::WithoutAcceptedPairs => {
            query.push(NO_PAIR).push(" AND x.review_status IN ('accepted', 'edited'))");
        }
    }
    Ok(())
}
