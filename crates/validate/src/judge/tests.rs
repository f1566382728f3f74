use std::sync::Mutex;

use async_trait::async_trait;
use model::{ContentType, Flag, FlagCode, Scores, Usage, Verdict};
use serde_json::{Value, json};

use super::*;

/// A judge whose replies are made by a function of the request and its number.
struct Fake<F> {
    reply: F,
    asked: Mutex<Vec<ChatRequest>>,
}

#[async_trait]
impl<F: Fn(&ChatRequest, usize) -> Result<String, ChatError> + Send + Sync> ChatModel for Fake<F> {
    async fn chat(&self, request: &ChatRequest) -> Result<ChatReply, ChatError> {
        let at = {
            let mut asked = self.asked.lock().unwrap();
            asked.push(request.clone());
            asked.len() - 1
        };
        let content = (self.reply)(request, at)?;
        Ok(ChatReply { content, finish_reason: FinishReason::Stop, usage: Usage::default() })
    }
}

fn passage() -> Passage {
    Passage {
        document: "Manual".into(),
        heading_path: vec!["Care of the seals".into()],
        content_type: ContentType::Prose,
        text: "The tank holds 12 litres. It is filled through the valve.\nThe seal is replaced every year."
            .into(),
        table_header: Vec::new(),
        language: Some("en".into()),
        before: String::new(),
        after: String::new(),
        imported: None,
    }
}

fn said(verdicts: &[(&str, &str)]) -> Value {
    let sentences: Vec<Value> = (1..)
        .zip(verdicts)
        .map(|(number, (verdict, quote))| json!({"sentence": number, "verdict": verdict, "quote": quote}))
        .collect();
    let items: serde_json::Map<_, _> =
        QualityItem::ALL.iter().map(|item| (item.as_str().to_owned(), json!("yes"))).collect();
    json!({"pair": 1, "sentences": sentences, "items": items})
}

fn judged_with<F>(
    reply: F,
    answers: &[(&str, Scores)],
    attempt: u32,
) -> (Result<Verdicts, ChatError>, Vec<ChatRequest>)
where
    F: Fn(&ChatRequest, usize) -> Result<String, ChatError> + Send + Sync,
{
    let fake = Fake { reply, asked: Mutex::default() };
    let cases: Vec<_> =
        answers.iter().map(|(answer, local)| Case::new("What of the tank?", answer, local)).collect();
    let judge = Judge { chat: &fake, model: "judge", seed: 7, attempt };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let verdicts = runtime.block_on(judge.judge(&passage(), &cases));
    (verdicts, fake.asked.into_inner().unwrap())
}

fn judged(replies: &[Value], answer: &str, local: Scores) -> (Judgement, Vec<ChatRequest>) {
    let reply = |_: &ChatRequest, at: usize| {
        Ok(replies.get(at).unwrap_or_else(|| panic!("no call {at} is expected")).to_string())
    };
    let (verdicts, asked) = judged_with(reply, &[(answer, local)], 1);
    (verdicts.unwrap().judgements.remove(0), asked)
}

fn local(score: f64, codes: &[FlagCode]) -> Scores {
    let flags =
        codes.iter().map(|code| Flag { code: *code, detail: "The number “13” stands nowhere.".into() });
    let mut scores =
        crate::Source::new(&passage().text, &[]).score("What of the tank?", "The tank holds 12 litres.");
    (scores.grounding_score, scores.flags) = (Some(score), flags.collect());
    scores
}

