//! What was tried on the scoring itself, and what that tells of the scores.

use std::collections::BTreeMap;

use model::{CanaryReport, GenerationId, JudgeReport, Recall, Spread, UnitId, ValidationReport};
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};
use uuid::Uuid;

use super::{
    Sqlite,
    row::{read_count, read_word},
};
use crate::{Probes, Result, StoreError};

/// Which pairs are told of: all of a project, or those of one generation.
#[derive(Clone, Copy)]
pub(super) struct Scope {
    pub(super) project: Uuid,
    pub(super) generation: Option<Uuid>,
}

/// Puts what was tried in place of what the unit tried before.
pub(super) async fn replace(
    connection: &mut SqliteConnection,
    generation: GenerationId,
    unit: UnitId,
    probes: &Probes,
) -> Result<()> {
    for table in ["canaries", "retests"] {
        let delete = format!("DELETE FROM {table} WHERE generation_id = ? AND unit_id = ?");
        sqlx::query(sqlx::AssertSqlSafe(delete))
            .bind(*generation.as_uuid())
            .bind(*unit.as_uuid())
            .execute(&mut *connection)
            .await?;
    }
    for canary in &probes.canaries {
        sqlx::query("INSERT INTO canaries VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
            .bind(*generation.as_uuid())
            .bind(*unit.as_uuid())
            .bind(canary.slot)
            .bind(canary.operator.as_str())
            .bind(canary.caught)
            .bind(canary.caught_locally)
            .bind(canary.caught_by_judge)
            .bind(canary.original_flagged)
            .execute(&mut *connection)
            .await?;
    }
    for retest in &probes.retests {
        sqlx::query("INSERT INTO retests VALUES (?, ?, ?, ?, ?, ?)")
            .bind(*generation.as_uuid())
            .bind(*unit.as_uuid())
            .bind(retest.slot)
            .bind(retest.compared)
            .bind(retest.agreed)
            .bind(retest.difference)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

pub(super) async fn of_generation(db: &Sqlite, generation: GenerationId) -> Result<ValidationReport> {
    let mut tx = db.reader.begin().await?;
    let project: Uuid = sqlx::query_scalar("SELECT project_id FROM generations WHERE id = ?")
        .bind(*generation.as_uuid())
        .fetch_optional(&mut *tx)
        .await?
        .ok_or(StoreError::NotFound("generation"))?;
    report(&mut tx, Scope { project, generation: Some(*generation.as_uuid()) }).await
}

/// What there is to tell of the scores of pairs.
pub(super) async fn report(connection: &mut SqliteConnection, scope: Scope) -> Result<ValidationReport> {
    let quality = spread(&one(connection, QUALITY, scope).await?)?;
    let judged = one(connection, JUDGED, scope).await?;
    let retests = one(connection, RETESTS, scope).await?;
    let judge = JudgeReport {
        judged: read_count(&judged, "judged")?,
        unjudged: read_count(&judged, "unjudged")?,
        disagreements: read_count(&judged, "disagreements")?,
        retested: read_count(&retests, "retested")?,
        agreement: rounded(&retests, "agreement")?,
        mean_difference: rounded(&retests, "mean_difference")?,
    };
    let canaries = canaries(connection, scope).await?;
    Ok(ValidationReport::new(quality, spread(&judged)?, judge, canaries))
}

async fn one(connection: &mut SqliteConnection, sql: &'static str, scope: Scope) -> Result<SqliteRow> {
    Ok(sqlx::query(sql).bind(scope.project).bind(scope.generation).fetch_one(connection).await?)
}

/// Scores to three places after the point: more would only seem different.
pub(super) const QUALITY: &str = "
SELECT COUNT(*) AS count, COALESCE(SUM(quality_rank >= 0.9), 0) AS high, COALESCE(SUM(quality_rank), 0.0) AS sum,
    COALESCE(SUM(quality_rank * quality_rank), 0.0) AS squares,
    COUNT(DISTINCT CAST(ROUND(quality_rank * 1000) AS INTEGER)) AS distinct_scores
FROM pairs INDEXED BY pairs_by_age
WHERE project_id = ?1 AND (?2 IS NULL OR generation_id = ?2) AND quality_rank >= 0";

pub(super) const JUDGED: &str = "
SELECT COALESCE(SUM(error IS NULL), 0) AS judged, COUNT(error) AS unjudged,
    COALESCE(SUM(flags LIKE '%\"judge_disagrees\"%'), 0) AS disagreements,
    COUNT(score) AS count, COALESCE(SUM(score >= 0.9), 0) AS high, COALESCE(SUM(score), 0.0) AS sum,
    COALESCE(SUM(score * score), 0.0) AS squares,
    COUNT(DISTINCT CAST(ROUND(score * 1000) AS INTEGER)) AS distinct_scores
FROM (
    SELECT validation ->> '$.scores.judgement.error' AS error,
        validation ->> '$.scores.judgement.grounding_score' AS score, flags
    FROM pairs INDEXED BY pairs_judged
    WHERE project_id = ?1 AND (?2 IS NULL OR generation_id = ?2)
        AND validation -> '$.scores.judgement' IS NOT NULL)";

pub(super) const RETESTS: &str = "
SELECT COUNT(*) AS retested, CAST(SUM(r.agreed) AS REAL) / NULLIF(SUM(r.compared), 0) AS agreement,
    AVG(r.difference) AS mean_difference
FROM generations g CROSS JOIN retests r ON r.generation_id = g.id
WHERE g.project_id = ?1 AND (?2 IS NULL OR g.id = ?2)";

pub(super) const CANARIES: &str = "
SELECT c.operator, COUNT(*) AS made, SUM(c.caught) AS caught, SUM(c.caught_locally) AS caught_locally,
    COUNT(c.caught_by_judge) AS judged, COALESCE(SUM(c.caught_by_judge), 0) AS caught_by_judge,
    SUM(c.original_flagged) AS originals
FROM generations g CROSS JOIN canaries c ON c.generation_id = g.id
WHERE g.project_id = ?1 AND (?2 IS NULL OR g.id = ?2)
GROUP BY c.operator";

async fn canaries(connection: &mut SqliteConnection, scope: Scope) -> Result<CanaryReport> {
    let rows = sqlx::query(CANARIES).bind(scope.project).bind(scope.generation).fetch_all(connection).await?;
    let (mut operators, mut originals) = (BTreeMap::new(), 0);
    for row in &rows {
        let recall = Recall {
            made: read_count(row, "made")?,
            caught: read_count(row, "caught")?,
            caught_locally: read_count(row, "caught_locally")?,
            judged: read_count(row, "judged")?,
            caught_by_judge: read_count(row, "caught_by_judge")?,
        };
        operators.insert(read_word(row, "operator")?, recall);
        originals += read_count(row, "originals")?;
    }
    Ok(CanaryReport::new(operators, originals))
}

fn spread(row: &SqliteRow) -> Result<Spread> {
    Ok(Spread::new(
        read_count(row, "count")?,
        read_count(row, "high")?,
        row.try_get_unchecked("sum")?,
        row.try_get_unchecked("squares")?,
        read_count(row, "distinct_scores")?,
    ))
}

fn rounded(row: &SqliteRow, name: &str) -> Result<Option<f64>> {
    let value: Option<f64> = row.try_get_unchecked(name)?;
    Ok(value.map(|value| (value * 1000.0).round() / 1000.0))
}
