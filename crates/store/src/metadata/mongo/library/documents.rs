//! Documents as people list and remove them.

use model::{Document, DocumentId, DocumentStatus, ProjectId, UserId};
use mongodb::bson::{self, Bson, doc};
use uuid::Uuid;

use super::{
    super::{
        Mongo, Tx, changes, documents, projects,
        row::{any_of, key, uuid},
        rows::Totals,
        totals,
        transaction::transaction,
    },
    page::{self, Order},
};
use crate::{ChangedSubject, Page, PageRequest, Result, metadata::value::integer};

const LIST: &str = "documents";

pub(in super::super) const ORDER: Order<'static> =
    Order { index: "by_age", fields: &["created_at", "_id"], descending: false };

pub(super) async fn list(
    db: &Mongo,
    user: &UserId,
    project: ProjectId,
    statuses: &[DocumentStatus],
    request: &PageRequest,
) -> Result<Option<Page<Document>>> {
    let after: Option<(i64, Uuid)> = page::after(LIST, request)?;
    if !projects::is_of(db, user, project).await? {
        return Ok(None);
    }
    let filter = matching(project, statuses);
    let after = after.map(|(created_at, id)| [Bson::from(created_at), key(&id).into()]);
    let after = after.as_ref().map(<[Bson; 2]>::as_slice);
    let total = page::total(&db.documents(), &filter, ORDER.index).await?;
    let found = ORDER
        .read(&db.documents(), &filter, after, bson::Document::new(), page::rows(request))
        .await?
        .into_iter()
        .map(|row| Ok(((row.created_at, uuid(row.id)), documents::read(row)?)))
        .collect::<Result<Vec<_>>>()?;
    page::page(LIST, request, found, total).map(Some)
}

pub(in super::super) fn matching(project: ProjectId, statuses: &[DocumentStatus]) -> bson::Document {
    let mut filter = doc! { "project": key(project.as_uuid()) };
    if !statuses.is_empty() {
        filter.insert("status", any_of(statuses.iter().map(|status| status.as_str())));
    }
    filter
}

pub(super) async fn delete(
    db: &Mongo,
    user: &UserId,
    project: ProjectId,
    id: DocumentId,
) -> Result<Option<Document>> {
    transaction!(db, |tx| remove(&mut tx, user, project, id))
}

async fn remove(tx: &mut Tx, user: &UserId, project: ProjectId, id: DocumentId) -> Result<Option<Document>> {
    let (project, document) = (key(project.as_uuid()), key(id.as_uuid()));
    let this = doc! { "_id": document, "project": project, "user": user.as_str() };
    let Some(row) = tx.documents().find_one_and_delete(this).session(&mut tx.session).await? else {
        return Ok(None);
    };
    let chunks = tx.chunks().delete_many(doc! { "document": document }).session(&mut tx.session).await?;
    changes::note(tx, user.as_str(), project, ChangedSubject::Document(id)).await?;
    let held = Totals {
        documents: -1,
        document_bytes: -row.size_bytes,
        chunks: -integer(chunks.deleted_count),
        ..Totals::default()
    };
    totals::add(tx, project, &held).await?;
    documents::read(row).map(Some)
}
