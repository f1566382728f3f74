//! Published exports.

use model::{Export, ProjectId, UserId};
use mongodb::bson::doc;

use super::{
    Mongo, Tx, changes,
    documents::of_project,
    projects,
    row::{all, index, key, taken},
    rows::ExportRow,
    transaction::transaction,
};
use crate::{
    ChangedSubject, Result,
    metadata::value::{json, parse_json},
};

pub(super) async fn list(db: &Mongo, user: &UserId, project: ProjectId) -> Result<Vec<Export>> {
    let found = db
        .exports()
        .find(of_project(user, project))
        .sort(doc! { "version": -1 })
        .hint(index("by_version"))
        .await?;
    all(found).await?.iter().map(|row| parse_json(&row.body)).collect()
}

pub(super) async fn add(db: &Mongo, user: &UserId, export: &Export) -> Result<()> {
    let row = ExportRow {
        project: key(export.project_id.as_uuid()),
        user: user.as_str().to_owned(),
        version: export.version,
        body: json(export)?,
    };
    transaction!(db, |tx| insert(&mut tx, user, export, &row))
}

async fn insert(tx: &mut Tx, user: &UserId, export: &Export, row: &ExportRow) -> Result<()> {
    projects::require(tx, user, export.project_id).await?;
    tx.exports().insert_one(row).session(&mut tx.session).await.map_err(taken("export"))?;
    let current = doc! { "$max": { "current_version": export.version } };
    tx.projects().update_one(doc! { "_id": row.project }, current).session(&mut tx.session).await?;
    changes::note(tx, user.as_str(), row.project, ChangedSubject::Export(export.version)).await
}
