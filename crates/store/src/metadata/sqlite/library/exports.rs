//! Exports as people list them.

use model::{Export, ProjectId, UserId};
use sqlx::QueryBuilder;

use super::{
    super::{Sqlite, projects, row::read_json},
    page,
};
use crate::{Page, PageRequest, Result};

const LIST: &str = "exports";

pub(super) async fn list(
    db: &Sqlite,
    user: &UserId,
    project: ProjectId,
    request: &PageRequest,
) -> Result<Option<Page<Export>>> {
    let after: Option<u32> = page::after(LIST, request)?;
    let mut tx = db.reader.begin().await?;
    if projects::number(&mut tx, user, project).await?.is_none() {
        return Ok(None);
    }
    let mut count = QueryBuilder::new("SELECT COUNT(*) AS total FROM exports WHERE project_id = ");
    count.push_bind(*project.as_uuid());
    let total = page::total(&mut tx, &mut count).await?;
    let found = sqlx::query(
        "SELECT body FROM exports WHERE project_id = ? AND version < ? ORDER BY version DESC LIMIT ?",
    )
    .bind(*project.as_uuid())
    .bind(after.map_or(i64::MAX, i64::from))
    .bind(page::rows(request))
    .fetch_all(&mut *tx)
    .await?
    .iter()
    .map(|row| {
        let export: Export = read_json(row, "body")?;
        Ok((export.version, export))
    })
    .collect::<Result<Vec<_>>>()?;
    page::page(LIST, request, found, total).map(Some)
}

pub(super) async fn get(
    db: &Sqlite,
    user: &UserId,
    project: ProjectId,
    version: u32,
) -> Result<Option<Export>> {
    sqlx::query(
        "SELECT e.body FROM exports e JOIN projects p ON p.id = e.project_id
         WHERE e.project_id = ? AND p.user_id = ? AND e.version = ?",
    )
    .bind(*project.as_uuid())
    .bind(user.as_str())
    .bind(version)
    .fetch_optional(&db.reader)
    .await?
    .map(|row| read_json(&row, "body"))
    .transpose()
}
