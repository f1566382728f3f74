//! Projects, with what they hold counted when they are read.

use model::{Project, ProjectId, ProjectStats, UserId};
use sqlx::{QueryBuilder, Row as _, SqliteConnection, sqlite::SqliteRow};

use super::{
    Sqlite,
    row::{is_taken, json, read_count, read_json},
};
use crate::{Result, StoreError};

/// Counts come from indexes alone, whatever the rows hold.
pub(super) const SELECT: &str = "
SELECT body, current_version,
    (SELECT COUNT(*) FROM documents WHERE project_id = p.id) AS documents,
    (SELECT COUNT(*) FROM chunks WHERE project_id = p.id) AS chunks,
    (SELECT COUNT(*) FROM pairs WHERE project_id = p.id) AS pairs,
    (SELECT COUNT(*) FROM pairs WHERE project_id = p.id AND review_status IN ('accepted', 'edited')) AS accepted,
    (SELECT COUNT(*) FROM pairs WHERE project_id = p.id AND review_status = 'rejected') AS rejected,
    (SELECT COUNT(*) FROM pairs WHERE project_id = p.id AND review_status = 'pending') AS pending,
    (SELECT AVG(quality_score) FROM pairs INDEXED BY pairs_by_review WHERE project_id = p.id) AS quality
FROM projects p";

pub(super) async fn create(db: &Sqlite, project: &Project) -> Result<()> {
    let body = json(project)?;
    let mut tx = db.write().await?;
    sqlx::query(
        "INSERT INTO projects (id, user_id, name, current_version, created_at, body) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(*project.id.as_uuid())
    .bind(project.user_id.as_str())
    .bind(&*project.name)
    .bind(project.current_version)
    .bind(project.created_at.as_microsecond())
    .bind(body)
    .execute(&mut *tx)
    .await
    .map_err(|error| if is_taken(&error) { StoreError::Exists("project") } else { error.into() })?;
    Ok(tx.commit().await?)
}

pub(super) async fn get(db: &Sqlite, user: &UserId, id: ProjectId) -> Result<Option<Project>> {
    let mut query = QueryBuilder::new(SELECT);
    query.push(" WHERE user_id = ").push_bind(user.as_str()).push(" AND id = ").push_bind(*id.as_uuid());
    query.build().fetch_optional(&db.reader).await?.as_ref().map(read).transpose()
}

pub(super) async fn by_name(db: &Sqlite, user: &UserId, name: &str) -> Result<Option<Project>> {
    let mut query = QueryBuilder::new(SELECT);
    query.push(" WHERE user_id = ").push_bind(user.as_str()).push(" AND name = ").push_bind(name);
    query.push(" ORDER BY created_at, id LIMIT 1");
    query.build().fetch_optional(&db.reader).await?.as_ref().map(read).transpose()
}

pub(super) async fn list(db: &Sqlite, user: &UserId) -> Result<Vec<Project>> {
    let mut query = QueryBuilder::new(SELECT);
    query.push(" WHERE user_id = ").push_bind(user.as_str()).push(" ORDER BY created_at DESC, id DESC");
    query.build().fetch_all(&db.reader).await?.iter().map(read).collect()
}

pub(super) async fn delete(db: &Sqlite, user: &UserId, id: ProjectId) -> Result<bool> {
    let mut tx = db.write().await?;
    let deleted = sqlx::query("DELETE FROM projects WHERE id = ? AND user_id = ?")
        .bind(*id.as_uuid())
        .bind(user.as_str())
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(deleted.rows_affected() > 0)
}

/// Checks, before something is added to a project, that it is the user's.
pub(super) async fn require(connection: &mut SqliteConnection, user: &UserId, id: ProjectId) -> Result<()> {
    let found = sqlx::query("SELECT 1 FROM projects WHERE id = ? AND user_id = ?")
        .bind(*id.as_uuid())
        .bind(user.as_str())
        .fetch_optional(connection)
        .await?;
    found.map(drop).ok_or(StoreError::NotFound("project"))
}

fn read(row: &SqliteRow) -> Result<Project> {
    let stats = ProjectStats {
        total_documents: read_count(row, "documents")?,
        total_chunks: read_count(row, "chunks")?,
        total_pairs: read_count(row, "pairs")?,
        accepted_pairs: read_count(row, "accepted")?,
        rejected_pairs: read_count(row, "rejected")?,
        pending_pairs: read_count(row, "pending")?,
        avg_quality_score: row.try_get("quality")?,
    };
    Ok(Project { current_version: row.try_get("current_version")?, stats, ..read_json(row, "body")? })
}
