//! A passage to drafts of pairs: prompts, reading of replies, the built-in offline teacher.

mod extractive;
mod fill;
mod halves;
pub mod import;
mod instructions;
mod labels;
mod languages;
mod llm_teacher;
mod prompt;
mod reply;
mod schema;
mod slots;
#[cfg(test)]
mod testing;
mod words;

use llm::{ChatError, ChatModel, ChatRequest};
use model::{
    Difficulty, GenerateSettings, GenerationType, Passage, QuestionType, SettingsError, Sha256Hex, Turn,
};

pub use labels::{MAX_SAMPLES, propose_labels};
pub use slots::{Place, Quotas, quotas};

/// The id of the built-in offline teacher.
pub const BUILTIN: &str = model::BUILTIN_TEACHER;

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
    /// The same of each answer of a conversation, in order, the first one's again among them; else empty.
    pub turn_quotes: Vec<Option<String>>,
}

impl Draft {
    /// What tells it from other drafts of its passage.
    pub(crate) fn tells_apart(&self, kind: GenerationType) -> &str {
        match kind {
            GenerationType::Classification => &self.context,
            _ => &self.question,
        }
    }
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

/// Checks that the settings are within their bounds, and that their teacher can do what they ask for.
///
/// # Errors
/// The first setting that is outside of its bounds, or that the built-in teacher cannot meet: it
/// chooses among labels and proposes none.
pub fn check(settings: &GenerateSettings) -> Result<(), SettingsError> {
    settings.check()?;
    let needs_labels = settings.generation_type == GenerationType::Classification;
    if settings.teacher_model == BUILTIN && needs_labels && settings.config.labels.is_empty() {
        let expected = "given, since the built-in teacher proposes none";
        return Err(SettingsError { name: "labels", value: "empty".into(), expected });
    }
    Ok(())
}

/// The first request that a chat model would be asked with for the pairs of a passage, at the first place of a run.
pub fn request(passage: &Passage, settings: &GenerateSettings) -> ChatRequest {
    let slots = slots::slots(settings, Place::ALONE);
    prompt::request(&prompt::Task { passage, settings, slots, known: Vec::new() })
}

/// Has a teacher make pairs from a passage, at its place in the run.
///
/// # Errors
/// Where the settings ask for what the teacher cannot do, the model did not answer, or what it answered
/// cannot be read. A classification needs labels here: see [`propose_labels`].
pub async fn teach(
    teacher: Teacher<'_>,
    passage: &Passage,
    settings: &GenerateSettings,
    place: Place,
) -> Result<Lesson, TeachError> {
    if settings.generation_type == GenerationType::Classification {
        model::check_labels(&settings.config.labels)?;
    }
    match teacher {
        Teacher::Builtin => Ok(extractive::teach(passage, settings)),
        Teacher::Model(model) => halves::teach(model, passage, settings, place).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{passage, settings};

    #[test]
    fn a_classification_needs_labels_and_the_built_in_teacher_needs_them_given() {
        let mut settings = settings(GenerationType::Classification);
        assert_eq!(check(&settings), Ok(()));
        settings.teacher_model = BUILTIN.into();
        let refused = "labels is empty; it has to be given, since the built-in teacher proposes none";
        assert_eq!(check(&settings).unwrap_err().to_string(), refused);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let passage = passage("A thermostat is a switch that opens when it is hot.");
        let teach = |settings: &GenerateSettings| {
            runtime.block_on(teach(Teacher::Builtin, &passage, settings, Place::ALONE))
        };
        assert!(matches!(teach(&settings), Err(TeachError::Settings(_))));
        settings.config.labels = vec!["Thermostat".into(), "Tank".into()];
        assert_eq!(check(&settings), Ok(()));
        assert_eq!(teach(&settings).unwrap().drafts[0].answer, "Thermostat");
    }
}
