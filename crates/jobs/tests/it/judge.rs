//! The judge's calls: paid for once, counted, stopped and gone on with as the teacher's.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use jobs::{Launch, create_generate, drive, retry_failed};
use llm::{ChatError, ChatRequest};
use model::{GenerateConfig, GenerateSettings, GenerationId, GenerationStatus, QualityItem};
use serde_json::{Value, json};
use store::PageRequest;
use tokio_util::sync::CancellationToken;

use crate::workshop::{Workshop, good, missing, section, settings};

/// As the teacher, and as a judge that believes it.
fn both(request: &ChatRequest) -> Result<String, ChatError> {
    if request.model == "judge" { Ok(judgement(request)) } else { good(request) }
}

/// One pair: what the passage says of the pressure is supported, and nothing else.
fn judgement(request: &ChatRequest) -> String {
    let number = section(request);
    let quote = format!("Valve {number} opens at {} bar.", 100 + number);
    let content = &request.messages[1].content;
    let said = content.split_once("Answer, sentence by sentence:\n").map_or("", |(_, rest)| rest);
    let said = said.lines().filter_map(|line| Some(line.split_once(". ")?.1));
    let sentences: Vec<Value> = (1..)
        .zip(said)
        .map(|(sentence, said)| {
            let verdict = if said == quote { "supported" } else { "unsupported" };
            json!({"sentence": sentence, "quote": quote, "verdict": verdict})
        })
        .collect();
    let items: serde_json::Map<String, Value> =
        QualityItem::ALL.iter().map(|item| (item.as_str().to_owned(), json!("yes"))).collect();
    json!({"pairs": [{"pair": 1, "sentences": sentences, "items": items}]}).to_string()
}

async fn judged(shop: &Workshop, sections: u32) -> GenerationId {
    let document = shop.parsed(sections).await;
    let config = GenerateConfig { judge_model: Some("judge".into()), ..settings().config };
    let settings = GenerateSettings { config, ..settings() };
    let pick = missing(document);
    create_generate(&shop.environment, &shop.user, shop.project, settings, &pick, Launch::Here)
        .await
        .unwrap()
        .id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_costs_a_call_and_some_cost_one_more() {
    let shop = Workshop::new(0, both).await;
    let id = judged(&shop, 20).await;
    let ended = shop.drive(id).await;
    assert_eq!((ended.status, ended.chunks_failed), (GenerationStatus::Completed, 0));
    let report = ended.validation.unwrap();
    assert_eq!((report.judge.judged, report.judge.retested, report.judge.agreement), (20, 1, Some(1.0)));
    assert_eq!((report.canaries.made, report.canaries.caught), (1, 1));
    // The teacher's, the judge's, one retest and one canary.
    assert_eq!((shop.calls(), ended.usage.requests), (42, 42));
    assert_eq!(ended.usage.prompt_tokens, 4200);
    for row in shop.pairs().await {
        assert!(row.pair.quality.judged && row.pair.judgement.is_some_and(|said| said.error.is_none()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stops_the_judge_stops_the_run_and_it_goes_on_without_paying_again() {
    let down = Arc::new(AtomicBool::new(false));
    let (switch, asked) = (Arc::clone(&down), AtomicU64::new(0));
    let shop = Workshop::new(2, move |request| {
        if request.model == "judge" && asked.fetch_add(1, Ordering::SeqCst) == 5 {
            switch.store(true, Ordering::SeqCst);
        }
        match switch.load(Ordering::SeqCst) {
            true => Err(ChatError::QuotaExhausted { detail: "no".into() }),
            false => both(request),
        }
    })
    .await;
    let id = judged(&shop, 20).await;
    let stopped = shop.drive(id).await;
    assert_eq!(stopped.error.as_deref(), Some("the gateway's quota is used up: no"));
    assert_eq!((stopped.status, stopped.chunks_failed), (GenerationStatus::Failed, 0));
    let paid = stopped.usage.requests;
    assert!((21..42).contains(&paid), "{paid}");

    let healthy = Workshop::scripted(both);
    let environment = shop.elsewhere(&healthy, &shop.environment.owner.host).await;
    let ended = drive(&environment, &shop.user, id, &CancellationToken::new()).await.unwrap();
    assert_eq!(ended.status, GenerationStatus::Completed);
    assert_eq!(healthy.calls.load(Ordering::SeqCst) + paid, 42);
    assert_eq!(ended.usage.requests, 42);
    assert_eq!(ended.validation.unwrap().judge.judged, 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_judgement_fails_for_is_listed_and_tried_again() {
    let mended = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&mended);
    let shop = Workshop::new(0, move |request| match (&*request.model, section(request)) {
        ("judge", 3) if !seen.load(Ordering::SeqCst) => Ok("0.9".into()),
        ("judge", 5) if !seen.load(Ordering::SeqCst) => {
            Err(ChatError::GaveUp { attempts: 6, detail: "503".into() })
        }
        _ => both(request),
    })
    .await;
    let id = judged(&shop, 8).await;
    let ended = shop.drive(id).await;
    assert_eq!((ended.status, ended.chunks_failed), (GenerationStatus::Completed, 2));
    assert_eq!(ended.pairs_generated, 8);
    let averages = (ended.average_quality, ended.average_grounding);
    let all = PageRequest { after: None, limit: 9 };
    let failures =
        shop.environment.metadata.page_failures(&shop.user, id, &all).await.unwrap().unwrap().items;
    let reasons: Vec<_> = failures.iter().map(|failed| &*failed.failure.reason).collect();
    assert!(reasons[0].starts_with("1 of its 1 pairs could not be judged: the judge's reply"), "{reasons:?}");
    assert!(reasons[1].contains("no answer after 6 attempts: 503"), "{reasons:?}");
    assert_eq!(failures[0].failure.raw_reply.as_deref(), Some("0.9"));
    for row in shop.pairs().await {
        let judgement = row.pair.judgement.unwrap();
        assert_eq!(row.pair.quality.judged, judgement.error.is_none());
        assert!(row.pair.grounding_score.is_some(), "the local scores stay");
    }

    mended.store(true, Ordering::SeqCst);
    retry_failed(&shop.environment, &shop.user, id, None).await.unwrap();
    let before = shop.calls();
    let ended = shop.drive(id).await;
    assert_eq!((ended.status, ended.chunks_failed), (GenerationStatus::Completed, 0));
    let report = ended.validation.unwrap();
    assert_eq!((report.judge.judged, report.judge.unjudged), (8, 0));
    // One whose replies are stored is asked with another seed, one that was never answered as before.
    assert_eq!(shop.calls() - before, 2);
    assert_eq!(shop.pairs().await.len(), 8);
    assert!(ended.average_quality >= averages.0.map(|quality| quality - 0.1), "{averages:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_judge_that_fails_for_all_leaves_a_completed_generation_with_local_scores() {
    let shop = Workshop::new(0, |request| match &*request.model {
        "judge" => Ok("all good".into()),
        _ => good(request),
    })
    .await;
    let id = judged(&shop, 5).await;
    let ended = shop.drive(id).await;
    assert_eq!((ended.status, ended.chunks_failed), (GenerationStatus::Completed, 5));
    assert!(ended.average_grounding.is_some());
    assert_eq!(ended.validation.unwrap().judge.unjudged, 5);
}
