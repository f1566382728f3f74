//! Documents and the states they go through.

use model::{Document, DocumentId, DocumentStatus, ProjectId, UserId};
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};
use uuid::Uuid;

use super::{
    Sqlite, projects,
    row::{integer, is_taken, json, read_json, read_word},
};
use crate::{Result, StoreError};

pub(super) async fn add(db: &Sqlite, user: &UserId, document: &Document) -> Result<()> {
    let body = json(document)?;
    let mut tx = db.write().await?;
    projects::require(&mut tx, user, document.project_id).await?;
    sqlx::query(
        "INSERT INTO documents (id, project_id, filename, sha256, status, error, created_at, size_bytes, body)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(*document.id.as_uuid())
    .bind(*document.project_id.as_uuid())
    .bind(&*document.filename)
    .bind(&*document.sha256)
    .bind(document.status.as_str())
    .bind(document.error.as_deref())
    .bind(document.created_at.as_microsecond())
    .bind(integer(document.size_bytes))
    .bind(body)
    .execute(&mut *tx)
    .await
    .map_err(|error| if is_taken(&error) { StoreError::Exists("document") } else { error.into() })?;
    Ok(tx.commit().await?)
}

pub(super) async fn get(db: &Sqlite, user: &UserId, id: DocumentId) -> Result<Option<Document>> {
    sqlx::query(
        "SELECT d.body, d.status, d.error FROM documents d JOIN projects p ON p.id = d.project_id
         WHERE d.id = ? AND p.user_id = ?",
    )
    .bind(*id.as_uuid())
    .bind(user.as_str())
    .fetch_optional(&db.reader)
    .await?
    .as_ref()
    .map(read)
    .transpose()
}

pub(super) async fn find(
    db: &Sqlite,
    user: &UserId,
    project: ProjectId,
    filename: &str,
    sha256: &str,
) -> Result<Option<Document>> {
    sqlx::query(
        "SELECT d.body, d.status, d.error FROM documents d JOIN projects p ON p.id = d.project_id
         WHERE d.project_id = ? AND p.user_id = ? AND d.filename = ? AND d.sha256 = ? ORDER BY d.id LIMIT 1",
    )
    .bind(*project.as_uuid())
    .bind(user.as_str())
    .bind(filename)
    .bind(sha256)
    .fetch_optional(&db.reader)
    .await?
    .as_ref()
    .map(read)
    .transpose()
}

pub(super) const LIST: &str = "
SELECT d.body, d.status, d.error FROM documents d JOIN projects p ON p.id = d.project_id
WHERE d.project_id = ? AND p.user_id = ? AND (d.filename, d.id) > (?, ?)
ORDER BY d.filename, d.id LIMIT ?";

pub(super) async fn list(
    db: &Sqlite,
    user: &UserId,
    project: ProjectId,
    after: Option<(String, DocumentId)>,
    limit: u32,
) -> Result<Vec<Document>> {
    // Before all documents stand the empty name and the least id, which no document has.
    let (filename, id) =
        after.map_or_else(|| (String::new(), Uuid::nil()), |(name, id)| (name, *id.as_uuid()));
    sqlx::query(LIST)
        .bind(*project.as_uuid())
        .bind(user.as_str())
        .bind(filename)
        .bind(id)
        .bind(limit)
        .fetch_all(&db.reader)
        .await?
        .iter()
        .map(read)
        .collect()
}

/// Writes a document's new state, whole; `false` where the document has gone.
pub(super) async fn write(
    connection: &mut SqliteConnection,
    document: &Document,
    body: String,
) -> Result<bool> {
    if !may_become(connection, document.id, document.status).await? {
        return Ok(false);
    }
    sqlx::query(
        "UPDATE documents SET filename = ?, sha256 = ?, status = ?, error = ?, size_bytes = ?, body = ? WHERE id = ?",
    )
    .bind(&*document.filename)
    .bind(&*document.sha256)
    .bind(document.status.as_str())
    .bind(document.error.as_deref())
    .bind(integer(document.size_bytes))
    .bind(body)
    .bind(*document.id.as_uuid())
    .execute(connection)
    .await?;
    Ok(true)
}

/// Writes what a document is, but for its state.
pub(super) async fn rewrite(connection: &mut SqliteConnection, id: DocumentId, body: String) -> Result<()> {
    sqlx::query("UPDATE documents SET body = ? WHERE id = ?")
        .bind(body)
        .bind(*id.as_uuid())
        .execute(connection)
        .await?;
    Ok(())
}

/// Writes that a document failed, and why.
pub(super) async fn fail(connection: &mut SqliteConnection, id: DocumentId, reason: &str) -> Result<()> {
    if may_become(connection, id, DocumentStatus::Failed).await? {
        sqlx::query("UPDATE documents SET status = 'failed', error = ? WHERE id = ?")
            .bind(reason)
            .bind(*id.as_uuid())
            .execute(connection)
            .await?;
    }
    Ok(())
}

/// `false` where there is no such document; an error where its state may not be left for that one.
async fn may_become(connection: &mut SqliteConnection, id: DocumentId, next: DocumentStatus) -> Result<bool> {
    let row = sqlx::query("SELECT status FROM documents WHERE id = ?")
        .bind(*id.as_uuid())
        .fetch_optional(connection)
        .await?;
    let Some(row) = row else { return Ok(false) };
    let status: DocumentStatus = read_word(&row, "status")?;
    if status.may_become(next) {
        return Ok(true);
    }
    let (from, to) = (status.as_str(), next.as_str());
    Err(StoreError::Conflict(format!("a document that is {from} cannot become {to}")))
}

/// A document from its `body`, `status` and `error`.
pub(super) fn read(row: &SqliteRow) -> Result<Document> {
    let document: Document = read_json(row, "body")?;
    Ok(Document { status: read_word(row, "status")?, error: row.try_get("error")?, ..document })
}
