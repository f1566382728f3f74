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

#[cfg(test)]
mod tests {
    use std::{collections::VecDeque, sync::Mutex};

    use async_trait::async_trait;
    use llm::{ChatError, MessageRole};
    use model::{ContentType, GenerateConfig, GenerationType, Usage};
    use rstest::rstest;

    use super::*;

    /// A model that gives prepared replies, one a call, and keeps what it was asked.
    struct Scripted {
        replies: Mutex<VecDeque<Result<ChatReply, ChatError>>>,
        asked: Mutex<Vec<ChatRequest>>,
    }

    impl Scripted {
        fn new(replies: impl IntoIterator<Item = Result<ChatReply, ChatError>>) -> Self {
            Self { replies: Mutex::new(replies.into_iter().collect()), asked: Mutex::default() }
        }
    }

    #[async_trait]
    impl ChatModel for Scripted {
        async fn chat(&self, request: &ChatRequest) -> Result<ChatReply, ChatError> {
            self.asked.lock().unwrap().push(request.clone());
            self.replies.lock().unwrap().pop_front().expect("no further call is expected")
        }
    }

    fn said(content: &str, finish_reason: FinishReason) -> Result<ChatReply, ChatError> {
        Ok(ChatReply { content: content.into(), finish_reason, usage: Usage::default() })
    }

    fn lesson_of(
        replies: impl IntoIterator<Item = Result<ChatReply, ChatError>>,
    ) -> (Result<Lesson, TeachError>, Vec<ChatRequest>) {
        let passage = Passage {
            document: "Aurora kettle".into(),
            heading_path: Vec::new(),
            content_type: ContentType::Prose,
            text: "The tank holds 1.2 litres. Descale it every month.".into(),
            table_header: Vec::new(),
            language: Some("en".into()),
        };
        let settings = GenerateSettings {
            teacher_model: "teacher".into(),
            generation_type: GenerationType::Qa,
            temperature: 0.0,
            system_prompt: None,
            config: GenerateConfig { pairs_per_chunk: 2, ..GenerateConfig::default() },
        };
        let model = Scripted::new(replies);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let lesson = runtime.block_on(teach(&model, &passage, &settings));
        assert!(model.replies.lock().unwrap().is_empty(), "a reply was not asked for");
        (lesson, model.asked.into_inner().unwrap())
    }

    const GOOD: &str = r#"{"pairs": [
        {"question": "How much does the Aurora hold?", "answer": "It holds 1.2 litres.",
         "quote": "the tank holds  1.2 litres", "question_type": "factual", "difficulty": "easy"},
        {"question": "How often is the Aurora descaled?", "answer": "Every month.",
         "quote": "every year", "question_type": "how-to", "difficulty": "odd"}
    ], "nothing_to_teach": null}"#;

    #[rstest]
    #[case::as_asked("as_asked", GOOD)]
    #[case::fenced("fenced", "Here you are:\n```json\n[{\"q\": \"How much?\", \"a\": \"1.2 litres.\"}]\n```")]
    #[case::one_pair("one_pair", r#"{"instruction": "Say how much.", "input": "", "output": "1.2 litres."}"#)]
    #[case::other_name("other_name", r#"{"dataset": [{"prompt": "How much?", "response": "1.2 litres."}]}"#)]
    #[case::too_many(
        "too_many",
        r#"[{"q":"A?","a":"1"},{"q":"a ?","a":"2"},{"q":"","a":"3"},{"q":"B?","a":"b"},{"q":"C?","a":"4"},{"q":"D?","a":"5"},{"q":"E?","a":"6"}]"#
    )]
    #[case::nothing("nothing", r#"{"pairs": [], "nothing_to_teach": "a list of names"}"#)]
    #[case::nothing_without_list("nothing_without_list", r#"{"nothing_to_teach": "a list of names"}"#)]
    fn replies_are_read(#[case] name: &str, #[case] content: &str) {
        let (lesson, asked) = lesson_of([said(content, FinishReason::Stop)]);
        assert_eq!(asked.len(), 1);
        let lesson = Lesson { prompt_hash: String::new(), ..lesson.unwrap() };
        insta::assert_debug_snapshot!(format!("reply_{name}"), lesson);
    }

    #[test]
    fn of_a_cut_reply_the_whole_pairs_are_kept() {
        let content =
            r#"{"pairs": [{"question": "How much?", "answer": "1.2 litres."}, {"question": "How of"#;
        let lesson = lesson_of([said(content, FinishReason::Length)]).0.unwrap();
        assert_eq!(lesson.drafts.len(), 1);
        assert!(lesson.remarks.iter().any(|remark| remark.contains("most tokens")), "{:?}", lesson.remarks);
    }

    #[rstest]
    #[case::no_json("I cannot do that.")]
    #[case::no_pairs(r#"{"pairs": [], "nothing_to_teach": null}"#)]
    #[case::no_usable_pair(r#"{"pairs": [{"question": "Why?", "answer": "why"}]}"#)]
    #[case::empty("")]
    fn an_unusable_reply_is_asked_for_once_more(#[case] bad: &str) {
        let (lesson, asked) = lesson_of([said(bad, FinishReason::Stop), said(GOOD, FinishReason::Stop)]);
        let lesson = lesson.unwrap();
        assert_eq!(lesson.drafts.len(), 2);
        assert!(lesson.remarks[0].starts_with("the first reply could not be used: "), "{:?}", lesson.remarks);
        assert_eq!(asked.len(), 2);
        assert_eq!(asked[1].messages[2].role, MessageRole::Assistant);
        assert_eq!(asked[1].messages[2].content, bad);

        let (lesson, _) = lesson_of([said(bad, FinishReason::Stop), said("Sorry.", FinishReason::Stop)]);
        let TeachError::Unreadable { raw_reply, .. } = lesson.unwrap_err() else { panic!("another error") };
        assert_eq!(raw_reply, "Sorry.");
    }

    #[test]
    fn a_filtered_reply_is_not_asked_for_again() {
        let (lesson, asked) = lesson_of([said("I", FinishReason::ContentFilter)]);
        assert_eq!(
            lesson.unwrap_err().to_string(),
            "the reply could not be read: the gateway's content filter stopped it"
        );
        assert_eq!(asked.len(), 1);
    }

    #[test]
    fn errors_of_the_call_are_handed_on() {
        let (lesson, _) = lesson_of([Err(ChatError::BudgetReached)]);
        assert_eq!(lesson.unwrap_err(), TeachError::Chat(ChatError::BudgetReached));
    }
}