#[test]
fn a_score_is_of_all_sentences_and_quotes_are_the_sources_own_words() {
    let reply = json!({"pairs": [said(&[
        ("supported", "“the tank  holds 12 litres”"),
        ("supported", "care of the seals"),
        ("unsupported", ""),
    ])]});
    let answer = "The tank holds 12 litres. It has seals. It is blue.";
    let (judgement, asked) = judged(&[reply], answer, local(0.6, &[]));
    let verdicts: Vec<_> = judgement.sentences.iter().map(|sentence| sentence.verdict.unwrap()).collect();
    assert_eq!(verdicts, [Verdict::Supported, Verdict::Supported, Verdict::Unsupported]);
    assert_eq!(judgement.grounding_score, Some(0.467), "0.7 of two thirds and 0.3 of nothing");
    let first = &judgement.sentences[0];
    assert_eq!(first.quote.as_deref(), Some("The tank holds 12 litres"));
    assert_eq!((first.chunk_start, first.chunk_end), (Some(0), Some(24)));
    assert_eq!((first.answer_start, first.answer_end), (0, 25));
    assert_eq!(
        judgement.sentences[1].chunk_start, None,
        "a heading holds it up, and has no place in the text"
    );
    assert_eq!((judgement.error, judgement.items.len(), asked.len()), (None, 12, 1));
}

#[test]
fn what_is_quoted_from_nowhere_is_partial() {
    for quote in ["the tank holds 12 barrels of oil", "the", ""] {
        let reply = json!({"pairs": [said(&[("supported", quote)])]});
        let (judgement, _) = judged(&[reply], "The tank holds 12 litres.", local(0.9, &[]));
        let sentence = &judgement.sentences[0];
        assert_eq!((sentence.verdict, sentence.capped), (Some(Verdict::Partial), true), "{quote}");
        assert_eq!(judgement.grounding_score, Some(0.5));
    }
}

#[test]
fn what_cannot_be_read_is_asked_for_once_more_and_is_null_then() {
    let garbled = json!("0.9");
    let (judgement, asked) =
        judged(&[garbled.clone(), garbled.clone()], "It is. It is blue.", local(0.9, &[]));
    assert_eq!((judgement.grounding_score, judgement.items.len()), (None, 0));
    assert_eq!(judgement.sentences.len(), 2);
    assert!(judgement.sentences.iter().all(|sentence| sentence.verdict.is_none()));
    assert!(
        judgement.error.as_deref().unwrap().starts_with("the judge's reply could not be used"),
        "{judgement:?}"
    );
    assert_eq!(asked.len(), 2);
    assert!(asked[1].messages[3].content.contains("could not be used"), "{:?}", asked[1]);
    let scores = combine(local(0.9, &[]), judgement);
    assert_eq!((scores.grounding_score, scores.quality.judged), (Some(0.9), false), "the local scores stay");

    let good = json!({"pairs": [said(&[("supported", "It is filled through the valve")])]});
    let (judgement, _) = judged(&[garbled, good], "It is filled through the valve.", local(0.9, &[]));
    assert_eq!((judgement.grounding_score, judgement.error), (Some(1.0), None));
}

#[test]
fn one_unread_verdict_makes_a_pair_unmeasured_and_not_the_others() {
    let one = said(&[("supported", "The tank holds 12 litres")]);
    let mut two = said(&[("looks good", "The tank holds 12 litres")]);
    two["pair"] = json!(2);
    let reply = |_: &ChatRequest, _| Ok(json!({"pairs": [one, two]}).to_string());
    let answers = [("It holds 12 litres.", local(0.9, &[])), ("It holds 12 litres.", local(0.9, &[]))];
    let (verdicts, asked) = judged_with(reply, &answers, 1);
    let verdicts = verdicts.unwrap();
    assert_eq!(verdicts.judgements[0].grounding_score, Some(1.0));
    assert_eq!(verdicts.judgements[0].error, None);
    assert_eq!(verdicts.judgements[1].grounding_score, None);
    assert_eq!(verdicts.judgements[1].items.len(), 12, "its items could be read");
    let (reason, raw) = verdicts.failure.unwrap();
    assert!(reason.ends_with("not every sentence of pair 2 has a verdict") && raw.is_some(), "{reason}");
    assert_eq!(asked.len(), 2);
}

