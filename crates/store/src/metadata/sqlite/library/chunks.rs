//! Chunks as people list, count and change them.

use std::collections::BTreeMap;

use model::{Chunk, ChunkId, ExcludeCode, ExcludeReason, Passage, ProjectId, Time, UserId};
use sqlx::{QueryBuilder, Row as _, SqliteConnection};
use uuid::Uuid;

use super::{
    super::{
        Database, Sqlite, projects,
        row::{json, read_count, read_json},
        terms::{self, Terms},
    },
    chunk_filter::{Facet, Matching},
    page,
};
use crate::{ChunkChange, ChunkFilter, Facets, Page, PageRequest, Result};

const LIST: &str = "chunks";

/// Where a list of chunks stands: file name, document, position.
pub(in super::super) type Place = (String, Uuid, u32);

pub(super) async fn list(
    db: &Sqlite,
    user: &UserId,
    project: ProjectId,
    filter: &ChunkFilter,
    request: &PageRequest,
) -> Result<Option<Page<Chunk>>> {
    let after: Option<Place> = page::after(LIST, request)?;
    let mut tx = db.reader.begin().await?;
    let Some(number) = projects::number(&mut tx, user, project).await? else { return Ok(None) };
    let matching = Matching::new(project, number, filter);
    let total = count(&mut tx, project, &matching).await?;
    let mut query = query(&matching, after, page::rows(request))?;
    let found = query
        .build()
        .fetch_all(&mut *tx)
        .await?
        .iter()
        .map(|row| {
            let chunk: Chunk = read_json(row, "body")?;
            let place = (row.try_get("filename")?, *chunk.document_id.as_uuid(), chunk.position);
            Ok::<(Place, _), crate::StoreError>((place, chunk))
        })
        .collect::<Result<Vec<_>>>()?;
    page::page(LIST, request, found, total).map(Some)
}

/// The query for a page.
pub(in super::super) fn query(
    matching: &Matching<'_>,
    after: Option<Place>,
    limit: i64,
) -> Result<QueryBuilder<Database>> {
    let mut query = QueryBuilder::new("SELECT c.body, d.filename");
    matching.push_list(&mut query)?;
    if let Some((filename, document, position)) = after {
        if matching.in_order() {
            // The first document is entered where the page before ended.
            query.push(" AND (d.filename, d.id) >= (").push_bind(filename.clone()).push(", ");
            query.push_bind(document).push(")");
        }
        query.push(" AND (d.filename, d.id, c.position) > (").push_bind(filename).push(", ");
        query.push_bind(document).push(", ").push_bind(position).push(")");
    }
    // The row's number shows the planner that no two documents share a place.
    query.push(" ORDER BY d.filename, d.id, d.rowid, c.position LIMIT ").push_bind(limit);
    Ok(query)
}

async fn count(
    connection: &mut SqliteConnection,
    project: ProjectId,
    matching: &Matching<'_>,
) -> Result<u64> {
    if matching.all() {
        let row = sqlx::query("SELECT chunks FROM project_totals WHERE project_id = ?")
            .bind(*project.as_uuid())
            .fetch_one(connection)
            .await?;
        return read_count(&row, "chunks");
    }
    let mut query = QueryBuilder::new("SELECT COUNT(*) AS total");
    matching.push(&mut query, None)?;
    page::total(connection, &mut query).await
}

pub(super) async fn facets(
    db: &Sqlite,
    user: &UserId,
    project: ProjectId,
    filter: &ChunkFilter,
) -> Result<Facets> {
    let mut facets = Facets::new();
    let mut tx = db.reader.begin().await?;
    let Some(number) = projects::number(&mut tx, user, project).await? else { return Ok(facets) };
    let matching = Matching::new(project, number, filter);
    for (name, column, facet) in [
        ("document_id", "c.document_id", Facet::Document),
        ("excluded", "c.excluded", Facet::Excluded),
        ("content_type", "c.content_type", Facet::ContentType),
    ] {
        let mut query = QueryBuilder::new("SELECT COUNT(*) AS total, ");
        query.push(column).push(" AS value");
        matching.push(&mut query, Some(facet))?;
        query.push(" GROUP BY ").push(column);
        let mut counts = BTreeMap::new();
        for row in &query.build().fetch_all(&mut *tx).await? {
            let value = match facet {
                Facet::Document => row.try_get::<Uuid, _>("value")?.to_string(),
                Facet::Excluded => row.try_get::<bool, _>("value")?.to_string(),
                Facet::ContentType => row.try_get("value")?,
            };
            counts.insert(value, read_count(row, "total")?);
        }
        facets.insert(name.to_owned(), counts);
    }
    Ok(facets)
}

