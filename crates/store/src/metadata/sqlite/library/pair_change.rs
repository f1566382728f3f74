//! What a person changes of one pair.

use model::{Pair, PairId, PairText, ReviewStatus, Scores, Time, UserId};
use sqlx::{Row as _, SqliteConnection};
use uuid::Uuid;

use super::super::{
    Sqlite, duplicates,
    pairs::{self, Derived, Edit},
    row::{json, word},
    terms::{self, Terms},
};
use super::pair_edits;
use crate::{PairChange, PairEdit, RescoredText, Result};

pub(super) async fn update(
    db: &Sqlite,
    user: &UserId,
    id: PairId,
    expected: Option<u32>,
    change: &PairChange,
    now: Time,
) -> Result<PairEdit> {
    let mut tx = db.write().await?;
    let row = sqlx::query(
        "SELECT r.* FROM pairs r JOIN projects p ON p.id = r.project_id WHERE r.id = ? AND p.user_id = ?",
    )
    .bind(*id.as_uuid())
    .bind(user.as_str())
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = row else { return Ok(PairEdit::NotFound) };
    let before = pairs::read(&row)?;
    if expected.is_some_and(|expected| expected != before.revision) {
        return Ok(PairEdit::Stale(before.revision));
    }
    let text = change.text.as_ref().filter(|text| text.text != pairs::text(&before));
    let decided = change.review_status.or(text.map(|_| ReviewStatus::Edited));
    let status = decided.unwrap_or(before.review_status);
    if text.is_none() && status == before.review_status {
        return Ok(PairEdit::Done(Box::new(before)));
    }
    let seq: i64 = row.try_get("seq")?;
    if let Some(text) = text {
        write_text(&mut tx, seq, &before, text).await?;
        let old: Option<Vec<u8>> = row.try_get("dup_key")?;
        let project: Uuid = row.try_get("project_id")?;
        let keys: Vec<Vec<u8>> = old.into_iter().chain([text.key.to_vec()]).collect();
        duplicates::mark_keys(&mut tx, project, &keys).await?;
    }
    sqlx::query(
        "UPDATE pairs SET review_status = ?2, reviewed_by = CASE WHEN ?2 = 'pending' THEN NULL ELSE ?3 END,
             reviewed_at = CASE WHEN ?2 = 'pending' THEN NULL ELSE ?4 END, changed_at = ?4, revision = revision + 1
         WHERE seq = ?1",
    )
    .bind(seq)
    .bind(word(&status)?)
    .bind(user.as_str())
    .bind(word(&now)?)
    .execute(&mut *tx)
    .await?;
    if text.is_some() {
        pair_edits::note(&mut tx, seq, user, now).await?;
    }
    let row = sqlx::query("SELECT * FROM pairs WHERE seq = ?").bind(seq).fetch_one(&mut *tx).await?;
    let pair = pairs::read(&row)?;
    tx.commit().await?;
    Ok(PairEdit::Done(Box::new(pair)))
}

async fn write_text(
    connection: &mut SqliteConnection,
    seq: i64,
    before: &Pair,
    change: &RescoredText,
) -> Result<()> {
    let edit = Edit::<&PairText, &Scores> {
        text: &change.text,
        scores: &change.scores,
        token_count: change.token_count,
        key: Uuid::from_bytes(change.key).simple().to_string(),
    };
    let made = sqlx::query(
        "SELECT COALESCE(validation ->> '$.scores.question_type', body ->> '$.question_type') AS question_type,
             COALESCE(validation ->> '$.scores.difficulty', body ->> '$.difficulty') AS difficulty
         FROM pairs WHERE seq = ?",
    )
    .bind(seq)
    .fetch_one(&mut *connection)
    .await?;
    let scored = Pair {
        question_type: change.scores.question_type,
        difficulty: change.scores.difficulty,
        flags: change.scores.flags.clone(),
        ..before.clone()
    };
    let derived = Derived::new(&scored)?;
    sqlx::query(
        "UPDATE pairs SET edit = ?2, generated_key = CASE WHEN edit IS NULL THEN dup_key ELSE generated_key END,
             dup_key = ?3, quality_score = ?4, grounding_score = ?5, question_type = ?6, difficulty = ?7,
             flags = ?8, token_count = ?9, quality_rank = ?10, grounding_rank = ?11, flagged = ?8 <> '[]'
         WHERE seq = ?1",
    )
    .bind(seq)
    .bind(json(&edit)?)
    .bind(change.key.as_slice())
    .bind(change.scores.quality_score)
    .bind(change.scores.grounding_score)
    .bind(derived.question_type.or(made.try_get("question_type")?))
    .bind(derived.difficulty.or(made.try_get("difficulty")?))
    .bind(derived.flags)
    .bind(change.token_count)
    .bind(pairs::rank(change.scores.quality_score))
    .bind(pairs::rank(change.scores.grounding_score))
    .execute(&mut *connection)
    .await?;
    terms::remove(connection, Terms::Pairs, seq).await?;
    terms::add(connection, Terms::Pairs, &[(*before.id.as_uuid(), terms::of_pair(&change.text))]).await
}
