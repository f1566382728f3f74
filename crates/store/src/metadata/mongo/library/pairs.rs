//! Pairs as people list and read them.

use model::{Chunk, Pair, PairId, Passage, ProjectId, UserId};
use mongodb::bson::{Bson, Document, Uuid as Key, doc};
use uuid::Uuid;

use super::{
    super::{
        Mongo, pairs, projects,
        row::{count, key, uuid},
        rows::PairRow,
    },
    page,
    pair_filter::{Matching, order},
};
use crate::{
    Page, PageRequest, PairFilter, PairOrder, PairSort, PairSource, Result, metadata::value::parse_json,
};

/// What a list is ordered by: a time or a rank.
#[derive(Clone, Copy, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
enum Place {
    Time(i64),
    Rank(f64),
}

impl Place {
    fn of(row: &PairRow, by: PairSort) -> Self {
        match by {
            PairSort::CreatedAt => Self::Time(row.created_at),
            PairSort::Quality => Self::Rank(row.quality_rank),
            PairSort::Grounding => Self::Rank(row.grounding_rank),
        }
    }
}

impl From<Place> for Bson {
    fn from(place: Place) -> Self {
        match place {
            Place::Time(time) => time.into(),
            Place::Rank(rank) => rank.into(),
        }
    }
}

/// What pairs are found by is not read.
fn without_terms() -> Document {
    doc! { "terms": 0, "sketch": 0, "bands": 0 }
}

pub(super) async fn list(
    db: &Mongo,
    user: &UserId,
    project: ProjectId,
    filter: &PairFilter,
    by: PairOrder,
    request: &PageRequest,
) -> Result<Option<Page<Pair>>> {
    let list = list_name(by);
    let after: Option<(Place, Uuid)> = page::after(&list, request)?;
    let Some(totals) = projects::totals(db, user, project).await? else { return Ok(None) };
    let Some(matching) = Matching::new(project, filter)? else {
        return page::page(&list, request, Vec::<((Place, Uuid), _)>::new(), 0).map(Some);
    };
    let total = if *filter == PairFilter::default() {
        count(totals.pairs)
    } else {
        page::total(&db.pairs(), &matching.filter, matching.index).await?
    };
    let after = after.map(|(place, id)| [place.into(), key(&id).into()]);
    let after = after.as_ref().map(<[Bson; 2]>::as_slice);
    let found = order(filter, by, total)
        .read(&db.pairs(), &matching.filter, after, without_terms(), page::rows(request))
        .await?
        .into_iter()
        .map(|row| Ok(((Place::of(&row, by.by), uuid(row.id)), pairs::read(&row)?)))
        .collect::<Result<Vec<_>>>()?;
    page::page(&list, request, found, total).map(Some)
}

fn list_name(order: PairOrder) -> String {
    let by = match order.by {
        PairSort::CreatedAt => "created_at",
        PairSort::Quality => "quality_rank",
        PairSort::Grounding => "grounding_rank",
    };
    format!("pairs by {}{by}", if order.descending { "-" } else { "" })
}

fn of_user(user: &UserId, id: PairId) -> Document {
    doc! { "_id": key(id.as_uuid()), "user": user.as_str() }
}

/// A user's pair as it is kept.
pub(super) async fn row(db: &Mongo, user: &UserId, id: PairId) -> Result<Option<PairRow>> {
    Ok(db.pairs().find_one(of_user(user, id)).projection(without_terms()).await?)
}

pub(super) async fn get(db: &Mongo, user: &UserId, id: PairId) -> Result<Option<Pair>> {
    row(db, user, id).await?.as_ref().map(pairs::read).transpose()
}

pub(super) async fn source(db: &Mongo, user: &UserId, id: PairId) -> Result<Option<PairSource>> {
    let Some(row) = row(db, user, id).await? else { return Ok(None) };
    let made: Pair = parse_json(&row.body)?;
    let passage = doc! { "project": row.project, "sha256": &*made.provenance.passage };
    let Some(passage) = db.passages().find_one(passage).await? else { return Ok(None) };
    let passage: Passage = parse_json(&passage.body)?;
    let chunk = one(db, doc! { "_id": row.chunk, "user": user.as_str() }).await?;
    // Where the chunk has gone, its neighbours have too, or stand elsewhere.
    let mut neighbours = (None, None);
    if let Some(chunk) = &chunk {
        let (document, position) = (key(chunk.document_id.as_uuid()), i64::from(chunk.position));
        neighbours.0 = at(db, user, document, position - 1).await?;
        neighbours.1 = at(db, user, document, position + 1).await?;
    }
    let (previous, next) = neighbours;
    Ok(Some(PairSource { passage, filename: row.filename, chunk, previous, next }))
}

async fn at(db: &Mongo, user: &UserId, document: Key, position: i64) -> Result<Option<Chunk>> {
    one(db, doc! { "document": document, "position": position, "user": user.as_str() }).await
}

async fn one(db: &Mongo, this: Document) -> Result<Option<Chunk>> {
    db.chunks().find_one(this).await?.map(|row| parse_json(&row.body)).transpose()
}
