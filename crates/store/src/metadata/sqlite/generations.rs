//! Generations, their states and their counts.

use model::{Generation, GenerationId, GenerationKind, GenerationStatus, ProjectId, Unit, Usage, UserId};
use sqlx::{QueryBuilder, Row as _, SqliteConnection, sqlite::SqliteRow};

use super::{
    Sqlite, projects,
    row::{integer, is_taken, json, read_count, read_json, read_word, word},
    units,
};
use crate::{Advance, GenerationContext, Result, StoreError};

pub(super) const SELECT: &str =
    "SELECT g.*, p.user_id FROM generations g JOIN projects p ON p.id = g.project_id";

pub(super) const PARSING: &str = "
SELECT 1 FROM generations INDEXED BY generations_unended
WHERE status IN ('pending', 'parsing', 'generating', 'validating') AND kind = 'parse' AND project_id = ? AND id <> ? LIMIT 1";

pub(super) async fn create(
    db: &Sqlite,
    user: &UserId,
    generation: &Generation,
    units: &[Unit],
) -> Result<()> {
    let body = json(generation)?;
    let mut tx = db.write().await?;
    projects::require(&mut tx, user, generation.project_id).await?;
    if generation.kind == GenerationKind::Parse && !generation.status.has_ended() {
        let other = sqlx::query(PARSING)
            .bind(*generation.project_id.as_uuid())
            .bind(*generation.id.as_uuid())
            .fetch_optional(&mut *tx)
            .await?;
        if other.is_some() {
            return Err(StoreError::Busy("parse"));
        }
    }
    sqlx::query(
        "INSERT INTO generations (id, project_id, kind, status, attempt, created_at, chunks_total, body)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(*generation.id.as_uuid())
    .bind(*generation.project_id.as_uuid())
    .bind(word(&generation.kind)?)
    .bind(generation.status.as_str())
    .bind(generation.attempt)
    .bind(generation.created_at.as_microsecond())
    .bind(integer(units.len()))
    .bind(body)
    .execute(&mut *tx)
    .await
    .map_err(|error| if is_taken(&error) { StoreError::Exists("generation") } else { error.into() })?;
    if units::insert(&mut tx, generation.id, units).await? != units.len() as u64 {
        return Err(StoreError::Exists("unit"));
    }
    Ok(tx.commit().await?)
}

pub(super) async fn get(db: &Sqlite, user: &UserId, id: GenerationId) -> Result<Option<Generation>> {
    let mut query = QueryBuilder::new(SELECT);
    query.push(" WHERE g.id = ").push_bind(*id.as_uuid()).push(" AND p.user_id = ").push_bind(user.as_str());
    query.build().fetch_optional(&db.reader).await?.as_ref().map(read).transpose()
}

pub(super) async fn context(db: &Sqlite, id: GenerationId) -> Result<Option<GenerationContext>> {
    let mut query = QueryBuilder::new(SELECT);
    query.push(" WHERE g.id = ").push_bind(*id.as_uuid());
    query.build().fetch_optional(&db.reader).await?.as_ref().map(read_context).transpose()
}

pub(super) const UNENDED: &str = "
SELECT g.*, p.user_id
FROM generations g INDEXED BY generations_unended JOIN projects p ON p.id = g.project_id
WHERE g.status IN ('pending', 'parsing', 'generating', 'validating')
    AND json_array_length(g.body, '$.job_names') > 0
ORDER BY g.created_at, g.id";

pub(super) async fn unended(db: &Sqlite) -> Result<Vec<GenerationContext>> {
    sqlx::query(UNENDED).fetch_all(&db.reader).await?.iter().map(read_context).collect()
}

fn read_context(row: &SqliteRow) -> Result<GenerationContext> {
    let user = UserId::new(row.try_get::<String, _>("user_id")?);
    Ok(GenerationContext { user, generation: read(row)? })
}

pub(super) async fn list(
    db: &Sqlite,
    user: &UserId,
    project: ProjectId,
    kind: GenerationKind,
) -> Result<Vec<Generation>> {
    let mut query = QueryBuilder::new(SELECT);
    query.push(" WHERE g.project_id = ").push_bind(*project.as_uuid());
    query.push(" AND p.user_id = ").push_bind(user.as_str()).push(" AND g.kind = ").push_bind(word(&kind)?);
    query.push(" ORDER BY g.created_at DESC, g.id DESC");
    query.build().fetch_all(&db.reader).await?.iter().map(read).collect()
}

pub(super) async fn advance(db: &Sqlite, user: &UserId, change: &Advance) -> Result<bool> {
    let to = &change.to;
    check_arrow(change)?;
    let body = json(to)?;
    let mut tx = db.write().await?;
    let known = sqlx::query(
        "SELECT 1 FROM generations g JOIN projects p ON p.id = g.project_id
         WHERE g.id = ? AND p.user_id = ? AND p.id = ? AND g.kind = ?",
    )
    .bind(*to.id.as_uuid())
    .bind(user.as_str())
    .bind(*to.project_id.as_uuid())
    .bind(word(&to.kind)?)
    .fetch_optional(&mut *tx)
    .await?;
    if known.is_none() {
        return Err(StoreError::NotFound("generation"));
    }
    let changed = sqlx::query(
        "UPDATE generations SET status = ?1, attempt = ?2,
             body = CASE WHEN body -> '$.labels' IS NULL THEN ?3 ELSE json_set(?3, '$.labels', body -> '$.labels') END
         WHERE id = ?4 AND status = ?5 AND attempt = ?6",
    )
    .bind(to.status.as_str())
    .bind(to.attempt)
    .bind(body)
    .bind(*to.id.as_uuid())
    .bind(change.from.as_str())
    .bind(change.attempt)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(changed.rows_affected() > 0)
}

pub(super) async fn fix_labels(db: &Sqlite, id: GenerationId, labels: &[String]) -> Result<Vec<String>> {
    let mut tx = db.write().await?;
    // What is there already stays.
    let row = sqlx::query(
        "UPDATE generations SET body = json_insert(body, '$.labels', json(?)) WHERE id = ?
         RETURNING body -> '$.labels' AS labels",
    )
    .bind(json(&labels)?)
    .bind(*id.as_uuid())
    .fetch_optional(&mut *tx)
    .await?
    .ok_or(StoreError::NotFound("generation"))?;
    let labels = read_json(&row, "labels")?;
    tx.commit().await?;
    Ok(labels)
}

/// The counts that something adds to a generation, negative where it takes off.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) processed: i64,
    pub(super) failed: i64,
    pub(super) validate_total: i64,
    pub(super) validate_ended: i64,
    pub(super) pairs: i64,
    pub(super) quality: Sum,
    pub(super) grounding: Sum,
}

