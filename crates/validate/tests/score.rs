//! Whole scores: what a pair gets, and what holds for every pair.

use model::{FlagCode, Scores};
use proptest::prelude::*;
use rstest::rstest;
use validate::{Example, LOW_GROUNDING, Source, score};

const PUMP: &str = "The feed pump was built in 1998 by Northwind in Oslo. It moves 1,200 litres per minute and weighs \
    35 kg. The pump does not start while the safety valve is closed. Martin Berg designed the valve, and Anna Lund \
    tested it in Bergen.";

const TABLE: &str =
    "| Part | Weight | Price |\n| --- | --- | --- |\n| Valve | 2.5 kg | 40 |\n| Pump | 35 kg | 900 |";

fn scored(context: &str, question: &str, answer: &str) -> Scores {
    score(&Example { context, surroundings: &[], question, answer })
}

fn has(scores: &Scores, code: FlagCode) -> bool {
    scores.flags.iter().any(|flag| flag.code == code)
}

#[rstest]
#[case::sentence(PUMP, "Who built the feed pump?", "The feed pump was built in 1998 by Northwind in Oslo.")]
#[case::span(PUMP, "Who built the feed pump?", "Northwind")]
#[case::number(PUMP, "How much does the pump weigh?", "35 kg")]
#[case::number_written_otherwise(PUMP, "How much does it move?", "1200 litres per minute")]
#[case::other_case_and_marks(PUMP, "Where?", "northwind, in Oslo")]
#[case::cell(TABLE, "What is the price of the pump?", "900")]
#[case::decimal_cell(TABLE, "What is the weight of the valve?", "2.5 kg")]
#[case::chinese("水在一百度沸腾。冰在零度融化。", "水在多少度沸腾？", "一百度")]
#[case::one_character("水は冷たい。", "何が冷たい？", "水")]
#[case::thai("น้ำเดือดที่หนึ่งร้อยองศา", "น้ำเดือดที่เท่าไร", "หนึ่งร้อยองศา")]
#[case::code(
    "Run:\n```rust\nlet n = text.len();\nprintln!(\"{n}\");\n```",
    "How is the length read?",
    "```rust\nlet n = text.len();\n```"
)]
fn what_the_source_says_is_supported(#[case] context: &str, #[case] question: &str, #[case] answer: &str) {
    let scores = scored(context, question, answer);
    assert!(scores.grounding_score.unwrap() >= 0.95, "{scores:#?}");
    assert!(scores.unsupported.is_empty() && !scores.evidence.is_empty(), "{scores:#?}");
}

#[rstest]
#[case::number("The feed pump was built in 1999 by Northwind in Oslo.", FlagCode::UnsupportedNumber)]
#[case::decimal("It moves 1.3 litres per minute and weighs 35 kg.", FlagCode::UnsupportedNumber)]
#[case::number_from_elsewhere(
    "The feed pump was built in 35 by Northwind in Oslo.",
    FlagCode::UnsupportedNumber
)]
#[case::name("The feed pump was built in 1998 by Southwind in Oslo.", FlagCode::UnsupportedName)]
#[case::name_from_elsewhere(
    "Anna Lund designed the valve, and Anna Lund tested it in Bergen.",
    FlagCode::UnsupportedName
)]
#[case::negation("The feed pump was not built in 1998 by Northwind in Oslo.", FlagCode::Negation)]
#[case::lost_negation("The pump starts while the safety valve is closed.", FlagCode::Negation)]
#[case::unit("It moves 1,200 litres per minute and weighs 35 g.", FlagCode::UnsupportedNumber)]
#[case::other("Cheese ripens slowly in dry mountain caves.", FlagCode::LowGrounding)]
fn what_the_source_does_not_say_is_flagged(#[case] answer: &str, #[case] code: FlagCode) {
    let wrong = scored(PUMP, "What is known of the machine?", answer);
    assert!(has(&wrong, code), "{wrong:#?}");
    assert!(!wrong.unsupported.is_empty());
    assert!(wrong.grounding_score.unwrap() < 0.75, "{wrong:#?}");
}

#[rstest]
#[case::yes("Is the pump heavy?", "Yes.")]
#[case::no("Is the pump heavy?", "No")]
#[case::said_again("Is the pump heavy?", "Yes, the pump is heavy.")]
#[case::german("Ist die Pumpe schwer?", "Ja")]
#[case::nothing("Is the pump heavy?", "")]
#[case::marks("Is the pump heavy?", "…")]
#[case::other_script("泵重吗？", "泵有三十五公斤重")]
fn what_cannot_be_measured_is_not(#[case] question: &str, #[case] answer: &str) {
    let scores = scored(PUMP, question, answer);
    assert_eq!(scores.grounding_score, None);
    assert_eq!(scores.evidence, []);
    assert!(scores.quality_score.unwrap() <= 0.75);
}

