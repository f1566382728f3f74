//! What a person changes of one pair.

use model::{PairId, PairText, ReviewStatus, Scores, Time, UserId};
use mongodb::bson::doc;
use uuid::Uuid;

use super::{
    super::{
        Mongo, Tx, duplicates, pairs,
        row::key,
        rows::{PairRow, Totals},
        totals,
        transaction::transaction,
    },
    pair_edits,
};
use crate::{
    PairChange, PairEdit, RescoredText, Result, StoreError,
    metadata::{
        pair::{Edit, text},
        value::{json, word},
    },
};

pub(super) async fn update(
    db: &Mongo,
    user: &UserId,
    id: PairId,
    expected: Option<u32>,
    change: &PairChange,
    now: Time,
) -> Result<PairEdit> {
    transaction!(db, |tx| write(&mut tx, user, id, expected, change, now))
}

async fn write(
    tx: &mut Tx,
    user: &UserId,
    id: PairId,
    expected: Option<u32>,
    change: &PairChange,
    now: Time,
) -> Result<PairEdit> {
    let this = doc! { "_id": key(id.as_uuid()), "user": user.as_str() };
    let Some(mut row) = tx.pairs().find_one(this.clone()).session(&mut tx.session).await? else {
        return Ok(PairEdit::NotFound);
    };
    let before = pairs::read(&row)?;
    if expected.is_some_and(|expected| expected != before.revision) {
        return Ok(PairEdit::Stale(before.revision));
    }
    let new_text = change.text.as_ref().filter(|new| new.text != text(&before));
    let decided = change.review_status.or(new_text.map(|_| ReviewStatus::Edited));
    let status = decided.unwrap_or(before.review_status);
    if new_text.is_none() && status == before.review_status {
        return Ok(PairEdit::Done(Box::new(before)));
    }
    let project = row.project;
    let mut add = Totals::default();
    add.add_decision(-1, &row.review_status);
    add.add_quality(-1, row.quality_score);
    decide(&mut row, status, user, now)?;
    let keys = match new_text {
        Some(new) => write_text(tx, row, new, user, now).await?,
        None => {
            tx.pairs().replace_one(this.clone(), row).session(&mut tx.session).await?;
            Vec::new()
        }
    };
    if !keys.is_empty() {
        duplicates::mark_keys(tx, project, &keys).await?;
    }
    let row =
        tx.pairs().find_one(this).session(&mut tx.session).await?.ok_or(StoreError::NotFound("pair"))?;
    add.add_decision(1, &row.review_status);
    add.add_quality(1, row.quality_score);
    totals::add(tx, project, &add).await?;
    Ok(PairEdit::Done(Box::new(pairs::read(&row)?)))
}

/// Writes what a person decided into a row, as a further revision.
fn decide(row: &mut PairRow, status: ReviewStatus, user: &UserId, now: Time) -> Result<()> {
    let undecided = status == ReviewStatus::Pending;
    row.review_status = word(&status)?;
    row.reviewed_by = (!undecided).then(|| user.as_str().to_owned());
    row.reviewed_at = (!undecided).then(|| word(&now)).transpose()?;
    row.changed_at = Some(word(&now)?);
    row.revision += 1;
    Ok(())
}

/// Writes a row with another text; gives back the keys among equals that it had and has.
async fn write_text(
    tx: &mut Tx,
    mut row: PairRow,
    new: &RescoredText,
    user: &UserId,
    now: Time,
) -> Result<Vec<mongodb::bson::Binary>> {
    let edit = Edit::<&PairText, &Scores> {
        text: &new.text,
        scores: &new.scores,
        token_count: new.token_count,
        key: Uuid::from_bytes(new.key).simple().to_string(),
    };
    let old = row.dup_key.clone();
    let anew = row.put_edit(Some(json(&edit)?))?;
    let keys = old.into_iter().chain(row.dup_key.clone()).collect();
    tx.pairs().replace_one(doc! { "_id": row.id }, &row).session(&mut tx.session).await?;
    if anew {
        pairs::compare_anew(tx, &[row.id]).await?;
    }
    pair_edits::note(tx, &[row], user, now).await?;
    Ok(keys)
}
