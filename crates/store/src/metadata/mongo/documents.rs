//! Documents and the states they go through.

use model::{Document, DocumentId, DocumentStatus, ProjectId, UserId};
use mongodb::bson::{self, Uuid as Key, doc};

use super::{
    Mongo, Tx, changes,
    library::page::Order,
    projects,
    row::{index, key, taken},
    rows::{DocumentRow, Totals},
    totals,
    transaction::transaction,
};
use crate::{
    ChangedSubject, Result, StoreError,
    metadata::value::{integer, json, parse_json, parse_word},
};

pub(super) async fn add(db: &Mongo, user: &UserId, document: &Document) -> Result<()> {
    let row = DocumentRow {
        id: key(document.id.as_uuid()),
        project: key(document.project_id.as_uuid()),
        user: user.as_str().to_owned(),
        filename: document.filename.clone(),
        sha256: document.sha256.clone(),
        status: document.status.as_str().to_owned(),
        error: document.error.clone(),
        created_at: document.created_at.as_microsecond(),
        size_bytes: integer(document.size_bytes),
        body: json(document)?,
    };
    transaction!(db, |tx| insert(&mut tx, user, document, &row))
}

async fn insert(tx: &mut Tx, user: &UserId, document: &Document, row: &DocumentRow) -> Result<()> {
    projects::require(tx, user, document.project_id).await?;
    tx.documents().insert_one(row).session(&mut tx.session).await.map_err(taken("document"))?;
    changes::note(tx, user.as_str(), row.project, ChangedSubject::Document(document.id)).await?;
    let add = Totals { documents: 1, document_bytes: row.size_bytes, ..Totals::default() };
    totals::add(tx, row.project, &add).await
}

pub(super) async fn get(db: &Mongo, user: &UserId, id: DocumentId) -> Result<Option<Document>> {
    db.documents()
        .find_one(doc! { "_id": key(id.as_uuid()), "user": user.as_str() })
        .await?
        .map(read)
        .transpose()
}

/// That documents are a user's, in a project.
pub(super) fn of_project(user: &UserId, project: ProjectId) -> bson::Document {
    doc! { "project": key(project.as_uuid()), "user": user.as_str() }
}

pub(super) async fn find(
    db: &Mongo,
    user: &UserId,
    project: ProjectId,
    filename: &str,
    sha256: &str,
) -> Result<Option<Document>> {
    let mut filter = of_project(user, project);
    filter.extend(doc! { "filename": filename, "sha256": sha256 });
    db.documents()
        .find_one(filter)
        .sort(doc! { "_id": 1 })
        .hint(index(BY_NAME.index))
        .await?
        .map(read)
        .transpose()
}

/// The documents of a project by file name.
const BY_NAME: Order<'_> = Order { index: "by_name", fields: &["filename", "_id"], descending: false };

pub(super) async fn list(
    db: &Mongo,
    user: &UserId,
    project: ProjectId,
    after: Option<(String, DocumentId)>,
    limit: u32,
) -> Result<Vec<Document>> {
    let place = after.map(|(filename, id)| [filename.into(), key(id.as_uuid()).into()]);
    let after = place.as_ref().map(<[_; 2]>::as_slice);
    let found =
        BY_NAME.read(&db.documents(), &of_project(user, project), after, doc! {}, limit.into()).await?;
    found.into_iter().map(read).collect()
}

/// Writes a document's new state, whole; gives back what it was, `None` where the document has gone.
pub(super) async fn write(tx: &mut Tx, document: &Document, body: &str) -> Result<Option<DocumentRow>> {
    let Some(old) = may_become(tx, key(document.id.as_uuid()), document.status).await? else {
        return Ok(None);
    };
    let size_bytes = integer(document.size_bytes);
    let mut set = doc! {
        "filename": &document.filename,
        "sha256": &document.sha256,
        "status": document.status.as_str(),
        "size_bytes": size_bytes,
        "body": body,
    };
    let mut change = doc! {};
    match &document.error {
        Some(error) => set.insert("error", error),
        None => change.insert("$unset", doc! { "error": "" }),
    };
    change.insert("$set", set);
    tx.documents().update_one(doc! { "_id": old.id }, change).session(&mut tx.session).await?;
    note_status(tx, &old, document.status).await?;
    Ok(Some(old))
}

/// Writes what a document is, but for its state.
pub(super) async fn rewrite(tx: &mut Tx, id: DocumentId, body: &str) -> Result<()> {
    tx.documents()
        .update_one(doc! { "_id": key(id.as_uuid()) }, doc! { "$set": { "body": body } })
        .session(&mut tx.session)
        .await?;
    Ok(())
}

/// Writes that a document failed, and why.
pub(super) async fn fail(tx: &mut Tx, id: Key, reason: &str) -> Result<()> {
    let Some(old) = may_become(tx, id, DocumentStatus::Failed).await? else { return Ok(()) };
    let change = doc! { "$set": { "status": DocumentStatus::Failed.as_str(), "error": reason } };
    tx.documents().update_one(doc! { "_id": id }, change).session(&mut tx.session).await?;
    note_status(tx, &old, DocumentStatus::Failed).await
}

/// Writes that documents are being parsed. Every other state may become this one; what is in it already stays so.
pub(super) async fn parsing(tx: &mut Tx, ids: &[Key]) -> Result<()> {
    let status = DocumentStatus::Parsing;
    let others = doc! { "_id": { "$in": ids }, "status": { "$ne": status.as_str() } };
    let cursor = tx.documents().find(others).hint(index("_id_")).session(&mut tx.session).await?;
    for old in super::row::all_in(cursor, &mut tx.session).await? {
        let change = doc! { "$set": { "status": status.as_str() }, "$unset": { "error": "" } };
        tx.documents().update_one(doc! { "_id": old.id }, change).session(&mut tx.session).await?;
        note_status(tx, &old, status).await?;
    }
    Ok(())
}

async fn note_status(tx: &mut Tx, old: &DocumentRow, status: DocumentStatus) -> Result<()> {
    if old.status == status.as_str() {
        return Ok(());
    }
    let id = DocumentId::from_uuid(super::row::uuid(old.id));
    changes::note(tx, &old.user, old.project, ChangedSubject::Document(id)).await
}

/// The document as it is; `None` where there is none, an error where its state may not be left for that one.
async fn may_become(tx: &mut Tx, id: Key, next: DocumentStatus) -> Result<Option<DocumentRow>> {
    let found = tx.documents().find_one(doc! { "_id": id }).session(&mut tx.session).await?;
    let Some(row) = found else { return Ok(None) };
    let status: DocumentStatus = parse_word(&row.status)?;
    if status.may_become(next) {
        return Ok(Some(row));
    }
    let (from, to) = (status.as_str(), next.as_str());
    Err(StoreError::Conflict(format!("a document that is {from} cannot become {to}")))
}

/// A document from its row.
pub(super) fn read(row: DocumentRow) -> Result<Document> {
    let document: Document = parse_json(&row.body)?;
    Ok(Document { status: parse_word(&row.status)?, error: row.error, ..document })
}
