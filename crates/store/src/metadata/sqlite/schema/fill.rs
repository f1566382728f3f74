//! What the columns of version 2 hold of rows of version 1, where SQL cannot find it out.

use model::{Chunk, Pair, sha256_hex};
use sqlx::{Row as _, SqliteConnection};
use uuid::Uuid;

use super::super::{
    pairs, projects,
    row::{json, read_json},
    terms::{self, Terms},
};
use crate::Result;

/// Rows that are read at a time.
const ROWS: i64 = 500;

pub(super) async fn library(connection: &mut SqliteConnection) -> Result<()> {
    fill_projects(connection).await?;
    fill_chunks(connection).await?;
    fill_pairs(connection).await
}

async fn fill_projects(connection: &mut SqliteConnection) -> Result<()> {
    let rows = sqlx::query("SELECT id, body FROM projects").fetch_all(&mut *connection).await?;
    for row in &rows {
        let project: model::Project = read_json(row, "body")?;
        sqlx::query("UPDATE projects SET folded = ? WHERE id = ?")
            .bind(projects::folded(&project))
            .bind(row.try_get::<Uuid, _>("id")?)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

async fn fill_chunks(connection: &mut SqliteConnection) -> Result<()> {
    let mut after = 0_i64;
    loop {
        let rows = sqlx::query("SELECT seq, id, body FROM chunks WHERE seq > ? ORDER BY seq LIMIT ?")
            .bind(after)
            .bind(ROWS)
            .fetch_all(&mut *connection)
            .await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.try_get("seq")?;
        let mut found = Vec::with_capacity(rows.len());
        let mut hashes = Vec::with_capacity(rows.len());
        for row in &rows {
            let chunk: Chunk = read_json(row, "body")?;
            hashes.push((row.try_get::<i64, _>("seq")?, sha256_hex(&chunk.text)));
            found.push((*chunk.id.as_uuid(), terms::of_chunk(&chunk)));
        }
        // No chunk of version 1 was edited: all texts are as they were parsed.
        sqlx::query(
            "UPDATE chunks SET parsed_sha256 = h.value ->> 1 FROM json_each(?) h WHERE chunks.seq = h.value ->> 0",
        )
        .bind(json(&hashes)?)
        .execute(&mut *connection)
        .await?;
        terms::add(connection, Terms::Chunks, &found).await?;
    }
}

async fn fill_pairs(connection: &mut SqliteConnection) -> Result<()> {
    let mut after = 0_i64;
    loop {
        let rows = sqlx::query("SELECT seq, id, body FROM pairs WHERE seq > ? ORDER BY seq LIMIT ?")
            .bind(after)
            .bind(ROWS)
            .fetch_all(&mut *connection)
            .await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.try_get("seq")?;
        let mut found = Vec::with_capacity(rows.len());
        for row in &rows {
            let pair: Pair = read_json(row, "body")?;
            found.push((*pair.id.as_uuid(), terms::of_pair(&pairs::text(&pair))));
        }
        terms::add(connection, Terms::Pairs, &found).await?;
    }
}
