//! What a generation made of a chunk, made again from what is stored: no call is made.

use async_trait::async_trait;
use generate::{BUILTIN, Place, TeachError, Teacher, teach};
use llm::{ChatError, ChatModel, ChatReply, ChatRequest};
use model::{ChunkId, Generation, GenerationType, PairText, UnitId, UserId, sha256_hex};

use crate::{Environment, JobsError};

/// The teacher of pairs that were made elsewhere and imported: nobody can be asked for them again.
pub const IMPORT: &str = "import";

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

/// What a generation's teacher made of a chunk, by slot: of a model from the replies in the ledger, of the built-in teacher
/// by asking it again.
///
/// # Errors
/// Where the store fails; the inner error says what is missing.
pub async fn replay(
    environment: &Environment,
    user: &UserId,
    generation: &Generation,
    chunk: ChunkId,
) -> Result<Result<Vec<PairText>, Missing>, JobsError> {
    let Some(mut settings) = generation.settings.clone() else { return Ok(Err(Missing::Generation)) };
    if settings.generation_type == GenerationType::Classification && settings.config.labels.is_empty() {
        // Those that its teacher proposed, or an earlier one of the project.
        settings.config.labels = generation.labels.clone();
    }
    let taught = environment.metadata.taught_passage(user, generation.id, chunk).await?;
    let Some((unit, passage)) = taught else { return Ok(Err(Missing::Passage)) };
    let place = Place { passage: unit.ordinal, passages: generation.chunks_total };
    let ledger = Ledger { environment, generation, unit: unit.id };
    let teacher = if settings.teacher_model == BUILTIN { Teacher::Builtin } else { Teacher::Model(&ledger) };
    Ok(match teach(teacher, &passage, &settings, place).await {
        Ok(lesson) => Ok(lesson.drafts.into_iter().map(text).collect()),
        Err(TeachError::Chat(ChatError::TooLong { .. })) => Err(Missing::Reply),
        Err(error) => Err(Missing::Unreadable(error.to_string())),
    })
}

fn text(draft: generate::Draft) -> PairText {
    let generate::Draft { question, answer, context, turns, .. } = draft;
    PairText { question, answer, context, turns }
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
