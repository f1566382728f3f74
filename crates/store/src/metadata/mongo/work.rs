//! What a unit works on.

use model::{Chunk, ChunkId, Document, GenerationId, Passage, Phase, Unit, UserId};
use mongodb::bson::{Uuid as Key, doc};

use super::{
    Mongo, documents, generations, pairs,
    row::{all, any_of, count, index, key},
    rows::ChunkRow,
    units::subject,
};
use crate::{
    Result,
    metadata::value::{integer, parse_json},
};

pub(super) async fn document(db: &Mongo, generation: GenerationId, unit: &Unit) -> Result<Option<Document>> {
    let Some(of) = generations::row(db, generation).await? else { return Ok(None) };
    let filter = doc! { "_id": subject(unit)?, "project": of.project };
    db.documents().find_one(filter).await?.map(documents::read).transpose()
}

pub(super) async fn passage(
    db: &Mongo,
    generation: GenerationId,
    unit: &Unit,
) -> Result<Option<(Chunk, Passage, String)>> {
    let Some(of) = generations::row(db, generation).await? else { return Ok(None) };
    let filter = doc! { "_id": subject(unit)?, "project": of.project };
    let Some(chunk) = db.chunks().find_one(filter).await? else { return Ok(None) };
    // The passage is the one of the unit: the chunk may have been edited since the run started.
    let Some(passage) = stored(db, of.project, unit.passage.as_deref()).await? else { return Ok(None) };
    read_passage(db, chunk, passage).await
}

pub(super) async fn chunk_passage(
    db: &Mongo,
    user: &UserId,
    id: ChunkId,
) -> Result<Option<(Chunk, Passage, String)>> {
    let filter = doc! { "_id": key(id.as_uuid()), "user": user.as_str() };
    let Some(chunk) = db.chunks().find_one(filter).await? else { return Ok(None) };
    let Some(passage) = stored(db, chunk.project, Some(&chunk.passage)).await? else { return Ok(None) };
    read_passage(db, chunk, passage).await
}

async fn read_passage(
    db: &Mongo,
    chunk: ChunkRow,
    passage: Passage,
) -> Result<Option<(Chunk, Passage, String)>> {
    let document = db.documents().find_one(doc! { "_id": chunk.document }).await?;
    document.map(|document| Ok((parse_json(&chunk.body)?, passage, document.filename))).transpose()
}

/// A passage of a project.
pub(super) async fn stored(db: &Mongo, project: Key, sha256: Option<&str>) -> Result<Option<Passage>> {
    let Some(sha256) = sha256 else { return Ok(None) };
    let found = db.passages().find_one(doc! { "project": project, "sha256": sha256 }).await?;
    found.map(|row| parse_json(&row.body)).transpose()
}

pub(super) async fn taught_passage(
    db: &Mongo,
    user: &UserId,
    generation: GenerationId,
    chunk: ChunkId,
) -> Result<Option<(Unit, Passage)>> {
    let unit = Unit::new(generation, Phase::Generate, chunk, 0, None);
    let of = generations::row(db, generation).await?.filter(|of| of.user == user.as_str());
    let Some(of) = of else { return Ok(None) };
    let Some(row) = db.units().find_one(doc! { "_id": key(unit.id.as_uuid()) }).await? else {
        return Ok(None);
    };
    let Some(passage) = stored(db, of.project, row.passage.as_deref()).await? else { return Ok(None) };
    let unit = Unit { ordinal: count(row.ordinal), passage: row.passage, attempts: row.attempts, ..unit };
    Ok(Some((unit, passage)))
}

pub(super) async fn sample(db: &Mongo, generation: GenerationId, limit: u32) -> Result<Vec<Passage>> {
    let Some(of) = generations::row(db, generation).await? else { return Ok(Vec::new()) };
    let (total, limit) = (count(of.chunks_total), u64::from(limit));
    let wanted = total.min(limit);
    let ordinals = (0..wanted).map(|at| integer(at * total / wanted));
    let units = db
        .units()
        .find(doc! { "generation": of.id, "phase": Phase::Generate.as_str(), "ordinal": any_of(ordinals) })
        .sort(doc! { "ordinal": 1 })
        .hint(index("by_ordinal"))
        .await?;
    let mut passages = Vec::new();
    for unit in all(units).await? {
        passages.extend(stored(db, of.project, unit.passage.as_deref()).await?);
    }
    Ok(passages)
}

pub(super) async fn pairs(
    db: &Mongo,
    generation: GenerationId,
    unit: &Unit,
) -> Result<Option<(Passage, Vec<model::Pair>)>> {
    let Some(of) = generations::row(db, generation).await? else { return Ok(None) };
    let Some(passage) = stored(db, of.project, unit.passage.as_deref()).await? else { return Ok(None) };
    Ok(Some((passage, pairs::of_chunk(db, generation, subject(unit)?).await?)))
}
