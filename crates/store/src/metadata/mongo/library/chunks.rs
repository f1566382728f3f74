//! Chunks as people list, count and change them.

use std::collections::BTreeMap;

use model::{Chunk, ChunkId, ExcludeCode, ExcludeReason, Passage, ProjectId, Sha256Hex, Time, UserId};
use mongodb::bson::{self, Bson, Uuid as Key, doc};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    super::{
        Mongo, Tx,
        chunks::{self, exclude_code, split},
        projects,
        row::{all, count, index, key, uuid},
        rows::PassageRow,
        transaction::transaction,
    },
    chunk_filter::{Facet, Matching},
    page::{self, Order},
};
use crate::{
    ChunkChange, ChunkFilter, Facets, Page, PageRequest, Result, StoreError,
    metadata::{
        terms,
        value::{json, parse_json},
    },
};

const LIST: &str = "chunks";

/// Where a list of chunks stands: file name, document, position.
type Place = (String, Uuid, u32);

pub(in super::super) const ORDER: Order<'static> =
    Order { index: "in_order", fields: &["filename", "document", "position"], descending: false };

/// What a list reads of a chunk.
#[derive(Deserialize)]
struct Listed {
    filename: String,
    document: Key,
    position: u32,
    body: String,
}

/// A search is sorted once it is found, where the list itself is read in its order.
pub(in super::super) fn order(matching: &Matching) -> Order<'static> {
    if matching.searched { Order { index: matching.index, ..ORDER } } else { ORDER }
}

pub(super) async fn list(
    db: &Mongo,
    user: &UserId,
    project: ProjectId,
    filter: &ChunkFilter,
    request: &PageRequest,
) -> Result<Option<Page<Chunk>>> {
    let after: Option<Place> = page::after(LIST, request)?;
    let Some(totals) = projects::totals(db, user, project).await? else { return Ok(None) };
    let Some(matching) = Matching::new(project, filter, None)? else {
        return page::page(LIST, request, Vec::<(Place, _)>::new(), 0).map(Some);
    };
    let total = if *filter == ChunkFilter::default() {
        count(totals.chunks)
    } else {
        page::total(&db.chunks(), &matching.filter, matching.index).await?
    };
    let after = after
        .map(|(filename, document, position)| [filename.into(), key(&document).into(), Bson::from(position)]);
    let after = after.as_ref().map(<[Bson; 3]>::as_slice);
    let rows = db.chunks().clone_with_type::<Listed>();
    let fields = doc! { "filename": 1, "document": 1, "position": 1, "body": 1 };
    let found = order(&matching)
        .read(&rows, &matching.filter, after, fields, page::rows(request))
        .await?
        .into_iter()
        .map(|row| {
            let place: Place = (row.filename, uuid(row.document), row.position);
            Ok((place, parse_json(&row.body)?))
        })
        .collect::<Result<Vec<_>>>()?;
    page::page(LIST, request, found, total).map(Some)
}

pub(super) async fn facets(
    db: &Mongo,
    user: &UserId,
    project: ProjectId,
    filter: &ChunkFilter,
) -> Result<Facets> {
    let mut facets = Facets::new();
    if !projects::is_of(db, user, project).await? {
        return Ok(facets);
    }
    for (name, field, facet) in [
        ("document_id", "$document", Facet::Document),
        ("excluded", "$excluded", Facet::Excluded),
        ("content_type", "$content_type", Facet::ContentType),
    ] {
        let counts = match Matching::new(project, filter, Some(facet))? {
            Some(matching) => count_by(db, matching, field).await?,
            None => BTreeMap::new(),
        };
        facets.insert(name.to_owned(), counts);
    }
    Ok(facets)
}

