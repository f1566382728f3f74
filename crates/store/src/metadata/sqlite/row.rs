//! Between our values and the database's.

use model::Time;
use serde::de::DeserializeOwned;
use sqlx::{Row as _, sqlite::SqliteRow};

use super::super::value::parse_word;
pub(super) use super::super::value::{integer, json, parse_json, word};
use crate::{Result, StoreError};

/// What went wrong in the database.
impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => Self::Corrupt(error.to_string()),
            full if is_full(&full) => Self::Full(full.to_string()),
            other => Self::Database(Box::new(other)),
        }
    }
}

/// Whether it is `SQLITE_FULL`.
fn is_full(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| error.code().as_deref() == Some("13"))
}

/// Whether an id or number was taken already.
pub(super) fn is_taken(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| error.is_unique_violation())
}

/// A column that holds JSON.
pub(super) fn read_json<T: DeserializeOwned>(row: &SqliteRow, column: &str) -> Result<T> {
    parse_json(row.try_get(column)?)
}

/// A column that holds JSON, or nothing.
pub(super) fn read_json_or_none<T: DeserializeOwned>(row: &SqliteRow, column: &str) -> Result<Option<T>> {
    row.try_get::<Option<&str>, _>(column)?.map(parse_json).transpose()
}

/// A column that holds a word which is one of an enum's.
pub(super) fn read_word<T: DeserializeOwned>(row: &SqliteRow, column: &str) -> Result<T> {
    parse_word(row.try_get(column)?)
}

/// A column that holds such a word, or nothing.
pub(super) fn read_word_or_none<T: DeserializeOwned>(row: &SqliteRow, column: &str) -> Result<Option<T>> {
    row.try_get::<Option<&str>, _>(column)?.map(parse_word).transpose()
}

/// A column that holds a time as it is written, or nothing.
pub(super) fn read_time(row: &SqliteRow, column: &str) -> Result<Option<Time>> {
    row.try_get::<Option<&str>, _>(column)?
        .map(|text| text.parse().map_err(|_| StoreError::Corrupt(format!("{text} is no time"))))
        .transpose()
}

/// A column that counts something.
pub(super) fn read_count(row: &SqliteRow, column: &str) -> Result<u64> {
    Ok(u64::try_from(row.try_get::<i64, _>(column)?).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::super::{OpenMode, Sqlite};
    use super::*;

    #[tokio::test]
    async fn a_full_disk_is_told_from_a_failure() {
        let db = Sqlite::in_memory().await.unwrap();
        // No more than there is.
        sqlx::query("PRAGMA max_page_count = 1").execute(&db.writer).await.unwrap();
        let grown =
            sqlx::query("CREATE TABLE large AS SELECT randomblob(1000000) AS body").execute(&db.writer).await;
        let full = StoreError::from(grown.unwrap_err());
        assert!(full.is_full(), "{full}");
        let wrong = sqlx::query("SELECT nothing").execute(&db.writer).await.unwrap_err();
        assert!(!StoreError::from(wrong).is_full());
    }

    #[tokio::test]
    async fn a_transaction_that_sqlite_has_ended_keeps_nobody_from_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let db = Sqlite::open(&folder.path().join("data.db"), OpenMode::Migrate).await.unwrap();
        let mut tx = db.write().await.unwrap();
        // As SQLite does by itself where the disk is full or fails.
        sqlx::query("ROLLBACK").execute(&mut *tx).await.unwrap();
        drop(tx);
        for _ in 0..2 {
            let mut tx = db.write().await.unwrap();
            sqlx::query("CREATE TABLE IF NOT EXISTS small (body)").execute(&mut *tx).await.unwrap();
            tx.commit().await.unwrap();
        }
    }
}
