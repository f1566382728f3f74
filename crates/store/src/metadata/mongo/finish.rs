//! Writing what came of units, together with that they are done.

use std::collections::HashMap;

use model::{ChunkId, Document, GenerationId, Phase, Time, UnitId};
use mongodb::bson::{self, Uuid as Key, doc, serialize_to_bson};

use super::{
    Mongo, Tx,
    chunks::{self, NewChunk},
    collections::UNITS,
    documents, generations,
    pairs::{self, Scored},
    probes,
    row::key,
    rows::{GenerationRow, PairRow, ProbesRow, Totals, UnitRow},
    totals,
    transaction::{Update, transaction},
    units,
};
use crate::{
    Finished, Outcome, Owner, Result, UnitFailure, UnitResult,
    metadata::{
        generation::Counts,
        outcome::{self, mismatch},
        value::{integer, json, parse_word},
    },
};

pub(super) async fn finish(
    db: &Mongo,
    generation: GenerationId,
    owner: &Owner,
    now: Time,
    results: Vec<UnitResult>,
) -> Result<Finished> {
    // All that only takes time is done before the transaction begins.
    let prepared: Vec<(UnitId, Prepared)> = results
        .into_iter()
        .map(|result| Ok((result.unit, Prepared::new(result.outcome, generation, now)?)))
        .collect::<Result<_>>()?;
    let _turn = db.turns.at(generation).await;
    transaction!(db, |tx| finish_in(&mut tx, generation, owner, now, &prepared))
}

async fn finish_in(
    tx: &mut Tx,
    generation: GenerationId,
    owner: &Owner,
    now: Time,
    results: &[(UnitId, Prepared)],
) -> Result<Finished> {
    let lost = Finished { written: 0, lost: results.len() };
    let Some(of) = generations::row_in(tx, generation).await? else { return Ok(lost) };
    let ids: Vec<UnitId> = results.iter().map(|(id, _)| *id).collect();
    let mut held: HashMap<Key, UnitRow> =
        units::held(tx, generation, owner, &ids).await?.into_iter().map(|unit| (unit.id, unit)).collect();
    let mut writing = Writing::default();
    let mut finished = Finished::default();
    for (id, outcome) in results {
        // What is given twice in one call is held once.
        let Some(unit) = held.remove(&key(id.as_uuid())) else {
            finished.lost += 1;
            continue;
        };
        let phase: Phase = parse_word(&unit.phase)?;
        let failed = match outcome {
            Prepared::Failed(failed) => Some(failed),
            other => write(tx, &of, (&unit, phase), other, &mut writing).await?,
        };
        if let Some(failed) = failed {
            writing.units.push(failure(&unit, failed, now));
            writing.counts.failed += 1;
            if phase == Phase::Parse {
                documents::fail(tx, unit.subject, &failed.failure.reason).await?;
            }
        } else {
            writing.done.push(unit.id);
        }
        match phase {
            Phase::Parse | Phase::Generate => writing.counts.processed += 1,
            Phase::Validate => writing.counts.validate_ended += 1,
        }
        finished.written += 1;
    }
    if finished.written > 0 {
        writing.write(tx, &of).await?;
    }
    Ok(finished)
}

/// What came of units that is written together: a command has its price. What all workers write to comes last, as they
/// fail on each other from there on.
#[derive(Default)]
struct Writing<'a> {
    /// Chunks that were taught, with the pairs of all, and the units that follow.
    chunks: Vec<ChunkId>,
    pairs: Vec<&'a PairRow>,
    next: Vec<&'a UnitRow>,
    scored: Vec<&'a Scored>,
    done: Vec<Key>,
    units: Vec<Update>,
    counts: Counts,
    totals: Totals,
}

impl Writing<'_> {
    async fn write(mut self, tx: &mut Tx, of: &GenerationRow) -> Result<()> {
        if !self.chunks.is_empty() {
            self.counts.pairs += pairs::replace(tx, of, &self.chunks, &self.pairs, &mut self.totals).await?;
            let next = self.next.iter().map(|unit| UnitRow { project: of.project, ..(*unit).clone() });
            self.counts.validate_total += integer(units::insert(tx, next.collect()).await?);
        }
        pairs::score(tx, of, &self.scored, &mut self.counts, &mut self.totals).await?;
        let done = doc! {
            "$set": { "status": units::DONE },
            "$unset": { "lease_owner": "", "lease_until": "" },
        };
        tx.units().update_many(doc! { "_id": { "$in": self.done } }, done).session(&mut tx.session).await?;
        tx.update_each(UNITS, &self.units).await?;
        generations::add_counts(tx, of, &self.counts).await?;
        totals::add(tx, of.project, &self.totals).await
    }
}

/// What came of a unit, ready to be written.
enum Prepared {
    Parsed { document: Box<Document>, body: String, chunks: Vec<NewChunk> },
    Generated { pairs: Vec<PairRow>, next: Vec<UnitRow> },
    Scored { scores: Vec<Scored>, probes: Option<ProbesRow>, unjudged: Option<Failed> },
    Failed(Failed),
}

