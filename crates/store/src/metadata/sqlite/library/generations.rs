//! Generations as people list them.

use model::{Generation, GenerationKind, GenerationStatus, ProjectId, UserId};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{
    super::{Database, Sqlite, generations, projects, row::json},
    page,
};
use crate::{Page, PageRequest, Result};

const LIST: &str = "generations";

pub(super) async fn list(
    db: &Sqlite,
    user: &UserId,
    project: ProjectId,
    kinds: &[GenerationKind],
    statuses: &[GenerationStatus],
    request: &PageRequest,
) -> Result<Option<Page<Generation>>> {
    let after: Option<(i64, Uuid)> = page::after(LIST, request)?;
    let mut tx = db.reader.begin().await?;
    if projects::number(&mut tx, user, project).await?.is_none() {
        return Ok(None);
    }
    let mut count = QueryBuilder::new("SELECT COUNT(*) AS total");
    matching(&mut count, project, kinds, statuses)?;
    let total = page::total(&mut tx, &mut count).await?;
    let mut query = query(project, kinds, statuses, after, page::rows(request))?;
    let found = query
        .build()
        .fetch_all(&mut *tx)
        .await?
        .iter()
        .map(|row| {
            let generation = generations::read(row)?;
            Ok(((generation.created_at.as_microsecond(), *generation.id.as_uuid()), generation))
        })
        .collect::<Result<Vec<_>>>()?;
    page::page(LIST, request, found, total).map(Some)
}

/// The query for a page.
pub(in super::super) fn query(
    project: ProjectId,
    kinds: &[GenerationKind],
    statuses: &[GenerationStatus],
    after: Option<(i64, Uuid)>,
    limit: i64,
) -> Result<QueryBuilder<Database>> {
    let mut query = QueryBuilder::new("SELECT *");
    matching(&mut query, project, kinds, statuses)?;
    if let Some((created_at, id)) = after {
        query.push(" AND (created_at, id) < (").push_bind(created_at).push(", ").push_bind(id).push(")");
    }
    query.push(" ORDER BY created_at DESC, id DESC LIMIT ").push_bind(limit);
    Ok(query)
}

fn matching(
    query: &mut QueryBuilder<Database>,
    project: ProjectId,
    kinds: &[GenerationKind],
    statuses: &[GenerationStatus],
) -> Result<()> {
    query.push(" FROM generations INDEXED BY generations_newest WHERE project_id = ");
    query.push_bind(*project.as_uuid());
    if !kinds.is_empty() {
        query.push(" AND kind IN (SELECT value FROM json_each(").push_bind(json(&kinds)?).push("))");
    }
    if !statuses.is_empty() {
        query.push(" AND status IN (SELECT value FROM json_each(").push_bind(json(&statuses)?).push("))");
    }
    Ok(())
}
