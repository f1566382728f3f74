//! Generations, their states and their counts.

use futures::TryStreamExt as _;
use model::{Generation, GenerationId, GenerationKind, ProjectId, Unit, Usage, UserId};
use mongodb::{
    bson::{Document, Uuid as Key, doc},
    options::ReturnDocument,
};

use super::{
    Mongo, Tx, changes,
    collections::COUNTERS,
    documents::of_project,
    projects,
    row::{all, count, index, key, number, taken, uuid},
    rows::GenerationRow,
    transaction::transaction,
    units,
};
use crate::{
    Advance, ChangedSubject, GenerationContext, Result, StoreError,
    metadata::{
        generation::{Counts, Spending, check_arrow, mean, progress, usd},
        value::{integer, json, parse_json, parse_word, word},
    },
};

pub(super) async fn create(db: &Mongo, user: &UserId, generation: &Generation, units: &[Unit]) -> Result<()> {
    let row = new_row(user, generation, units.len())?;
    let units = units::new_rows(row.id, row.project, units)?;
    transaction!(db, |tx| insert(&mut tx, user, generation, &row, &units))
}

async fn insert(
    tx: &mut Tx,
    user: &UserId,
    generation: &Generation,
    row: &GenerationRow,
    units: &[super::rows::UnitRow],
) -> Result<()> {
    let project = projects::of_user(user, generation.project_id);
    let touched = tx
        .projects()
        .update_one(project, doc! { "$inc": { "generations": 1 } })
        .session(&mut tx.session)
        .await?;
    if touched.matched_count == 0 {
        return Err(StoreError::NotFound("project"));
    }
    if generation.kind == GenerationKind::Parse && row.unended.is_some() {
        let others = doc! {
            "project": row.project, "kind": &row.kind, "unended": true, "_id": { "$ne": row.id },
        };
        if tx.generations().find_one(others).hint(index("by_kind")).session(&mut tx.session).await?.is_some()
        {
            return Err(StoreError::Busy("parse"));
        }
    }
    tx.generations().insert_one(row).session(&mut tx.session).await.map_err(taken("generation"))?;
    let lines = doc! { "_id": row.id, "last": 0_i64 };
    tx.db.collection::<Document>(COUNTERS).insert_one(lines).session(&mut tx.session).await?;
    if !units.is_empty() {
        tx.units().insert_many(units).session(&mut tx.session).await.map_err(taken("unit"))?;
    }
    changes::note(tx, user.as_str(), row.project, ChangedSubject::Generation(generation.id)).await
}

fn new_row(user: &UserId, generation: &Generation, units: usize) -> Result<GenerationRow> {
    Ok(GenerationRow {
        id: key(generation.id.as_uuid()),
        project: key(generation.project_id.as_uuid()),
        user: user.as_str().to_owned(),
        kind: word(&generation.kind)?,
        status: generation.status.as_str().to_owned(),
        attempt: generation.attempt,
        created_at: generation.created_at.as_microsecond(),
        unended: (!generation.status.has_ended()).then_some(true),
        has_jobs: !generation.job_names.is_empty(),
        labels: Some(&generation.labels).filter(|labels| !labels.is_empty()).map(json).transpose()?,
        chunks_total: integer(units),
        chunks_processed: 0,
        chunks_failed: 0,
        validate_total: 0,
        validate_ended: 0,
        pairs_generated: 0,
        pairs_duplicate: 0,
        quality_sum: 0,
        quality_count: 0,
        grounding_sum: 0,
        grounding_count: 0,
        requests: 0,
        prompt_tokens: 0,
        completion_tokens: 0,
        cost: None,
        body: json(generation)?,
    })
}

pub(super) async fn get(db: &Mongo, user: &UserId, id: GenerationId) -> Result<Option<Generation>> {
    let filter = doc! { "_id": key(id.as_uuid()), "user": user.as_str() };
    db.generations().find_one(filter).await?.map(read).transpose()
}

