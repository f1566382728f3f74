//! A chat model as the teacher: one request, and one more where the reply cannot be used.

use llm::{ChatModel, ChatReply, ChatRequest, FinishReason};
use model::{GenerateSettings, Passage};

use crate::{
    Lesson, TeachError, prompt,
    reply::{self, Reading},
};

/// Has a model make pairs from a passage.
///
/// # Errors
/// Where the model did not answer, or neither its reply nor its second one can be used.
pub(crate) async fn teach(
    model: &dyn ChatModel,
    passage: &Passage,
    settings: &GenerateSettings,
) -> Result<Lesson, TeachError> {
    let count = settings.config.pairs_per_chunk as usize;
    let request = prompt::request(passage, settings);
    let first = ask(model, &request).await?;
    let reason = match reply::read(&first, &passage.text, count) {
        Ok(reading) => return Ok(lesson(reading)),
        Err(reason) => reason,
    };
    tracing::debug!(reason, "asking the model to write its reply again");
    let second = ask(model, &prompt::repair(&request, &first.content, &reason)).await?;
    match reply::read(&second, &passage.text, count) {
        Ok(mut reading) => {
            reading.remarks.insert(0, format!("the first reply could not be used: {reason}"));
            Ok(lesson(reading))
        }
        Err(reason) => Err(TeachError::Unreadable { reason, raw_reply: second.content }),
    }
}

/// One call. A filtered reply is an error at once: asking again would meet the same filter.
async fn ask(model: &dyn ChatModel, request: &ChatRequest) -> Result<ChatReply, TeachError> {
    let reply = model.chat(request).await?;
    match reply.finish_reason {
        FinishReason::ContentFilter => Err(TeachError::Unreadable {
            reason: "the gateway's content filter stopped it".into(),
            raw_reply: reply.content,
        }),
        _ => Ok(reply),
    }
}

fn lesson(reading: Reading) -> Lesson {
    Lesson {
        drafts: reading.drafts,
        nothing_to_teach: reading.nothing_to_teach,
        remarks: reading.remarks,
        prompt_hash: prompt::hash(),
    }
}
