//! Generations as people list them.

use model::{Generation, GenerationKind, GenerationStatus, ProjectId, UserId};
use mongodb::bson::{Bson, Document, doc};
use uuid::Uuid;

use super::{
    super::{
        Mongo, generations, projects,
        row::{any_of, key},
    },
    page::{self, Order},
};
use crate::{Page, PageRequest, Result, metadata::value::word};

const LIST: &str = "generations";

pub(in super::super) const ORDER: Order<'static> =
    Order { index: "newest", fields: &["created_at", "_id"], descending: true };

pub(super) async fn list(
    db: &Mongo,
    user: &UserId,
    project: ProjectId,
    kinds: &[GenerationKind],
    statuses: &[GenerationStatus],
    request: &PageRequest,
) -> Result<Option<Page<Generation>>> {
    let after: Option<(i64, Uuid)> = page::after(LIST, request)?;
    if !projects::is_of(db, user, project).await? {
        return Ok(None);
    }
    let filter = matching(project, kinds, statuses)?;
    let after = after.map(|(created_at, id)| [Bson::from(created_at), key(&id).into()]);
    let after = after.as_ref().map(<[Bson; 2]>::as_slice);
    let total = page::total(&db.generations(), &filter, ORDER.index).await?;
    let found = ORDER
        .read(&db.generations(), &filter, after, Document::new(), page::rows(request))
        .await?
        .into_iter()
        .map(|row| {
            let generation = generations::read(row)?;
            Ok(((generation.created_at.as_microsecond(), *generation.id.as_uuid()), generation))
        })
        .collect::<Result<Vec<_>>>()?;
    page::page(LIST, request, found, total).map(Some)
}

pub(in super::super) fn matching(
    project: ProjectId,
    kinds: &[GenerationKind],
    statuses: &[GenerationStatus],
) -> Result<Document> {
    let mut filter = doc! { "project": key(project.as_uuid()) };
    if !kinds.is_empty() {
        filter.insert("kind", any_of(kinds.iter().map(word).collect::<Result<Vec<_>>>()?));
    }
    if !statuses.is_empty() {
        filter.insert("status", any_of(statuses.iter().map(|status| status.as_str())));
    }
    Ok(filter)
}
