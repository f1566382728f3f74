//! Generation with a model over HTTP: what it is estimated to come to, budgets, resuming, top-ups, failures.

use serde_json::{Value, json};
use testkit::{FaultRates, Gateway, GatewayConfig};

use super::{Server, User, text};
use crate::forge::{Forge, manual};

/// A server with a project of parsed manuals, before a gateway.
struct Shop {
    gateway: Gateway,
    server: Server,
    project: String,
    _forge: Forge,
}

impl Shop {
    async fn open(config: GatewayConfig, sections: usize) -> Self {
        let gateway = Gateway::start(config).await.unwrap();
        let forge = Forge::with_gateway(&gateway.url());
        let server = Server::start(&forge);
        let user = server.anyone();
        let project = user.project("Manuals").await;
        user.upload(&project, "pump.md", manual("pump", sections).into_bytes()).await;
        user.parse(&project).await;
        Self { gateway, server, project, _forge: forge }
    }

    fn user(&self) -> User {
        self.server.anyone()
    }

    async fn estimate(&self, body: &Value) -> Value {
        self.user().post(&format!("{}/generate/estimate", self.project), body.clone()).await.expect(200)
    }

    async fn generate(&self, body: &Value) -> Value {
        let begun = self.user().post(&format!("{}/generate", self.project), body.clone()).await.expect(202);
        self.user().ended(text(&begun["id"])).await
    }

    async fn resume(&self, generation: &Value, body: Value) -> Value {
        let path = format!("/generations/{}/resume", text(&generation["id"]));
        self.user().post(&path, body).await.expect(202);
        self.user().ended(text(&generation["id"])).await
    }
}

fn asked(kind: &str, mut config: Value) -> Value {
    // The judge has tests of its own.
    config["judge_model"] = json!("none");
    json!({"teacher_model": "simulated", "generation_type": kind, "config": config})
}