/// Why a unit failed, ready to be written.
struct Failed {
    failure: UnitFailure,
    body: String,
}

impl Failed {
    fn new(failure: UnitFailure) -> Result<Self> {
        Ok(Self { body: json(&failure)?, failure })
    }
}

impl Prepared {
    fn new(mut outcome: Outcome, generation: GenerationId, now: Time) -> Result<Self> {
        outcome::check(&mut outcome, generation)?;
        Ok(match outcome {
            Outcome::Parsed { document, chunks } => {
                let chunks = chunks.into_iter().map(|(chunk, passage)| NewChunk::new(chunk, passage));
                Self::Parsed { body: json(&document)?, chunks: chunks.collect::<Result<_>>()?, document }
            }
            Outcome::Generated { pairs, next } => {
                let rows = pairs.iter().map(|(pair, origin)| PairRow::new(pair, origin));
                // The project is the generation's, which is known when they are written.
                let next = units::new_rows(key(generation.as_uuid()), Key::from_bytes([0; 16]), &next)?;
                Self::Generated { pairs: rows.collect::<Result<_>>()?, next }
            }
            Outcome::Scored { scores, probes } => {
                let scores = scores
                    .into_iter()
                    .map(|(pair, scores, key)| Scored::new(pair, scores, key, now))
                    .collect::<Result<_>>()?;
                let tried = probes::row(&probes);
                Self::Scored {
                    scores,
                    probes: tried,
                    unjudged: probes.unjudged.map(Failed::new).transpose()?,
                }
            }
            Outcome::Failed(failure) => Self::Failed(Failed::new(failure)?),
        })
    }
}

/// Writes the results of a unit. Gives back why it is failed for all that, where it is.
async fn write<'a>(
    tx: &mut Tx,
    of: &GenerationRow,
    (unit, phase): (&UnitRow, Phase),
    outcome: &'a Prepared,
    writing: &mut Writing<'a>,
) -> Result<Option<&'a Failed>> {
    match (phase, outcome) {
        (Phase::Parse, Prepared::Parsed { document, body, chunks }) => {
            if key(document.id.as_uuid()) != unit.subject {
                return Err(mismatch("the document of its unit"));
            }
            // A document that was deleted meanwhile stays so, and its unit is done with that.
            if let Some(old) = documents::write(tx, document, body).await? {
                writing.totals.document_bytes += integer(document.size_bytes) - old.size_bytes;
                let now = super::rows::DocumentRow { filename: document.filename.clone(), ..old };
                let (more, warnings) = chunks::replace(tx, &now, chunks).await?;
                writing.totals.chunks += more;
                if !warnings.is_empty() {
                    let mut document = (**document).clone();
                    document.warnings.extend(warnings);
                    documents::rewrite(tx, document.id, &json(&document)?).await?;
                }
            }
        }
        (Phase::Generate, Prepared::Generated { pairs, next }) => {
            if pairs.iter().any(|row| row.chunk != unit.subject) {
                return Err(mismatch("pairs of the chunk that its unit works on"));
            }
            writing.chunks.push(ChunkId::from_uuid(super::row::uuid(unit.subject)));
            writing.pairs.extend(pairs);
            writing.next.extend(next);
        }
        (Phase::Validate, Prepared::Scored { scores, probes, unjudged }) => {
            // What failed to be judged was scored already, and is counted so.
            if unit.attempts > 1 {
                pairs::take_off(tx, of.id, unit.subject, &mut writing.counts).await?;
            }
            writing.scored.extend(scores);
            writing.units.extend(tried(unit, probes.as_ref())?);
            return Ok(unjudged.as_ref());
        }
        (phase, _) => return Err(mismatch(phase.as_str())),
    }
    Ok(None)
}

/// Puts what was tried in place of what the unit tried before.
fn tried(unit: &UnitRow, probes: Option<&ProbesRow>) -> Result<Option<Update>> {
    let change = match probes {
        Some(probes) => doc! { "$set": { "probes": serialize_to_bson(probes)? } },
        None if unit.probes.is_some() => doc! { "$unset": { "probes": "" } },
        // Most units have none.
        None => return Ok(None),
    };
    Ok(Some(Update::one(doc! { "_id": unit.id }, change)))
}

fn failure(unit: &UnitRow, failed: &Failed, now: Time) -> Update {
    let mut set: bson::Document =
        doc! { "status": units::FAILED, "failure": &failed.body, "failed_at": now.as_microsecond() };
    if failed.failure.raw_reply.is_some() {
        set.insert("bad_reply", true);
    }
    let change = doc! { "$set": set, "$unset": { "lease_owner": "", "lease_until": "" } };
    Update::one(doc! { "_id": unit.id }, change)
}
