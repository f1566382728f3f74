//! Bringing a database forward to the schema of this program. It never goes back.

mod fill;

use std::time::Duration;

use sqlx::{Connection, SqliteConnection};

use crate::{Result, StoreError};

/// A step from one version to the next.
struct Migration {
    sql: &'static str,
    /// What follows that SQL cannot say.
    fill: Fill,
}

enum Fill {
    Nothing,
    Library,
}

/// The steps from each version to the next; the version of a database is in its `user_version`.
const MIGRATIONS: &[Migration] = &[
    Migration { sql: include_str!("../../../migrations/0001_initial.sql"), fill: Fill::Nothing },
    Migration { sql: include_str!("../../../migrations/0002_library.sql"), fill: Fill::Library },
    Migration { sql: include_str!("../../../migrations/0003_pairs_by_document.sql"), fill: Fill::Nothing },
    Migration { sql: include_str!("../../../migrations/0004_spending.sql"), fill: Fill::Nothing },
    Migration { sql: include_str!("../../../migrations/0005_near_duplicates.sql"), fill: Fill::Nothing },
    Migration { sql: include_str!("../../../migrations/0006_judges.sql"), fill: Fill::Nothing },
    Migration { sql: include_str!("../../../migrations/0007_fine_tune_jobs.sql"), fill: Fill::Nothing },
    Migration { sql: include_str!("../../../migrations/0008_pair_edits.sql"), fill: Fill::Nothing },
];

/// The version that this program needs.
pub(super) fn needed() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// Brings a database forward; of several processes that start together one does it and the others
/// wait for it.
pub(super) async fn migrate(connection: &mut SqliteConnection) -> Result<()> {
    // The version is read under the lock: another process may just have brought it forward.
    let mut transaction = connection.begin_with("BEGIN EXCLUSIVE").await?;
    let found = version(&mut transaction).await?;
    let behind =
        usize::try_from(found).ok().and_then(|done| MIGRATIONS.get(done..)).ok_or_else(|| newer(found))?;
    for step in behind {
        sqlx::raw_sql(step.sql).execute(&mut *transaction).await?;
        match step.fill {
            Fill::Nothing => {}
            Fill::Library => fill::library(&mut transaction).await?,
        }
    }
    if !behind.is_empty() {
        let set = format!("PRAGMA user_version = {}", needed());
        sqlx::raw_sql(sqlx::AssertSqlSafe(set)).execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// Checks that a database is of this program's version.
pub(super) async fn require(connection: &mut SqliteConnection) -> Result<()> {
    match version(connection).await? {
        found if found == needed() => Ok(()),
        found if found > needed() => Err(newer(found)),
        found => Err(older(found)),
    }
}

/// Turns on the write-ahead log, with which nobody who reads waits for who writes. The file keeps it.
pub(super) async fn write_ahead(connection: &mut SqliteConnection) -> Result<()> {
    // SQLite does not wait for another process here, whatever the busy time-out: it fails at once.
    const PAUSE: Duration = Duration::from_millis(20);
    let mut tries = super::BUSY_TIMEOUT.as_millis() / PAUSE.as_millis();
    loop {
        match sqlx::raw_sql("PRAGMA journal_mode = WAL").execute(&mut *connection).await {
            Err(sqlx::Error::Database(error)) if error.message().contains("locked") && tries > 0 => {
                tries -= 1;
                tokio::time::sleep(PAUSE).await;
            }
            other => return Ok(other.map(drop)?),
        }
    }
}

pub(super) fn older(found: i64) -> StoreError {
    StoreError::Schema {
        found,
        needed: needed(),
        hint: "start `data-forge serve` or `data-forge run` of this version once; it brings the store forward",
    }
}

fn newer(found: i64) -> StoreError {
    StoreError::Schema {
        found,
        needed: needed(),
        hint: "a newer version of the program has used this store; use that one",
    }
}

async fn version(connection: &mut SqliteConnection) -> Result<i64> {
    Ok(sqlx::query_scalar("PRAGMA user_version").fetch_one(connection).await?)
}
