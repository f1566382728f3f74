//! What validation says of a pair. All scores are 0.0 to 1.0; `None` means not measured.

use serde::{Deserialize, Serialize};

use crate::{ChunkId, Difficulty, Judgement, QuestionType};

/// What validation says of one pair.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Scores {
    /// How good an example it is, over all dimensions.
    pub quality_score: Option<f64>,
    /// The dimensions of that.
    pub quality: Quality,
    /// How far the answer rests on the source: as the local measure has it; where there is a judge, the mean of the
    /// two, and the lower one where they are far apart.
    pub grounding_score: Option<f64>,
    /// What in the source holds which part of the answer.
    pub evidence: Vec<Evidence>,
    /// What in the answer has nothing in the source to hold it.
    pub unsupported: Vec<Unsupported>,
    /// What a reviewer should look at.
    pub flags: Vec<Flag>,
    /// What kind of question it is.
    pub question_type: Option<QuestionType>,
    /// How hard it is to answer.
    pub difficulty: Option<Difficulty>,
    /// What a judge says, where one was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judgement: Option<Judgement>,
}

/// The dimensions of quality; each `None` where it was not measured.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Quality {
    /// Whether the answer is whole.
    pub completeness: Option<f64>,
    /// Whether question and answer can be understood by themselves.
    pub clarity: Option<f64>,
    /// Whether the answer has the form it should have.
    pub formatting: Option<f64>,
    /// Whether it takes more than copying a word.
    pub difficulty: Option<f64>,
    /// Whether a judge had a say in them; else they are what can be told without a model.
    #[serde(default)]
    pub judged: bool,
}

/// A sentence of the answer and the span of the source that holds it. Offsets count Unicode scalar
/// values, in the answer and in the chunk's text as it was when the pair was made; ends are exclusive.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Evidence {
    /// Where the sentence starts in the answer.
    pub answer_start: usize,
    /// Where it ends.
    pub answer_end: usize,
    /// The chunk that holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chunk_id: Option<ChunkId>,
    /// Where the span starts in the chunk's text.
    pub chunk_start: usize,
    /// Where it ends.
    pub chunk_end: usize,
    /// How well the span holds the sentence.
    pub score: f64,
}

/// A part of the answer that the source does not hold. Offsets as in [`Evidence`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Unsupported {
    /// Where it starts in the answer.
    pub answer_start: usize,
    /// Where it ends.
    pub answer_end: usize,
    /// Why it is thought so, in words for the user.
    pub reason: String,
}

/// Something a reviewer should look at. A flag puts a pair up for review and leaves it in every list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Flag {
    /// The reason as a word.
    pub code: FlagCode,
    /// The reason as a sentence.
    pub detail: String,
}

/// What can be wrong with a pair.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum FlagCode {
    /// The grounding score is under the limit.
    LowGrounding,
    /// A number of the answer stands neither in the source nor in the question.
    UnsupportedNumber,
    /// A name of the answer stands neither in the source nor in the question.
    UnsupportedName,
    /// The answer denies what the source says, or says what it denies.
    Negation,
    /// The answer is too short to measure well.
    ShortAnswer,
    /// The question cannot be understood without the passage.
    NotStandalone,
    /// The answer stops in the middle.
    Unfinished,
    /// The answer declines to answer.
    Refusal,
    /// Words of the prompt stand in the pair.
    PromptLeak,
    /// It is in another language than it should be.
    Language,
    /// It repeats another pair.
    Duplicate,
    /// The judge and the local measure are far apart.
    JudgeDisagrees,
    /// It holds somebody's personal data or a secret.
    PersonalData,
    /// It repeats an item of a benchmark.
    Contaminated,
    /// It has words that the user does not want.
    Toxic,
}