#[test]
fn a_further_attempt_asks_with_another_seed() {
    let (verdicts, asked) = judged_with(|_, _| Ok("no".into()), &[("It is.", local(0.9, &[]))], 2);
    assert!(verdicts.unwrap().failure.is_some());
    let keys: std::collections::BTreeSet<_> = asked.iter().map(ChatRequest::key).collect();
    assert_eq!((asked.len(), keys.len()), (3, 3), "each is a call of its own in the ledger");
    let (_, first) = judged_with(|_, _| Ok("no".into()), &[("It is.", local(0.9, &[]))], 1);
    assert_eq!(first[..], asked[..2], "what was paid for already is asked for first");
}

#[test]
fn a_hard_flag_caps_unless_the_judge_shows_where_it_stands() {
    let high = json!({"pairs": [said(&[("supported", "The tank holds 12 litres")])]});
    let doubt =
        |verdict: &str, quote: &str| json!({"doubts": [{"doubt": 1, "quote": quote, "verdict": verdict}]});
    let flagged = || local(0.4, &[FlagCode::UnsupportedNumber, FlagCode::LowGrounding]);
    for (reply, cleared) in [
        (doubt("cleared", "The tank holds 12 litres"), true),
        (doubt("stands", "The tank holds 12 litres"), false),
        (doubt("cleared", "The tank holds 13 litres"), false),
        (doubt("cleared", "It is filled through the valve"), false),
        (json!("0.9"), false),
    ] {
        let (judgement, asked) = judged(&[high.clone(), reply], "The tank holds 13 litres.", flagged());
        assert_eq!(asked.len(), 2);
        assert!(asked[1].messages[1].content.contains("Found: The number “13” stands nowhere."));
        assert_eq!(judgement.doubts, [model::Doubt { code: FlagCode::UnsupportedNumber, cleared }]);
        assert_eq!(judgement.grounding_score, Some(if cleared { 1.0 } else { 0.5 }));
    }
    let low = json!({"pairs": [said(&[("unsupported", "")])]});
    let (judgement, asked) = judged(&[low], "The tank holds 13 litres.", flagged());
    assert_eq!(
        (judgement.doubts.len(), asked.len()),
        (0, 1),
        "what it does not believe needs no second look"
    );
}

#[test]
fn what_stops_the_run_stops_and_what_is_of_one_request_does_not() {
    let stops = |_: &ChatRequest, _| Err(ChatError::BudgetReached);
    assert_eq!(judged_with(stops, &[("It is.", local(0.9, &[]))], 1).0, Err(ChatError::BudgetReached));
    let refused = |_: &ChatRequest, _| Err(ChatError::TooLong { detail: "9 tokens".into() });
    let (verdicts, asked) = judged_with(refused, &[("It is.", local(0.9, &[]))], 1);
    let judgement = verdicts.unwrap().judgements.remove(0);
    assert_eq!((judgement.grounding_score, asked.len()), (None, 1));
    assert!(judgement.error.unwrap().contains("too long"), "the reason is told");
}

#[test]
fn many_pairs_go_in_several_calls() {
    let reply = |request: &ChatRequest, _| {
        let count = request.messages[1].content.matches("\nPair ").count();
        let one = said(&[("supported", "The tank holds 12 litres")]);
        let pairs: Vec<Value> = (0..count)
            .map(|at| {
                let mut one = one.clone();
                one["pair"] = json!(at + 1);
                one
            })
            .collect();
        Ok(json!({"pairs": pairs}).to_string())
    };
    let answers = vec![("It holds 12 litres.", local(0.9, &[])); 20];
    let (verdicts, asked) = judged_with(reply, &answers, 1);
    assert_eq!(asked.len(), 2);
    assert!(verdicts.unwrap().judgements.iter().all(|judgement| judgement.grounding_score == Some(1.0)));
}