/// A generation as it is stored.
pub(super) async fn row(db: &Mongo, id: GenerationId) -> Result<Option<GenerationRow>> {
    Ok(db.generations().find_one(doc! { "_id": key(id.as_uuid()) }).await?)
}

/// A generation as it is stored, in a transaction.
pub(super) async fn row_in(tx: &mut Tx, id: GenerationId) -> Result<Option<GenerationRow>> {
    Ok(tx.generations().find_one(doc! { "_id": key(id.as_uuid()) }).session(&mut tx.session).await?)
}

pub(super) async fn context(db: &Mongo, id: GenerationId) -> Result<Option<GenerationContext>> {
    row(db, id).await?.map(read_context).transpose()
}

pub(super) async fn unended(db: &Mongo) -> Result<Vec<GenerationContext>> {
    let found = db
        .generations()
        .find(doc! { "unended": true, "has_jobs": true })
        .sort(doc! { "created_at": 1, "_id": 1 })
        .hint(index("unended"))
        .await?;
    all(found).await?.into_iter().map(read_context).collect()
}

fn read_context(row: GenerationRow) -> Result<GenerationContext> {
    Ok(GenerationContext { user: UserId::new(row.user.clone()), generation: read(row)? })
}

pub(super) async fn list(
    db: &Mongo,
    user: &UserId,
    project: ProjectId,
    kind: GenerationKind,
) -> Result<Vec<Generation>> {
    let mut filter = of_project(user, project);
    filter.insert("kind", word(&kind)?);
    let found = db
        .generations()
        .find(filter)
        .sort(doc! { "created_at": -1, "_id": -1 })
        .hint(index("by_kind"))
        .await?;
    all(found).await?.into_iter().map(read).collect()
}

pub(super) async fn advance(db: &Mongo, user: &UserId, change: &Advance) -> Result<bool> {
    check_arrow(change)?;
    let body = json(&change.to)?;
    transaction!(db, |tx| advance_in(&mut tx, user, change, &body))
}

async fn advance_in(tx: &mut Tx, user: &UserId, change: &Advance, body: &str) -> Result<bool> {
    let to = &change.to;
    let known = row_in(tx, to.id)
        .await?
        .filter(|row| row.user == user.as_str() && row.project == key(to.project_id.as_uuid()));
    let kind = word(&to.kind)?;
    let row = known.filter(|row| row.kind == kind).ok_or(StoreError::NotFound("generation"))?;
    let mut set = doc! {
        "status": to.status.as_str(), "attempt": to.attempt, "has_jobs": !to.job_names.is_empty(), "body": body,
    };
    if row.labels.is_none() && !to.labels.is_empty() {
        set.insert("labels", json(&to.labels)?);
    }
    let mut update = doc! {};
    if to.status.has_ended() {
        update.insert("$unset", doc! { "unended": "" });
    } else {
        set.insert("unended", true);
    }
    update.insert("$set", set);
    let as_read = doc! { "_id": row.id, "status": change.from.as_str(), "attempt": change.attempt };
    let changed = tx.generations().update_one(as_read, update).session(&mut tx.session).await?;
    if changed.matched_count == 0 {
        return Ok(false);
    }
    note(tx, &row).await?;
    Ok(true)
}

/// Notes that a generation changed.
pub(super) async fn note(tx: &mut Tx, row: &GenerationRow) -> Result<()> {
    let id = GenerationId::from_uuid(uuid(row.id));
    changes::note(tx, &row.user, row.project, ChangedSubject::Generation(id)).await
}

pub(super) async fn fix_labels(db: &Mongo, id: GenerationId, labels: &[String]) -> Result<Vec<String>> {
    let without = doc! { "_id": key(id.as_uuid()), "labels": { "$exists": false } };
    let fixed = db
        .generations()
        .find_one_and_update(without, doc! { "$set": { "labels": json(&labels)? } })
        .return_document(ReturnDocument::After)
        .await?;
    let row = match fixed {
        Some(row) => {
            changes::note_now(db, &row.user, row.project, ChangedSubject::Generation(id)).await?;
            row
        }
        // What is there already stays.
        None => row(db, id).await?.ok_or(StoreError::NotFound("generation"))?,
    };
    row.labels.as_deref().map_or_else(|| Ok(Vec::new()), parse_json)
}

