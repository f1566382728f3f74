//! Writing what came of units, together with that they are done.

use std::collections::HashMap;

use model::{ChunkId, Document, DocumentId, GenerationId, Phase, Time, Unit, UnitId};
use sqlx::{Row as _, SqliteConnection};
use uuid::Uuid;

use super::super::outcome::{self, mismatch};
use super::{
    Sqlite, chunks, documents,
    generations::{self, Counts},
    pairs, probes,
    row::{integer, json, read_word},
    units,
};
use crate::{Finished, Outcome, Owner, Probes, Result, UnitFailure, UnitResult};

pub(super) async fn finish(
    db: &Sqlite,
    generation: GenerationId,
    owner: &Owner,
    now: Time,
    results: Vec<UnitResult>,
) -> Result<Finished> {
    let ids: Vec<UnitId> = results.iter().map(|result| result.unit).collect();
    // All that only takes time is done before the write lock is taken.
    let prepared: Vec<Prepared> = results
        .into_iter()
        .map(|result| Prepared::new(result.outcome, generation, now))
        .collect::<Result<_>>()?;

    let mut tx = db.write().await?;
    let mut held = held(&mut tx, generation, owner, &ids).await?;
    let mut finished = Finished::default();
    let mut counts = Counts::default();
    let mut done = Vec::with_capacity(ids.len());
    let mut together = Together::default();
    for (id, outcome) in ids.into_iter().zip(prepared) {
        // What is given twice in one call is held once.
        let Some(unit) = held.remove(&id) else {
            finished.lost += 1;
            continue;
        };
        let failed = match outcome {
            Prepared::Failed { failure, body } => Some((failure, body)),
            other => write(&mut tx, generation, (id, &unit), other, &mut together, &mut counts).await?,
        };
        match failed {
            Some((failure, body)) => fail(&mut tx, (id, now), &unit, &failure, body, &mut counts).await?,
            None => {
                ended(&unit, &mut counts);
                done.push(id);
            }
        }
        finished.written += 1;
    }
    together.write(&mut tx, generation, &mut counts).await?;
    sqlx::query(DONE).bind(json(&done)?).execute(&mut *tx).await?;
    generations::add_counts(&mut tx, generation, &counts).await?;
    tx.commit().await?;
    Ok(finished)
}

/// What came of many units, each of which is small: written together, as a statement has its price.
#[derive(Default)]
struct Together {
    /// Chunks that were taught, with the pairs of all, and the units that follow.
    chunks: Vec<ChunkId>,
    pairs: Vec<pairs::Row>,
    next: Vec<Unit>,
    scored: Vec<pairs::Scored>,
}

impl Together {
    async fn write(
        self,
        connection: &mut SqliteConnection,
        generation: GenerationId,
        counts: &mut Counts,
    ) -> Result<()> {
        let Self { chunks, pairs, next, scored } = self;
        if !chunks.is_empty() {
            counts.pairs += pairs::replace(connection, generation, &chunks, &pairs).await?;
            counts.validate_total += integer(units::insert(connection, generation, &next).await?);
        }
        let known = pairs::score(connection, generation, &scored).await?;
        for scored in scored.iter().filter(|scored| known.contains(scored.id())) {
            counts.quality.add(scored.scores().quality_score);
            counts.grounding.add(scored.scores().grounding_score);
        }
        Ok(())
    }
}

pub(super) const DONE: &str = "
UPDATE units SET status = 'done', lease_owner = NULL, lease_until = NULL
WHERE id IN (SELECT unhex(value, '-') FROM json_each(?))";

/// What came of a unit, ready to be written.
enum Prepared {
    Parsed { document: Box<Document>, body: String, chunks: Vec<chunks::Row> },
    Generated { pairs: Vec<pairs::Row>, next: Vec<Unit> },
    Scored { scores: Vec<pairs::Scored>, probes: Probes, unjudged: Option<String> },
    Failed { failure: UnitFailure, body: String },
}

impl Prepared {
    fn new(mut outcome: Outcome, generation: GenerationId, now: Time) -> Result<Self> {
        outcome::check(&mut outcome, generation)?;
        Ok(match outcome {
            Outcome::Parsed { document, chunks } => {
                let rows = chunks.into_iter().map(|(chunk, passage)| chunks::Row::new(chunk, passage));
                Self::Parsed { body: json(&document)?, chunks: rows.collect::<Result<_>>()?, document }
            }
            Outcome::Generated { pairs, next } => {
                let rows = pairs.into_iter().map(|(pair, origin)| pairs::Row::new(pair, origin));
                Self::Generated { pairs: rows.collect::<Result<_>>()?, next }
            }
            Outcome::Scored { scores, probes } => Self::Scored {
                scores: scores
                    .into_iter()
                    .map(|(pair, scores, key)| pairs::Scored::new(pair, scores, key, now))
                    .collect::<Result<_>>()?,
                unjudged: probes.unjudged.as_ref().map(json).transpose()?,
                probes,
            },
            Outcome::Failed(failure) => Self::Failed { body: json(&failure)?, failure },
        })
    }
}

