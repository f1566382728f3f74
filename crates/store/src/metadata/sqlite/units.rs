//! Units of work and the leases by which they are held.

use std::time::Duration;

use model::{GenerationId, Phase, Time, Unit, UnitId};
use sqlx::{QueryBuilder, Row as _, SqliteConnection, sqlite::SqliteRow};
use uuid::Uuid;

use super::{
    Database, Sqlite, batches,
    generations::{self, Counts},
    row::{integer, json, read_count, read_json, read_word},
};
use crate::{Owner, Result, StoreError, UnitCounts};

/// Both kinds of units that may be taken are walked in their order and no further than the limit:
/// one index walk over all that are left would be sorted again by every claim.
pub(super) const CLAIM: &str = "
UPDATE units SET status = 'leased', lease_owner = ?3, lease_until = ?5, attempts = attempts + 1,
    reserved_tokens = NULL, reserved_cost = NULL
WHERE id IN (
    SELECT id FROM (
        SELECT * FROM (
            SELECT id, ordinal FROM units
            WHERE generation_id = ?1 AND phase = ?2 AND status = 'pending' ORDER BY ordinal LIMIT ?6)
        UNION ALL
        SELECT * FROM (
            SELECT id, ordinal FROM units
            WHERE generation_id = ?1 AND phase = ?2 AND status = 'leased' AND lease_until <= ?4
            ORDER BY ordinal LIMIT ?6))
    ORDER BY ordinal LIMIT ?6)
RETURNING *";

/// Adds units; one that is there already stays as it is. Says how many were added.
pub(super) async fn insert(
    connection: &mut SqliteConnection,
    generation: GenerationId,
    units: &[Unit],
) -> Result<u64> {
    let mut added = 0;
    for batch in batches(units) {
        let subjects: Vec<Uuid> = batch.iter().map(subject).collect::<Result<_>>()?;
        added += QueryBuilder::new(
            "INSERT INTO units (id, generation_id, phase, subject, ordinal, passage, attempts, status) ",
        )
        .push_values(batch.iter().zip(subjects), |mut values, (unit, subject)| {
            values
                .push_bind(*unit.id.as_uuid())
                .push_bind(*generation.as_uuid())
                .push_bind(unit.phase.as_str())
                .push_bind(subject)
                .push_bind(integer(unit.ordinal))
                .push_bind(unit.passage.as_deref())
                .push_bind(unit.attempts)
                .push("'pending'");
        })
        .push(" ON CONFLICT (id) DO NOTHING")
        .build()
        .execute(&mut *connection)
        .await?
        .rows_affected();
    }
    Ok(added)
}

/// The id of the document or chunk that a unit works on.
pub(super) fn subject(unit: &Unit) -> Result<Uuid> {
    Uuid::parse_str(&unit.subject)
        .map_err(|_| StoreError::Conflict(format!("the subject of unit {} is no id", unit.id)))
}

pub(super) async fn claim(
    db: &Sqlite,
    generation: GenerationId,
    phase: Phase,
    owner: &Owner,
    now: Time,
    lease: Duration,
    limit: u32,
) -> Result<Vec<Unit>> {
    let mut tx = db.write().await?;
    let mut units: Vec<Unit> = sqlx::query(CLAIM)
        .bind(*generation.as_uuid())
        .bind(phase.as_str())
        .bind(json(owner)?)
        .bind(now.as_microsecond())
        .bind(until(now, lease))
        .bind(limit)
        .fetch_all(&mut *tx)
        .await?
        .iter()
        .map(read)
        .collect::<Result<_>>()?;
    if phase == Phase::Parse && !units.is_empty() {
        // Every other state may become this one; a unit that is taken over finds it so already.
        let subjects: Vec<&str> = units.iter().map(|unit| &*unit.subject).collect();
        sqlx::query(
            "UPDATE documents SET status = 'parsing', error = NULL
             WHERE id IN (SELECT unhex(value, '-') FROM json_each(?)) AND status <> 'parsing'",
        )
        .bind(json(&subjects)?)
        .execute(&mut *tx)
        .await?;
    }
    tx.commit().await?;
    // Rows come back in the order in which they were changed.
    units.sort_by_key(|unit| unit.ordinal);
    Ok(units)
}

pub(super) const HEARTBEAT: &str =
    "UPDATE units SET lease_until = ? WHERE generation_id = ? AND status = 'leased' AND lease_owner = ?";

pub(super) async fn heartbeat(
    db: &Sqlite,
    generation: GenerationId,
    owner: &Owner,
    now: Time,
    lease: Duration,
) -> Result<u64> {
    let mut tx = db.write().await?;
    let held = sqlx::query(HEARTBEAT)
        .bind(until(now, lease))
        .bind(*generation.as_uuid())
        .bind(json(owner)?)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(held.rows_affected())
}

pub(super) async fn owners(db: &Sqlite, generation: GenerationId) -> Result<Vec<Owner>> {
    sqlx::query("SELECT DISTINCT lease_owner FROM units WHERE generation_id = ? AND status = 'leased'")
        .bind(*generation.as_uuid())
        .fetch_all(&db.reader)
        .await?
        .iter()
        .map(|row| read_json(row, "lease_owner"))
        .collect()
}

