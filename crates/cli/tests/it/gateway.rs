//! `run` against a simulated gateway, with and without faults.

use std::time::Duration;

use testkit::{FaultRates, Gateway, GatewayConfig};

use crate::forge::{Forge, Ran, assert_chatml, manual};

/// The judge has tests of its own.
const SIMULATED: [&str; 2] = ["--model=simulated", "--judge=none"];

#[tokio::test(flavor = "multi_thread")]
async fn every_chunk_gives_pairs_and_no_call_is_repeated() {
    let gateway = Gateway::start(GatewayConfig::default()).await.unwrap();
    let forge = Forge::with_gateway(&gateway.url());
    forge.write("docs/pump.md", manual("pump", 12));
    let summary = forge.run(&["run", "docs", SIMULATED[0], SIMULATED[1], "--json"]).summary(0);
    let chunks = summary["chunks"]["total"].as_u64().unwrap();
    assert!(chunks >= 12, "{chunks} chunks");
    forge.json_lines("dataset.jsonl").iter().for_each(assert_chatml);
    let stats = gateway.stats();
    assert_eq!((stats.requests, stats.repeats), (chunks, 0));
    assert_eq!(summary["usage"]["requests"], chunks);

    let again = forge.run(&["run", "docs", SIMULATED[0], SIMULATED[1], "--json"]).summary(0);
    assert_eq!(again["version"], 1);
    assert_eq!(gateway.stats().requests, chunks, "a finished run asks for nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_change_nothing_but_the_number_of_calls() {
    let calm = Gateway::start(GatewayConfig::default()).await.unwrap();
    let undisturbed = Forge::with_gateway(&calm.url());
    undisturbed.write("docs/pump.md", manual("pump", 20));
    undisturbed.run(&["run", "docs", SIMULATED[0], SIMULATED[1]]).expect(0);

    let faults = FaultRates {
        rate_limited: 0.05,
        internal_error: 0.05,
        unavailable: 0.03,
        reset: 0.05,
        fences: 0.1,
        prose: 0.1,
        trailing_commas: 0.1,
        ..FaultRates::default()
    };
    let stormy = Gateway::start(GatewayConfig { faults, retry_after_seconds: 0, ..GatewayConfig::default() })
        .await
        .unwrap();
    let disturbed = Forge::with_gateway(&stormy.url());
    disturbed.write("docs/pump.md", manual("pump", 20));
    disturbed.run(&["run", "docs", SIMULATED[0], SIMULATED[1]]).expect(0);
    assert!(stormy.stats().requests > calm.stats().requests, "no fault happened");
    assert_eq!(disturbed.read("dataset.jsonl"), undisturbed.read("dataset.jsonl"));
}

#[tokio::test(flavor = "multi_thread")]
async fn chunks_without_a_readable_reply_are_named_and_tried_again_by_the_next_run() {
    let faults = FaultRates { off_schema: 0.4, empty: 0.2, ..FaultRates::default() };
    let gateway = Gateway::start(GatewayConfig { faults, ..GatewayConfig::default() }).await.unwrap();
    let forge = Forge::with_gateway(&gateway.url());
    forge.write("docs/pump.md", manual("pump", 20));
    let ran = forge.run(&["run", "docs", SIMULATED[0], SIMULATED[1], "--json"]);
    let summary = ran.summary(3);
    let failed = summary["chunks"]["failed"].as_array().unwrap();
    assert!(!failed.is_empty());
    for failure in failed {
        assert!(failure["name"].as_str().unwrap().starts_with("pump.md, chunk "), "{failure}");
        assert!(!failure["reason"].as_str().unwrap().is_empty());
    }
    let lineage = forge.json_lines("dataset.jsonl.lineage.jsonl");
    let with_pairs: std::collections::BTreeSet<_> =
        lineage.iter().map(|line| line["chunk_id"].to_string()).collect();
    let total = summary["chunks"]["total"].as_u64().unwrap();
    assert_eq!(with_pairs.len() as u64 + failed.len() as u64, total, "a chunk is neither done nor named");

    let again = forge.run(&["run", "docs", SIMULATED[0], SIMULATED[1], "--json"]);
    let generated =
        serde_json::from_str::<serde_json::Value>(&again.stdout).unwrap()["chunks"]["generated_now"].as_u64();
    assert_eq!(generated, Some(failed.len() as u64), "the failed chunks alone are tried again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_stops_the_run_at_once_with_one_message_and_it_goes_on_later() {
    let config = GatewayConfig { api_key: Some("right".into()), ..GatewayConfig::default() };
    let gateway = Gateway::start(config).await.unwrap();
    let forge = Forge::with_gateway(&gateway.url()).set("DATA_FORGE_GATEWAY_API_KEY", "wrong-and-secret");
    forge.write("docs/pump.md", manual("pump", 60));
    let ran = forge.run(&["run", "docs", SIMULATED[0], SIMULATED[1], "--max-concurrency", "2"]);
    ran.expect(1);
    assert!(ran.stderr.contains("the gateway refused the key (401)"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("wrong-and-secret"), "{}", ran.stderr);
    assert!(gateway.stats().requests <= 6, "{} requests with a wrong key", gateway.stats().requests);

    let forge = forge.set("DATA_FORGE_GATEWAY_API_KEY", "right");
    forge.run(&["run", "docs", SIMULATED[0], SIMULATED[1]]).expect(0);
    assert_eq!(gateway.stats().repeats, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_run_waits_for_a_gateway_that_goes_away_and_says_so() {
    let slow = GatewayConfig { latency_ms: 50, ..GatewayConfig::default() };
    let gateway = Gateway::start(slow.clone()).await.unwrap();
    let url = gateway.url();
    let port = url.trim_end_matches("/v1").rsplit(':').next().unwrap().parse().unwrap();
    let forge = Forge::with_gateway(&url);
    forge.write("docs/pump.md", manual("pump", 40));
    let child = forge
        .command(&["run", "docs", SIMULATED[0], SIMULATED[1], "--max-concurrency", "2", "--json"])
        .spawn()
        .unwrap();
    while gateway.stats().answered < 10 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    drop(gateway);
    tokio::time::sleep(Duration::from_secs(2)).await;
    let back = Gateway::start(GatewayConfig { port, ..slow }).await.unwrap();
    let ran = Ran::from(child.wait_with_output().unwrap());
    let summary = ran.summary(0);
    assert_eq!(summary["chunks"]["failed"].as_array().unwrap().len(), 0, "{summary}");
    for line in ["the gateway cannot be reached: the run waits", "the gateway answers again"] {
        assert!(ran.stderr.contains(line), "{}", ran.stderr);
    }
    assert!(back.stats().requests > 0 && back.stats().repeats == 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_everything_goes_wrong_for_is_done_or_named_and_nothing_answered_is_asked_again() {
    let faults = FaultRates {
        rate_limited: 0.05,
        internal_error: 0.02,
        reset: 0.01,
        hang: 0.01,
        truncated: 0.03,
        prose: 0.03,
        empty: 0.01,
        ..FaultRates::default()
    };
    let config = GatewayConfig {
        faults,
        latency_ms: 20,
        concurrency_limit: Some(16),
        retry_after_seconds: 0,
        ..GatewayConfig::default()
    };
    let gateway = Gateway::start(config).await.unwrap();
    let forge = Forge::with_gateway(&gateway.url());
    forge.write("docs/pump.md", manual("pump", 200));
    let ran = forge.run(&["run", "docs", SIMULATED[0], SIMULATED[1], "--request-timeout", "3", "--json"]);
    let summary: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let named = summary["chunks"]["failed"].as_array().unwrap();
    assert!(named.iter().all(|failure| !failure["reason"].as_str().unwrap().is_empty()), "{summary}");
    let lineage = forge.json_lines("dataset.jsonl.lineage.jsonl");
    let with_pairs: std::collections::BTreeSet<_> =
        lineage.iter().map(|line| line["chunk_id"].to_string()).collect();
    assert_eq!((with_pairs.len() + named.len()) as u64, summary["chunks"]["total"].as_u64().unwrap());
    let stats = gateway.stats();
    assert_eq!(stats.repeats, 0);
    let refused = stats.by_status["429"] - stats.faults["rate_limited"];
    // The first round trip finds out that there is room for 16 of 32.
    assert!(refused.saturating_sub(16) * 100 < 3 * stats.requests, "{stats:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_model_the_gateways_models_are_named() {
    let gateway = Gateway::start(GatewayConfig::default()).await.unwrap();
    let forge = Forge::with_gateway(&gateway.url());
    forge.write("docs/pump.md", manual("pump", 1));
    let ran = forge.run(&["run", "docs"]);
    ran.expect(2);
    assert!(ran.stderr.contains("simulated") && ran.stderr.contains("--model"), "{}", ran.stderr);
    let models = forge.run(&["models"]);
    models.expect(0);
    assert!(
        models.stdout.contains("simulated") && models.stdout.contains("builtin/extractive"),
        "{}",
        models.stdout
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_stops_the_run_and_a_higher_one_goes_on() {
    let gateway = Gateway::start(GatewayConfig::default()).await.unwrap();
    let forge = Forge::with_gateway(&gateway.url());
    forge.write("data-forge.toml", "[prices.simulated]\nprompt = 1000.0\ncompletion = 1000.0\n");
    forge.write("docs/pump.md", manual("pump", 12));
    let run = |budget| {
        let arguments = [
            "run",
            "docs",
            SIMULATED[0],
            SIMULATED[1],
            "--max-cost-usd",
            budget,
            "--max-concurrency",
            "1",
            "--json",
        ];
        forge.run(&arguments)
    };
    let ran = run("12");
    ran.expect(1);
    assert!(ran.stderr.contains("budget_reached") && ran.stderr.contains("--max-cost-usd"), "{}", ran.stderr);
    let paid = gateway.stats();
    assert!(paid.requests > 0 && paid.prompt_tokens + paid.completion_tokens <= 12_000, "{paid:?}");
    assert!(ran.stderr.contains(&format!("{} of ", paid.requests)), "{}", ran.stderr);
    let summary = run("1000").summary(0);
    assert_eq!(gateway.stats().requests, summary["chunks"]["total"].as_u64().unwrap());
    assert_eq!(gateway.stats().repeats, 0);
}
