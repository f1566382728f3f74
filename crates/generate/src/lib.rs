//! A passage to drafts of pairs: prompts, reading of replies, the built-in offline teacher.

mod extractive;
mod halves;
mod llm_teacher;
mod prompt;
mod quote;
mod reply;
mod slots;
mod template;
mod words;

pub use prompt::request;

use llm::{ChatError, ChatModel};
use model::{
    Difficulty, GenerateSettings, GenerationType, Passage, QuestionType, SettingsError, Sha256Hex, Turn,
};

/// The id of the built-in offline teacher.
pub const BUILTIN: &str = "builtin/extractive";

/// Who writes the pairs.
#[derive(Clone, Copy)]
pub enum Teacher<'a> {
    /// The built-in offline teacher: for trying out, smoke tests and CI, not for training quality.
    Builtin,
    /// A chat model.
    Model(&'a dyn ChatModel),
}

/// One pair as the teacher wrote it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Draft {
    /// What is asked.
    pub question: String,
    /// What is answered.
    pub answer: String,
    /// What goes with the question; empty where nothing does.
    pub context: String,
    /// The teacher's reasoning, where it gave one.
    pub reasoning: Option<String>,
    /// The exchange of a conversation; else empty.
    pub turns: Vec<Turn>,
    /// What kind of question the teacher says it is.
    pub question_type: Option<QuestionType>,
    /// How hard the teacher says it is.
    pub difficulty: Option<Difficulty>,
    /// A quote of the passage that the teacher gave as support; checked to be there.
    pub quote: Option<String>,
}

/// What a teacher made of a passage.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Lesson {
    /// The pairs, at most as many as were asked for.
    pub drafts: Vec<Draft>,
    /// Why there is nothing to teach in the passage, where the teacher said so.
    pub nothing_to_teach: Option<String>,
    /// What was wrong with the reply and was mended or left out, in words for the log.
    pub remarks: Vec<String>,
    /// The SHA-256 of the prompt template; of the built-in teacher, its version.
    pub prompt_hash: Sha256Hex,
}

/// Why there is no lesson.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum TeachError {
    /// The model did not answer.
    #[error(transparent)]
    Chat(#[from] ChatError),
    /// The settings ask for what no teacher can do.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// It answered, and the answer could not be read, the repair included.
    #[error("the reply could not be read: {reason}")]
    Unreadable {
        /// What was wrong with it.
        reason: String,
        /// The reply, as it came.
        raw_reply: String,
    },
}

/// Has a teacher make pairs from a passage.
///
/// # Errors
/// Where the settings ask for another type than `qa`, the model did not answer, or what it answered
/// cannot be read.
pub async fn teach(
    teacher: Teacher<'_>,
    passage: &Passage,
    settings: &GenerateSettings,
) -> Result<Lesson, TeachError> {
    if settings.generation_type != GenerationType::Qa {
        let value = settings.generation_type.as_str().to_owned();
        return Err(SettingsError { name: "generation_type", value, expected: "qa" }.into());
    }
    match teacher {
        Teacher::Builtin => Ok(extractive::teach(passage, settings)),
        Teacher::Model(model) => halves::teach(model, passage, settings).await,
    }
}

#[cfg(test)]
mod tests {
    use model::{ContentType, GenerateConfig};

    use super::*;

    #[test]
    fn other_types_than_qa_are_refused() {
        let passage = Passage {
            document: "Aurora kettle".into(),
            heading_path: Vec::new(),
            content_type: ContentType::Prose,
            text: "A thermostat is a switch that opens when it is hot.".into(),
            table_header: Vec::new(),
            language: None,
        };
        let mut settings = GenerateSettings {
            teacher_model: BUILTIN.into(),
            generation_type: GenerationType::Summary,
            temperature: 0.0,
            system_prompt: None,
            config: GenerateConfig::default(),
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let refused = runtime.block_on(teach(Teacher::Builtin, &passage, &settings)).unwrap_err();
        assert_eq!(refused.to_string(), "generation_type is summary; it has to be qa");
        settings.generation_type = GenerationType::Qa;
        let lesson = runtime.block_on(teach(Teacher::Builtin, &passage, &settings)).unwrap();
        assert_eq!(lesson.drafts[0].question, "What is a thermostat?");
    }
}
