//! Documents as people list and remove them.

use model::{Document, DocumentId, DocumentStatus, ProjectId, UserId};
use sqlx::{QueryBuilder, Row as _};
use uuid::Uuid;

use super::{
    super::{Database, Sqlite, documents, projects, row::json},
    page,
};
use crate::{Page, PageRequest, Result};

const LIST: &str = "documents";

pub(super) async fn list(
    db: &Sqlite,
    user: &UserId,
    project: ProjectId,
    statuses: &[DocumentStatus],
    request: &PageRequest,
) -> Result<Option<Page<Document>>> {
    let after: Option<(i64, Uuid)> = page::after(LIST, request)?;
    let statuses = (!statuses.is_empty()).then(|| json(&statuses)).transpose()?;
    let mut tx = db.reader.begin().await?;
    if projects::number(&mut tx, user, project).await?.is_none() {
        return Ok(None);
    }
    let mut count = QueryBuilder::new("SELECT COUNT(*) AS total");
    matching(&mut count, project, statuses.as_deref());
    let total = page::total(&mut tx, &mut count).await?;
    let mut query = query(project, statuses.as_deref(), after, page::rows(request));
    let found = query
        .build()
        .fetch_all(&mut *tx)
        .await?
        .iter()
        .map(|row| {
            let document = documents::read(row)?;
            Ok(((row.try_get::<i64, _>("created_at")?, *document.id.as_uuid()), document))
        })
        .collect::<Result<Vec<_>>>()?;
    page::page(LIST, request, found, total).map(Some)
}

/// The query for a page.
pub(in super::super) fn query(
    project: ProjectId,
    statuses: Option<&str>,
    after: Option<(i64, Uuid)>,
    limit: i64,
) -> QueryBuilder<Database> {
    let mut query = QueryBuilder::new("SELECT body, status, error, created_at");
    matching(&mut query, project, statuses);
    if let Some((created_at, id)) = after {
        query.push(" AND (created_at, id) > (").push_bind(created_at).push(", ").push_bind(id).push(")");
    }
    query.push(" ORDER BY created_at, id LIMIT ").push_bind(limit);
    query
}

fn matching(query: &mut QueryBuilder<Database>, project: ProjectId, statuses: Option<&str>) {
    query
        .push(" FROM documents INDEXED BY documents_by_age WHERE project_id = ")
        .push_bind(*project.as_uuid());
    if let Some(statuses) = statuses {
        query.push(" AND status IN (SELECT value FROM json_each(").push_bind(statuses.to_owned()).push("))");
    }
}

pub(super) async fn delete(
    db: &Sqlite,
    user: &UserId,
    project: ProjectId,
    id: DocumentId,
) -> Result<Option<Document>> {
    let mut tx = db.write().await?;
    let row = sqlx::query(
        "SELECT d.body, d.status, d.error FROM documents d JOIN projects p ON p.id = d.project_id
         WHERE d.id = ? AND p.id = ? AND p.user_id = ?",
    )
    .bind(*id.as_uuid())
    .bind(*project.as_uuid())
    .bind(user.as_str())
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let document = documents::read(&row)?;
    sqlx::query("DELETE FROM documents WHERE id = ?").bind(*id.as_uuid()).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(Some(document))
}