#[test]
fn a_paraphrase_is_supported_by_its_sentence() {
    let scores = scored(
        PUMP,
        "When does the pump not start?",
        "While its safety valve is closed, the pump does not start.",
    );
    let evidence = &scores.evidence[0];
    let span: String =
        PUMP.chars().skip(evidence.chunk_start).take(evidence.chunk_end - evidence.chunk_start).collect();
    assert_eq!(span, "pump does not start while the safety valve is closed");
    assert!(scores.grounding_score.unwrap() > LOW_GROUNDING, "{scores:#?}");
}

#[test]
fn the_right_one_of_several_cells_is_the_evidence() {
    let table = "| Part | Weight |\n| --- | --- |\n| Valve | 35 kg |\n| Pump | 35 kg |";
    let scores = scored(table, "What is the weight of the pump?", "35 kg");
    assert_eq!(scores.evidence[0].chunk_start, table.rfind("35").unwrap());
}

#[rstest]
#[case::date("It was tested on 2024-05-03.")]
#[case::date_with_dots("It was tested on 03.05.2024.")]
#[case::american_date("It was tested on May 3, 2024.")]
#[case::million("It moves 1,200,000 litres.")]
#[case::unit_in_full("It weighs 35 kilograms.")]
#[case::unit_without_space("It weighs 35kg.")]
fn numbers_are_read_as_they_are_meant(#[case] answer: &str) {
    let source = "The pump was tested on 3 May 2024 in Bergen. It moves 1.2 million litres and weighs 35 kg.";
    let scores = scored(source, "What is known of the pump?", answer);
    assert!(!has(&scores, FlagCode::UnsupportedNumber), "{scores:#?}");
}

#[rstest]
#[case::chinese(
    "北京是中国的首都，水在一百度沸腾。",
    "中国的首都是哪里？",
    "中国的首都是北京。",
    "南京是中国的首都。"
)]
#[case::japanese(
    "東京は日本の首都です。水は百度で沸騰します。",
    "日本の首都はどこですか。",
    "日本の首都は東京です。",
    "大阪は日本の首都です。"
)]
#[case::german(
    "Die Pumpen wurden in den Häusern von Oslo geprüft.",
    "Was wurde geprüft?",
    "Die Pumpe im Haus in Oslo wurde geprüft.",
    "Die Pumpen wurden in den Häusern von Bergen geprüft."
)]
#[case::russian(
    "Насосы проверяли в домах города Осло.",
    "Что проверяли?",
    "В доме города Осло проверяли насос.",
    "Насосы не проверяли в домах города Осло."
)]
fn what_is_put_otherwise_goes_before_what_is_wrong(
    #[case] source: &str,
    #[case] question: &str,
    #[case] right: &str,
    #[case] wrong: &str,
) {
    let (right, wrong) = (scored(source, question, right), scored(source, question, wrong));
    assert!(right.grounding_score > wrong.grounding_score, "{right:#?}{wrong:#?}");
}

#[test]
fn a_yes_says_that_it_is_not_measured() {
    let scores = scored(PUMP, "Is the pump heavy?", "Yes.");
    assert_eq!(scores.grounding_score, None);
    assert!(scores.flags.iter().any(|flag| flag.detail.contains("not measured")), "{scores:#?}");
}

#[test]
fn the_limit_of_low_grounding_is_a_setting() {
    let mut scores =
        scored(PUMP, "When does the pump not start?", "While its safety valve is closed, it does not start.");
    assert!(!has(&scores, FlagCode::LowGrounding));
    validate::flag_low_grounding(&mut scores, 1.0);
    assert!(has(&scores, FlagCode::LowGrounding));
    validate::flag_low_grounding(&mut scores, 0.1);
    assert!(!has(&scores, FlagCode::LowGrounding));
}

#[test]
fn headings_support_without_a_place() {
    let answer = "The Zephyr model was built in 1998 by Northwind.";
    let without = scored(PUMP, "Who built it?", answer);
    let headings = ["The Zephyr model".to_owned()];
    let with = score(&Example { context: PUMP, surroundings: &headings, question: "Who built it?", answer });
    assert!(has(&without, FlagCode::UnsupportedName) && !has(&with, FlagCode::UnsupportedName));
    assert!(with.grounding_score > without.grounding_score);
}

