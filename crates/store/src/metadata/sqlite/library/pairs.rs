//! Pairs as people list and read them.

use model::{Chunk, Pair, PairId, Passage, ProjectId, UserId};
use sqlx::{QueryBuilder, Row as _, SqliteConnection, sqlite::SqliteRow};
use uuid::Uuid;

use super::{
    super::{
        Database, Sqlite, pairs,
        row::{read_count, read_json},
    },
    page,
    pair_filter::Matching,
};
use crate::{Page, PageRequest, PairFilter, PairOrder, PairSort, PairSource, Result, StoreError};

pub(super) async fn list(
    db: &Sqlite,
    user: &UserId,
    project: ProjectId,
    filter: &PairFilter,
    order: PairOrder,
    request: &PageRequest,
) -> Result<Option<Page<Pair>>> {
    let list = list_name(order);
    let after: Option<(Key, Uuid)> = page::after(&list, request)?;
    // Without a transaction: to begin and end one would cost as much as a page does.
    let mut connection = db.reader.acquire().await?;
    let Some((number, pairs)) = totals(&mut connection, user, project).await? else { return Ok(None) };
    let matching = Matching::new(project, number, filter);
    let total = match matching.all() {
        true => pairs,
        false => page::total(&mut connection, &mut count_query(&matching)?).await?,
    };
    let matching = matching.counted(total);
    let mut query = query(&matching, order, after, page::rows(request))?;
    let found = query
        .build()
        .fetch_all(&mut *connection)
        .await?
        .iter()
        .map(|row| Ok(((read_key(row, order.by)?, row.try_get::<Uuid, _>("id")?), pairs::read(row)?)))
        .collect::<Result<Vec<_>>>()?;
    page::page(&list, request, found, total).map(Some)
}

/// What a list is ordered by: a time or a rank.
#[derive(Clone, Copy, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub(in super::super) enum Key {
    Time(i64),
    Rank(f64),
}

fn read_key(row: &SqliteRow, by: PairSort) -> Result<Key> {
    // An index holds whole numbers as integers.
    Ok(match by {
        PairSort::CreatedAt => Key::Time(row.try_get("created_at")?),
        PairSort::Quality => Key::Rank(row.try_get_unchecked("quality_rank")?),
        PairSort::Grounding => Key::Rank(row.try_get_unchecked("grounding_rank")?),
    })
}

fn column(by: PairSort) -> &'static str {
    match by {
        PairSort::CreatedAt => "created_at",
        PairSort::Quality => "quality_rank",
        PairSort::Grounding => "grounding_rank",
    }
}

fn list_name(order: PairOrder) -> String {
    format!("pairs by {}{}", if order.descending { "-" } else { "" }, column(order.by))
}

/// The query for a page.
pub(in super::super) fn query(
    matching: &Matching<'_>,
    order: PairOrder,
    after: Option<(Key, Uuid)>,
    limit: i64,
) -> Result<QueryBuilder<Database>> {
    let (column, down) = (column(order.by), if order.descending { " DESC" } else { "" });
    let mut query = QueryBuilder::new(format!("SELECT p.id, p.{column}, {}", pairs::COLUMNS_READ));
    matching.push(&mut query, Some(order), after.is_some())?;
    if let Some((key, id)) = after {
        let behind = if order.descending { "<" } else { ">" };
        query.push(format_args!(" AND (p.{column}, p.id) {behind} ("));
        match (key, order.by) {
            (Key::Time(time), PairSort::CreatedAt) => query.push_bind(time),
            (Key::Rank(rank), PairSort::Quality | PairSort::Grounding) => query.push_bind(rank),
            _ => return Err(StoreError::Cursor),
        };
        query.push(", ").push_bind(id).push(")");
    }
    query.push(format_args!(" ORDER BY p.{column}{down}, p.id{down} LIMIT ")).push_bind(limit);
    Ok(query)
}

/// The number of a user's project, and how many pairs it has; `None` where it is not the user's.
async fn totals(
    connection: &mut SqliteConnection,
    user: &UserId,
    project: ProjectId,
) -> Result<Option<(i64, u64)>> {
    sqlx::query(
        "SELECT t.number, t.pairs FROM projects p JOIN project_totals t ON t.project_id = p.id
         WHERE p.id = ? AND p.user_id = ?",
    )
    .bind(*project.as_uuid())
    .bind(user.as_str())
    .fetch_optional(connection)
    .await?
    .map(|row| Ok((row.try_get("number")?, read_count(&row, "pairs")?)))
    .transpose()
}

/// The query that counts all that match.
pub(in super::super) fn count_query(matching: &Matching<'_>) -> Result<QueryBuilder<Database>> {
    let mut query = QueryBuilder::new("SELECT COUNT(*) AS total");
    matching.push(&mut query, None, false)?;
    Ok(query)
}

pub(super) async fn get(db: &Sqlite, user: &UserId, id: PairId) -> Result<Option<Pair>> {
    sqlx::query(
        "SELECT r.* FROM pairs r JOIN projects p ON p.id = r.project_id WHERE r.id = ? AND p.user_id = ?",
    )
    .bind(*id.as_uuid())
    .bind(user.as_str())
    .fetch_optional(&db.reader)
    .await?
    .as_ref()
    .map(pairs::read)
    .transpose()
}

pub(super) async fn source(db: &Sqlite, user: &UserId, id: PairId) -> Result<Option<PairSource>> {
    let mut tx = db.reader.begin().await?;
    let row = sqlx::query(
        "SELECT r.filename, r.chunk_id, r.document_id, r.position, a.body AS passage
         FROM pairs r JOIN projects p ON p.id = r.project_id
         JOIN passages a ON a.project_id = r.project_id AND a.sha256 = r.body ->> '$.provenance.passage'
         WHERE r.id = ? AND p.user_id = ?",
    )
    .bind(*id.as_uuid())
    .bind(user.as_str())
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let passage: Passage = read_json(&row, "passage")?;
    let chunk = sqlx::query("SELECT body FROM chunks WHERE id = ?")
        .bind(row.try_get::<Uuid, _>("chunk_id")?)
        .fetch_optional(&mut *tx)
        .await?
        .map(|row| read_json::<Chunk>(&row, "body"))
        .transpose()?;
    // Where the chunk has gone, its neighbours have too, or stand elsewhere.
    let mut neighbours = (None, None);
    if let Some(chunk) = &chunk {
        let position = i64::from(chunk.position);
        neighbours.0 = at(&mut tx, chunk, position - 1).await?;
        neighbours.1 = at(&mut tx, chunk, position + 1).await?;
    }
    let (previous, next) = neighbours;
    Ok(Some(PairSource { passage, filename: row.try_get("filename")?, chunk, previous, next }))
}

async fn at(connection: &mut SqliteConnection, of: &Chunk, position: i64) -> Result<Option<Chunk>> {
    sqlx::query("SELECT body FROM chunks WHERE document_id = ? AND position = ?")
        .bind(*of.document_id.as_uuid())
        .bind(position)
        .fetch_optional(connection)
        .await?
        .map(|row| read_json(&row, "body"))
        .transpose()
}
