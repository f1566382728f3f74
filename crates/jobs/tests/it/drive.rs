use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use jobs::{JobsError, Launch, NamedLock, create_generate, drive};
use llm::ChatError;
use model::GenerationStatus;
use store::PageRequest;
use tokio_util::sync::CancellationToken;

use crate::workshop::{Workshop, good, missing, section, settings};

#[tokio::test(flavor = "multi_thread")]
async fn chunks_become_scored_pairs_for_one_call_each() {
    let shop = Workshop::new(0, good).await;
    let document = shop.parsed(12).await;
    let ended = shop.drive(shop.generation(document).await).await;
    assert_eq!(ended.status, GenerationStatus::Completed);
    assert_eq!((ended.chunks_total, ended.chunks_processed, ended.chunks_failed), (12, 12, 0));
    assert_eq!((ended.pairs_generated, ended.progress), (12, 100));
    assert_eq!((ended.usage.requests, ended.usage.prompt_tokens), (12, 1200));
    assert_eq!(shop.calls(), 12);
    let pairs = shop.pairs().await;
    let order: Vec<u32> = pairs.iter().map(|row| row.origin.position).collect();
    assert!(order.is_sorted(), "{order:?}");
    for row in &pairs {
        assert!(row.pair.quality_score.is_some() && row.pair.grounding_score.is_some(), "{:?}", row.pair);
        assert!(row.pair.evidence.iter().all(|evidence| evidence.chunk_id == Some(row.pair.chunk_id)));
        assert_eq!(row.pair.provenance.quote.as_deref(), Some(row.pair.answer.as_str()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn units_that_fail_or_panic_are_stored_as_failed_and_the_rest_goes_on() {
    let shop = Workshop::new(0, |request| match section(request) {
        3 => panic!("a bug"),
        5 => Err(ChatError::GaveUp { attempts: 6, detail: "503".into() }),
        7 => Ok("I would rather not.".into()),
        _ => good(request),
    })
    .await;
    let document = shop.parsed(10).await;
    let ended = shop.drive(shop.generation(document).await).await;
    assert_eq!(ended.status, GenerationStatus::Completed);
    assert_eq!((ended.chunks_processed, ended.chunks_failed, ended.pairs_generated), (10, 3, 7));
    let first = PageRequest { after: None, limit: 100 };
    let failures =
        shop.environment.metadata.page_failures(&shop.user, ended.id, &first).await.unwrap().unwrap();
    let failures: Vec<_> = failures.items.into_iter().map(|failed| failed.failure).collect();
    let reasons: Vec<_> = failures.iter().map(|failure| failure.reason.as_str()).collect();
    assert!(reasons[0].contains("bug"), "{reasons:?}");
    assert!(reasons[1].contains("no answer after 6 attempts: 503"), "{reasons:?}");
    assert!(reasons[2].contains("could not be read"), "{reasons:?}");
    assert_eq!(failures[2].raw_reply.as_deref(), Some("I would rather not."));

    let pick = missing(document);
    let left =
        create_generate(&shop.environment, &shop.user, shop.project, settings(), &pick, Launch::Here).await;
    assert_eq!(left.unwrap().units, 3, "a further generation is for what failed alone");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_fail_for_all_stops_the_run_and_it_goes_on_without_paying_again() {
    let down = Arc::new(AtomicBool::new(false));
    let switch = Arc::clone(&down);
    let shop = Workshop::new(5, move |request| {
        // More than are begun at once: some have been answered by then.
        if section(request) == 15 {
            switch.store(true, Ordering::SeqCst);
        }
        match switch.load(Ordering::SeqCst) {
            true => Err(ChatError::Unauthorised { status: 401, detail: "no".into() }),
            false => good(request),
        }
    })
    .await;
    let document = shop.parsed(20).await;
    let id = shop.generation(document).await;
    let stopped = shop.drive(id).await;
    assert_eq!(stopped.status, GenerationStatus::Failed);
    assert_eq!(stopped.error.as_deref(), Some("the gateway refused the key (401): no"));
    assert_eq!(stopped.chunks_failed, 0, "no chunk is to blame");
    let paid = stopped.usage.requests;
    assert!((1..20).contains(&paid), "{paid}");

    let healthy = Workshop::scripted(good);
    let environment = shop.elsewhere(&healthy, &shop.environment.owner.host).await;
    let ended = drive(&environment, &shop.user, id, &CancellationToken::new()).await.unwrap();
    assert_eq!((ended.status, ended.attempt), (GenerationStatus::Completed, 2));
    assert_eq!(healthy.calls.load(Ordering::SeqCst) + paid, 20);
    assert_eq!(ended.usage.requests, 20);
    assert_eq!(shop.pairs().await.len(), 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelled_and_resumed_nothing_is_lost_or_paid_twice() {
    let shop = Workshop::new(20, good).await;
    let document = shop.parsed(30).await;
    let id = shop.generation(document).await;
    let stop = CancellationToken::new();
    let stopper = stop.clone();
    let model = Arc::clone(&shop.model);
    tokio::spawn(async move {
        while model.calls.load(Ordering::SeqCst) < 6 {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        stopper.cancel();
    });
    let cancelled = drive(&shop.environment, &shop.user, id, &stop).await.unwrap();
    assert_eq!(cancelled.status, GenerationStatus::Cancelled);
    assert!(shop.calls() < 30, "{}", shop.calls());
    let ended = shop.drive(id).await;
    assert_eq!(ended.status, GenerationStatus::Completed);
    assert_eq!(shop.calls(), 30);
    assert_eq!(shop.pairs().await.len(), 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_share_a_generation_without_doing_anything_twice() {
    let shop = Workshop::new(3, good).await;
    let document = shop.parsed(40).await;
    let id = shop.generation(document).await;
    let other = shop.elsewhere(&shop.model, "elsewhere").await;
    let stop = CancellationToken::new();
    let (here, there) =
        tokio::join!(drive(&shop.environment, &shop.user, id, &stop), drive(&other, &shop.user, id, &stop));
    assert_eq!(here.unwrap().status, GenerationStatus::Completed);
    assert_eq!(there.unwrap().status, GenerationStatus::Completed);
    assert_eq!(shop.calls(), 40);
    assert_eq!(shop.pairs().await.len(), 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_document_fails_alone() {
    let shop = Workshop::new(0, good).await;
    let fine = shop.document("fine.md", b"# Fine\n\nIt is.").await;
    let empty = shop.document("empty.md", b"").await;
    let created = jobs::create_parse(
        &shop.environment,
        &shop.user,
        shop.project,
        &[empty, fine],
        model::Parsing::default(),
        Launch::Here,
    )
    .await
    .unwrap();
    let ended = shop.drive(created.id).await;
    assert_eq!(ended.status, GenerationStatus::Completed);
    assert_eq!((ended.chunks_total, ended.chunks_failed), (2, 1));
    let empty = shop.environment.metadata.document(&shop.user, empty).await.unwrap().unwrap();
    assert_eq!(empty.error.as_deref(), Some("the file is empty"));
    let fine = shop.environment.metadata.document(&shop.user, fine).await.unwrap().unwrap();
    assert_eq!((fine.status.as_str(), fine.chunk_count), ("parsed", 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_to_do_is_said() {
    let shop = Workshop::new(0, good).await;
    let parse = jobs::create_parse(
        &shop.environment,
        &shop.user,
        shop.project,
        &[],
        model::Parsing::default(),
        Launch::Here,
    )
    .await;
    assert!(matches!(parse, Err(JobsError::NothingToDo("parse"))), "{parse:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_is_locked_for_one_run_and_freed_by_death() {
    let shop = Workshop::new(0, good).await;
    let held = NamedLock::project(Arc::clone(&shop.environment), shop.project).await.unwrap();
    let elsewhere = shop.elsewhere(&shop.model, "elsewhere").await;
    let refused = NamedLock::project(Arc::clone(&elsewhere), shop.project).await;
    assert!(matches!(refused, Err(JobsError::Locked { .. })));
    held.release().await.unwrap();

    // A lock that is never given back, of a process that is no more.
    let mut dead = (*shop.environment).clone();
    dead.owner.started += 1;
    std::mem::forget(NamedLock::project(Arc::new(dead), shop.project).await.unwrap());
    NamedLock::project(Arc::clone(&shop.environment), shop.project).await.unwrap().release().await.unwrap();
}
