//! Exports as people list them.

use model::{Export, ProjectId, UserId};
use mongodb::bson::{Bson, Document, doc};

use super::{
    super::{
        Mongo, projects,
        row::{index, key},
        rows::ExportRow,
    },
    page::{self, Order},
};
use crate::{Page, PageRequest, Result, metadata::value::parse_json};

const LIST: &str = "exports";

pub(in super::super) const ORDER: Order<'static> =
    Order { index: "by_version", fields: &["version"], descending: true };

pub(super) async fn list(
    db: &Mongo,
    user: &UserId,
    project: ProjectId,
    request: &PageRequest,
) -> Result<Option<Page<Export>>> {
    let after: Option<u32> = page::after(LIST, request)?;
    if !projects::is_of(db, user, project).await? {
        return Ok(None);
    }
    let filter = doc! { "project": key(project.as_uuid()) };
    let after = after.map(|version| [Bson::from(version)]);
    let after = after.as_ref().map(<[Bson; 1]>::as_slice);
    let total = page::total(&db.exports(), &filter, ORDER.index).await?;
    let found = ORDER
        .read(&db.exports(), &filter, after, Document::new(), page::rows(request))
        .await?
        .into_iter()
        .map(|row: ExportRow| Ok((row.version, parse_json(&row.body)?)))
        .collect::<Result<Vec<_>>>()?;
    page::page(LIST, request, found, total).map(Some)
}

pub(super) async fn get(
    db: &Mongo,
    user: &UserId,
    project: ProjectId,
    version: u32,
) -> Result<Option<Export>> {
    let this = doc! { "project": key(project.as_uuid()), "version": version, "user": user.as_str() };
    db.exports().find_one(this).hint(index(ORDER.index)).await?.map(|row| parse_json(&row.body)).transpose()
}
