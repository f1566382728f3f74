//! A project's dataset in numbers, counted in indexes.

mod coverage;

use std::collections::BTreeMap;

use model::{Analytics, FlagCode, GenerationId, ProjectId, TopicCount, UserId};
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};

use super::super::{
    super::tally::{Group, Scored, Tally},
    Sqlite,
    probes::{self, Scope},
    projects,
    row::{parse_json, read_count, read_word, read_word_or_none},
};
use crate::Result;

/// Topics that are named, at most.
const TOPICS: i64 = 100;

pub(super) async fn compute(
    db: &Sqlite,
    user: &UserId,
    project: ProjectId,
    generation: Option<GenerationId>,
) -> Result<Option<Analytics>> {
    let mut tx = db.reader.begin().await?;
    if projects::number(&mut tx, user, project).await?.is_none() {
        return Ok(None);
    }
    let scope = Scope { project: *project.as_uuid(), generation: generation.map(|id| *id.as_uuid()) };
    let mut tally = Tally::default();
    for row in &groups(&mut tx, scope).await? {
        tally.add(&read(row)?);
    }
    let validation = probes::report(&mut tx, scope).await?;
    let coverage = coverage::compute(&mut tx, scope).await?;
    Ok(Some(Analytics {
        quality_histogram: tally.quality_histogram(),
        grounding_histogram: tally.grounding_histogram(),
        readiness: tally.readiness(&coverage, &validation),
        coverage,
        question_types: tally.question_types,
        difficulties: tally.difficulties,
        topics: topics(&mut tx, scope).await?,
        review: tally.review,
        duplicates: duplicates(&mut tx, scope).await?,
        flags: flags(&mut tx, scope).await?,
        tokens: tally.tokens,
        validation,
    }))
}

/// One walk over the index: pairs by all that is told apart, which is little.
pub(in super::super) const GROUPS: &str = "
SELECT review_status, question_type, difficulty,
    CASE WHEN quality_rank >= 0 THEN MIN(CAST(quality_rank * 20 AS INTEGER), 19) END AS quality_bin,
    CASE WHEN grounding_rank >= 0 THEN MIN(CAST(grounding_rank * 20 AS INTEGER), 19) END AS grounding_bin,
    COUNT(*) AS pairs, SUM(token_count) AS tokens,
    SUM(quality_rank) FILTER (WHERE quality_rank >= 0) AS quality,
    SUM(grounding_rank) FILTER (WHERE grounding_rank >= 0) AS grounding
FROM pairs INDEXED BY pairs_by_age
WHERE project_id = ?1 AND (?2 IS NULL OR generation_id = ?2)
GROUP BY 1, 2, 3, 4, 5";

async fn groups(connection: &mut SqliteConnection, scope: Scope) -> Result<Vec<SqliteRow>> {
    Ok(sqlx::query(GROUPS).bind(scope.project).bind(scope.generation).fetch_all(connection).await?)
}

fn read(row: &SqliteRow) -> Result<Group> {
    let scored = |bin: &str, sum: &str| -> Result<Option<Scored>> {
        let bin: Option<i64> = row.try_get(bin)?;
        bin.map(|bin| Ok(Scored { bin, sum: row.try_get_unchecked(sum)? })).transpose()
    };
    Ok(Group {
        review_status: read_word(row, "review_status")?,
        question_type: read_word_or_none(row, "question_type")?,
        difficulty: read_word_or_none(row, "difficulty")?,
        quality: scored("quality_bin", "quality")?,
        grounding: scored("grounding_bin", "grounding")?,
        pairs: read_count(row, "pairs")?,
        tokens: read_count(row, "tokens")?,
    })
}

pub(in super::super) const DUPLICATES: &str = "
SELECT COUNT(*) AS pairs
FROM generations g JOIN pairs p INDEXED BY pairs_duplicate ON p.generation_id = g.id
WHERE g.project_id = ?1 AND (?2 IS NULL OR g.id = ?2) AND p.duplicate_of IS NOT NULL";

async fn duplicates(connection: &mut SqliteConnection, scope: Scope) -> Result<u64> {
    let row =
        sqlx::query(DUPLICATES).bind(scope.project).bind(scope.generation).fetch_one(connection).await?;
    read_count(&row, "pairs")
}

pub(in super::super) const FLAGS: &str = "
SELECT flags, COUNT(*) AS pairs FROM pairs INDEXED BY pairs_flagged
WHERE project_id = ?1 AND (?2 IS NULL OR generation_id = ?2) AND flags <> '[]' GROUP BY flags";

async fn flags(connection: &mut SqliteConnection, scope: Scope) -> Result<BTreeMap<FlagCode, u64>> {
    let mut counts = BTreeMap::new();
    let rows = sqlx::query(FLAGS).bind(scope.project).bind(scope.generation).fetch_all(connection).await?;
    for row in &rows {
        let mut codes: Vec<FlagCode> = parse_json(row.try_get("flags")?)?;
        // A pair counts once, though it has a flag in several places.
        codes.sort_unstable();
        codes.dedup();
        for code in codes {
            *counts.entry(code).or_default() += read_count(row, "pairs")?;
        }
    }
    Ok(counts)
}

pub(in super::super) const TOPIC_COUNTS: &str = "
SELECT topic, SUM(chunks) AS chunks, SUM(pairs) AS pairs
FROM (
    SELECT topic, COUNT(*) AS chunks, 0 AS pairs FROM chunks INDEXED BY chunks_by_topic
    WHERE project_id = ?1 AND topic IS NOT NULL GROUP BY topic
    UNION ALL
    SELECT topic, 0, COUNT(*) FROM pairs INDEXED BY pairs_by_topic
    WHERE project_id = ?1 AND topic IS NOT NULL AND (?2 IS NULL OR generation_id = ?2) GROUP BY topic)
GROUP BY topic ORDER BY pairs DESC, chunks DESC, topic LIMIT ?3";

async fn topics(connection: &mut SqliteConnection, scope: Scope) -> Result<Vec<TopicCount>> {
    sqlx::query(TOPIC_COUNTS)
        .bind(scope.project)
        .bind(scope.generation)
        .bind(TOPICS)
        .fetch_all(connection)
        .await?
        .iter()
        .map(|row| {
            Ok(TopicCount {
                topic: row.try_get("topic")?,
                chunks: read_count(row, "chunks")?,
                pairs: read_count(row, "pairs")?,
            })
        })
        .collect()
}
