//! Pairs that nearly repeat another: what they are found by, and what was found.

use std::collections::HashMap;

use model::{GenerationId, Pair, PairId};
use mongodb::bson::{Binary, Uuid as Key, doc};
use serde::Deserialize;

use super::super::{
    Mongo,
    collections::PAIRS,
    generations, pairs,
    row::{all, index, key, uuid},
    transaction::{Update, transaction},
};
use crate::{Compared, Result, Sketched, StoreError};

/// So many pairs of one band are candidates: a bound on time, where very many are alike and differ in a name.
const MAX_OF_BAND: i64 = 64;

/// Bands that are looked for at once.
const BANDS_AT_ONCE: usize = 8;

/// Pairs of a project that were not compared, the best of the earliest generation first.
pub(in super::super) async fn to_compare(
    db: &Mongo,
    generation: GenerationId,
    limit: u32,
) -> Result<Vec<Pair>> {
    let project = project(db, generation).await?;
    if limit == 0 {
        // For the database that is no limit.
        return Ok(Vec::new());
    }
    let found = db
        .pairs()
        .find(doc! { "project": project, "to_compare": true })
        .sort(doc! {
            "generation": 1, "quality_rank": -1, "grounding_rank": -1, "filename": 1, "document": 1, "position": 1,
            "slot": 1,
        })
        .hint(index("to_compare"))
        .limit(limit.into())
        .await?;
    all(found).await?.iter().map(pairs::read).collect()
}

/// A pair that is found under a band.
#[derive(Deserialize)]
struct Candidate {
    #[serde(rename = "_id")]
    id: Key,
    review_status: String,
    created_at: i64,
    sketch: Binary,
}

/// The sketches of pairs in some bands; those a person accepted first, then in order of age.
pub(in super::super) async fn candidates(
    db: &Mongo,
    generation: GenerationId,
    bands: &[u32],
) -> Result<Vec<Sketched>> {
    let project = project(db, generation).await?;
    let of_band = async |band: u32| -> Result<Vec<Candidate>> {
        let found = db
            .pairs()
            .clone_with_type::<Candidate>()
            .find(doc! { "project": project, "bands": i64::from(band) })
            .sort(doc! { "created_at": 1, "_id": 1 })
            .hint(index("by_band"))
            .limit(MAX_OF_BAND)
            .projection(doc! { "review_status": 1, "created_at": 1, "sketch": 1 })
            .await?;
        all(found).await
    };
    let mut found = HashMap::new();
    for some in bands.chunks(BANDS_AT_ONCE) {
        let of_bands = futures::future::try_join_all(some.iter().map(|band| of_band(*band))).await?;
        found.extend(of_bands.into_iter().flatten().map(|candidate| (candidate.id, candidate)));
    }
    let mut found: Vec<Candidate> = found.into_values().collect();
    let place = |candidate: &Candidate| {
        let accepted = matches!(&*candidate.review_status, "accepted" | "edited");
        (!accepted, candidate.created_at, candidate.id.bytes())
    };
    found.sort_by_key(place);
    let sketched = |candidate: Candidate| Sketched {
        pair: PairId::from_uuid(uuid(candidate.id)),
        sketch: candidate.sketch.bytes,
    };
    Ok(found.into_iter().map(sketched).collect())
}

pub(in super::super) async fn put(db: &Mongo, generation: GenerationId, compared: &[Compared]) -> Result<()> {
    let project = project(db, generation).await?;
    let updates: Vec<Update> = compared.iter().map(|pair| update(project, pair)).collect();
    transaction!(db, |tx| tx.update_each(PAIRS, &updates))?;
    Ok(())
}

/// What was found about a pair that still has the text that was compared.
fn update(project: Key, pair: &Compared) -> Update {
    let mut set = doc! { "compared": true };
    let mut unset = doc! { "to_compare": "" };
    match pair.near {
        Some((of, similarity)) => {
            set.extend(doc! { "near_of": key(of.as_uuid()), "similarity": similarity });
        }
        None => unset.extend(doc! { "near_of": "", "similarity": "" }),
    }
    if !pair.bands.is_empty() {
        let bands: Vec<i64> = pair.bands.iter().copied().map(i64::from).collect();
        set.extend(doc! { "sketch": pairs::binary(&pair.sketch), "bands": bands });
    }
    let as_compared = doc! { "_id": key(pair.pair.as_uuid()), "project": project, "revision": pair.revision };
    Update::one(as_compared, doc! { "$set": set, "$unset": unset })
}

/// The project of a generation.
async fn project(db: &Mongo, generation: GenerationId) -> Result<Key> {
    Ok(generations::row(db, generation).await?.ok_or(StoreError::NotFound("generation"))?.project)
}