#[rstest]
#[case::pointing(
    "According to the passage, what does the pump weigh?",
    "It weighs 35 kg.",
    FlagCode::NotStandalone
)]
#[case::dangling("What does it weigh?", "It weighs 35 kg.", FlagCode::NotStandalone)]
#[case::cut(
    "How does the pump start?",
    "The pump does not start while the safety valve is closed, because of the",
    FlagCode::Unfinished
)]
#[case::open_fence("How does the pump start?", "Run this:\n```sh\nstart pump", FlagCode::Unfinished)]
#[case::refusal("Who owns the pump?", "I'm sorry, but I cannot answer that.", FlagCode::Refusal)]
#[case::leak(
    "What is the pump?",
    "As an AI language model, I think it is a feed pump.",
    FlagCode::PromptLeak
)]
#[case::language("Wie schwer ist die Pumpe?", "Насос весит тридцать пять килограммов.", FlagCode::Language)]
fn a_bad_pair_is_flagged_and_held_down(#[case] question: &str, #[case] answer: &str, #[case] code: FlagCode) {
    let scores = scored(PUMP, question, answer);
    assert!(has(&scores, code), "{scores:#?}");
    assert!(scores.quality_score.unwrap() <= 0.5, "{scores:#?}");
}

#[test]
fn good_trivial_and_bad_pairs_are_apart() {
    let quality = |question, answer| scored(PUMP, question, answer).quality_score.unwrap();
    let good = quality(
        "Why does the feed pump by Northwind not start, and who designed the part that stops it?",
        "The pump does not start while the safety valve is closed. Martin Berg designed the valve, and Anna Lund tested it in Bergen.",
    );
    let trivial = quality("In what year was the feed pump built?", "1998");
    let bad = quality("What is said about this in the passage?", "It was made by Southwind and");
    assert!(good > trivial + 0.1 && trivial > bad + 0.1, "{good} {trivial} {bad}");
}

#[test]
fn whole_scores() {
    let source = Source::new(PUMP, &[]);
    insta::assert_json_snapshot!(
        "quoted",
        source.score(
            "Who built the feed pump, and when?",
            "The feed pump was built in 1998 by Northwind in Oslo."
        )
    );
    insta::assert_json_snapshot!("mixed", source.score(
        "How does the safety valve affect the pump?",
        "The pump will not start while the safety valve is closed. The valve was designed by Martin Berg in 2004.",
    ));
    insta::assert_json_snapshot!("made_up", source.score("What is it?", "A yellow submarine."));
}

#[test]
fn long_texts_are_read_in_bounded_time() {
    let context = "a. B ".repeat(4000);
    let scores = scored(&context, "What?", &"a. C ".repeat(4000));
    assert!(scores.grounding_score.is_some_and(|score| score < LOW_GROUNDING));
}

fn text() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        8 => "[a-zA-Z]{1,8}",
        2 => "-?[0-9]{1,4}([.,][0-9]{1,3})?",
        1 => Just("not".to_owned()),
        1 => "(水|火|は|ก|é|ß|١|½|²|🦀|ʼ){1,4}",
        1 => "[.!?,;:|`#*()\"'\n-]{1,3}",
    ];
    prop::collection::vec(word, 0..40).prop_map(|words| words.join(" "))
}

fn in_range(value: Option<f64>) -> bool {
    value.is_none_or(|value| (0.0..=1.0).contains(&value))
}

proptest! {
    #[test]
    fn every_pair_gets_sound_scores(context in text(), heading in text(), question in text(), answer in text()) {
        let surroundings = [heading];
        let example = Example { context: &context, surroundings: &surroundings, question: &question, answer: &answer };
        let scores = score(&example);
        prop_assert_eq!(&scores, &score(&example));
        let quality = scores.quality;
        for value in [scores.quality_score, scores.grounding_score, quality.completeness, quality.clarity, quality.formatting, quality.difficulty] {
            prop_assert!(in_range(value));
        }
        let (context, answer) = (context.chars().count(), answer.chars().count());
        for evidence in &scores.evidence {
            prop_assert!(evidence.answer_start < evidence.answer_end && evidence.answer_end <= answer);
            prop_assert!(evidence.chunk_start < evidence.chunk_end && evidence.chunk_end <= context);
            prop_assert!(in_range(Some(evidence.score)));
        }
        prop_assert!(scores.evidence.is_sorted_by_key(|evidence| evidence.answer_start));
        for part in &scores.unsupported {
            prop_assert!(part.answer_start < part.answer_end && part.answer_end <= answer);
        }
        prop_assert!(scores.unsupported.is_sorted_by_key(|part| part.answer_start));
    }

    #[test]
    fn any_text_can_be_scored(context in "\\PC{0,80}", question in "\\PC{0,40}", answer in "\\PC{0,80}") {
        prop_assert!(in_range(scored(&context, &question, &answer).grounding_score));
    }

    #[test]
    fn a_sentence_of_the_source_is_supported(words in prop::collection::vec("[a-z]{3,9}", 4..12), before in text(), after in text()) {
        let sentence = format!("{}.", words.join(" "));
        let context = format!("{before}\n\n{sentence}\n\n{after}");
        let scores = scored(&context, "What is said?", &sentence);
        prop_assert!(scores.grounding_score.is_some_and(|score| score >= 0.9), "{scores:?}");
    }
}
