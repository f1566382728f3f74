//! Projects as people list and change them.

use model::{Project, ProjectId, Time, UserId};
use mongodb::bson::{Bson, Document, doc};
use uuid::Uuid;

use super::{
    super::{
        Mongo, Tx,
        projects::{self, folded, of_user},
        row::{count, index, key, number, uuid},
        transaction::transaction,
    },
    page::{self, Order},
};
use crate::{Holdings, Page, PageRequest, ProjectChange, Result, metadata::value::json, search};

const LIST: &str = "projects";

pub(in super::super) const ORDER: Order<'static> =
    Order { index: "by_age", fields: &["created_at", "_id"], descending: true };

/// A user's generations that have not ended.
pub(in super::super) const RUNNING: &str = "unended_of_user";

pub(super) async fn list(
    db: &Mongo,
    user: &UserId,
    q: Option<&str>,
    request: &PageRequest,
) -> Result<Page<Project>> {
    let after: Option<(i64, Uuid)> = page::after(LIST, request)?;
    let filter = matching(user, q);
    let after = after.map(|(created_at, id)| [Bson::from(created_at), key(&id).into()]);
    let after = after.as_ref().map(<[Bson; 2]>::as_slice);
    let total = page::total(&db.projects(), &filter, ORDER.index).await?;
    let found = ORDER
        .read(&db.projects(), &filter, after, Document::new(), page::rows(request))
        .await?
        .into_iter()
        .map(|row| Ok(((row.created_at, uuid(row.id)), projects::read(row)?)))
        .collect::<Result<Vec<_>>>()?;
    page::page(LIST, request, found, total)
}

/// A user's projects whose name or description holds `q`. A user has few: they are looked through.
pub(in super::super) fn matching(user: &UserId, q: Option<&str>) -> Document {
    let mut filter = doc! { "user": user.as_str() };
    if let Some(wanted) = q.map(search::fold).filter(|wanted| !wanted.is_empty()) {
        // As a literal, so that a `$` at its beginning names no field.
        let place = doc! { "$indexOfBytes": ["$folded", { "$literal": wanted }] };
        filter.insert("$expr", doc! { "$gte": [place, 0] });
    }
    filter
}

pub(super) async fn update(
    db: &Mongo,
    user: &UserId,
    id: ProjectId,
    change: &ProjectChange,
    now: Time,
) -> Result<Option<Project>> {
    transaction!(db, |tx| write(&mut tx, user, id, change, now))
}

async fn write(
    tx: &mut Tx,
    user: &UserId,
    id: ProjectId,
    change: &ProjectChange,
    now: Time,
) -> Result<Option<Project>> {
    let row = tx.projects().find_one(of_user(user, id)).session(&mut tx.session).await?;
    let Some(row) = row else { return Ok(None) };
    let mut project = projects::read(row)?;
    let before = project.clone();
    project.name.clone_from(change.name.as_ref().unwrap_or(&before.name));
    project.description.clone_from(change.description.as_ref().unwrap_or(&before.description));
    project.config.clone_from(change.config.as_ref().unwrap_or(&before.config));
    if project != before {
        project.updated_at = now;
        let set = doc! { "name": &project.name, "folded": folded(&project), "body": json(&project)? };
        tx.projects().update_one(of_user(user, id), doc! { "$set": set }).session(&mut tx.session).await?;
    }
    Ok(Some(project))
}

pub(super) async fn holdings(db: &Mongo, user: &UserId) -> Result<Holdings> {
    let sums = [
        doc! { "$match": { "user": user.as_str() } },
        doc! { "$group": {
            "_id": null, "projects": { "$sum": 1 }, "bytes": { "$sum": "$totals.document_bytes" },
        } },
    ];
    let mut found = db.projects().aggregate(sums).hint(index(ORDER.index)).await?;
    let sums = if found.advance().await? { found.deserialize_current()? } else { Document::new() };
    let running = doc! { "user": user.as_str(), "unended": true };
    Ok(Holdings {
        projects: count(number(&sums, "projects")?),
        document_bytes: count(number(&sums, "bytes")?),
        running: page::total(&db.generations(), &running, RUNNING).await?,
    })
}
