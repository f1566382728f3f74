//! Passages that are too long for the model: taught in halves rather than dropped.

use llm::{ChatError, ChatModel};
use model::{GenerateSettings, Passage};
use unicode_segmentation::UnicodeSegmentation;

use crate::{
    Lesson, Place, TeachError, llm_teacher,
    slots::{self, Slot},
};

/// How often a passage is halved at the most.
const DEEPEST: u32 = 4;

/// Fewer characters than these are not what makes a request too long.
const SHORTEST: usize = 200;

/// A part of a passage, and the pairs that it is to give.
struct Part {
    text: String,
    slots: Vec<Slot>,
    depth: u32,
}

/// Has a model make pairs from a passage, in parts where the whole is too long for it. Each part is a
/// slice of the passage, so that quotes stand in the whole as well.
///
/// # Errors
/// As [`llm_teacher::teach`] has them for any of the parts.
pub(crate) async fn teach(
    model: &dyn ChatModel,
    passage: &Passage,
    settings: &GenerateSettings,
    place: Place,
) -> Result<Lesson, TeachError> {
    let slots = slots::slots(settings, place);
    let too_long = match llm_teacher::teach(model, passage, settings, slots.clone()).await {
        Err(TeachError::Chat(error @ ChatError::TooLong { .. })) => error,
        whole => return whole,
    };
    let whole = Part { text: passage.text.clone(), slots, depth: 0 };
    // What is taught next stands last.
    let mut waiting = Vec::from(whole.halves().ok_or(too_long)?);
    let mut lessons = Vec::new();
    while let Some(part) = waiting.pop() {
        let text = Passage { text: part.text.clone(), ..passage.clone() };
        match llm_teacher::teach(model, &text, settings, part.slots.clone()).await {
            Err(TeachError::Chat(error @ ChatError::TooLong { .. })) => {
                waiting.extend(part.halves().ok_or(error)?);
            }
            lesson => lessons.push(lesson?),
        }
    }
    Ok(together(lessons))
}

impl Part {
    /// The second half and the first; `None` where halving makes no sense any more.
    fn halves(&self) -> Option<[Self; 2]> {
        if self.depth == DEEPEST || self.text.chars().count() < SHORTEST {
            return None;
        }
        let (first, second) = self.text.split_at(middle(&self.text));
        // Each half gives a pair at least.
        let half = self.slots.len().div_ceil(2);
        let part = |text: &str, slots: &[Slot]| Self {
            text: text.trim().to_owned(),
            slots: slots.to_vec(),
            depth: self.depth + 1,
        };
        let rest = half.min(self.slots.len().saturating_sub(1));
        Some([part(second, &self.slots[rest..]), part(first, &self.slots[..half])])
    }
}

/// Where a text is best divided: at the end of a line or sentence in its middle half, as near to the
/// middle as there is one; else between words, else between characters.
fn middle(text: &str) -> usize {
    let half = text.len() / 2;
    let near = |borders: &mut dyn Iterator<Item = usize>| {
        borders
            .filter(|at| *at > 0 && (text.len() / 4..=text.len() * 3 / 4).contains(at))
            .min_by_key(|at| at.abs_diff(half))
    };
    near(&mut text.match_indices('\n').map(|(at, _)| at + 1).chain(ends_of_sentences(text)))
        .or_else(|| near(&mut text.match_indices(char::is_whitespace).map(|(at, _)| at)))
        .unwrap_or_else(|| text.ceil_char_boundary(half))
}

fn ends_of_sentences(text: &str) -> impl Iterator<Item = usize> {
    text.split_sentence_bound_indices().map(|(at, sentence)| at + sentence.len())
}

fn together(lessons: Vec<Lesson>) -> Lesson {
    let mut whole = Lesson::default();
    whole
        .remarks
        .push(format!("the passage is too long for the model and was taught in {} parts", lessons.len()));
    for lesson in lessons {
        whole.drafts.extend(lesson.drafts);
        whole.nothing_to_teach = whole.nothing_to_teach.or(lesson.nothing_to_teach);
        whole.remarks.extend(lesson.remarks);
        whole.prompt_hash = lesson.prompt_hash;
    }
    whole.nothing_to_teach = whole.nothing_to_teach.filter(|_| whole.drafts.is_empty());
    whole
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use async_trait::async_trait;
    use llm::{ChatReply, ChatRequest, FinishReason};
    use model::{GenerationType, Usage};
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;
    use crate::testing::{passage, settings};

    /// A model that takes requests up to a length, and gives a pair for each.
    struct Narrow {
        most: usize,
        asked: Mutex<Vec<String>>,
    }

    #[async_trait]
    impl ChatModel for Narrow {
        async fn chat(&self, request: &ChatRequest) -> Result<ChatReply, ChatError> {
            let prompt = &request.messages[1].content;
            let passage = prompt.split("<passage>\n").nth(1).unwrap().split("\n</passage>").next().unwrap();
            if passage.len() > self.most {
                return Err(ChatError::TooLong { detail: "too long".into() });
            }
            self.asked.lock().unwrap().push(passage.to_owned());
            let quote: String = passage.chars().take(40).collect();
            let pair = serde_json::json!({"question": format!("What of {quote}?"), "answer": "It is said.", "quote": quote});
            let content = serde_json::json!({"pairs": [pair], "nothing_to_teach": "that is all"}).to_string();
            Ok(ChatReply { content, finish_reason: FinishReason::Stop, usage: Usage::default() })
        }
    }

    fn taught(text: &str, most: usize) -> (Result<Lesson, TeachError>, Vec<String>) {
        let mut settings = settings(GenerationType::Qa);
        settings.config.pairs_per_chunk = 4;
        let model = Narrow { most, asked: Mutex::default() };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let lesson = runtime.block_on(teach(&model, &passage(text), &settings, Place::ALONE));
        (lesson, model.asked.into_inner().unwrap())
    }

    #[rstest]
    #[case(1000, 1)]
    #[case(500, 2)]
    #[case(250, 4)]
    fn what_is_too_long_is_taught_in_parts(#[case] most: usize, #[case] parts: usize) {
        let sentences: Vec<_> = (10..30).map(|at| format!("Step number {at} is to turn the tap. ")).collect();
        let text = sentences.concat().trim().to_owned();
        let (lesson, asked) = taught(&text, most);
        let lesson = lesson.unwrap();
        assert_eq!((asked.len(), lesson.drafts.len()), (parts, parts));
        assert_eq!(asked.join(" "), text, "all of it, in order, and whole sentences");
        assert!(lesson.drafts.iter().all(|draft| text.contains(draft.quote.as_deref().unwrap())));
        assert_eq!(lesson.remarks.iter().any(|remark| remark.contains("parts")), parts > 1);
    }

    #[test]
    fn halving_comes_to_an_end() {
        let text = "word ".repeat(2000);
        let (lesson, asked) = taught(&text, 10);
        assert!(matches!(lesson, Err(TeachError::Chat(ChatError::TooLong { .. }))), "{lesson:?}");
        assert_eq!(asked, Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn a_middle_is_a_border_within_the_text(text in "(\\PC|[\n .]){2,400}") {
            let at = middle(&text);
            prop_assert!(text.is_char_boundary(at) && at > 0 && at <= text.len());
        }
    }
}