/// Why a chunk is left out that a person left out.
pub(super) fn by_user() -> ExcludeReason {
    ExcludeReason { code: ExcludeCode::User, detail: "left out by a person".into() }
}

pub(super) async fn update(
    db: &Sqlite,
    user: &UserId,
    project: ProjectId,
    id: ChunkId,
    change: &ChunkChange,
    now: Time,
) -> Result<Option<Chunk>> {
    let mut tx = db.write().await?;
    let row = sqlx::query(
        "SELECT c.seq, c.body, a.body AS passage FROM chunks c
         JOIN projects p ON p.id = c.project_id
         JOIN passages a ON a.project_id = c.project_id AND a.sha256 = c.passage
         WHERE c.id = ? AND p.id = ? AND p.user_id = ?",
    )
    .bind(*id.as_uuid())
    .bind(*project.as_uuid())
    .bind(user.as_str())
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let seq: i64 = row.try_get("seq")?;
    let before: Chunk = read_json(&row, "body")?;
    let mut chunk = before.clone();
    if let Some((text, tokens)) = change.text.as_ref().filter(|(text, _)| *text != before.text) {
        (chunk.text, chunk.token_count, chunk.edited) = (text.clone(), *tokens, true);
    }
    if let Some(path) = change.heading_path.as_ref().filter(|path| **path != before.heading_path) {
        (chunk.heading_path, chunk.edited) = (path.clone(), true);
    }
    if let Some(excluded) = change.excluded.filter(|excluded| *excluded != before.excluded) {
        (chunk.excluded, chunk.exclude_reason) = (excluded, excluded.then(by_user));
    }
    if chunk == before {
        return Ok(Some(before));
    }
    chunk.updated_at = now;
    if chunk.text != before.text || chunk.heading_path != before.heading_path {
        let mut passage: Passage = read_json(&row, "passage")?;
        (passage.text, passage.heading_path) = (chunk.text.clone(), chunk.heading_path.clone());
        point_at_passage(&mut tx, seq, project, &passage).await?;
        terms::remove(&mut tx, Terms::Chunks, seq).await?;
        terms::add(&mut tx, Terms::Chunks, &[(*id.as_uuid(), terms::of_chunk(&chunk))]).await?;
    }
    sqlx::query(
        "UPDATE chunks SET excluded = ?2, decided = CASE WHEN excluded <> ?2 THEN ?2 ELSE decided END,
             edited = ?3, revision = revision + 1, body = ?4 WHERE seq = ?1",
    )
    .bind(seq)
    .bind(chunk.excluded)
    .bind(chunk.edited)
    .bind(json(&chunk)?)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(Some(chunk))
}

/// Stores what a teacher is shown of a chunk from now on. What it was shown stays.
async fn point_at_passage(
    connection: &mut SqliteConnection,
    seq: i64,
    project: ProjectId,
    passage: &Passage,
) -> Result<()> {
    let sha256 = passage.sha256();
    sqlx::query("INSERT INTO passages (project_id, sha256, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
        .bind(*project.as_uuid())
        .bind(&*sha256)
        .bind(json(passage)?)
        .execute(&mut *connection)
        .await?;
    sqlx::query("UPDATE chunks SET passage = ? WHERE seq = ?")
        .bind(sha256)
        .bind(seq)
        .execute(&mut *connection)
        .await?;
    Ok(())
}