async fn count_by(db: &Mongo, matching: Matching, field: &str) -> Result<BTreeMap<String, u64>> {
    #[derive(Deserialize)]
    struct Counted {
        #[serde(rename = "_id")]
        value: Bson,
        chunks: u64,
    }
    let groups =
        [doc! { "$match": matching.filter }, doc! { "$group": { "_id": field, "chunks": { "$sum": 1 } } }];
    let found = db.chunks().aggregate(groups).hint(index(matching.index)).with_type::<Counted>().await?;
    let found = all(found).await?;
    found
        .into_iter()
        .map(|Counted { value, chunks }| {
            let value = match value {
                Bson::Boolean(value) => value.to_string(),
                Bson::String(value) => value,
                id => uuid(bson::deserialize_from_bson(id)?).to_string(),
            };
            Ok((value, chunks))
        })
        .collect()
}

/// Why a chunk is left out that a person left out.
pub(super) fn by_user() -> ExcludeReason {
    ExcludeReason { code: ExcludeCode::User, detail: "left out by a person".into() }
}

pub(super) async fn update(
    db: &Mongo,
    user: &UserId,
    project: ProjectId,
    id: ChunkId,
    change: &ChunkChange,
    now: Time,
) -> Result<Option<Chunk>> {
    transaction!(db, |tx| write(&mut tx, user, project, id, change, now))
}

async fn write(
    tx: &mut Tx,
    user: &UserId,
    project: ProjectId,
    id: ChunkId,
    change: &ChunkChange,
    now: Time,
) -> Result<Option<Chunk>> {
    let this = doc! { "_id": key(id.as_uuid()), "project": key(project.as_uuid()), "user": user.as_str() };
    let Some(mut row) = tx.chunks().find_one(this.clone()).session(&mut tx.session).await? else {
        return Ok(None);
    };
    let before: Chunk = parse_json(&row.body)?;
    let mut chunk = before.clone();
    if let Some((text, tokens)) = change.text.as_ref().filter(|(text, _)| *text != before.text) {
        (chunk.text, chunk.token_count, chunk.edited) = (text.clone(), *tokens, true);
    }
    if let Some(path) = change.heading_path.as_ref().filter(|path| **path != before.heading_path) {
        (chunk.heading_path, chunk.edited) = (path.clone(), true);
    }
    if let Some(excluded) = change.excluded.filter(|excluded| *excluded != before.excluded) {
        (chunk.excluded, chunk.exclude_reason) = (excluded, excluded.then(by_user));
        row.decided = Some(excluded);
    }
    if chunk == before {
        return Ok(Some(before));
    }
    chunk.updated_at = now;
    if chunk.text != before.text || chunk.heading_path != before.heading_path {
        row.passage = shown(tx, row.project, &row.passage, &chunk).await?;
    }
    row.revision += 1;
    (row.excluded, row.exclude_code, row.edited) = (chunk.excluded, exclude_code(&chunk)?, chunk.edited);
    (row.token_count, row.terms) = (chunk.token_count, split(&terms::of_chunk(&chunk)));
    row.body = json(&chunk)?;
    tx.chunks().replace_one(this, row).session(&mut tx.session).await?;
    Ok(Some(chunk))
}

/// Stores what a teacher is shown of a chunk from now on, in place of what it was shown, which stays. Gives back its hash.
async fn shown(tx: &mut Tx, project: Key, before: &str, chunk: &Chunk) -> Result<Sha256Hex> {
    let row = tx
        .passages()
        .find_one(doc! { "project": project, "sha256": before })
        .session(&mut tx.session)
        .await?
        .ok_or_else(|| StoreError::Corrupt(format!("chunk {} has no passage", chunk.id)))?;
    let mut passage: Passage = parse_json(&row.body)?;
    (passage.text, passage.heading_path) = (chunk.text.clone(), chunk.heading_path.clone());
    let sha256 = passage.sha256();
    let body = json(&passage)?;
    chunks::add_passages(tx, vec![PassageRow { project, sha256: sha256.clone(), body }]).await?;
    Ok(sha256)
}