/// A sum of scores.
#[derive(Debug, Default)]
pub(super) struct Sum {
    billionths: i64,
    count: i64,
}

impl Sum {
    pub(super) fn add(&mut self, score: Option<f64>) {
        if let Some(score) = score {
            self.billionths += fixed(score, BILLION);
            self.count += 1;
        }
    }

    pub(super) fn take_off(&mut self, score: Option<f64>) {
        if let Some(score) = score {
            self.billionths -= fixed(score, BILLION);
            self.count -= 1;
        }
    }
}

const BILLION: f64 = 1e9;
const TRILLION: f64 = 1e12;

/// Whole parts of one: sums of them do not depend on the order of adding, as those of floats do.
fn fixed(value: f64, parts: f64) -> i64 {
    // A cast saturates, and makes 0 of what is not a number.
    (value * parts).round() as i64
}

/// USD as they are stored.
pub(super) fn trillionths(usd: f64) -> i64 {
    fixed(usd, TRILLION)
}

pub(super) async fn add_counts(
    connection: &mut SqliteConnection,
    id: GenerationId,
    add: &Counts,
) -> Result<()> {
    sqlx::query(
        "UPDATE generations SET
             chunks_processed = chunks_processed + ?, chunks_failed = chunks_failed + ?,
             validate_total = validate_total + ?, validate_ended = validate_ended + ?,
             pairs_generated = pairs_generated + ?,
             quality_sum = quality_sum + ?, quality_count = quality_count + ?,
             grounding_sum = grounding_sum + ?, grounding_count = grounding_count + ?
         WHERE id = ?",
    )
    .bind(add.processed)
    .bind(add.failed)
    .bind(add.validate_total)
    .bind(add.validate_ended)
    .bind(add.pairs)
    .bind(add.quality.billionths)
    .bind(add.quality.count)
    .bind(add.grounding.billionths)
    .bind(add.grounding.count)
    .bind(*id.as_uuid())
    .execute(connection)
    .await?;
    Ok(())
}

/// What calls came to; the cost in trillionths of a USD, `None` where no price is known.
#[derive(Debug, Default)]
pub(super) struct Spending {
    requests: i64,
    prompt_tokens: i64,
    completion_tokens: i64,
    cost: Option<i64>,
}

impl Spending {
    pub(super) fn add(&mut self, usage: &Usage) {
        self.requests += integer(usage.requests);
        self.prompt_tokens += integer(usage.prompt_tokens);
        self.completion_tokens += integer(usage.completion_tokens);
        if let Some(cost) = usage.cost_usd {
            self.cost = Some(self.cost.unwrap_or_default() + trillionths(cost));
        }
    }
}