/// Adds to the counts of a generation; it is one of the last things that a transaction does.
pub(super) async fn add_counts(tx: &mut Tx, row: &GenerationRow, add: &Counts) -> Result<()> {
    let increments = doc! {
        "chunks_processed": add.processed,
        "chunks_failed": add.failed,
        "validate_total": add.validate_total,
        "validate_ended": add.validate_ended,
        "pairs_generated": add.pairs,
        "quality_sum": add.quality.billionths,
        "quality_count": add.quality.count,
        "grounding_sum": add.grounding.billionths,
        "grounding_count": add.grounding.count,
    };
    tx.generations()
        .update_one(doc! { "_id": row.id }, doc! { "$inc": increments })
        .session(&mut tx.session)
        .await?;
    if (add.processed, add.failed, add.validate_ended, add.pairs) != (0, 0, 0, 0) {
        note(tx, row).await?;
    }
    Ok(())
}

/// Adds what calls came to.
pub(super) async fn add_usage(tx: &mut Tx, id: Key, add: &Spending) -> Result<()> {
    let mut increments = doc! {
        "requests": add.requests,
        "prompt_tokens": add.prompt_tokens,
        "completion_tokens": add.completion_tokens,
    };
    if let Some(cost) = add.cost {
        increments.insert("cost", cost);
    }
    let changed = tx
        .generations()
        .find_one_and_update(doc! { "_id": id }, doc! { "$inc": increments })
        .session(&mut tx.session)
        .await?;
    match changed {
        Some(row) if add.requests != 0 => note(tx, &row).await,
        _ => Ok(()),
    }
}

/// What the calls of all generations came to: the one query that is meant to walk a whole collection.
pub(super) async fn spent(db: &Mongo) -> Result<Usage> {
    let stages = [doc! { "$group": {
        "_id": null,
        "requests": { "$sum": "$requests" },
        "prompt_tokens": { "$sum": "$prompt_tokens" },
        "completion_tokens": { "$sum": "$completion_tokens" },
        "cost": { "$sum": "$cost" },
        "priced": { "$max": "$cost" },
    } }];
    let found: Vec<Document> = db.generations().aggregate(stages).await?.try_collect().await?;
    let Some(sums) = found.first() else { return Ok(Usage::default()) };
    let priced = !matches!(sums.get("priced"), None | Some(mongodb::bson::Bson::Null));
    Ok(Usage {
        requests: count(number(sums, "requests")?),
        prompt_tokens: count(number(sums, "prompt_tokens")?),
        completion_tokens: count(number(sums, "completion_tokens")?),
        cost_usd: if priced { Some(usd(number(sums, "cost")?)) } else { None },
    })
}

/// A generation: what is counted comes from fields, what is written whole from the body.
pub(super) fn read(row: GenerationRow) -> Result<Generation> {
    let body: Generation = parse_json(&row.body)?;
    let labels = row.labels.as_deref().map_or_else(|| Ok(Vec::new()), parse_json)?;
    let mut generation = Generation {
        status: parse_word(&row.status)?,
        attempt: row.attempt,
        labels,
        chunks_total: count(row.chunks_total),
        chunks_processed: count(row.chunks_processed),
        chunks_failed: count(row.chunks_failed),
        pairs_generated: count(row.pairs_generated),
        pairs_duplicate: count(row.pairs_duplicate),
        average_quality: mean(row.quality_sum, row.quality_count),
        average_grounding: mean(row.grounding_sum, row.grounding_count),
        usage: Usage {
            requests: count(row.requests),
            prompt_tokens: count(row.prompt_tokens),
            completion_tokens: count(row.completion_tokens),
            cost_usd: row.cost.map(usd),
        },
        ..body
    };
    generation.progress = progress(&generation, count(row.validate_ended), count(row.validate_total));
    Ok(generation)
}
