//! What a person changes of many pairs at once: a few statements, however many there are.

use model::{PairId, ProjectId, Time, UndoId, UserId};
use sqlx::{AssertSqlSafe, QueryBuilder, SqliteConnection};

use super::{
    super::{
        Database, Sqlite, duplicates, projects,
        row::{json, word},
    },
    page, pair_edits,
    pair_filter::Matching,
    undo::{self, Kind},
};
use crate::{BulkOutcome, PairAction, PairFilter, Result, Selection, Undone};

/// What a pair was, to be so again.
const BEFORE: &str = "json_object('review_status', p.review_status, 'reviewed_by', p.reviewed_by, \
    'reviewed_at', p.reviewed_at, 'changed_at', p.changed_at, 'edit', p.edit)";

/// The columns that a pair is moved with when it is deleted and brought back.
const MOVED: &str = "seq, id, project_id, generation_id, document_id, chunk_id, slot, filename, position, \
    page_start, page_end, char_start, char_end, review_status, reviewed_by, reviewed_at, changed_at, revision, \
    created_at, quality_score, grounding_score, quality_rank, grounding_rank, question_type, difficulty, flags, \
    flagged, token_count, dup_key, \
    generated_key, duplicate_of, near_of, similarity, topic, validation, body, edit";

pub(super) async fn change(
    db: &Sqlite,
    user: &UserId,
    project: ProjectId,
    action: PairAction,
    which: &Selection<PairId, PairFilter>,
    undo: UndoId,
    now: Time,
) -> Result<Option<BulkOutcome>> {
    let mut tx = db.write().await?;
    let Some(number) = projects::number(&mut tx, user, project).await? else { return Ok(None) };
    undo::note(&mut tx, Kind::Pairs, project, undo, now).await?;
    let mut count = QueryBuilder::new("SELECT COUNT(*) AS total");
    push_meant(&mut count, project, number, action, which)?;
    let matched = page::total(&mut tx, &mut count).await?;
    let changed = note_items(&mut tx, project, number, action, which, undo).await?;
    if changed > 0 {
        apply(&mut tx, action, user, project, undo, now).await?;
    }
    tx.commit().await?;
    Ok(Some(BulkOutcome { matched, changed }))
}

/// `FROM … WHERE …` of the pairs that are meant.
fn push_meant(
    query: &mut QueryBuilder<Database>,
    project: ProjectId,
    number: i64,
    action: PairAction,
    which: &Selection<PairId, PairFilter>,
) -> Result<()> {
    match which {
        Selection::Ids(ids) => {
            query.push(" FROM pairs p WHERE p.id IN (SELECT unhex(value, '-') FROM json_each(");
            query.push_bind(json(ids)?).push(")) AND +p.project_id = ").push_bind(*project.as_uuid());
        }
        Selection::Filter(filter) => {
            Matching::new(project, number, filter).push(query, None, false)?;
            if action == PairAction::Accept {
                query.push(" AND p.duplicate_of IS NULL");
            }
        }
    }
    Ok(())
}

/// Keeps what the pairs that will change are now; says how many.
async fn note_items(
    connection: &mut SqliteConnection,
    project: ProjectId,
    number: i64,
    action: PairAction,
    which: &Selection<PairId, PairFilter>,
    undo: UndoId,
) -> Result<u64> {
    let mut query = QueryBuilder::new(
        "INSERT INTO undo_items (undo_id, seq, id, revision_before, revision, before) SELECT ",
    );
    query.push_bind(*undo.as_uuid()).push(", p.seq, p.id, p.revision, p.revision + 1, ");
    // What is deleted is kept whole.
    query.push(if action == PairAction::Delete { "'{}'" } else { BEFORE });
    push_meant(&mut query, project, number, action, which)?;
    query.push(match action {
        PairAction::Accept => " AND p.review_status NOT IN ('accepted', 'edited')",
        PairAction::Reject => " AND p.review_status <> 'rejected'",
        PairAction::Delete => "",
        PairAction::Reset => " AND (p.review_status <> 'pending' OR p.edit IS NOT NULL)",
    });
    Ok(query.build().persistent(false).execute(connection).await?.rows_affected())
}

async fn apply(
    connection: &mut SqliteConnection,
    action: PairAction,
    user: &UserId,
    project: ProjectId,
    undo: UndoId,
    now: Time,
) -> Result<()> {
    match action {
        PairAction::Accept => decide(connection, "accepted", user, undo, now).await,
        PairAction::Reject => decide(connection, "rejected", user, undo, now).await,
        PairAction::Delete => delete(connection, project, undo).await,
        PairAction::Reset => reset(connection, user, project, undo, now).await,
    }
}

