//! A chat model as the teacher: one request, and one more where the reply cannot be used.

use llm::{ChatModel, ChatReply, ChatRequest, FinishReason};
use model::{GenerateSettings, Passage};

use crate::{
    Lesson, TeachError,
    fill::Filled,
    prompt::{self, Task},
    reply::{self, Reading},
    slots::Slot,
};

/// Has a model make pairs from a passage. What it made otherwise than asked for is asked for once
/// more, unless it said that there is nothing more to teach.
///
/// # Errors
/// Where the model did not answer, or neither its reply nor its second one can be used.
pub(crate) async fn teach(
    model: &dyn ChatModel,
    passage: &Passage,
    settings: &GenerateSettings,
    slots: Vec<Slot>,
) -> Result<Lesson, TeachError> {
    let mut task = Task { passage, settings, slots, known: Vec::new() };
    let Reading { drafts, nothing_to_teach, mut remarks } = taught(model, &task).await?;
    let mut filled = Filled::new(&task.slots, settings);
    filled.add(drafts);
    task.slots = filled.open();
    if let Some(reason) = nothing_to_teach.as_ref().filter(|_| !filled.known().is_empty()) {
        if !task.slots.is_empty() {
            remarks.push(format!("{} pairs are not as asked for: {reason}", task.slots.len()));
        }
    } else if nothing_to_teach.is_none() && !task.slots.is_empty() {
        remarks.push(format!("{} pairs are not as asked for, and are asked for once more", task.slots.len()));
        task.known = filled.known();
        match topped_up(model, &task).await {
            Ok(more) => {
                remarks.extend(more.remarks.into_iter().map(|remark| format!("second call: {remark}")));
                filled.add(more.drafts);
                let open = filled.open().len();
                if open > 0 {
                    let why = more.nothing_to_teach.map(|reason| format!(": {reason}")).unwrap_or_default();
                    remarks.push(format!("{open} pairs are still not as asked for{why}"));
                }
            }
            // The pairs that are there are good ones; what stops the run will stop the next call.
            Err(error) => remarks.push(format!("the second call failed: {error}")),
        }
    }
    let (drafts, left) = filled.end();
    if left > 0 {
        remarks.push(format!("{left} more pairs than asked for are left out"));
    }
    Ok(Lesson {
        nothing_to_teach: nothing_to_teach.filter(|_| drafts.is_empty()),
        drafts,
        remarks,
        prompt_hash: prompt::hash(settings.generation_type),
    })
}

/// What a model makes of a task; a reply that cannot be used is asked for again.
async fn taught(model: &dyn ChatModel, task: &Task<'_>) -> Result<Reading, TeachError> {
    let request = prompt::request(task);
    let (mut reading, first) =
        twice(model, &request, task.settings, "repair", |reply| reply::read(reply, task)).await?;
    if let Some(reason) = first {
        reading.remarks.insert(0, format!("the first reply could not be used: {reason}"));
    }
    Ok(reading)
}

/// What it makes of a task in one call, whatever comes of it.
async fn topped_up(model: &dyn ChatModel, task: &Task<'_>) -> Result<Reading, TeachError> {
    let reply = ask(model, &prompt::request(task)).await?;
    reply::read(&reply, task)
        .map_err(|reason| TeachError::Unreadable { reason, raw_reply: reply.content.clone() })
}

