//! Projects, with what they hold counted when they are read.

use model::{Project, ProjectId, ProjectStats, UserId};
use sqlx::{QueryBuilder, Row as _, SqliteConnection, sqlite::SqliteRow};

use super::{
    Sqlite,
    generations::read_mean,
    row::{is_taken, json, read_count, read_json},
};
use crate::{Result, StoreError, search};

/// Projects with what they hold.
pub(super) const SELECT: &str = "
SELECT p.body, p.current_version, p.created_at, p.id, t.*
FROM projects p JOIN project_totals t ON t.project_id = p.id";

/// What a project is found by, without regard to letter case.
pub(super) fn folded(project: &Project) -> String {
    search::fold(&format!("{}\n{}", project.name, project.description))
}

pub(super) async fn create(db: &Sqlite, project: &Project) -> Result<()> {
    let body = json(project)?;
    let mut tx = db.write().await?;
    sqlx::query(
        "INSERT INTO projects (id, user_id, name, current_version, created_at, folded, body)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(*project.id.as_uuid())
    .bind(project.user_id.as_str())
    .bind(&*project.name)
    .bind(project.current_version)
    .bind(project.created_at.as_microsecond())
    .bind(folded(project))
    .bind(body)
    .execute(&mut *tx)
    .await
    .map_err(|error| if is_taken(&error) { StoreError::Exists("project") } else { error.into() })?;
    Ok(tx.commit().await?)
}

pub(super) async fn get(db: &Sqlite, user: &UserId, id: ProjectId) -> Result<Option<Project>> {
    let mut query = QueryBuilder::new(SELECT);
    query.push(" WHERE p.user_id = ").push_bind(user.as_str()).push(" AND p.id = ").push_bind(*id.as_uuid());
    query.build().fetch_optional(&db.reader).await?.as_ref().map(read).transpose()
}

pub(super) async fn by_name(db: &Sqlite, user: &UserId, name: &str) -> Result<Option<Project>> {
    let mut query = QueryBuilder::new(SELECT);
    query.push(" WHERE p.user_id = ").push_bind(user.as_str()).push(" AND p.name = ").push_bind(name);
    query.push(" ORDER BY p.created_at, p.id LIMIT 1");
    query.build().fetch_optional(&db.reader).await?.as_ref().map(read).transpose()
}

pub(super) async fn list(db: &Sqlite, user: &UserId) -> Result<Vec<Project>> {
    let mut query = QueryBuilder::new(SELECT);
    query.push(" WHERE p.user_id = ").push_bind(user.as_str()).push(" ORDER BY p.created_at DESC, p.id DESC");
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

/// The number of a user's project, which stands before its search terms; `None` where it is not the user's.
pub(super) async fn number(
    connection: &mut SqliteConnection,
    user: &UserId,
    id: ProjectId,
) -> Result<Option<i64>> {
    Ok(sqlx::query_scalar(
        "SELECT t.number FROM projects p JOIN project_totals t ON t.project_id = p.id
         WHERE p.id = ? AND p.user_id = ?",
    )
    .bind(*id.as_uuid())
    .bind(user.as_str())
    .fetch_optional(connection)
    .await?)
}

/// A project from a row of [`SELECT`].
pub(super) fn read(row: &SqliteRow) -> Result<Project> {
    let count = |column| read_count(row, column);
    let (pairs, rejected) = (count("pairs")?, count("rejected")?);
    let accepted = count("accepted")? + count("edited")?;
    let stats = ProjectStats {
        total_documents: count("documents")?,
        total_chunks: count("chunks")?,
        total_pairs: pairs,
        accepted_pairs: accepted,
        rejected_pairs: rejected,
        pending_pairs: pairs.saturating_sub(accepted + rejected),
        avg_quality_score: read_mean(row, "quality_sum", "quality_count")?,
    };
    Ok(Project { current_version: row.try_get("current_version")?, stats, ..read_json(row, "body")? })
}