pub(super) async fn release(db: &Sqlite, generation: GenerationId, owner: &Owner) -> Result<u64> {
    let mut tx = db.write().await?;
    let released = sqlx::query(
        "UPDATE units SET status = 'pending', lease_owner = NULL, lease_until = NULL
         WHERE generation_id = ? AND status = 'leased' AND lease_owner = ?",
    )
    .bind(*generation.as_uuid())
    .bind(json(owner)?)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(released.rows_affected())
}

pub(super) async fn reopen_failed(
    db: &Sqlite,
    generation: GenerationId,
    units: Option<&[UnitId]>,
) -> Result<u64> {
    let mut tx = db.write().await?;
    let mut off = Counts::default();
    let which = units.map(|units| json(&units)).transpose()?;
    for phase in [Phase::Parse, Phase::Generate, Phase::Validate] {
        let failed = |query: &mut QueryBuilder<Database>| {
            query.push("status = 'failed' AND generation_id = ").push_bind(*generation.as_uuid());
            query.push(" AND phase = ").push_bind(phase.as_str());
            if let Some(which) = &which {
                query
                    .push(" AND id IN (SELECT unhex(value, '-') FROM json_each(")
                    .push_bind(which.clone())
                    .push("))");
            }
        };
        // A reply that was of no use stays paid for, under a key that nobody asks for: else it would be the answer again.
        let mut unused = QueryBuilder::new(
            "UPDATE ledger SET request = request || '/' || (SELECT attempts FROM units WHERE id = unit_id) WHERE generation_id = ",
        );
        unused.push_bind(*generation.as_uuid()).push(" AND unit_id IN (SELECT id FROM units WHERE ");
        failed(&mut unused);
        unused.push(" AND failure ->> '$.raw_reply' IS NOT NULL)").build().execute(&mut *tx).await?;
        let mut query =
            QueryBuilder::new("UPDATE units SET status = 'pending', failure = NULL, failed_at = NULL WHERE ");
        failed(&mut query);
        let reopened = integer(query.build().execute(&mut *tx).await?.rows_affected());
        off.failed -= reopened;
        match phase {
            Phase::Parse | Phase::Generate => off.processed -= reopened,
            Phase::Validate => off.validate_ended -= reopened,
        }
    }
    generations::add_counts(&mut tx, generation, &off).await?;
    tx.commit().await?;
    Ok(off.failed.unsigned_abs())
}

pub(super) const COUNT: &str =
    "SELECT status, COUNT(*) AS units FROM units WHERE generation_id = ? AND phase = ? GROUP BY status";

pub(super) async fn counts(db: &Sqlite, generation: GenerationId, phase: Phase) -> Result<UnitCounts> {
    let rows =
        sqlx::query(COUNT).bind(*generation.as_uuid()).bind(phase.as_str()).fetch_all(&db.reader).await?;
    let mut counts = UnitCounts::default();
    for row in &rows {
        add_count(&mut counts, row)?;
    }
    Ok(counts)
}

fn add_count(counts: &mut UnitCounts, row: &SqliteRow) -> Result<()> {
    let place = match read_word(row, "status")? {
        model::UnitStatus::Pending => &mut counts.pending,
        model::UnitStatus::Leased => &mut counts.leased,
        model::UnitStatus::Done => &mut counts.done,
        model::UnitStatus::Failed => &mut counts.failed,
    };
    *place += read_count(row, "units")?;
    Ok(())
}

pub(super) const WORKLOAD: &str = "
SELECT u.phase, u.status, COUNT(*) AS units
FROM generations g INDEXED BY generations_unended CROSS JOIN units u ON u.generation_id = g.id
WHERE g.status IN ('pending', 'parsing', 'generating', 'validating')
GROUP BY u.phase, u.status";

pub(super) async fn workload(db: &Sqlite) -> Result<Vec<(Phase, UnitCounts)>> {
    let mut counts =
        [Phase::Parse, Phase::Generate, Phase::Validate].map(|phase| (phase, UnitCounts::default()));
    for row in &sqlx::query(WORKLOAD).fetch_all(&db.reader).await? {
        let phase: Phase = read_word(row, "phase")?;
        for (_, counts) in counts.iter_mut().filter(|(of, _)| *of == phase) {
            add_count(counts, row)?;
        }
    }
    Ok(counts.into())
}

/// When a lease ends; one without end ends at the end of time.
pub(super) fn until(now: Time, lease: Duration) -> i64 {
    now.as_microsecond().saturating_add(integer(lease.as_micros()))
}

pub(super) fn read(row: &SqliteRow) -> Result<Unit> {
    Ok(Unit {
        id: UnitId::from_uuid(row.try_get("id")?),
        generation_id: GenerationId::from_uuid(row.try_get("generation_id")?),
        phase: read_word(row, "phase")?,
        subject: row.try_get::<Uuid, _>("subject")?.to_string(),
        ordinal: read_count(row, "ordinal")?,
        passage: row.try_get("passage")?,
        attempts: row.try_get("attempts")?,
    })
}