pub(in super::super) const DECIDE: &str = "
UPDATE pairs SET review_status = ?2, reviewed_by = ?3, reviewed_at = ?4, changed_at = ?4, revision = revision + 1
WHERE seq IN (SELECT seq FROM undo_items WHERE undo_id = ?1)";

async fn decide(
    connection: &mut SqliteConnection,
    status: &str,
    user: &UserId,
    undo: UndoId,
    now: Time,
) -> Result<()> {
    sqlx::query(DECIDE)
        .bind(*undo.as_uuid())
        .bind(status)
        .bind(user.as_str())
        .bind(word(&now)?)
        .execute(connection)
        .await?;
    Ok(())
}

async fn delete(connection: &mut SqliteConnection, project: ProjectId, undo: UndoId) -> Result<()> {
    // In this order: the search terms of a pair go once it is in neither table.
    let keep = format!(
        "INSERT INTO pairs_deleted (undo_id, {MOVED}) SELECT ?1, {MOVED} FROM pairs
         WHERE seq IN (SELECT seq FROM undo_items WHERE undo_id = ?1)"
    );
    sqlx::query(AssertSqlSafe(keep)).bind(*undo.as_uuid()).execute(&mut *connection).await?;
    sqlx::query("DELETE FROM pairs WHERE seq IN (SELECT seq FROM undo_items WHERE undo_id = ?)")
        .bind(*undo.as_uuid())
        .execute(&mut *connection)
        .await?;
    duplicates::mark_where(connection, project, DELETED, undo).await
}

/// The keys of deleted pairs, and of those that nearly repeat one.
const DELETED: &str = "
SELECT dup_key FROM pairs_deleted WHERE undo_id = ?1
UNION SELECT p.dup_key FROM pairs_deleted d CROSS JOIN pairs p ON p.near_of = d.id WHERE d.undo_id = ?1";

/// The columns that follow from `edit` where it is there, else from what was made.
pub(in super::super) const DERIVE: &str = "
UPDATE pairs SET
    dup_key = CASE WHEN edit IS NULL THEN generated_key ELSE unhex(edit ->> '$.key') END,
    generated_key = CASE WHEN edit IS NULL THEN NULL
        WHEN generated_key IS NULL AND dup_key <> unhex(edit ->> '$.key') THEN dup_key ELSE generated_key END,
    quality_score = CASE WHEN edit IS NULL AND validation IS NULL THEN body ->> '$.quality_score'
        ELSE COALESCE(edit, validation) ->> '$.scores.quality_score' END,
    grounding_score = CASE WHEN edit IS NULL AND validation IS NULL THEN body ->> '$.grounding_score'
        ELSE COALESCE(edit, validation) ->> '$.scores.grounding_score' END,
    question_type = COALESCE(COALESCE(edit, validation) ->> '$.scores.question_type', body ->> '$.question_type'),
    difficulty = COALESCE(COALESCE(edit, validation) ->> '$.scores.difficulty', body ->> '$.difficulty'),
    flags = (SELECT json_group_array(value ->> '$.code') FROM json_each(CASE
        WHEN edit IS NULL AND validation IS NULL THEN body -> '$.flags'
        ELSE COALESCE(edit, validation) -> '$.scores.flags' END)),
    token_count = COALESCE(edit ->> '$.token_count', body ->> '$.token_count', 0)
WHERE seq IN (SELECT seq FROM undo_items WHERE undo_id = ?1 AND before ->> '$.edit' IS NOT NULL
    AND restored = ?2)";

/// What is ordered by what [`DERIVE`] wrote.
const RANK: &str = "
UPDATE pairs SET quality_rank = COALESCE(quality_score, -1.0), grounding_rank = COALESCE(grounding_score, -1.0),
    flagged = flags <> '[]'
WHERE seq IN (SELECT seq FROM undo_items WHERE undo_id = ?1 AND before ->> '$.edit' IS NOT NULL
    AND restored = ?2)";

/// The keys that texts had before or have now which came or went.
const REWRITTEN: &str = "
SELECT p.dup_key FROM undo_items i JOIN pairs p ON p.seq = i.seq
WHERE i.undo_id = ?1 AND i.before ->> '$.edit' IS NOT NULL
UNION SELECT unhex(i.before ->> '$.edit' ->> '$.key') FROM undo_items i
WHERE i.undo_id = ?1 AND i.before ->> '$.edit' IS NOT NULL
UNION SELECT p.generated_key FROM undo_items i JOIN pairs p ON p.seq = i.seq
WHERE i.undo_id = ?1 AND i.before ->> '$.edit' IS NOT NULL";