#[track_caller]
fn assert_near(what: &str, estimated: &Value, happened: &Value) {
    let (estimated, happened) = (estimated.as_f64().unwrap(), happened.as_f64().unwrap());
    let off = estimated / happened - 1.0;
    assert!(
        off.abs() <= 0.15,
        "{what}: {estimated} was estimated and {happened} happened: {:+.0}%",
        off * 100.0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_estimated_happens() {
    let shop = Shop::open(GatewayConfig::default(), 24).await;
    for kind in ["qa", "instruction", "conversation", "summary", "classification"] {
        let body = asked(kind, json!({}));
        // The second time the first run is what it is told from.
        for history in [false, true] {
            let estimate = shop.estimate(&body).await;
            assert_eq!(estimate["from_history"], history, "{estimate}");
            let generation = shop.generate(&body).await;
            assert_eq!(
                (&generation["status"], &generation["chunks_failed"]),
                (&json!("completed"), &json!(0))
            );
            let usage = &generation["usage"];
            let sum = |of: &Value| {
                json!(of["prompt_tokens"].as_u64().unwrap() + of["completion_tokens"].as_u64().unwrap())
            };
            assert_near(&format!("{kind}, requests"), &estimate["requests"], &usage["requests"]);
            assert_near(&format!("{kind}, tokens"), &sum(&estimate), &sum(usage));
            assert_near(&format!("{kind}, cost"), &estimate["cost_usd"], &usage["cost_usd"]);
            assert_eq!(estimate["pairs"], generation["pairs_generated"], "{kind}: {generation}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn half_of_the_estimate_is_not_passed_and_a_higher_budget_goes_on() {
    let shop = Shop::open(GatewayConfig::default(), 40).await;
    let estimate = shop.estimate(&asked("qa", json!({}))).await;
    let half = estimate["cost_usd"].as_f64().unwrap() / 2.0;
    let stopped = shop.generate(&asked("qa", json!({"max_cost_usd": half, "max_concurrency": 4}))).await;
    assert_eq!((&stopped["status"], &stopped["error"]), (&json!("failed"), &json!("budget_reached")));
    let spent = stopped["usage"]["cost_usd"].as_f64().unwrap();
    assert!(spent <= half && spent > half * 0.7, "{spent} of {half}");
    let (done, total) =
        (stopped["chunks_processed"].as_u64().unwrap(), stopped["chunks_total"].as_u64().unwrap());
    assert!(done > 0 && done < total, "{stopped}");

    let ended = shop.resume(&stopped, json!({"config": {"max_cost_usd": half * 3.0}})).await;
    assert_eq!(
        (&ended["status"], &ended["chunks_processed"]),
        (&json!("completed"), &json!(total)),
        "{ended}"
    );
    let stats = shop.gateway.stats();
    assert_eq!((stats.requests, stats.repeats), (total, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_run_goes_on_and_a_top_up_asks_for_what_is_missing() {
    let shop = Shop::open(GatewayConfig { latency_ms: 150, ..GatewayConfig::default() }, 30).await;
    let user = shop.user();
    let body = asked("qa", json!({"max_concurrency": 2, "pairs_per_chunk": 1}));
    let begun = user.post(&format!("{}/generate", shop.project), body.clone()).await.expect(202);
    let path = format!("/generations/{}", text(&begun["id"]));
    while user.get(&path).await.expect(200)["chunks_processed"].as_u64().unwrap() < 4 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    user.post(&format!("{path}/cancel"), json!({})).await.expect(202);
    let cancelled = user.ended(text(&begun["id"])).await;
    assert_eq!(cancelled["status"], "cancelled");
    let total = cancelled["chunks_total"].as_u64().unwrap();
    let ended = shop.resume(&cancelled, json!({})).await;
    assert_eq!((&ended["status"], &ended["chunks_processed"]), (&json!("completed"), &json!(total)));
    let stats = shop.gateway.stats();
    // What was under way when it was cancelled is waited for.
    assert_eq!((stats.distinct, stats.repeats), (total, 0), "{stats:?}");

    // Two chunks' pairs are accepted: the rest is asked about again.
    let pairs = user.all(&format!("{}/pairs", shop.project)).await;
    let ids: Vec<&Value> = pairs.iter().take(2).map(|pair| &pair["id"]).collect();
    user.post(&format!("{}/pairs/bulk-action", shop.project), json!({"action": "accept", "pair_ids": ids}))
        .await
        .expect(200);
    let mut more = body;
    more["scope"] = json!("without_accepted_pairs");
    more["config"]["seed"] = json!(7);
    assert_eq!(shop.estimate(&more).await["chunks"], total - 2);
    let topped_up = shop.generate(&more).await;
    assert_eq!((&topped_up["status"], &topped_up["chunks_total"]), (&json!("completed"), &json!(total - 2)));
    more["scope"] = json!("without_pairs");
    user.post(&format!("{}/generate", shop.project), more).await.expect(409);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_is_shown_with_its_reply_and_is_retried_alone() {
    // Each body meets its faults in its first two attempts: the reply and its repair.
    let faults = FaultRates { off_schema: 0.5, ..FaultRates::default() };
    let config = GatewayConfig { faults, max_faults_per_body: Some(1), seed: 3, ..GatewayConfig::default() };
    let shop = Shop::open(config, 16).await;
    let user = shop.user();
    let ended = shop.generate(&asked("qa", json!({"pairs_per_chunk": 1}))).await;
    let failed = ended["chunks_failed"].as_u64().unwrap();
    assert!(ended["status"] == "completed" && failed > 1, "{ended}");
    let path = format!("/generations/{}", text(&ended["id"]));
    let failures = user.all(&format!("{path}/failures")).await;
    assert_eq!(failures.len() as u64, failed);
    for failure in &failures {
        assert!(text(&failure["raw_reply"]).contains("I have read the passage."), "{failure}");
        assert!(text(&failure["reason"]).contains("no `pairs`"), "{failure}");
    }
    let before = shop.gateway.stats().requests;
    let one = json!({"unit_ids": [failures[0]["unit_id"]]});
    user.post(&format!("{path}/failures/retry"), one).await.expect(202);
    let retried = user.ended(text(&ended["id"])).await;
    assert_eq!((&retried["status"], &retried["attempt"]), (&json!("completed"), &json!(2)));
    assert!(shop.gateway.stats().requests <= before + 2, "the others are left alone");
    user.post(&format!("{path}/failures/retry"), json!({})).await.expect(202);
    let retried = user.ended(text(&ended["id"])).await;
    assert_eq!(
        (&retried["status"], &retried["chunks_processed"]),
        (&json!("completed"), &ended["chunks_total"])
    );
}
