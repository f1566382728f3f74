//! One training example.

use serde::{Deserialize, Serialize};

use crate::{
    ChunkId, DocumentId, Evidence, Flag, GenerationId, Judgement, PairId, ProjectId, Quality, Scores,
    Sha256Hex, Time, Unsupported,
};

/// What kind of examples a generation makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GenerationType {
    /// Questions with answers.
    #[default]
    Qa,
    /// Instructions with what carries them out.
    Instruction,
    /// Exchanges of several turns.
    Conversation,
    /// Passages with their summary.
    Summary,
    /// Passages with their label.
    Classification,
}

impl GenerationType {
    /// The type as the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Qa => "qa",
            Self::Instruction => "instruction",
            Self::Conversation => "conversation",
            Self::Summary => "summary",
            Self::Classification => "classification",
        }
    }
}

/// What a question asks for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum QuestionType {
    /// A fact.
    Factual,
    /// The steps to do something.
    HowTo,
    /// What to do when something is wrong.
    Troubleshooting,
    /// What something is or why it is so.
    Conceptual,
    /// How an interface is called.
    ApiCode,
    /// A judgement with its reasons.
    Analytical,
    /// What sets things apart.
    Comparative,
}

/// How hard a question is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Difficulty {
    /// Stands in one place, in these words.
    Easy,
    /// Needs several places, or other words.
    Medium,
    /// Needs reasoning over several places.
    Hard,
}

/// What a person decided on a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReviewStatus {
    /// Nothing yet.
    #[default]
    Pending,
    /// It is good as it is.
    Accepted,
    /// It is left out.
    Rejected,
    /// It was changed, and is good by that.
    Edited,
}

/// Who speaks in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The one who asks.
    User,
    /// The one who answers.
    Assistant,
}

/// One turn of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Turn {
    /// Who speaks.
    pub role: Role,
    /// What is said.
    pub content: String,
}

/// How a pair came to be.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PairProvenance {
    /// The model that wrote it.
    pub teacher_model: String,
    /// The SHA-256 of the prompt template; of the built-in teacher, its version.
    #[schema(value_type = String)]
    pub prompt_hash: Sha256Hex,
    /// A verbatim quote of the chunk that the teacher named as its support.
    pub quote: Option<String>,
    /// The quotes of a conversation's answers, in order, `None` where one was not found; else empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub turn_quotes: Vec<Option<String>>,
    /// The hash of the [`crate::Passage`] it was made from; evidence offsets count in that text.
    #[schema(value_type = String)]
    pub passage: Sha256Hex,
}

/// Where a pair's line comes from: what orders the lines of an export and stands in its lineage.
/// It is kept with the pair, since the chunk and the document may go.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PairOrigin {
    /// The document's file name.
    pub filename: String,
    /// The chunk's place in the document.
    pub position: u32,
    /// The chunk's first page, where the format has pages.
    pub page_start: Option<u32>,
    /// Its last page.
    pub page_end: Option<u32>,
    /// Where the chunk starts in the document's text, in Unicode scalar values.
    pub char_start: u64,
    /// Where it ends (exclusive).
    pub char_end: u64,
}

/// What a pair says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PairText {
    /// What is asked.
    pub question: String,
    /// What is answered.
    pub answer: String,
    /// What goes with the question; empty where nothing does.
    pub context: String,
    /// The whole exchange of a conversation; else empty.
    pub turns: Vec<Turn>,
}

/// That a person changed a pair's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct EditMark {
    /// The pair's revision from then on.
    pub revision: u32,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Time,
    /// Who.
    pub by: String,
}

/// A text that a person gave a pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Edition {
    /// When, by whom, and the pair's revision.
    #[serde(flatten)]
    pub mark: EditMark,
    /// What it said from then on; null where that was again what was generated.
    pub text: Option<PairText>,
}

/// One training example, made from one chunk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Pair {
    /// Its id, from its generation, chunk and slot.
    pub id: PairId,
    /// The project it belongs to.
    pub project_id: ProjectId,
    /// The generation that made it.
    pub generation_id: GenerationId,
    /// The document it is from.
    pub document_id: DocumentId,
    /// The chunk it is from.
    pub chunk_id: ChunkId,
    /// All chunks it is from.
    pub chunk_ids: Vec<ChunkId>,
    /// Its place among the pairs of its chunk, from 0.
    pub slot: u32,
    /// What kind of example it is.
    pub generation_type: GenerationType,
    /// What is asked.
    pub question: String,
    /// What is answered.
    pub answer: String,
    /// What goes with the question; empty where nothing does.
    pub context: String,
    /// The teacher's reasoning, where it gave one.
    pub reasoning: Option<String>,
    /// The whole exchange of a conversation; else empty.
    pub turns: Vec<Turn>,
    /// The user's system prompt it was made under.
    pub system_prompt: Option<String>,
    /// What the question asks for.
    pub question_type: Option<QuestionType>,
    /// How hard it is.
    pub difficulty: Option<Difficulty>,
    /// What it is about.
    pub topic: Option<String>,
    /// How good an example it is; `None` until validated.
    pub quality_score: Option<f64>,
    /// The dimensions of that.
    pub quality: Quality,
    /// How far the answer rests on the source; `None` where that cannot be told.
    pub grounding_score: Option<f64>,
    /// What in the source holds which part of the answer.
    pub evidence: Vec<Evidence>,
    /// What in the answer has nothing to hold it.
    pub unsupported: Vec<Unsupported>,
    /// What a reviewer should look at.
    pub flags: Vec<Flag>,
    /// What a judge says, where one was asked; goes with the text that it judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judgement: Option<Judgement>,
    /// The pair it repeats: always the first one of its kind, never itself a duplicate.
    pub duplicate_of: Option<PairId>,
    /// What a person decided on it.
    pub review_status: ReviewStatus,
    /// Who decided.
    pub reviewed_by: Option<String>,
    /// When.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub reviewed_at: Option<Time>,
    /// Whether a person changed it.
    pub edited: bool,
    /// What it said when it was made, where a person changed that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<PairText>,
    /// Counts its changes by people, from 1.
    pub revision: u32,
    /// The tokens (`o200k_base`) of question, context and answer, or of the turns.
    #[serde(default)]
    pub token_count: u32,
    /// How it came to be.
    pub provenance: PairProvenance,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Time,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Time,
}

impl Pair {
    /// The scores that it has.
    pub fn scores(&self) -> Scores {
        Scores {
            quality_score: self.quality_score,
            quality: self.quality,
            grounding_score: self.grounding_score,
            evidence: self.evidence.clone(),
            unsupported: self.unsupported.clone(),
            flags: self.flags.clone(),
            question_type: self.question_type,
            difficulty: self.difficulty,
            judgement: self.judgement.clone(),
        }
    }

    /// Takes scores in place of those that it has. What kind of question it is and how hard stay as they are where
    /// the scores do not say.
    pub fn put_scores(&mut self, scores: Scores) {
        self.quality_score = scores.quality_score;
        self.quality = scores.quality;
        self.grounding_score = scores.grounding_score;
        self.evidence = scores.evidence;
        self.unsupported = scores.unsupported;
        self.flags = scores.flags;
        self.judgement = scores.judgement;
        self.question_type = scores.question_type.or(self.question_type);
        self.difficulty = scores.difficulty.or(self.difficulty);
    }
}
