//! Fine-tuning jobs made from versions.

use model::{FineTuneJob, ProjectId, UserId};
use sqlx::{QueryBuilder, Row as _};

use super::{
    super::{
        Sqlite, projects,
        row::{json, read_json},
    },
    page,
};
use crate::{Page, PageRequest, Result};

const LIST: &str = "fine-tune-jobs";

pub(super) async fn add(
    db: &Sqlite,
    user: &UserId,
    project: ProjectId,
    key: &str,
    job: &FineTuneJob,
) -> Result<FineTuneJob> {
    let mut tx = db.write().await?;
    projects::require(&mut tx, user, project).await?;
    sqlx::query(
        "INSERT INTO fine_tune_jobs (project_id, version, key, created_at, body) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT DO NOTHING",
    )
    .bind(*project.as_uuid())
    .bind(job.version)
    .bind(key)
    .bind(job.created_at.as_microsecond())
    .bind(json(job)?)
    .execute(&mut *tx)
    .await?;
    let row = sqlx::query("SELECT body FROM fine_tune_jobs WHERE project_id = ? AND version = ? AND key = ?")
        .bind(*project.as_uuid())
        .bind(job.version)
        .bind(key)
        .fetch_one(&mut *tx)
        .await?;
    let kept = read_json(&row, "body")?;
    tx.commit().await?;
    Ok(kept)
}

pub(super) async fn get(
    db: &Sqlite,
    user: &UserId,
    project: ProjectId,
    version: u32,
    key: &str,
) -> Result<Option<FineTuneJob>> {
    sqlx::query(
        "SELECT j.body FROM fine_tune_jobs j JOIN projects p ON p.id = j.project_id
         WHERE j.project_id = ? AND p.user_id = ? AND j.version = ? AND j.key = ?",
    )
    .bind(*project.as_uuid())
    .bind(user.as_str())
    .bind(version)
    .bind(key)
    .fetch_optional(&db.reader)
    .await?
    .map(|row| read_json(&row, "body"))
    .transpose()
}

pub(super) async fn update(
    db: &Sqlite,
    user: &UserId,
    project: ProjectId,
    key: &str,
    job: &FineTuneJob,
) -> Result<()> {
    let mut tx = db.write().await?;
    sqlx::query(
        "UPDATE fine_tune_jobs SET body = ? WHERE project_id = ? AND version = ? AND key = ?
             AND EXISTS (SELECT 1 FROM projects p WHERE p.id = project_id AND p.user_id = ?)",
    )
    .bind(json(job)?)
    .bind(*project.as_uuid())
    .bind(job.version)
    .bind(key)
    .bind(user.as_str())
    .execute(&mut *tx)
    .await?;
    Ok(tx.commit().await?)
}

pub(super) async fn list(
    db: &Sqlite,
    user: &UserId,
    project: ProjectId,
    version: u32,
    request: &PageRequest,
) -> Result<Option<Page<(String, FineTuneJob)>>> {
    let after: Option<(i64, String)> = page::after(LIST, request)?;
    let mut tx = db.reader.begin().await?;
    if projects::number(&mut tx, user, project).await?.is_none() {
        return Ok(None);
    }
    let mut count = QueryBuilder::new("SELECT COUNT(*) AS total FROM fine_tune_jobs WHERE project_id = ");
    count.push_bind(*project.as_uuid()).push(" AND version = ").push_bind(version);
    let total = page::total(&mut tx, &mut count).await?;
    let (before, key) = after.unwrap_or((i64::MAX, String::new()));
    let found = sqlx::query(
        "SELECT key, created_at, body FROM fine_tune_jobs
         WHERE project_id = ? AND version = ? AND (created_at, key) < (?, ?)
         ORDER BY created_at DESC, key DESC LIMIT ?",
    )
    .bind(*project.as_uuid())
    .bind(version)
    .bind(before)
    .bind(key)
    .bind(page::rows(request))
    .fetch_all(&mut *tx)
    .await?
    .iter()
    .map(|row| {
        let key: String = row.try_get("key")?;
        Ok(((row.try_get::<i64, _>("created_at")?, key.clone()), (key, read_json(row, "body")?)))
    })
    .collect::<Result<Vec<_>>>()?;
    page::page(LIST, request, found, total).map(Some)
}
