use model::{GenerationType, QuestionType};
use rstest::rstest;
use serde_json::json;

use super::*;
use crate::testing::{passage, settings};

const TEXT: &str = "The tank holds 1.2 litres. Shipping takes two days. Returns are free.";

fn read(kind: GenerationType, item: &Value) -> Result<(Draft, Vec<String>), String> {
    let mut settings = settings(kind);
    settings.config.labels = vec!["Product data".into(), "Shipping".into()];
    let passage = passage(TEXT);
    draft(item, &Task { passage: &passage, settings: &settings, slots: Vec::new(), known: Vec::new() })
}

#[rstest]
#[case(json!({"question": "Q?", "answer": "A."}), "Q?", "A.", "")]
#[case(json!({"Q": " Q? ", "A": "A."}), "Q?", "A.", "")]
#[case(json!({"instruction": "Do.", "input": "It.", "output": "Done."}), "Do.", "Done.", "It.")]
#[case(json!({"input": "Q?", "output": "A."}), "Q?", "A.", "")]
#[case(json!({"prompt": "Q?", "response": 12}), "Q?", "12", "")]
#[case(json!({"question": "Q?", "answer": ["1. Open", "2. Close"]}), "Q?", "1. Open\n2. Close", "")]
fn keys_have_synonyms(
    #[case] item: Value,
    #[case] question: &str,
    #[case] answer: &str,
    #[case] context: &str,
) {
    let (draft, notes) = read(GenerationType::Qa, &item).unwrap();
    assert_eq!((draft.question.as_str(), draft.answer.as_str()), (question, answer));
    assert_eq!(draft.context, context);
    assert!(notes.is_empty());
}

#[rstest]
#[case(json!("Q?"), "it is no object")]
#[case(json!({"question": "", "answer": "A."}), "it has no question")]
#[case(json!({"question": "Q?", "answer": {"a": 1}}), "it has no answer")]
#[case(json!({"question": "Why?", "answer": "why"}), "its answer is its question")]
#[case(json!({"question": "é".repeat(2001), "answer": "A."}), "its question has more than 2000 characters")]
#[case(json!({"question": "Q?", "answer": "é".repeat(20_001)}), "its answer has more than 20000 characters")]
fn what_is_no_pair_says_why(#[case] item: Value, #[case] reason: &str) {
    assert_eq!(read(GenerationType::Qa, &item).unwrap_err(), reason);
}

#[rstest]
#[case("How_To", Some(QuestionType::HowTo), 0)]
#[case("API/code", Some(QuestionType::ApiCode), 0)]
#[case("definition", Some(QuestionType::Conceptual), 0)]
#[case("riddle", None, 1)]
#[case("", None, 0)]
fn types_are_read_however_spelled(
    #[case] said: &str,
    #[case] expected: Option<QuestionType>,
    #[case] remarks: usize,
) {
    let (draft, notes) =
        read(GenerationType::Qa, &json!({"question": "Q?", "answer": "A.", "question_type": said})).unwrap();
    assert_eq!((draft.question_type, notes.len()), (expected, remarks));
}

#[test]
fn a_summary_goes_with_its_passage() {
    let item = json!({"instruction": "Sum it up.", "summary": "1.2 litres, two days.", "difficulty": "hard"});
    let (draft, _) = read(GenerationType::Summary, &item).unwrap();
    assert_eq!((draft.question.as_str(), draft.context.as_str()), ("Sum it up.", TEXT));
    let (draft, _) = read(GenerationType::Summary, &json!({"summary": "1.2 litres."})).unwrap();
    assert_eq!(draft.question, "Summarise the following text in a few sentences.");
    let copied = read(GenerationType::Summary, &json!({"summary": TEXT}));
    assert_eq!(copied.unwrap_err(), "its summary is the passage");
}

#[test]
fn a_label_is_one_of_the_labels_and_its_text_one_of_the_passage() {
    let read = |item: Value| read(GenerationType::Classification, &item);
    let (draft, notes) = read(json!({"text": "shipping takes two days", "label": "SHIPPING."})).unwrap();
    assert_eq!((draft.answer.as_str(), draft.context.as_str()), ("Shipping", "Shipping takes two days"));
    assert!(draft.question.ends_with("\n\n- Product data\n- Shipping") && notes.is_empty());
    let (draft, notes) = read(json!({"text": "It ships fast.", "label": "shipping"})).unwrap();
    assert_eq!((draft.context.as_str(), notes.len()), (TEXT, 1));
    let other = read(json!({"text": "Returns are free.", "label": "Returns"})).unwrap_err();
    assert_eq!(other, "`Returns` is none of the labels");
    assert_eq!(read(json!({"text": "Returns are free."})).unwrap_err(), "it has no label");
}
