//! Jobs of a server: started, killed, cancelled, adopted, handed over.

use std::{process::Child, time::Duration};

use model::{GenerateConfig, GenerationStatus, LogLevel};
use testkit::{Gateway, GatewayConfig};

use crate::{
    forge::Ran,
    server_side::{ServerSide, lives, poll, signal},
};

async fn slow_gateway() -> Gateway {
    Gateway::start(GatewayConfig { latency_ms: 100, ..GatewayConfig::default() }).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_parse_generate_and_validate_to_the_end() {
    let gateway = Gateway::start(GatewayConfig::default()).await.unwrap();
    let side = ServerSide::new(&gateway.url()).await;
    let document = side.document("pump.md", 12).await;
    let running = side.supervise();
    let parse = side.parse(&[document]).await;
    running.supervisor.wake();
    let parsed = side.ended(parse).await;
    assert_eq!(parsed.status, GenerationStatus::Completed, "{parsed:?}");
    assert_eq!(parsed.job_names, [format!("df-parse-{parse}")]);

    let generate = side.generate(document, "simulated").await;
    running.supervisor.wake();
    let ended = side.ended(generate).await;
    assert_eq!(ended.status, GenerationStatus::Completed, "{ended:?}");
    assert_eq!(ended.job_names, [format!("df-generate-{generate}"), format!("df-validate-{generate}")]);
    assert_eq!((ended.chunks_processed, ended.chunks_failed), (ended.chunks_total, 0));
    assert!(ended.pairs_generated > 0 && ended.average_quality.is_some(), "{ended:?}");
    assert!(ended.usage.cost_usd.is_some(), "a worker finds the teacher's price out by itself");

    let lines = side.environment.metadata.logs(&side.user, generate, 0, LogLevel::Info, 500).await.unwrap();
    let said: Vec<&str> = lines.iter().map(|line| &*line.message).collect();
    for wanted in
        ["a job is started", "the phase begins", "no unit of the phase is left", "the phase has ended"]
    {
        assert!(said.contains(&wanted), "{wanted}: {said:?}");
    }
    running.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_worker_is_replaced_and_nothing_is_paid_for_twice() {
    let gateway = slow_gateway().await;
    let side = ServerSide::new(&gateway.url()).await;
    let document = side.parsed(40).await;
    let running = side.supervise();
    let id = side.generate(document, "simulated").await;
    for _ in 0..3 {
        let before = side.generation(id).await.chunks_processed;
        side.until(id, |generation| generation.chunks_processed > before + 1).await;
        let worker = side.worker(id).await;
        assert!(signal(worker.pid, "-KILL"));
        poll(async || Some(()).filter(|()| !lives(worker.pid))).await.unwrap();
    }
    let ended = side.ended(id).await;
    assert_eq!(ended.status, GenerationStatus::Completed, "{ended:?}");
    let stats = gateway.stats();
    // A repeat that a further kill met in flight was never answered, so that there may be fewer answers.
    assert!(
        stats.answered <= ended.chunks_total + stats.repeats,
        "{stats:?} for {} chunks",
        ended.chunks_total
    );
    assert!(stats.repeats <= 3 * 2, "{} repeats: more than were in flight at the kills", stats.repeats);
    running.shut_down().await;
}

/// Three workers share a generation, and one of them is killed again and again: the job, which the supervisor starts
/// anew each time (far more often than a job may die without getting anything done), or one of the others.
#[tokio::test(flavor = "multi_thread")]
async fn twenty_kills_among_three_workers_lose_and_double_nothing() {
    const KILLS: usize = 20;
    let gateway = slow_gateway().await;
    let side = ServerSide::new(&gateway.url()).await;
    let document = side.parsed(260).await;
    let running = side.supervise();
    let id = side.generate(document, "simulated").await;
    side.under_way(id).await;
    let mut others = [side.by_hand(id), side.by_hand(id)];
    for kill in 0..KILLS {
        let before = side.generation(id).await.chunks_processed;
        side.until(id, |generation| generation.chunks_processed > before + 1).await;
        assert_eq!(
            side.generation(id).await.status,
            GenerationStatus::Generating,
            "too few chunks: kill {kill}"
        );
        let victim = match others.get(kill % 3) {
            Some(other) => other.id(),
            // The lease of one that was killed outlives it.
            None => poll(async || Some(side.worker(id).await.pid).filter(|pid| lives(*pid))).await.unwrap(),
        };
        assert!(signal(victim, "-KILL"));
        // One that was started by hand may have taken over the job's name.
        match others.iter_mut().find(|other| other.id() == victim) {
            Some(other) => {
                other.wait().unwrap();
                *other = side.by_hand(id);
            }
            None => poll(async || Some(()).filter(|()| !lives(victim))).await.unwrap(),
        }
    }
    let ended = side.ended(id).await;
    assert_eq!((ended.status, ended.chunks_failed), (GenerationStatus::Completed, 0), "{ended:?}");
    for other in &mut others {
        other.wait().unwrap();
    }
    let all = store::PairSelection::default();
    let pairs =
        side.environment.metadata.export_rows(&side.user, side.project, &all, None, 10_000).await.unwrap();
    let chunks: std::collections::HashSet<_> = pairs.iter().map(|row| row.pair.chunk_id).collect();
    let counted = (pairs.len() as u64, chunks.len() as u64);
    assert_eq!(counted, (ended.pairs_generated, ended.chunks_total), "each chunk has its pair, and once");
    let stats = gateway.stats();
    assert_eq!(stats.distinct, ended.chunks_total);
    assert!(
        stats.repeats <= 2 * KILLS as u64,
        "{} repeats: more than were in flight at the kills",
        stats.repeats
    );
    running.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_generation_s_worker_is_gone_within_two_seconds() {
    let slow = GatewayConfig { latency_ms: 400, ..GatewayConfig::default() };
    let gateway = Gateway::start(slow).await.unwrap();
    let side = ServerSide::new(&gateway.url()).await;
    let document = side.parsed(40).await;
    let running = side.supervise();
    let id = side.generate(document, "simulated").await;
    let worker = side.under_way(id).await;
    let cancelling = running.supervisor.cancel(&side.user, id);
    let cancelled = tokio::time::timeout(Duration::from_secs(2), cancelling).await.unwrap().unwrap();
    assert_eq!(cancelled.status, GenerationStatus::Cancelled);
    assert!(!lives(worker.pid), "the worker outlived the cancel");
    let again = running.supervisor.cancel(&side.user, id).await;
    assert!(matches!(again, Err(jobs::JobsError::Transition(_))), "{again:?}");

    jobs::resume(&side.environment, &side.user, id, &jobs::BudgetChange::default()).await.unwrap();
    running.supervisor.wake();
    let ended = side.ended(id).await;
    assert_eq!((ended.status, ended.attempt), (GenerationStatus::Completed, 2));
    running.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_outlives_a_killed_server_and_the_next_one_takes_it_over() {
    let gateway = slow_gateway().await;
    let side = ServerSide::new(&gateway.url()).await;
    let document = side.parsed(40).await;
    let first = side.supervise();
    let id = side.generate(document, "simulated").await;
    let worker = side.under_way(id).await;
    first.vanish();

    let second = side.supervise();
    side.until(id, |generation| generation.chunks_processed > 10).await;
    assert_eq!(side.worker(id).await, worker, "the same worker goes on");
    let cancelled = second.supervisor.cancel(&side.user, id).await.unwrap();
    assert_eq!(cancelled.status, GenerationStatus::Cancelled);
    let gone = poll(async || Some(()).filter(|()| !lives(worker.pid))).await;
    assert_eq!(gone, Some(()), "what is taken over can be stopped");
    assert_eq!(gateway.stats().repeats, 0, "nobody else worked on it");
    second.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_ends_has_its_workers_hand_back_their_units() {
    let gateway = slow_gateway().await;
    let side = ServerSide::new(&gateway.url()).await;
    let document = side.parsed(40).await;
    let first = side.supervise();
    let id = side.generate(document, "simulated").await;
    let worker = side.under_way(id).await;
    first.shut_down().await;
    assert!(!lives(worker.pid));
    assert_eq!(side.generation(id).await.status, GenerationStatus::Generating);
    assert_eq!(side.environment.metadata.owners(id).await.unwrap(), [], "no unit is held");

    let second = side.supervise();
    assert_eq!(side.ended(id).await.status, GenerationStatus::Completed);
    assert_eq!(gateway.stats().repeats, 0, "calls under way at the end are waited for");
    second.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_at_work_in_the_project_is_left_alone() {
    let gateway = Gateway::start(GatewayConfig::default()).await.unwrap();
    let side = ServerSide::new(&gateway.url()).await;
    let document = side.document("pump.md", 3).await;
    let lock = jobs::NamedLock::project(side.environment.clone(), side.project).await.unwrap();
    let (held, free) = (side.parse(&[document]).await, ServerSide::new(&gateway.url()).await);
    let other = free.document("pump.md", 3).await;
    let (running, elsewhere) = (side.supervise(), free.supervise());
    let control = free.parse(&[other]).await;
    assert_eq!(free.ended(control).await.status, GenerationStatus::Completed);
    assert_eq!(side.generation(held).await.status, GenerationStatus::Pending);
    lock.release().await.unwrap();
    assert_eq!(side.ended(held).await.status, GenerationStatus::Completed);
    running.shut_down().await;
    elsewhere.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_only_dies_fails_the_generation_with_a_reason() {
    let side = ServerSide::new("http://127.0.0.1:1/v1").await;
    let document = side.document("pump.md", 3).await;
    let running = side.supervise_with("false".into());
    let id = side.parse(&[document]).await;
    let ended = side.ended(id).await;
    assert_eq!(ended.status, GenerationStatus::Failed);
    let error = ended.error.unwrap();
    assert!(error.contains("ended 3 times without finishing anything"), "{error}");
    assert!(error.contains("exit status: 1") && error.contains("resume"), "{error}");
    running.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_is_the_generation_s_own_and_needs_a_price() {
    let gateway = Gateway::start(GatewayConfig::default()).await.unwrap();
    let side = ServerSide::new(&gateway.url()).await;
    let document = side.parsed(20).await;
    let running = side.supervise();
    let config = GenerateConfig { max_cost_usd: Some(1.0), ..GenerateConfig::default() };
    let unpriced = side.generate_with(document, "simulated-small", config).await;
    let error = side.ended(unpriced).await.error.unwrap();
    assert!(error.contains("what `simulated-small` costs is not known"), "{error}");

    let tight = GenerateConfig { max_tokens_total: Some(20_000), ..GenerateConfig::default() };
    let id = side.generate_with(document, "simulated", tight).await;
    let ended = side.ended(id).await;
    assert_eq!(ended.error.as_deref(), Some("budget_reached"));
    let (kept, paid) = (ended.chunks_processed, gateway.stats());
    assert!(0 < kept && kept < 20, "{ended:?}");
    assert_eq!(paid.requests, kept, "what was paid for is kept");
    assert!(paid.prompt_tokens + paid.completion_tokens <= 20_000, "{paid:?}");

    let more = jobs::BudgetChange { max_tokens_total: Some(u64::MAX >> 1), ..Default::default() };
    jobs::resume(&side.environment, &side.user, id, &more).await.unwrap();
    running.supervisor.wake();
    assert_eq!(side.ended(id).await.status, GenerationStatus::Completed);
    running.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_is_started_by_hand_too() {
    let gateway = slow_gateway().await;
    let side = ServerSide::new(&gateway.url()).await;
    let document = side.parsed(30).await;
    let id = side.generate(document, "simulated").await;
    let end = |child: Child| Ran::from(child.wait_with_output().unwrap());
    let early = end(side.by_hand(id));
    early.expect(1);
    assert!(early.stderr.contains("pending"), "{}", early.stderr);
    let unknown = end(side.by_hand("01890000-0000-7000-8000-000000000000".parse().unwrap()));
    unknown.expect(1);
    assert!(unknown.stderr.contains("there is no generation"), "{}", unknown.stderr);

    let running = side.supervise();
    let worker = side.under_way(id).await;
    let second = side.by_hand(id);
    let owners = async || side.environment.metadata.owners(id).await.unwrap();
    poll(async || owners().await.into_iter().find(|owner| owner.pid == second.id()))
        .await
        .expect("it claims units");
    assert_eq!(side.worker(id).await, worker, "the job keeps its name");
    end(second).expect(0);
    assert_eq!(side.ended(id).await.status, GenerationStatus::Completed);
    assert_eq!(gateway.stats().repeats, 0, "two workers share a phase");
    running.shut_down().await;
}
