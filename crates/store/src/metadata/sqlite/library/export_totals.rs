//! What an export would hold, counted in indexes.

use model::{GenerationId, ProjectId, UserId};
use sqlx::{QueryBuilder, Row as _, Sqlite as Dialect, SqliteConnection, sqlite::SqliteRow};
use uuid::Uuid;

use super::super::{
    super::export_totals::part_duplicates,
    Sqlite, projects,
    row::{read_count, read_word},
};
use crate::{ExportTotals, PairSelection, Result};

pub(super) async fn totals(
    db: &Sqlite,
    user: &UserId,
    project: ProjectId,
    which: &PairSelection,
    least: Option<f64>,
) -> Result<Vec<ExportTotals>> {
    let mut tx = db.reader.begin().await?;
    if projects::number(&mut tx, user, project).await?.is_none() {
        return Ok(Vec::new());
    }
    let project = *project.as_uuid();
    let all = by_status(project, which, least).build().fetch_all(&mut *tx).await?;
    let mut totals = all.iter().map(read).collect::<Result<Vec<_>>>()?;
    let duplicates = pending_duplicates(&mut tx, project, &which.generations).await?;
    part_duplicates(&mut totals, duplicates);
    Ok(totals)
}

/// All by what is told apart, in the index that has it.
pub(in super::super) fn by_status(
    project: Uuid,
    which: &PairSelection,
    least: Option<f64>,
) -> QueryBuilder<Dialect> {
    // What was not measured has the rank -1, so that it passes only where nothing is asked for.
    let mut query = QueryBuilder::new("SELECT review_status, quality_rank >= ");
    query.push_bind(least.unwrap_or(-1.0));
    query.push(
        " AS passes, CASE WHEN quality_rank >= 0 THEN MIN(CAST(quality_rank * 20 AS INTEGER), 19) END AS bin,
          COUNT(*) AS pairs, SUM(token_count) AS tokens
          FROM pairs INDEXED BY pairs_by_age WHERE project_id = ",
    );
    query.push_bind(project);
    of_generations(&mut query, "generation_id", &which.generations);
    query.push(" GROUP BY 1, 2, 3");
    query
}

fn of_generations(query: &mut QueryBuilder<Dialect>, column: &str, generations: &[GenerationId]) {
    if generations.is_empty() {
        return;
    }
    query.push(format!(" AND {column} IN ("));
    let mut list = query.separated(", ");
    for generation in generations {
        list.push_bind(*generation.as_uuid());
    }
    query.push(")");
}

fn read(row: &SqliteRow) -> Result<ExportTotals> {
    let bin = row.try_get::<Option<i64>, _>("bin")?;
    Ok(ExportTotals {
        review_status: read_word(row, "review_status")?,
        duplicates: false,
        passes: row.try_get("passes")?,
        quality_bin: bin.and_then(|bin| usize::try_from(bin).ok()),
        pairs: read_count(row, "pairs")?,
        tokens: read_count(row, "tokens")?,
    })
}

/// Pending pairs that repeat another: there are few, and they have an index of their own.
async fn pending_duplicates(
    connection: &mut SqliteConnection,
    project: Uuid,
    generations: &[GenerationId],
) -> Result<u64> {
    let mut query = QueryBuilder::new(
        "SELECT COUNT(*) AS pairs FROM generations g
         JOIN pairs p INDEXED BY pairs_duplicate ON p.generation_id = g.id
         WHERE p.duplicate_of IS NOT NULL AND p.review_status = 'pending' AND g.project_id = ",
    );
    query.push_bind(project);
    of_generations(&mut query, "g.id", generations);
    read_count(&query.build().fetch_one(connection).await?, "pairs")
}
