//! Which pairs, as a query and as JSON.

mod one_or_many;

use model::{ChunkId, Difficulty, DocumentId, GenerationId, QuestionType, ReviewStatus};
use serde::Deserialize;
use store::{PairFilter, PairOrder, PairSort};
use utoipa::{IntoParams, ToSchema};

use self::one_or_many::OneOrMany;
use crate::problem::{Checks, Problem};

/// The most characters of `q`.
const MAX_Q: usize = 500;
/// The most values of one filter.
const MAX_VALUES: usize = 500;

/// Which pairs, in which order. A filter that is given twice means either.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// What a person decided.
    review_status: Vec<ReviewStatus>,
    /// The least quality score.
    #[param(minimum = 0, maximum = 1)]
    min_quality: Option<f64>,
    /// The greatest quality score.
    #[param(minimum = 0, maximum = 1)]
    max_quality: Option<f64>,
    /// The least grounding score.
    #[param(minimum = 0, maximum = 1)]
    min_grounding: Option<f64>,
    /// The greatest grounding score.
    #[param(minimum = 0, maximum = 1)]
    max_grounding: Option<f64>,
    /// Whether a reviewer should look at them.
    flagged: Option<bool>,
    /// Made by it.
    generation_id: Vec<GenerationId>,
    /// From it.
    document_id: Vec<DocumentId>,
    /// From it.
    chunk_id: Vec<ChunkId>,
    /// What the question asks for.
    question_type: Vec<QuestionType>,
    /// How hard it is.
    difficulty: Vec<Difficulty>,
    /// Words of question or answer: all have to be there, the last may be begun only.
    #[param(max_length = 500)]
    q: Option<String>,
    /// The order; `-` before it: descending. Scores that were not measured come first ascending.
    #[param(inline)]
    sort: Option<Sort>,
    /// How many at the most.
    #[param(minimum = 1, maximum = 500, default = 50)]
    pub(super) limit: Option<u32>,
    /// Where the page before ended.
    pub(super) cursor: Option<String>,
}

/// An order of pairs.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
enum Sort {
    #[default]
    #[serde(rename = "created_at")]
    CreatedAt,
    #[serde(rename = "-created_at")]
    CreatedAtDescending,
    #[serde(rename = "quality_score")]
    Quality,
    #[serde(rename = "-quality_score")]
    QualityDescending,
    #[serde(rename = "grounding_score")]
    Grounding,
    #[serde(rename = "-grounding_score")]
    GroundingDescending,
}

impl ListQuery {
    /// The filter and the order.
    pub(super) fn read(&self) -> Result<(PairFilter, PairOrder), Problem> {
        let filter = PairFilter {
            review_statuses: self.review_status.clone(),
            min_quality: self.min_quality,
            max_quality: self.max_quality,
            min_grounding: self.min_grounding,
            max_grounding: self.max_grounding,
            flagged: self.flagged,
            generations: self.generation_id.clone(),
            documents: self.document_id.clone(),
            chunks: self.chunk_id.clone(),
            question_types: self.question_type.clone(),
            difficulties: self.difficulty.clone(),
            q: self.q.clone(),
        };
        Ok((checked(filter, "")?, self.sort.unwrap_or_default().into()))
    }
}

impl From<Sort> for PairOrder {
    fn from(sort: Sort) -> Self {
        let (by, descending) = match sort {
            Sort::CreatedAt => (PairSort::CreatedAt, false),
            Sort::CreatedAtDescending => (PairSort::CreatedAt, true),
            Sort::Quality => (PairSort::Quality, false),
            Sort::QualityDescending => (PairSort::Quality, true),
            Sort::Grounding => (PairSort::Grounding, false),
            Sort::GroundingDescending => (PairSort::Grounding, true),
        };
        Self { by, descending }
    }
}

/// Which pairs: the parameters of their list, each a value or a list of values. `{}` means all.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    /// What a person decided.
    #[schema(schema_with = one_or_many::schema::<ReviewStatus>)]
    review_status: Option<OneOrMany<ReviewStatus>>,
    /// The least quality score.
    #[schema(minimum = 0, maximum = 1)]
    min_quality: Option<f64>,
    /// The greatest quality score.
    #[schema(minimum = 0, maximum = 1)]
    max_quality: Option<f64>,
    /// The least grounding score.
    #[schema(minimum = 0, maximum = 1)]
    min_grounding: Option<f64>,
    /// The greatest grounding score.
    #[schema(minimum = 0, maximum = 1)]
    max_grounding: Option<f64>,
    /// Whether a reviewer should look at them.
    flagged: Option<bool>,
    /// Made by it.
    #[schema(schema_with = one_or_many::schema::<GenerationId>)]
    generation_id: Option<OneOrMany<GenerationId>>,
    /// From it.
    #[schema(schema_with = one_or_many::schema::<DocumentId>)]
    document_id: Option<OneOrMany<DocumentId>>,
    /// From it.
    #[schema(schema_with = one_or_many::schema::<ChunkId>)]
    chunk_id: Option<OneOrMany<ChunkId>>,
    /// What the question asks for.
    #[schema(schema_with = one_or_many::schema::<QuestionType>)]
    question_type: Option<OneOrMany<QuestionType>>,
    /// How hard it is.
    #[schema(schema_with = one_or_many::schema::<Difficulty>)]
    difficulty: Option<OneOrMany<Difficulty>>,
    /// Words of question or answer.
    #[schema(max_length = 500)]
    q: Option<String>,
}

impl Filter {
    /// The filter; `at` is where it stands in the body.
    pub(super) fn read(self, at: &str) -> Result<PairFilter, Problem> {
        let filter = PairFilter {
            review_statuses: OneOrMany::values(self.review_status),
            min_quality: self.min_quality,
            max_quality: self.max_quality,
            min_grounding: self.min_grounding,
            max_grounding: self.max_grounding,
            flagged: self.flagged,
            generations: OneOrMany::values(self.generation_id),
            documents: OneOrMany::values(self.document_id),
            chunks: OneOrMany::values(self.chunk_id),
            question_types: OneOrMany::values(self.question_type),
            difficulties: OneOrMany::values(self.difficulty),
            q: self.q,
        };
        checked(filter, at)
    }
}

fn checked(mut filter: PairFilter, at: &str) -> Result<PairFilter, Problem> {
    let mut checks = Checks::default();
    for (name, bound) in [
        ("min_quality", filter.min_quality),
        ("max_quality", filter.max_quality),
        ("min_grounding", filter.min_grounding),
        ("max_grounding", filter.max_grounding),
    ] {
        let fits = bound.is_none_or(|bound| (0.0..=1.0).contains(&bound));
        checks.require(fits, &format!("{at}/{name}"), "it has to be from 0 to 1");
    }
    for (name, values) in [
        ("review_status", filter.review_statuses.len()),
        ("generation_id", filter.generations.len()),
        ("document_id", filter.documents.len()),
        ("chunk_id", filter.chunks.len()),
        ("question_type", filter.question_types.len()),
        ("difficulty", filter.difficulties.len()),
    ] {
        let detail = format!("it may be given {MAX_VALUES} times at the most");
        checks.require(values <= MAX_VALUES, &format!("{at}/{name}"), detail);
    }
    let short = filter.q.as_ref().is_none_or(|q| q.chars().count() <= MAX_Q);
    checks.require(short, &format!("{at}/q"), format!("it may have {MAX_Q} characters at the most"));
    checks.done()?;
    filter.q = filter.q.filter(|q| !q.trim().is_empty());
    Ok(filter)
}
