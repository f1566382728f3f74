//! Projects as people list and change them.

use model::{Project, ProjectId, Time, UserId};
use sqlx::{QueryBuilder, Row as _};
use uuid::Uuid;

use super::{
    super::{
        Database, Sqlite,
        projects::{self, SELECT, folded},
        row::{json, read_count},
    },
    page,
};
use crate::{Holdings, Page, PageRequest, ProjectChange, Result, search};

const LIST: &str = "projects";

pub(super) async fn list(
    db: &Sqlite,
    user: &UserId,
    q: Option<&str>,
    request: &PageRequest,
) -> Result<Page<Project>> {
    let after: Option<(i64, Uuid)> = page::after(LIST, request)?;
    let wanted = q.map(search::fold).filter(|q| !q.is_empty());
    let matching = |query: &mut QueryBuilder<Database>| {
        query.push(" WHERE p.user_id = ").push_bind(user.as_str().to_owned());
        if let Some(wanted) = &wanted {
            query.push(" AND instr(p.folded, ").push_bind(wanted.clone()).push(") > 0");
        }
    };
    let mut tx = db.reader.begin().await?;
    let mut count = QueryBuilder::new("SELECT COUNT(*) AS total FROM projects p");
    matching(&mut count);
    let total = page::total(&mut tx, &mut count).await?;
    let mut query = QueryBuilder::new(SELECT);
    matching(&mut query);
    if let Some((created_at, id)) = after {
        query.push(" AND (p.created_at, p.id) < (").push_bind(created_at).push(", ").push_bind(id).push(")");
    }
    query.push(" ORDER BY p.created_at DESC, p.id DESC LIMIT ").push_bind(page::rows(request));
    let found = query
        .build()
        .fetch_all(&mut *tx)
        .await?
        .iter()
        .map(|row| {
            let key = (row.try_get::<i64, _>("created_at")?, row.try_get::<Uuid, _>("id")?);
            Ok((key, projects::read(row)?))
        })
        .collect::<Result<Vec<_>>>()?;
    page::page(LIST, request, found, total)
}

pub(super) async fn update(
    db: &Sqlite,
    user: &UserId,
    id: ProjectId,
    change: &ProjectChange,
    now: Time,
) -> Result<Option<Project>> {
    let mut tx = db.write().await?;
    let mut query = QueryBuilder::new(SELECT);
    query.push(" WHERE p.user_id = ").push_bind(user.as_str()).push(" AND p.id = ").push_bind(*id.as_uuid());
    let Some(row) = query.build().fetch_optional(&mut *tx).await? else { return Ok(None) };
    let mut project = projects::read(&row)?;
    let before = project.clone();
    project.name.clone_from(change.name.as_ref().unwrap_or(&before.name));
    project.description.clone_from(change.description.as_ref().unwrap_or(&before.description));
    project.config.clone_from(change.config.as_ref().unwrap_or(&before.config));
    if project != before {
        project.updated_at = now;
        sqlx::query("UPDATE projects SET name = ?, folded = ?, body = ? WHERE id = ?")
            .bind(&*project.name)
            .bind(folded(&project))
            .bind(json(&project)?)
            .bind(*id.as_uuid())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
    }
    Ok(Some(project))
}

pub(in super::super) const HOLDINGS: &str = "
SELECT COUNT(*) AS projects, COALESCE(SUM(t.document_bytes), 0) AS bytes,
    (SELECT COUNT(*) FROM generations g INDEXED BY generations_unended CROSS JOIN projects o ON o.id = g.project_id
        WHERE g.status IN ('pending', 'parsing', 'generating', 'validating') AND o.user_id = ?1) AS running
FROM projects p JOIN project_totals t ON t.project_id = p.id WHERE p.user_id = ?1";

pub(super) async fn holdings(db: &Sqlite, user: &UserId) -> Result<Holdings> {
    let row = sqlx::query(HOLDINGS).bind(user.as_str()).fetch_one(&db.reader).await?;
    Ok(Holdings {
        projects: read_count(&row, "projects")?,
        document_bytes: read_count(&row, "bytes")?,
        running: read_count(&row, "running")?,
    })
}
