//! What an export would hold, counted in indexes.

use model::{GenerationId, ProjectId, UserId};
use mongodb::bson::{Document, doc};
use serde::Deserialize;

use super::{
    super::{
        Mongo, projects,
        row::{all, index, key, one_of},
    },
    numbers::{self, bin},
    page,
};
use crate::{
    ExportTotals, PairSelection, Result,
    metadata::{export_totals::part_duplicates, value::parse_word},
};

/// Pairs that are alike.
#[derive(Deserialize)]
struct Group {
    #[serde(rename = "_id")]
    of: Of,
    pairs: u64,
    tokens: u64,
}

#[derive(Deserialize)]
struct Of {
    review_status: String,
    passes: bool,
    bin: Option<usize>,
}

pub(super) async fn totals(
    db: &Mongo,
    user: &UserId,
    project: ProjectId,
    which: &PairSelection,
    least: Option<f64>,
) -> Result<Vec<ExportTotals>> {
    if !projects::is_of(db, user, project).await? {
        return Ok(Vec::new());
    }
    let stages = by_status(project, which, least);
    let found = db.pairs().aggregate(stages).hint(index(numbers::INDEX)).with_type::<Group>().await?;
    let mut totals = all(found).await?.into_iter().map(read).collect::<Result<Vec<_>>>()?;
    let duplicates = duplicates(project, &which.generations);
    let duplicates = page::total(&db.pairs(), &duplicates, numbers::DUPLICATES).await?;
    part_duplicates(&mut totals, duplicates);
    Ok(totals)
}

/// All by what is told apart, in the index that has it.
pub(in super::super) fn by_status(
    project: ProjectId,
    which: &PairSelection,
    least: Option<f64>,
) -> [Document; 2] {
    // What was not measured has the rank -1, so that it passes only where nothing is asked for.
    let passes = doc! { "$gte": ["$quality_rank", least.unwrap_or(-1.0)] };
    [
        doc! { "$match": of_generations(project, &which.generations) },
        doc! { "$group": {
            "_id": { "review_status": "$review_status", "passes": passes, "bin": bin("$quality_rank") },
            "pairs": { "$sum": 1 },
            "tokens": { "$sum": "$token_count" },
        } },
    ]
}

fn of_generations(project: ProjectId, generations: &[GenerationId]) -> Document {
    let mut filter = doc! { "project": key(project.as_uuid()) };
    if !generations.is_empty() {
        filter.insert("generation", one_of(generations.iter().map(GenerationId::as_uuid)));
    }
    filter
}

/// Pending pairs that repeat another: there are few, and they have an index of their own.
pub(in super::super) fn duplicates(project: ProjectId, generations: &[GenerationId]) -> Document {
    let mut filter = of_generations(project, generations);
    filter.extend(doc! { "review_status": "pending", "duplicate_of": { "$exists": true } });
    filter
}

fn read(Group { of, pairs, tokens }: Group) -> Result<ExportTotals> {
    Ok(ExportTotals {
        review_status: parse_word(&of.review_status)?,
        duplicates: false,
        passes: of.passes,
        quality_bin: of.bin,
        pairs,
        tokens,
    })
}