async fn reset(
    connection: &mut SqliteConnection,
    user: &UserId,
    project: ProjectId,
    undo: UndoId,
    now: Time,
) -> Result<()> {
    sqlx::query(
        "UPDATE pairs SET review_status = 'pending', reviewed_by = NULL, reviewed_at = NULL, changed_at = ?2,
             edit = NULL, revision = revision + 1
         WHERE seq IN (SELECT seq FROM undo_items WHERE undo_id = ?1)",
    )
    .bind(*undo.as_uuid())
    .bind(word(&now)?)
    .execute(&mut *connection)
    .await?;
    pair_edits::note_many(connection, undo, false, user, now).await?;
    rewrite(connection, project, undo, false).await
}

/// Brings all that follows from a pair's text in line with it, where a text came or went.
async fn rewrite(
    connection: &mut SqliteConnection,
    project: ProjectId,
    undo: UndoId,
    restored: bool,
) -> Result<()> {
    let derived = sqlx::query(DERIVE).bind(*undo.as_uuid()).bind(restored).execute(&mut *connection).await?;
    if derived.rows_affected() == 0 {
        return Ok(());
    }
    sqlx::query(RANK).bind(*undo.as_uuid()).bind(restored).execute(&mut *connection).await?;
    duplicates::mark_where(connection, project, REWRITTEN, undo).await?;
    super::pair_terms::rebuild(connection, undo, restored).await
}

pub(super) async fn undo(
    db: &Sqlite,
    user: &UserId,
    project: ProjectId,
    undo: UndoId,
    now: Time,
) -> Result<Option<Undone>> {
    let mut tx = db.write().await?;
    if projects::number(&mut tx, user, project).await?.is_none()
        || !undo::take(&mut tx, Kind::Pairs, project, undo, now).await?
    {
        return Ok(None);
    }
    bring_back(&mut tx, project, undo).await?;
    restore(&mut tx, user, project, undo, now).await?;
    let undone = undo::outcome(&mut tx, Kind::Pairs, undo).await?;
    tx.commit().await?;
    Ok(Some(undone))
}

/// Brings deleted pairs back, but for those that were made again since.
async fn bring_back(connection: &mut SqliteConnection, project: ProjectId, undo: UndoId) -> Result<()> {
    // The deletion was a revision, and this is another.
    let columns = MOVED.replace("revision,", "revision + 2,");
    let back = format!(
        "INSERT INTO pairs ({MOVED}) SELECT {columns} FROM pairs_deleted WHERE undo_id = ?1 ON CONFLICT DO NOTHING"
    );
    let back = sqlx::query(AssertSqlSafe(back)).bind(*undo.as_uuid()).execute(&mut *connection).await?;
    if back.rows_affected() == 0 {
        return Ok(());
    }
    sqlx::query(
        "UPDATE undo_items SET restored = 1
         WHERE undo_id = ?1 AND seq IN (SELECT d.seq FROM pairs_deleted d JOIN pairs p ON p.seq = d.seq WHERE d.undo_id = ?1)",
    )
    .bind(*undo.as_uuid())
    .execute(&mut *connection)
    .await?;
    duplicates::mark_where(connection, project, DELETED, undo).await?;
    sqlx::query("DELETE FROM pairs_deleted WHERE undo_id = ?")
        .bind(*undo.as_uuid())
        .execute(connection)
        .await?;
    Ok(())
}

async fn restore(
    connection: &mut SqliteConnection,
    user: &UserId,
    project: ProjectId,
    undo: UndoId,
    now: Time,
) -> Result<()> {
    sqlx::query(
        "UPDATE undo_items SET restored = 1
         WHERE undo_id = ?1 AND NOT restored AND before <> '{}'
             AND revision = (SELECT p.revision FROM pairs p WHERE p.seq = undo_items.seq)",
    )
    .bind(*undo.as_uuid())
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "UPDATE pairs SET
             review_status = i.before ->> '$.review_status', reviewed_by = i.before ->> '$.reviewed_by',
             reviewed_at = i.before ->> '$.reviewed_at', changed_at = i.before ->> '$.changed_at',
             edit = i.before ->> '$.edit', revision = pairs.revision + 1
         FROM undo_items i
         WHERE i.undo_id = ?1 AND i.restored AND i.before <> '{}' AND pairs.seq = i.seq",
    )
    .bind(*undo.as_uuid())
    .execute(&mut *connection)
    .await?;
    pair_edits::note_many(connection, undo, true, user, now).await?;
    rewrite(connection, project, undo, true).await
}
