//! Published exports.

use model::{Export, ProjectId, UserId};

use super::{
    Sqlite, projects,
    row::{is_taken, json, read_json},
};
use crate::{Result, StoreError};

pub(super) async fn list(db: &Sqlite, user: &UserId, project: ProjectId) -> Result<Vec<Export>> {
    sqlx::query(
        "SELECT e.body FROM exports e JOIN projects p ON p.id = e.project_id
         WHERE e.project_id = ? AND p.user_id = ? ORDER BY e.version DESC",
    )
    .bind(*project.as_uuid())
    .bind(user.as_str())
    .fetch_all(&db.reader)
    .await?
    .iter()
    .map(|row| read_json(row, "body"))
    .collect()
}

pub(super) async fn add(db: &Sqlite, user: &UserId, export: &Export) -> Result<()> {
    let body = json(export)?;
    let mut tx = db.write().await?;
    projects::require(&mut tx, user, export.project_id).await?;
    sqlx::query("INSERT INTO exports (project_id, version, body) VALUES (?, ?, ?)")
        .bind(*export.project_id.as_uuid())
        .bind(export.version)
        .bind(body)
        .execute(&mut *tx)
        .await
        .map_err(|error| if is_taken(&error) { StoreError::Exists("export") } else { error.into() })?;
    sqlx::query("UPDATE projects SET current_version = MAX(current_version, ?) WHERE id = ?")
        .bind(export.version)
        .bind(*export.project_id.as_uuid())
        .execute(&mut *tx)
        .await?;
    Ok(tx.commit().await?)
}
