//! What a generation made of a chunk, made again from what is stored: no call is made.

use async_trait::async_trait;
use generate::{BUILTIN, Draft, Lesson, Place, TeachError, Teacher, teach};
use llm::{ChatError, ChatModel, ChatReply, ChatRequest};
use model::{
    ChunkId, GenerateSettings, Generation, GenerationType, ImportFormat, PairText, UnitId, UserId, sha256_hex,
};

use crate::{Environment, JobsError, import};

/// Why something cannot be made again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// The passage that the teacher was shown is not stored.
    #[error("the passage that the teacher was shown is not stored")]
    Passage,
    /// The generation is not stored, or was none that made pairs.
    #[error("the generation is not stored")]
    Generation,
    /// The ledger does not hold a reply that is needed.
    #[error("the ledger does not hold all replies")]
    Reply,
    /// What is stored cannot be made into pairs any more.
    #[error("{0}")]
    Unreadable(String),
}

/// A pair as it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// What it said.
    pub text: PairText,
    /// The system prompt that it was made under, or came with.
    pub system_prompt: Option<String>,
}

/// What a generation's teacher made of a chunk, by slot: of a model from the replies in the ledger, of the built-in teacher
/// by asking it again, of what was imported from its line.
///
/// # Errors
/// Where the store fails; the inner error says what is missing.
pub async fn replay(
    environment: &Environment,
    user: &UserId,
    generation: &Generation,
    chunk: ChunkId,
) -> Result<Result<Vec<Made>, Missing>, JobsError> {
    let Some(mut settings) = generation.settings.clone() else { return Ok(Err(Missing::Generation)) };
    if settings.generation_type == GenerationType::Classification && settings.config.labels.is_empty() {
        // Those that its teacher proposed, or an earlier one of the project.
        settings.config.labels = generation.labels.clone();
    }
    let taught = environment.metadata.taught_passage(user, generation.id, chunk).await?;
    let Some((unit, passage)) = taught else { return Ok(Err(Missing::Passage)) };
    if let Some(format) = ImportFormat::of_teacher(&settings.teacher_model) {
        let read = import::imported(&passage, format, &settings);
        return Ok(read.map(|(lesson, settings)| made(lesson, &settings)).map_err(Missing::Unreadable));
    }
    let place = Place { passage: unit.ordinal, passages: generation.chunks_total };
    let ledger = Ledger { environment, generation, unit: unit.id };
    let teacher = if settings.teacher_model == BUILTIN { Teacher::Builtin } else { Teacher::Model(&ledger) };
    Ok(match teach(teacher, &passage, &settings, place).await {
        Ok(lesson) => Ok(made(lesson, &settings)),
        Err(TeachError::Chat(ChatError::TooLong { .. })) => Err(Missing::Reply),
        Err(error) => Err(Missing::Unreadable(error.to_string())),
    })
}

fn made(lesson: Lesson, settings: &GenerateSettings) -> Vec<Made> {
    let made = |draft| {
        let Draft { question, answer, context, turns, .. } = draft;
        let text = PairText { question, answer, context, turns };
        Made { text, system_prompt: settings.system_prompt.clone() }
    };
    lesson.drafts.into_iter().map(made).collect()
}

/// Answers from the ledger alone.
struct Ledger<'a> {
    environment: &'a Environment,
    generation: &'a Generation,
    unit: UnitId,
}

#[async_trait]
impl ChatModel for Ledger<'_> {
    async fn chat(&self, request: &ChatRequest) -> Result<ChatReply, ChatError> {
        let wrap = |error: &dyn std::fmt::Display| ChatError::Wrapper(error.to_string());
        let key = sha256_hex(request.body().to_string());
        let metadata = &self.environment.metadata;
        let stored = metadata.recorded_call(self.generation.id, self.unit, &key).await;
        match stored.map_err(|error| wrap(&error))? {
            Some(entry) => serde_json::from_str(&entry.reply).map_err(|error| wrap(&error)),
            // A passage that was too long has no reply: its halves have. Where they have none either, it ends with this.
            None => Err(ChatError::TooLong { detail: "the ledger holds no reply".into() }),
        }
    }
}