pub(super) async fn add_usage(
    connection: &mut SqliteConnection,
    id: GenerationId,
    add: &Spending,
) -> Result<()> {
    sqlx::query(
        "UPDATE generations SET
             requests = requests + ?, prompt_tokens = prompt_tokens + ?, completion_tokens = completion_tokens + ?,
             cost = CASE WHEN ?4 IS NULL THEN cost ELSE COALESCE(cost, 0) + ?4 END
         WHERE id = ?5",
    )
    .bind(add.requests)
    .bind(add.prompt_tokens)
    .bind(add.completion_tokens)
    .bind(add.cost)
    .bind(*id.as_uuid())
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn spent(db: &Sqlite) -> Result<Usage> {
    let row = sqlx::query(
        "SELECT COALESCE(SUM(requests), 0) AS requests, COALESCE(SUM(prompt_tokens), 0) AS prompt_tokens,
             COALESCE(SUM(completion_tokens), 0) AS completion_tokens, SUM(cost) AS cost FROM generations",
    )
    .fetch_one(&db.reader)
    .await?;
    read_usage(&row)
}

fn read_usage(row: &SqliteRow) -> Result<Usage> {
    Ok(Usage {
        requests: read_count(row, "requests")?,
        prompt_tokens: read_count(row, "prompt_tokens")?,
        completion_tokens: read_count(row, "completion_tokens")?,
        cost_usd: row.try_get::<Option<i64>, _>("cost")?.map(|cost| cost as f64 / TRILLION),
    })
}

fn check_arrow(Advance { from, attempt, to }: &Advance) -> Result<()> {
    use GenerationStatus::{Generating, Parsing, Pending, Validating};
    // With these ruled out the arrows of one kind never lead to a phase of the other.
    let of_its_kind = match to.kind {
        GenerationKind::Parse => !matches!(to.status, Generating | Validating),
        GenerationKind::Generate => to.status != Parsing,
    };
    let starts = attempt.saturating_add(u32::from(to.status == Pending));
    if of_its_kind && from.may_become(to.status) && to.attempt == starts {
        return Ok(());
    }
    Err(StoreError::Conflict(format!(
        "a generation that is {} in attempt {attempt} cannot become {} in attempt {}",
        from.as_str(),
        to.status.as_str(),
        to.attempt,
    )))
}

/// A generation: what is counted comes from columns, what is written whole from the body.
pub(super) fn read(row: &SqliteRow) -> Result<Generation> {
    let body: Generation = read_json(row, "body")?;
    let mut generation = Generation {
        status: read_word(row, "status")?,
        attempt: row.try_get("attempt")?,
        chunks_total: read_count(row, "chunks_total")?,
        chunks_processed: read_count(row, "chunks_processed")?,
        chunks_failed: read_count(row, "chunks_failed")?,
        pairs_generated: read_count(row, "pairs_generated")?,
        pairs_duplicate: read_count(row, "pairs_duplicate")?,
        average_quality: read_mean(row, "quality_sum", "quality_count")?,
        average_grounding: read_mean(row, "grounding_sum", "grounding_count")?,
        usage: read_usage(row)?,
        ..body
    };
    generation.progress =
        progress(&generation, read_count(row, "validate_ended")?, read_count(row, "validate_total")?);
    Ok(generation)
}

/// Of a generate, the first nine tenths are the writing and the last one the scoring; 100 is only
/// what is completed.
fn progress(generation: &Generation, validate_ended: u64, validate_total: u64) -> u8 {
    if generation.status == GenerationStatus::Completed {
        return 100;
    }
    let share = |of: u64, ended: u64, total: u64| (of * ended).checked_div(total).unwrap_or_default().min(of);
    let (ended, total) = (generation.chunks_processed, generation.chunks_total);
    let percent = match generation.kind {
        GenerationKind::Parse => share(100, ended, total),
        GenerationKind::Generate if ended < total => share(90, ended, total),
        GenerationKind::Generate => share(90, ended, total) + share(10, validate_ended, validate_total),
    };
    u8::try_from(percent.min(99)).unwrap_or(99)
}

/// The mean of scores from the sum of their billionths and their number.
pub(super) fn read_mean(row: &SqliteRow, sum: &str, count: &str) -> Result<Option<f64>> {
    let (sum, count) = (row.try_get::<i64, _>(sum)?, row.try_get::<i64, _>(count)?);
    Ok((count > 0).then(|| sum as f64 / count as f64 / BILLION))
}

#[cfg(test)]
mod tests {
    use model::Time;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::nothing_to_do(GenerationKind::Parse, (0, 0), (0, 0), 0)]
    #[case::parse(GenerationKind::Parse, (1, 3), (0, 0), 33)]
    #[case::parse_before_it_is_completed(GenerationKind::Parse, (3, 3), (0, 0), 99)]
    #[case::writing(GenerationKind::Generate, (1, 2), (0, 1), 45)]
    #[case::written(GenerationKind::Generate, (2, 2), (0, 2), 90)]
    #[case::scoring(GenerationKind::Generate, (2, 2), (1, 2), 95)]
    #[case::scored(GenerationKind::Generate, (2, 2), (2, 2), 99)]
    fn progress_shows_both_phases(
        #[case] kind: GenerationKind,
        #[case] (ended, total): (u64, u64),
        #[case] (validate_ended, validate_total): (u64, u64),
        #[case] percent: u8,
    ) {
        let now = Time::UNIX_EPOCH;
        let mut generation =
            Generation::new(GenerationId::new(now, [0; 10]), ProjectId::new(now, [0; 10]), kind, None, now);
        (generation.chunks_processed, generation.chunks_total) = (ended, total);
        assert_eq!(progress(&generation, validate_ended, validate_total), percent);
        generation.status = GenerationStatus::Completed;
        assert_eq!(progress(&generation, validate_ended, validate_total), 100);
    }
}
