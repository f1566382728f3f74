//! Fine-tuning jobs made from versions.

use model::{FineTuneJob, ProjectId, UserId};
use mongodb::{
    Collection,
    bson::{Bson, Document, Uuid as Key, doc},
    options::ReturnDocument,
};
use serde::{Deserialize, Serialize};

use super::{
    super::{
        Mongo, Tx,
        collections::FINE_TUNE_JOBS,
        projects,
        row::{index, key},
        transaction::transaction,
    },
    page::{self, Order},
};
use crate::{
    Page, PageRequest, Result, StoreError,
    metadata::value::{json, parse_json},
};

const LIST: &str = "fine-tune-jobs";

pub(in super::super) const ORDER: Order<'static> =
    Order { index: "by_age", fields: &["created_at", "key"], descending: true };

/// The index that finds a job under its key.
const KEY: &str = "by_key";

/// A job as it is kept.
#[derive(Serialize, Deserialize)]
struct Row {
    project: Key,
    user: String,
    version: u32,
    key: String,
    created_at: i64,
    body: String,
}

fn rows(db: &mongodb::Database) -> Collection<Row> {
    db.collection(FINE_TUNE_JOBS)
}

fn this(user: &UserId, project: ProjectId, version: u32, name: &str) -> Document {
    doc! { "project": key(project.as_uuid()), "version": version, "key": name, "user": user.as_str() }
}

pub(super) async fn add(
    db: &Mongo,
    user: &UserId,
    project: ProjectId,
    name: &str,
    job: &FineTuneJob,
) -> Result<FineTuneJob> {
    let body = json(job)?;
    let kept = transaction!(db, |tx| keep(&mut tx, user, project, name, job, &body))?;
    parse_json(&kept)
}

async fn keep(
    tx: &mut Tx,
    user: &UserId,
    project: ProjectId,
    name: &str,
    job: &FineTuneJob,
    body: &str,
) -> Result<String> {
    // The project is written to, so that none is added to one that is being deleted.
    let touched = tx
        .projects()
        .update_one(projects::of_user(user, project), doc! { "$inc": { "fine_tune_jobs": 1 } })
        .session(&mut tx.session)
        .await?;
    if touched.matched_count == 0 {
        return Err(StoreError::NotFound("project"));
    }
    let new = doc! { "$setOnInsert": { "created_at": job.created_at.as_microsecond(), "body": body } };
    let kept = rows(&tx.db)
        .find_one_and_update(this(user, project, job.version, name), new)
        .hint(index(KEY))
        .upsert(true)
        .return_document(ReturnDocument::After)
        .session(&mut tx.session)
        .await?;
    kept.map(|row| row.body).ok_or(StoreError::NotFound("fine-tuning job"))
}

pub(super) async fn get(
    db: &Mongo,
    user: &UserId,
    project: ProjectId,
    version: u32,
    name: &str,
) -> Result<Option<FineTuneJob>> {
    let found = rows(&db.db).find_one(this(user, project, version, name)).hint(index(KEY)).await?;
    found.map(|row| parse_json(&row.body)).transpose()
}

pub(super) async fn update(
    db: &Mongo,
    user: &UserId,
    project: ProjectId,
    name: &str,
    job: &FineTuneJob,
) -> Result<()> {
    let change = doc! { "$set": { "body": json(job)? } };
    rows(&db.db).update_one(this(user, project, job.version, name), change).hint(index(KEY)).await?;
    Ok(())
}

pub(super) async fn list(
    db: &Mongo,
    user: &UserId,
    project: ProjectId,
    version: u32,
    request: &PageRequest,
) -> Result<Option<Page<(String, FineTuneJob)>>> {
    let after: Option<(i64, String)> = page::after(LIST, request)?;
    if !projects::is_of(db, user, project).await? {
        return Ok(None);
    }
    let filter = doc! { "project": key(project.as_uuid()), "version": version };
    let after = after.map(|(created_at, key)| [Bson::from(created_at), Bson::from(key)]);
    let after = after.as_ref().map(<[Bson; 2]>::as_slice);
    let rows = rows(&db.db);
    let total = page::total(&rows, &filter, ORDER.index).await?;
    let found = ORDER
        .read(&rows, &filter, after, Document::new(), page::rows(request))
        .await?
        .into_iter()
        .map(|row| Ok(((row.created_at, row.key.clone()), (row.key, parse_json(&row.body)?))))
        .collect::<Result<Vec<_>>>()?;
    page::page(LIST, request, found, total).map(Some)
}
