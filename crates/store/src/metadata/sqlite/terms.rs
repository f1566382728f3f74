//! The search terms of pairs and chunks, in full-text tables by the rows' numbers.
//!
//! Before each term stands the number of its project, so that a search goes through no other
//! project's rows, whatever it looks for.

use serde::Serialize;
use sqlx::{AssertSqlSafe, SqliteConnection};
use uuid::Uuid;

pub(super) use super::super::terms::{of_chunk, of_pair};
use super::row::json;
use crate::{Result, search};

/// Whose terms.
#[derive(Debug, Clone, Copy)]
pub(super) enum Terms {
    Chunks,
    Pairs,
}

impl Terms {
    fn table(self) -> &'static str {
        match self {
            Self::Chunks => "chunks",
            Self::Pairs => "pairs",
        }
    }

    fn index(self) -> &'static str {
        match self {
            Self::Chunks => "chunk_terms",
            Self::Pairs => "pair_terms",
        }
    }
}

/// Writes the terms of rows that have none, by their ids.
pub(super) async fn add(
    connection: &mut SqliteConnection,
    terms: Terms,
    rows: &[(Uuid, impl Serialize)],
) -> Result<()> {
    let (table, index) = (terms.table(), terms.index());
    // The numbers of rows ascend with the order in which they were added.
    let sql = format!(
        "INSERT INTO {index} (rowid, terms)
         SELECT r.seq, replace(' ' || (t.value ->> 1), ' ', ' ' || p.number || '_')
         FROM json_each(?) t
         CROSS JOIN {table} r ON r.id = unhex(t.value ->> 0, '-')
         CROSS JOIN project_totals p ON p.project_id = r.project_id
         WHERE t.value ->> 1 <> ''"
    );
    sqlx::query(AssertSqlSafe(sql)).bind(json(&rows)?).execute(connection).await?;
    Ok(())
}

/// Takes away the terms of a row.
pub(super) async fn remove(connection: &mut SqliteConnection, terms: Terms, seq: i64) -> Result<()> {
    let sql = format!("DELETE FROM {} WHERE rowid = ?", terms.index());
    sqlx::query(AssertSqlSafe(sql)).bind(seq).execute(connection).await?;
    Ok(())
}

/// What a query has to match in the full-text table, in a project by its number; `None` where the
/// query has no term, and nothing is found.
pub(super) fn matching(query: &str, project: i64) -> Option<String> {
    let terms = search::query(query);
    let parts: Vec<String> = terms
        .iter()
        .map(|term| format!("\"{project}_{}\"{}", term.term, if term.prefix { "*" } else { "" }))
        .collect();
    (!parts.is_empty()).then(|| parts.join(" AND "))
}