/// A unit whose lease is still the owner's.
struct Held {
    phase: Phase,
    subject: Uuid,
    attempts: u32,
}

pub(super) const HELD: &str = "
SELECT id, phase, subject, attempts FROM units
WHERE id IN (SELECT unhex(value, '-') FROM json_each(?))
    AND generation_id = ? AND status = 'leased' AND lease_owner = ?";

async fn held(
    connection: &mut SqliteConnection,
    generation: GenerationId,
    owner: &Owner,
    ids: &[UnitId],
) -> Result<HashMap<UnitId, Held>> {
    sqlx::query(HELD)
        .bind(json(&ids)?)
        .bind(*generation.as_uuid())
        .bind(json(owner)?)
        .fetch_all(connection)
        .await?
        .iter()
        .map(|row| {
            let held = Held {
                phase: read_word(row, "phase")?,
                subject: row.try_get("subject")?,
                attempts: row.try_get("attempts")?,
            };
            Ok((UnitId::from_uuid(row.try_get("id")?), held))
        })
        .collect()
}

/// Writes the results of a unit. Gives back why it is failed for all that, where it is.
async fn write(
    connection: &mut SqliteConnection,
    generation: GenerationId,
    (id, unit): (UnitId, &Held),
    outcome: Prepared,
    written: &mut Together,
    counts: &mut Counts,
) -> Result<Option<(UnitFailure, String)>> {
    match (unit.phase, outcome) {
        (Phase::Parse, Prepared::Parsed { mut document, body, mut chunks }) => {
            if *document.id.as_uuid() != unit.subject {
                return Err(mismatch("the document of its unit"));
            }
            // A document that was deleted meanwhile stays so, and its unit is done with that.
            if documents::write(connection, &document, body).await? {
                let warnings = chunks::replace(connection, document.id, &mut chunks).await?;
                if !warnings.is_empty() {
                    document.warnings.extend(warnings);
                    documents::rewrite(connection, document.id, json(&document)?).await?;
                }
            }
        }
        (Phase::Generate, Prepared::Generated { pairs, next }) => {
            let chunk = ChunkId::from_uuid(unit.subject);
            if pairs.iter().any(|row| row.chunk() != chunk) {
                return Err(mismatch("pairs of the chunk that its unit works on"));
            }
            written.chunks.push(chunk);
            written.pairs.extend(pairs);
            written.next.extend(next);
        }
        (Phase::Validate, Prepared::Scored { scores, probes, unjudged }) => {
            // What failed to be judged was scored already, and is counted so.
            if unit.attempts > 1 {
                pairs::take_off(connection, generation, ChunkId::from_uuid(unit.subject), counts).await?;
            }
            written.scored.extend(scores);
            // Most units have none, and a first attempt has nothing to put them in place of.
            let has_probes = !(probes.canaries.is_empty() && probes.retests.is_empty());
            if has_probes || unit.attempts > 1 {
                probes::replace(connection, generation, id, &probes).await?;
            }
            return Ok(probes.unjudged.zip(unjudged));
        }
        (phase, _) => return Err(mismatch(phase.as_str())),
    }
    Ok(None)
}

/// Counts a unit that nothing more is to be done on.
fn ended(unit: &Held, counts: &mut Counts) {
    match unit.phase {
        Phase::Parse | Phase::Generate => counts.processed += 1,
        Phase::Validate => counts.validate_ended += 1,
    }
}

async fn fail(
    connection: &mut SqliteConnection,
    (id, now): (UnitId, Time),
    unit: &Held,
    failure: &UnitFailure,
    body: String,
    counts: &mut Counts,
) -> Result<()> {
    sqlx::query(
        "UPDATE units SET status = 'failed', lease_owner = NULL, lease_until = NULL, failure = ?, failed_at = ?
         WHERE id = ?",
    )
    .bind(body)
    .bind(now.as_microsecond())
    .bind(*id.as_uuid())
    .execute(&mut *connection)
    .await?;
    counts.failed += 1;
    ended(unit, counts);
    if unit.phase == Phase::Parse {
        documents::fail(connection, DocumentId::from_uuid(unit.subject), &failure.reason).await?;
    }
    Ok(())
}
