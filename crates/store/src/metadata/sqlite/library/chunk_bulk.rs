//! What a person changes of many chunks at once: a few statements, however many there are.

use model::{ChunkId, ProjectId, Time, UndoId, UserId};
use sqlx::{QueryBuilder, SqliteConnection};

use super::{
    super::{
        Database, Sqlite, projects,
        row::{json, word},
    },
    chunk_filter::Matching,
    chunks::by_user,
    page,
    undo::{self, Kind},
};
use crate::{BulkOutcome, ChunkAction, ChunkFilter, Result, Selection, Undone};

/// What a chunk was, to be so again.
const BEFORE: &str = "json_object('excluded', json(CASE WHEN c.excluded THEN 'true' ELSE 'false' END), \
    'decided', c.decided, 'exclude_reason', c.body -> '$.exclude_reason', 'updated_at', c.body ->> '$.updated_at')";

pub(super) async fn change(
    db: &Sqlite,
    user: &UserId,
    project: ProjectId,
    action: ChunkAction,
    which: &Selection<ChunkId, ChunkFilter>,
    undo: UndoId,
    now: Time,
) -> Result<Option<BulkOutcome>> {
    let excluded = action == ChunkAction::Exclude;
    let mut tx = db.write().await?;
    let Some(number) = projects::number(&mut tx, user, project).await? else { return Ok(None) };
    undo::note(&mut tx, Kind::Chunks, project, undo, now).await?;
    let mut count = QueryBuilder::new("SELECT COUNT(*) AS total");
    push_meant(&mut count, project, number, which)?;
    let matched = page::total(&mut tx, &mut count).await?;
    let mut items = QueryBuilder::new(
        "INSERT INTO undo_items (undo_id, seq, id, revision_before, revision, before) SELECT ",
    );
    items.push_bind(*undo.as_uuid()).push(", c.seq, c.id, c.revision, c.revision + 1, ").push(BEFORE);
    push_meant(&mut items, project, number, which)?;
    items.push(" AND c.excluded <> ").push_bind(excluded);
    let changed = items.build().persistent(false).execute(&mut *tx).await?.rows_affected();
    exclude(&mut tx, excluded, undo, now).await?;
    tx.commit().await?;
    Ok(Some(BulkOutcome { matched, changed }))
}

/// `FROM … WHERE …` of the chunks that are meant.
fn push_meant(
    query: &mut QueryBuilder<Database>,
    project: ProjectId,
    number: i64,
    which: &Selection<ChunkId, ChunkFilter>,
) -> Result<()> {
    match which {
        Selection::Ids(ids) => {
            query.push(" FROM chunks c WHERE c.id IN (SELECT unhex(value, '-') FROM json_each(");
            query.push_bind(json(ids)?).push(")) AND +c.project_id = ").push_bind(*project.as_uuid());
            Ok(())
        }
        Selection::Filter(filter) => Matching::new(project, number, filter).push(query, None),
    }
}

async fn exclude(connection: &mut SqliteConnection, excluded: bool, undo: UndoId, now: Time) -> Result<()> {
    sqlx::query(
        "UPDATE chunks SET excluded = ?2, decided = ?2, revision = revision + 1,
             body = json_set(body, '$.excluded', json(CASE WHEN ?2 THEN 'true' ELSE 'false' END),
                 '$.exclude_reason', json(?3), '$.updated_at', ?4)
         WHERE seq IN (SELECT seq FROM undo_items WHERE undo_id = ?1)",
    )
    .bind(*undo.as_uuid())
    .bind(excluded)
    .bind(json(&excluded.then(by_user))?)
    .bind(word(&now)?)
    .execute(connection)
    .await?;
    Ok(())
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
        || !undo::take(&mut tx, Kind::Chunks, project, undo, now).await?
    {
        return Ok(None);
    }
    sqlx::query(
        "UPDATE undo_items SET restored = 1
         WHERE undo_id = ?1 AND revision = (SELECT c.revision FROM chunks c WHERE c.seq = undo_items.seq)",
    )
    .bind(*undo.as_uuid())
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "UPDATE chunks SET excluded = i.before ->> '$.excluded', decided = i.before ->> '$.decided',
             revision = chunks.revision + 1,
             body = json_set(body, '$.excluded', json(i.before -> '$.excluded'),
                 '$.exclude_reason', json(i.before -> '$.exclude_reason'),
                 '$.updated_at', i.before ->> '$.updated_at')
         FROM undo_items i WHERE i.undo_id = ?1 AND i.restored AND chunks.seq = i.seq",
    )
    .bind(*undo.as_uuid())
    .execute(&mut *tx)
    .await?;
    let undone = undo::outcome(&mut tx, Kind::Chunks, undo).await?;
    tx.commit().await?;
    Ok(Some(undone))
}
