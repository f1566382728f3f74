//! Which chunks a generation is to work on.

use std::collections::HashSet;

use futures::{StreamExt as _, TryStreamExt as _};
use model::{
    ChunkId, DocumentId, GenerationId, Phase, ProjectId, ReviewStatus, Sha256Hex, UnitStatus, UserId,
};
use mongodb::bson::{Document, Uuid as Key, doc};
use serde::Deserialize;

use super::{
    Mongo,
    chunks::OnlyId,
    documents::of_project,
    projects,
    row::{any_of, count, index, key, number, one_of, uuid},
};
use crate::{ChunkScope, ChunkSelection, ChunkTotals, Result, StoreError, metadata::value::word};

/// Units whose chunks are summed up at once.
const AT_ONCE: usize = 10_000;

/// A chunk as far as it is selected and counted.
#[derive(Deserialize)]
struct Selected {
    #[serde(rename = "_id")]
    id: Key,
    passage: Sha256Hex,
    token_count: i64,
}

pub(super) async fn select(
    db: &Mongo,
    user: &UserId,
    project: ProjectId,
    which: &ChunkSelection,
) -> Result<Vec<(ChunkId, Sha256Hex)>> {
    let found = matching(db, user, project, which).await?;
    Ok(found.into_iter().map(|chunk| (ChunkId::from_uuid(uuid(chunk.id)), chunk.passage)).collect())
}

pub(super) async fn totals(
    db: &Mongo,
    user: &UserId,
    project: ProjectId,
    which: &ChunkSelection,
) -> Result<ChunkTotals> {
    let found = matching(db, user, project, which).await?;
    let tokens = found.iter().map(|chunk| count(chunk.token_count)).sum();
    Ok(ChunkTotals { chunks: found.len() as u64, tokens })
}

async fn matching(
    db: &Mongo,
    user: &UserId,
    project: ProjectId,
    which: &ChunkSelection,
) -> Result<Vec<Selected>> {
    if !projects::is_of(db, user, project).await? {
        return Ok(Vec::new());
    }
    let mut filter = of_project(user, project);
    filter.insert("excluded", false);
    if let Some(documents) = &which.documents {
        filter.insert("document", one_of(documents.iter().map(DocumentId::as_uuid)));
    }
    if let Some(chunks) = &which.chunks {
        filter.insert("_id", one_of(chunks.iter().map(ChunkId::as_uuid)));
    }
    let taken = with_pairs(db, user, project, which).await?;
    let found = db
        .chunks()
        .clone_with_type::<Selected>()
        .find(filter)
        .sort(doc! { "filename": 1, "document": 1, "position": 1 })
        .hint(index("in_order"))
        .projection(doc! { "passage": 1, "token_count": 1 })
        .await?;
    Ok(found.try_filter(|chunk| std::future::ready(!taken.contains(&chunk.id))).try_collect().await?)
}

/// Chunks of the project that the scope leaves out, as there are pairs of them.
async fn with_pairs(
    db: &Mongo,
    user: &UserId,
    project: ProjectId,
    which: &ChunkSelection,
) -> Result<HashSet<Key>> {
    let mut pairs = of_project(user, project);
    match which.scope {
        ChunkScope::All => return Ok(HashSet::new()),
        ChunkScope::WithoutPairs => {}
        ChunkScope::WithoutAcceptedPairs => {
            let accepted = [word(&ReviewStatus::Accepted)?, word(&ReviewStatus::Edited)?];
            pairs.insert("review_status", any_of(accepted));
        }
    }
    if let Some(chunks) = &which.chunks {
        pairs.insert("chunk", one_of(chunks.iter().map(ChunkId::as_uuid)));
    }
    let stages = [doc! { "$match": pairs }, doc! { "$group": { "_id": "$chunk" } }];
    let found = db.pairs().aggregate(stages).hint(index("by_source")).with_type::<OnlyId>().await?;
    Ok(found.map_ok(|chunk| chunk.id).try_collect().await?)
}

pub(super) async fn taught(db: &Mongo, generation: GenerationId) -> Result<ChunkTotals> {
    #[derive(Deserialize)]
    struct Done {
        subject: Key,
    }
    let done = doc! {
        "generation": key(generation.as_uuid()),
        "phase": Phase::Generate.as_str(),
        "status": word(&UnitStatus::Done)?,
    };
    let units = db
        .units()
        .clone_with_type::<Done>()
        .find(done)
        .hint(index("in_order"))
        .projection(doc! { "_id": 0, "subject": 1 })
        .await?;
    let mut totals = ChunkTotals::default();
    let mut groups = units.map_ok(|unit| unit.subject).map_err(StoreError::from).ready_chunks(AT_ONCE);
    while let Some(group) = groups.next().await {
        let subjects = group.into_iter().collect::<Result<Vec<Key>>>()?;
        let stages = [
            doc! { "$match": { "_id": { "$in": subjects } } },
            doc! { "$group": { "_id": null, "chunks": { "$sum": 1 }, "tokens": { "$sum": "$token_count" } } },
        ];
        let sums: Vec<Document> =
            db.chunks().aggregate(stages).hint(index("_id_")).await?.try_collect().await?;
        for sum in &sums {
            totals.chunks += count(number(sum, "chunks")?);
            totals.tokens += count(number(sum, "tokens")?);
        }
    }
    Ok(totals)
}
