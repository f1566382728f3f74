//! What was tried on the scoring itself, and what that tells of the scores.

use std::collections::BTreeMap;

use futures::TryStreamExt as _;
use model::{CanaryReport, GenerationId, JudgeReport, Recall, Spread, ValidationReport};
use mongodb::bson::{Bson, Document, Uuid as Key, doc};
use serde::Deserialize;

use super::{
    Mongo, generations,
    row::{count, index, number},
    rows::{CanaryRow, ProbesRow, RetestRow},
};
use crate::{Probes, Result, StoreError, metadata::value::parse_word};

/// Which pairs are told of: all of a project, or those of one generation.
#[derive(Clone, Copy)]
pub(super) struct Scope {
    pub(super) project: Key,
    pub(super) generation: Option<Key>,
}

impl Scope {
    /// That rows are of it.
    pub(super) fn filter(self) -> Document {
        let mut filter = doc! { "project": self.project };
        if let Some(generation) = self.generation {
            filter.insert("generation", generation);
        }
        filter
    }
}

/// What was tried as it is stored; `None` where nothing was.
pub(super) fn row(probes: &Probes) -> Option<ProbesRow> {
    if probes.canaries.is_empty() && probes.retests.is_empty() {
        return None;
    }
    let canaries = probes.canaries.iter().map(|canary| CanaryRow {
        slot: canary.slot,
        operator: canary.operator.as_str().to_owned(),
        caught: canary.caught,
        caught_locally: canary.caught_locally,
        caught_by_judge: canary.caught_by_judge,
        original_flagged: canary.original_flagged,
    });
    let retests = probes.retests.iter().map(|retest| RetestRow {
        slot: retest.slot,
        compared: retest.compared,
        agreed: retest.agreed,
        difference: retest.difference,
    });
    Some(ProbesRow { canaries: canaries.collect(), retests: retests.collect() })
}

pub(super) async fn of_generation(db: &Mongo, generation: GenerationId) -> Result<ValidationReport> {
    let of = generations::row(db, generation).await?.ok_or(StoreError::NotFound("generation"))?;
    report(db, Scope { project: of.project, generation: Some(of.id) }).await
}

/// What there is to tell of the scores of pairs.
pub(super) async fn report(db: &Mongo, scope: Scope) -> Result<ValidationReport> {
    let quality = quality(db, scope).await?;
    let (mut judge, judged) = judged(db, scope).await?;
    let canaries = tried(db, scope, &mut judge).await?;
    Ok(ValidationReport::new(quality, judged, judge, canaries))
}

/// Scores that are the same to three places after the point, in one group: more would only seem different.
fn groups(score: &str) -> Document {
    doc! { "$floor": { "$add": [{ "$multiply": [score, 1000] }, 0.5] } }
}

/// The sums of a group of scores.
fn sums(score: &str) -> Document {
    doc! {
        "count": { "$sum": 1 },
        "high": { "$sum": { "$cond": [{ "$gte": [score, 0.9] }, 1, 0] } },
        "sum": { "$sum": score },
        "squares": { "$sum": { "$multiply": [score, score] } },
    }
}

#[derive(Default)]
struct Sums {
    count: u64,
    high: u64,
    sum: f64,
    squares: f64,
    distinct: u64,
}

impl Sums {
    fn add(&mut self, group: &Document) -> Result<()> {
        self.count += count(number(group, "count")?);
        self.high += count(number(group, "high")?);
        self.sum += float(group, "sum")?;
        self.squares += float(group, "squares")?;
        self.distinct += 1;
        Ok(())
    }

    fn spread(&self) -> Spread {
        Spread::new(self.count, self.high, self.sum, self.squares, self.distinct)
    }
}

fn float(document: &Document, field: &str) -> Result<f64> {
    match document.get(field) {
        Some(Bson::Double(value)) => Ok(*value),
        _ => Ok(number(document, field)? as f64),
    }
}

async fn quality(db: &Mongo, scope: Scope) -> Result<Spread> {
    let mut measured = scope.filter();
    measured.insert("quality_rank", doc! { "$gte": 0 });
    let mut group = doc! { "_id": groups("$quality_rank") };
    group.extend(sums("$quality_rank"));
    let stages = [doc! { "$match": measured }, doc! { "$group": group }];
    let found: Vec<Document> =
        db.pairs().aggregate(stages).hint(index("in_numbers")).await?.try_collect().await?;
    let mut sums = Sums::default();
    for group in &found {
        sums.add(group)?;
    }
    Ok(sums.spread())
}

/// What the judge said, and how its scores are spread.
async fn judged(db: &Mongo, scope: Scope) -> Result<(JudgeReport, Spread)> {
    const SCORE: &str = "$judged.score";
    let mut judged = scope.filter();
    judged.insert("judged", doc! { "$exists": true });
    let mut group = doc! {
        "_id": groups(SCORE),
        "failed": { "$sum": { "$cond": ["$judged.failed", 1, 0] } },
        "disagreements": { "$sum": { "$cond": [{ "$in": ["judge_disagrees", "$flags"] }, 1, 0] } },
    };
    group.extend(sums(SCORE));
    let stages = [doc! { "$match": judged }, doc! { "$group": group }];
    let found: Vec<Document> =
        db.pairs().aggregate(stages).hint(index("judged")).await?.try_collect().await?;
    let (mut report, mut scores) = (JudgeReport::default(), Sums::default());
    for group in &found {
        let failed = count(number(group, "failed")?);
        report.unjudged += failed;
        report.judged += count(number(group, "count")?).saturating_sub(failed);
        report.disagreements += count(number(group, "disagreements")?);
        if !matches!(group.get("_id"), None | Some(Bson::Null)) {
            scores.add(group)?;
        }
    }
    Ok((report, scores.spread()))
}

/// What became of pairs made wrong, and of those judged twice.
async fn tried(db: &Mongo, scope: Scope, judge: &mut JudgeReport) -> Result<CanaryReport> {
    #[derive(Deserialize)]
    struct Row {
        probes: ProbesRow,
    }
    let mut units = scope.filter();
    units.insert("probes", doc! { "$exists": true });
    let mut found = db
        .units()
        .clone_with_type::<Row>()
        .find(units)
        .hint(index("probed"))
        .projection(doc! { "_id": 0, "probes": 1 })
        .await?;
    let (mut operators, mut originals) = (BTreeMap::<_, Recall>::new(), 0);
    let (mut compared, mut agreed) = (0_u64, 0_u64);
    let mut differences = Vec::new();
    while let Some(Row { probes }) = found.try_next().await? {
        for canary in probes.canaries {
            let recall = operators.entry(parse_word(&canary.operator)?).or_default();
            recall.made += 1;
            recall.caught += u64::from(canary.caught);
            recall.caught_locally += u64::from(canary.caught_locally);
            recall.judged += u64::from(canary.caught_by_judge.is_some());
            recall.caught_by_judge += u64::from(canary.caught_by_judge == Some(true));
            originals += u64::from(canary.original_flagged);
        }
        for retest in probes.retests {
            judge.retested += 1;
            compared += u64::from(retest.compared);
            agreed += u64::from(retest.agreed);
            differences.extend(retest.difference);
        }
    }
    judge.agreement = (compared > 0).then(|| rounded(agreed as f64 / compared as f64));
    let mean = differences.iter().sum::<f64>() / differences.len() as f64;
    judge.mean_difference = (!differences.is_empty()).then(|| rounded(mean));
    Ok(CanaryReport::new(operators, originals))
}

fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}
