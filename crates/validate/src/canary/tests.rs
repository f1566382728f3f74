use model::{ContentType, Judgement};
use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn passage(text: &str, language: &str) -> Passage {
    Passage {
        document: "Manual".into(),
        heading_path: Vec::new(),
        content_type: ContentType::Prose,
        text: text.into(),
        table_header: Vec::new(),
        language: Some(language.into()),
        before: String::new(),
        after: String::new(),
        imported: None,
    }
}

const TEXT: &str = "The Aurora tank holds 12 litres. It was built by Hansen in Bergen, and tested by Moore Labs. \
    The seal is not replaced.";

fn foreign() -> Foreign {
    Foreign::new(&[passage("The quick survey of the harbour was led by Ingrid Dahl in spring. Short.", "en")])
}

fn wrong(operator: CanaryOperator, answer: &str) -> Option<String> {
    make_wrong(operator, &passage(TEXT, "en"), "Who built the Aurora?", answer, &foreign(), 0)
}

#[rstest]
#[case(
    CanaryOperator::Appended,
    "It is Hansen.",
    "It is Hansen. The quick survey of the harbour was led by Ingrid Dahl in spring."
)]
#[case(
    CanaryOperator::Irrelevant,
    "It is Hansen.",
    "The quick survey of the harbour was led by Ingrid Dahl in spring."
)]
#[case(CanaryOperator::EntityExtrinsic, "It was built by Hansen.", "It was built by Ingrid Dahl.")]
#[case(CanaryOperator::EntityIntrinsic, "It was built by Hansen.", "It was built by Bergen.")]
#[case(CanaryOperator::Number, "The tank holds 12 litres.", "The tank holds 22 litres.")]
#[case(CanaryOperator::Number, "1. Fill in 12 litres.", "1. Fill in 22 litres.")]
#[case(CanaryOperator::Negation, "The tank is full.", "The tank is not full.")]
#[case(CanaryOperator::Negation, "The seal is not replaced.", "The seal is replaced.")]
fn answers_are_made_wrong(#[case] operator: CanaryOperator, #[case] answer: &str, #[case] expected: &str) {
    assert_eq!(wrong(operator, answer).as_deref(), Some(expected));
}

#[rstest]
#[case(CanaryOperator::EntityExtrinsic, "it is blue.")]
#[case(CanaryOperator::EntityIntrinsic, "It is blue.")]
#[case(CanaryOperator::Number, "1. Fill it.\n2) Close it.")]
#[case(CanaryOperator::Negation, "Fill it.")]
fn what_does_not_bear_a_mistake_is_left_alone(#[case] operator: CanaryOperator, #[case] answer: &str) {
    assert_eq!(wrong(operator, answer), None);
}

#[test]
fn without_other_passages_nothing_foreign_is_made() {
    let passage = passage(TEXT, "en");
    let own = Foreign::new(std::slice::from_ref(&passage));
    for operator in [CanaryOperator::Appended, CanaryOperator::Irrelevant, CanaryOperator::EntityExtrinsic] {
        let made = make_wrong(operator, &passage, "Who?", "It was built by Hansen.", &own, 3);
        assert_eq!(made, None, "{operator:?}");
    }
}

#[rstest]
#[case("de", "Der Tank ist voll.", "Der Tank ist nicht voll.")]
#[case("fr", "Le réservoir est plein.", "Le réservoir n'est pas plein.")]
#[case("zh", "水箱是满的。", "水箱不是满的。")]
#[case("ja", "これは水です。", "これは水ではありません。")]
fn denials_are_made_in_other_languages(#[case] language: &str, #[case] answer: &str, #[case] expected: &str) {
    let passage = passage(TEXT, language);
    let made = make_wrong(CanaryOperator::Negation, &passage, "", answer, &Foreign::default(), 0);
    assert_eq!(made.as_deref(), Some(expected));
}

#[test]
fn what_the_local_measure_finds_sends_a_canary_to_review() {
    let passage = passage(TEXT, "en");
    let source = crate::Source::new(&passage.text, &[]);
    let question = "How much does the Aurora tank hold?";
    assert!(!is_flagged(&source.score(question, "The Aurora tank holds 12 litres.")));
    let made = make_wrong(
        CanaryOperator::Number,
        &passage,
        question,
        "The Aurora tank holds 12 litres.",
        &foreign(),
        0,
    );
    assert!(is_flagged(&source.score(question, &made.unwrap())));
}

#[test]
fn a_judge_that_said_nothing_found_nothing() {
    assert_eq!(is_doubted(&Judgement::default()), None);
    assert_eq!(is_doubted(&Judgement { grounding_score: Some(0.49), ..Judgement::default() }), Some(true));
    assert_eq!(is_doubted(&Judgement { grounding_score: Some(1.0), ..Judgement::default() }), Some(false));
}

proptest! {
    #[test]
    fn no_answer_breaks_it(answer in "([A-Za-z0-9.,'\n ]|水|é|Bergen |12 | is ){0,60}", draw: u64, at in 0_usize..6) {
        let operator = CanaryOperator::ALL[at];
        let made = make_wrong(operator, &passage(TEXT, "en"), "Who?", &answer, &foreign(), draw);
        prop_assert_ne!(made, Some(answer));
    }
}
