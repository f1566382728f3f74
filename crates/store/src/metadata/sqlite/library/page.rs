//! Parts of lists, and how many items the whole lists have.

use sqlx::SqliteConnection;

pub(super) use super::super::super::page::{after, page, rows};
use super::super::Database;
use super::super::row::read_count;
use crate::Result;

/// What a query counts.
pub(super) async fn total(
    connection: &mut SqliteConnection,
    query: &mut sqlx::QueryBuilder<Database>,
) -> Result<u64> {
    let row = query.build().fetch_one(connection).await?;
    read_count(&row, "total")
}