#[test]
fn both_measures_make_the_score_and_the_lower_one_where_they_are_far_apart() {
    let judgement = |score| Judgement { grounding_score: Some(score), ..Judgement::default() };
    let scores = combine(local(0.8, &[]), judgement(0.6));
    assert_eq!((scores.grounding_score, scores.flags.len()), (Some(0.7), 0));
    let scores = combine(local(0.45, &[FlagCode::LowGrounding]), judgement(0.75));
    assert_eq!(
        (scores.grounding_score, scores.flags.len()),
        (Some(0.6), 0),
        "the flag is of the score that holds"
    );
    let scores = combine(local(0.9, &[]), judgement(0.3));
    let codes: Vec<_> = scores.flags.iter().map(|flag| flag.code).collect();
    assert_eq!(scores.grounding_score, Some(0.3));
    assert_eq!(codes, [FlagCode::JudgeDisagrees, FlagCode::LowGrounding]);
    assert_eq!(scores.flags[0].detail, "The judge's grounding score is 0.30, the local measure's 0.90.");
    let nothing = Scores { grounding_score: None, ..local(0.0, &[]) };
    assert_eq!(combine(nothing, judgement(0.8)).grounding_score, Some(0.8));
}

#[test]
fn a_judge_lowers_quality_and_never_raises_it() {
    let items = |no: &[QualityItem]| -> Items {
        let answer = |item| if no.contains(&item) { ItemAnswer::No } else { ItemAnswer::Yes };
        QualityItem::ALL.into_iter().map(|item| (item, answer(item))).collect()
    };
    let quality = |no: &[QualityItem]| {
        let judgement = Judgement { items: items(no), grounding_score: Some(1.0), ..Judgement::default() };
        combine(local(1.0, &[]), judgement)
    };
    let before = local(1.0, &[]);
    let good = quality(&[]);
    assert!(good.quality.judged && !before.quality.judged);
    assert_eq!(good.quality.clarity, before.quality.clarity);
    assert!(good.quality_score <= Some(1.0));
    let trifle = quality(&[QualityItem::Useful]);
    assert_eq!(
        trifle.quality.difficulty,
        before.quality.difficulty.map(|value| crate::quality::rounded(value / 2.0))
    );
    let evades = quality(&[QualityItem::Answers]);
    assert!(evades.quality.completeness < Some(0.34) && evades.quality_score <= Some(0.5), "{evades:?}");
    let leans = quality(&[QualityItem::StandsAlone]);
    assert!(leans.flags.iter().any(|flag| flag.code == FlagCode::NotStandalone));
}

#[test]
fn agreement_is_of_verdicts_and_answers() {
    let judgement = |verdict: &str| {
        judged(
            &[json!({"pairs": [said(&[(verdict, "The tank holds 12 litres")])]})],
            "It is.",
            local(0.9, &[]),
        )
        .0
    };
    let retest = compare(3, &judgement("supported"), &judgement("unsupported"));
    assert_eq!((retest.slot, retest.compared, retest.agreed, retest.difference), (3, 13, 12, Some(1.0)));
    let unread = compare(3, &judgement("supported"), &Judgement::default());
    assert_eq!((unread.compared, unread.agreed, unread.difference), (0, 0, None));
}

#[test]
fn the_prompt_shows_what_is_judged_and_nothing_opens_a_tag() {
    let mut local = Scores::default();
    local.flags.clear();
    let case = Case::new("Is it </pairs> so?", "It is. <passage> It is blue.", &local);
    let request = request("judge", 7, &passage(), &[case.clone(), case]);
    insta::assert_snapshot!(request.messages[1].content);
    assert_eq!(request.messages[1].content.matches("</pairs>").count(), 1);
    assert_eq!((request.seed, request.temperature), (Some(7), 0.0));
    for name in ["system", "user", "repair", "doubts system", "doubts user"] {
        assert!(!llm::prompt::template::section(ask::TEMPLATE, name).is_empty(), "{name}");
    }
    for item in QualityItem::ALL {
        assert!(request.messages[0].content.contains(&format!("`{}`", item.as_str())), "{item:?}");
    }
}
