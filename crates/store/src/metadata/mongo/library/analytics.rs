//! A project's dataset in numbers, counted in indexes.

mod coverage;

use std::collections::{BTreeMap, HashMap};

use model::{Analytics, FlagCode, GenerationId, ProjectId, TopicCount, UserId};
use mongodb::{
    Collection,
    bson::{Document, doc},
};
use serde::{Deserialize, de::DeserializeOwned};

use super::{
    super::{
        Mongo,
        probes::{self, Scope},
        projects,
        row::{all, count, index, key},
    },
    numbers::{self, bin, sum},
    page,
};
use crate::{
    Result,
    metadata::{
        tally::{Group, Scored, Tally},
        value::parse_word,
    },
};

/// Topics that are named, at most.
const TOPICS: usize = 100;

pub(super) async fn compute(
    db: &Mongo,
    user: &UserId,
    project: ProjectId,
    generation: Option<GenerationId>,
) -> Result<Option<Analytics>> {
    let Some(totals) = projects::totals(db, user, project).await? else { return Ok(None) };
    let scope = Scope {
        project: key(project.as_uuid()),
        generation: generation.map(|generation| key(generation.as_uuid())),
    };
    let mut tally = Tally::default();
    for group in counted::<Row, _>(&db.pairs(), groups(scope), numbers::INDEX).await? {
        tally.add(&group.read()?);
    }
    let validation = probes::report(db, scope).await?;
    let coverage = coverage::compute(db, scope, count(totals.chunks)).await?;
    Ok(Some(Analytics {
        quality_histogram: tally.quality_histogram(),
        grounding_histogram: tally.grounding_histogram(),
        readiness: tally.readiness(&coverage, &validation),
        coverage,
        question_types: tally.question_types,
        difficulties: tally.difficulties,
        topics: topics(db, scope).await?,
        review: tally.review,
        duplicates: duplicates(db, scope).await?,
        flags: flags(db, scope).await?,
        tokens: tally.tokens,
        validation,
    }))
}

/// What stages give, along an index.
async fn counted<T: DeserializeOwned + Send + Sync + Unpin + 'static, C: Send + Sync>(
    rows: &Collection<C>,
    stages: impl IntoIterator<Item = Document>,
    by: &str,
) -> Result<Vec<T>> {
    all(rows.aggregate(stages).hint(index(by)).with_type::<T>().await?).await
}

/// Pairs that are alike, as they are counted.
#[derive(Deserialize)]
struct Row {
    #[serde(rename = "_id")]
    of: Of,
    pairs: u64,
    tokens: u64,
    quality: f64,
    grounding: f64,
}

#[derive(Deserialize)]
struct Of {
    review_status: String,
    question_type: Option<String>,
    difficulty: Option<String>,
    quality_bin: Option<i64>,
    grounding_bin: Option<i64>,
}

impl Row {
    fn read(self) -> Result<Group> {
        let Self { of, pairs, tokens, quality, grounding } = self;
        Ok(Group {
            review_status: parse_word(&of.review_status)?,
            question_type: of.question_type.as_deref().map(parse_word).transpose()?,
            difficulty: of.difficulty.as_deref().map(parse_word).transpose()?,
            quality: of.quality_bin.map(|bin| Scored { bin, sum: quality }),
            grounding: of.grounding_bin.map(|bin| Scored { bin, sum: grounding }),
            pairs,
            tokens,
        })
    }
}

/// One walk over the index: pairs by all that is told apart, which is little.
pub(in super::super) fn groups(scope: Scope) -> [Document; 2] {
    [
        doc! { "$match": scope.filter() },
        doc! { "$group": {
            "_id": {
                "review_status": "$review_status", "question_type": "$question_type", "difficulty": "$difficulty",
                "quality_bin": bin("$quality_rank"), "grounding_bin": bin("$grounding_rank"),
            },
            "pairs": { "$sum": 1 },
            "tokens": { "$sum": "$token_count" },
            "quality": sum("$quality_rank"),
            "grounding": sum("$grounding_rank"),
        } },
    ]
}

async fn duplicates(db: &Mongo, scope: Scope) -> Result<u64> {
    let mut filter = scope.filter();
    filter.insert("duplicate_of", doc! { "$exists": true });
    page::total(&db.pairs(), &filter, numbers::DUPLICATES).await
}

/// How many pairs have a flag: each counts once, though it has the flag in several places.
async fn flags(db: &Mongo, scope: Scope) -> Result<BTreeMap<FlagCode, u64>> {
    #[derive(Deserialize)]
    struct Flags {
        #[serde(rename = "_id")]
        flags: Vec<String>,
        pairs: u64,
    }
    let mut filter = scope.filter();
    filter.insert("flagged", true);
    let stages = [doc! { "$match": filter }, doc! { "$group": { "_id": "$flags", "pairs": { "$sum": 1 } } }];
    let mut counts = BTreeMap::new();
    for Flags { flags, pairs } in counted::<Flags, _>(&db.pairs(), stages, "flagged").await? {
        let mut codes = flags.iter().map(|flag| parse_word(flag)).collect::<Result<Vec<FlagCode>>>()?;
        codes.sort_unstable();
        codes.dedup();
        for code in codes {
            *counts.entry(code).or_default() += pairs;
        }
    }
    Ok(counts)
}

async fn topics(db: &Mongo, scope: Scope) -> Result<Vec<TopicCount>> {
    #[derive(Deserialize)]
    struct Topic {
        #[serde(rename = "_id")]
        topic: String,
        count: u64,
    }
    let stages = |mut filter: Document| {
        filter.insert("topic", doc! { "$exists": true });
        [doc! { "$match": filter }, doc! { "$group": { "_id": "$topic", "count": { "$sum": 1 } } }]
    };
    let of_chunks = stages(doc! { "project": scope.project });
    let chunks = counted::<Topic, _>(&db.chunks(), of_chunks, "by_topic").await?;
    let pairs = counted::<Topic, _>(&db.pairs(), stages(scope.filter()), "by_topic").await?;
    let mut topics: HashMap<String, (u64, u64)> =
        chunks.into_iter().map(|Topic { topic, count }| (topic, (0, count))).collect();
    for Topic { topic, count } in pairs {
        topics.entry(topic).or_default().0 = count;
    }
    let mut topics: Vec<TopicCount> =
        topics.into_iter().map(|(topic, (pairs, chunks))| TopicCount { topic, chunks, pairs }).collect();
    topics.sort_unstable_by(|a, b| (b.pairs, b.chunks, &a.topic).cmp(&(a.pairs, a.chunks, &b.topic)));
    topics.truncate(TOPICS);
    Ok(topics)
}
