//! A project's dataset in numbers, counted in indexes.

mod coverage;

use std::collections::BTreeMap;

use model::{
    Accepted, Analytics, Coverage, Difficulty, FlagCode, GenerationId, HISTOGRAM_BINS, HistogramBin,
    ProjectId, QuestionType, Readiness, ReviewCounts, ReviewStatus, TokenCounts, TopicCount, UserId,
    ValidationReport,
};
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};

use super::super::{
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
        tally.add(row)?;
    }
    let validation = probes::report(&mut tx, scope).await?;
    let coverage = coverage::compute(&mut tx, scope).await?;
    Ok(Some(Analytics {
        quality_histogram: histogram(&tally.quality),
        grounding_histogram: histogram(&tally.grounding),
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

/// A sum of scores and their number.
#[derive(Default)]
struct Mean {
    sum: f64,
    count: u64,
}

impl Mean {
    fn get(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / self.count as f64)
    }
}

#[derive(Default)]
struct Tally {
    review: ReviewCounts,
    question_types: BTreeMap<QuestionType, u64>,
    difficulties: BTreeMap<Difficulty, u64>,
    quality: [u64; HISTOGRAM_BINS],
    grounding: [u64; HISTOGRAM_BINS],
    tokens: TokenCounts,
    accepted_quality: Mean,
    accepted_grounding: Mean,
}

impl Tally {
    fn add(&mut self, row: &SqliteRow) -> Result<()> {
        let (pairs, tokens) = (read_count(row, "pairs")?, read_count(row, "tokens")?);
        let status: ReviewStatus = read_word(row, "review_status")?;
        *match status {
            ReviewStatus::Pending => &mut self.review.pending,
            ReviewStatus::Accepted => &mut self.review.accepted,
            ReviewStatus::Rejected => &mut self.review.rejected,
            ReviewStatus::Edited => &mut self.review.edited,
        } += pairs;
        if let Some(kind) = read_word_or_none(row, "question_type")? {
            *self.question_types.entry(kind).or_default() += pairs;
        }
        if let Some(difficulty) = read_word_or_none(row, "difficulty")? {
            *self.difficulties.entry(difficulty).or_default() += pairs;
        }
        self.tokens.total += tokens;
        let accepted = matches!(status, ReviewStatus::Accepted | ReviewStatus::Edited);
        if accepted {
            self.tokens.accepted += tokens;
        }
        for (name, sum, bins, mean) in [
            ("quality_bin", "quality", &mut self.quality, &mut self.accepted_quality),
            ("grounding_bin", "grounding", &mut self.grounding, &mut self.accepted_grounding),
        ] {
            let Some(bin) = row.try_get::<Option<i64>, _>(name)? else { continue };
            if let Some(count) = usize::try_from(bin).ok().and_then(|bin| bins.get_mut(bin)) {
                *count += pairs;
            }
            if accepted {
                mean.sum += row.try_get_unchecked::<f64, _>(sum)?;
                mean.count += pairs;
            }
        }
        Ok(())
    }

    fn readiness(&self, coverage: &Coverage, validation: &ValidationReport) -> Readiness {
        let accepted = Accepted {
            pairs: self.review.accepted + self.review.edited,
            quality: self.accepted_quality.get(),
            grounding: self.accepted_grounding.get(),
            tokens: self.tokens.accepted,
        };
        let mut readiness = Readiness::assess(&accepted, self.review, coverage);
        readiness.reasons.extend(validation.alarms.iter().map(|alarm| alarm.detail.clone()));
        readiness
    }
}

fn histogram(bins: &[u64; HISTOGRAM_BINS]) -> Vec<HistogramBin> {
    let end = |bin: usize| bin as f64 / HISTOGRAM_BINS as f64;
    bins.iter()
        .enumerate()
        .map(|(bin, count)| HistogramBin { from: end(bin), to: end(bin + 1), count: *count })
        .collect()
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