/// What can be read of a reply, or of a second one to a request that shows the first; and what was
/// wrong with the first, if it took two.
pub(crate) async fn twice<T>(
    model: &dyn ChatModel,
    request: &ChatRequest,
    settings: &GenerateSettings,
    section: &str,
    read: impl Fn(&ChatReply) -> Result<T, String>,
) -> Result<(T, Option<String>), TeachError> {
    let first = ask(model, request).await?;
    let reason = match read(&first) {
        Ok(read) => return Ok((read, None)),
        Err(reason) => reason,
    };
    tracing::debug!(reason, "asking the model to write its reply again");
    let repair = prompt::repair(request, &first.content, &reason, settings.generation_type, section);
    let second = ask(model, &repair).await?;
    match read(&second) {
        Ok(read) => Ok((read, Some(reason))),
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

#[cfg(test)]
mod tests {
    use std::{collections::VecDeque, sync::Mutex};

    use async_trait::async_trait;
    use llm::{ChatError, MessageRole};
    use model::{DifficultyWeights, GenerationType, Style, Usage};
    use rstest::rstest;

    use super::*;
    use crate::{
        Place,
        slots::slots,
        testing::{passage, settings},
    };

    /// A model that gives prepared replies, one a call, then says that there is no more; it keeps what it
    /// was asked.
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
            let reply = self.replies.lock().unwrap().pop_front();
            reply.unwrap_or_else(|| {
                let more = request.messages[1].content.contains("<known>");
                assert!(more, "no further call is expected");
                said(NO_MORE, FinishReason::Stop)
            })
        }
    }

    fn said(content: &str, finish_reason: FinishReason) -> Result<ChatReply, ChatError> {
        Ok(ChatReply { content: content.into(), finish_reason, usage: Usage::default() })
    }

    fn lesson_of(
        replies: impl IntoIterator<Item = Result<ChatReply, ChatError>>,
    ) -> (Result<Lesson, TeachError>, Vec<ChatRequest>) {
        let mut settings = settings(GenerationType::Qa);
        settings.config.pairs_per_chunk = 2;
        settings.config.difficulty_distribution = DifficultyWeights { easy: 1.0, medium: 0.0, hard: 0.0 };
        lesson_under(&settings, replies)
    }

    fn lesson_under(
        settings: &GenerateSettings,
        replies: impl IntoIterator<Item = Result<ChatReply, ChatError>>,
    ) -> (Result<Lesson, TeachError>, Vec<ChatRequest>) {
        let passage = passage("The tank holds 1.2 litres. Descale it every month.");
        let model = Scripted::new(replies);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let lesson = runtime.block_on(teach(&model, &passage, settings, slots(settings, Place::ALONE)));
        assert!(model.replies.lock().unwrap().is_empty(), "a reply was not asked for");
        (lesson, model.asked.into_inner().unwrap())
    }

    const NO_MORE: &str = r#"{"pairs": [], "nothing_to_teach": "that is all"}"#;

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
        let lesson = lesson_of([said(content, FinishReason::Stop)]).0;
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

    fn pair(question: &str, difficulty: &str, kind: &str) -> String {
        format!(
            r#"{{"question": "{question}", "answer": "1.2 litres.", "quote": "1.2 litres",
                "question_type": "{kind}", "difficulty": "{difficulty}"}}"#
        )
    }

    fn pairs(pairs: &[String]) -> Result<ChatReply, ChatError> {
        said(&format!(r#"{{"pairs": [{}], "nothing_to_teach": null}}"#, pairs.join(",")), FinishReason::Stop)
    }

    #[test]
    fn what_is_not_as_asked_for_is_asked_for_once_more() {
        let first = pairs(&[pair("A?", "easy", "factual"), pair("B?", "hard", "factual")]);
        let second = pairs(&[pair("C?", "easy", "how-to")]);
        let (lesson, asked) = lesson_of([first, second]);
        let Lesson { drafts, remarks, .. } = lesson.unwrap();
        let mut questions: Vec<_> = drafts.iter().map(|draft| draft.question.as_str()).collect();
        questions.sort_unstable();
        assert_eq!(questions, ["A?", "C?"]);
        assert_eq!(
            remarks,
            [
                "1 pairs are not as asked for, and are asked for once more",
                "1 more pairs than asked for are left out"
            ]
        );
        let user = &asked[1].messages[1].content;
        assert!(user.contains("Number of pairs: 1\nPairs: 1 easy "), "{user}");
        assert!(user.contains("<known>A?\nB?</known>"), "{user}");
    }

    #[test]
    fn nothing_is_lost_where_the_second_call_gives_nothing() {
        for second in
            [Err(ChatError::BudgetReached), said("no", FinishReason::Stop), said(NO_MORE, FinishReason::Stop)]
        {
            let first = pairs(&[pair("A?", "easy", "factual"), pair("B?", "hard", "factual")]);
            let (lesson, asked) = lesson_of([first, second]);
            assert_eq!((lesson.unwrap().drafts.len(), asked.len()), (2, 2));
        }
    }

    #[test]
    fn a_teacher_that_says_why_it_gives_no_more_is_asked_for_no_more() {
        let content = format!(
            r#"{{"pairs": [{}], "nothing_to_teach": "one fact alone"}}"#,
            pair("A?", "easy", "factual")
        );
        let (lesson, asked) = lesson_of([said(&content, FinishReason::Stop)]);
        let lesson = lesson.unwrap();
        assert_eq!((lesson.drafts.len(), asked.len(), lesson.nothing_to_teach), (1, 1, None));
        assert_eq!(lesson.remarks, ["1 pairs are not as asked for: one fact alone"]);
    }

    #[test]
    fn a_style_is_asked_for_once_more_and_mixed_is_not() {
        let mut settings = settings(GenerationType::Qa);
        settings.config.pairs_per_chunk = 1;
        settings.config.difficulty_distribution = DifficultyWeights { easy: 1.0, medium: 0.0, hard: 0.0 };
        let reply = || pairs(&[pair("A?", "easy", "comparative")]);
        assert_eq!(lesson_under(&settings, [reply()]).1.len(), 1);
        settings.config.style_template = Style::HowTo;
        let (lesson, asked) = lesson_under(&settings, [reply(), pairs(&[pair("B?", "easy", "how-to")])]);
        assert_eq!((lesson.unwrap().drafts[0].question.as_str(), asked.len()), ("B?", 2));
    }
}
