//! The simulated gateway as a client sees it.

use reqwest::{Client, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};
use testkit::{FaultRates, Gateway, GatewayConfig, Stats};

fn client() -> Client {
    // The client wants a provider even where nothing is encrypted; another test may have set it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().tls_certs_only([]).build().expect("a client without certificates")
}

async fn post(client: &Client, gateway: &Gateway, content: &str) -> reqwest::Result<reqwest::Response> {
    let body = json!({"model": "simulated", "messages": [{"role": "user", "content": content}]});
    client.post(format!("{}/chat/completions", gateway.url())).json(&body).send().await
}

#[tokio::test]
async fn equal_bodies_have_equal_replies_and_repeats_are_counted() {
    let gateway = Gateway::start(GatewayConfig::default()).await.unwrap();
    let client = client();
    let mut replies = Vec::new();
    for content in ["A passage of words.", "Another passage of words.", "A passage of words."] {
        replies.push(post(&client, &gateway, content).await.unwrap().text().await.unwrap());
    }
    assert_eq!(replies[0], replies[2]);
    assert_ne!(replies[0], replies[1]);
    let stats = gateway.stats();
    assert_eq!((stats.requests, stats.answered, stats.repeats, stats.in_flight), (3, 3, 1, 0));
    let url = gateway.url().replace("/v1", "/stats");
    assert_eq!(client.get(url).send().await.unwrap().json::<Stats>().await.unwrap(), stats);
}

#[tokio::test]
async fn a_spoilt_answer_is_asked_for_again_without_being_a_repeat() {
    let faults = FaultRates { empty: 1.0, ..FaultRates::default() };
    let config = GatewayConfig { faults, max_faults_per_body: Some(1), ..GatewayConfig::default() };
    let gateway = Gateway::start(config).await.unwrap();
    let client = client();
    let repeats = async || {
        post(&client, &gateway, "A passage.").await.unwrap().text().await.unwrap();
        gateway.stats().repeats
    };
    assert_eq!([repeats().await, repeats().await, repeats().await], [0, 0, 1]);
}

#[rstest]
#[case(GatewayConfig { requests_per_minute: Some(1), ..GatewayConfig::default() }, "rate_limit_exceeded", true)]
#[case(GatewayConfig { quota: Some(1), ..GatewayConfig::default() }, "insufficient_quota", false)]
#[tokio::test]
async fn limits_are_told(#[case] config: GatewayConfig, #[case] code: &str, #[case] retry_after: bool) {
    let gateway = Gateway::start(config).await.unwrap();
    let client = client();
    assert_eq!(post(&client, &gateway, "A passage.").await.unwrap().status(), StatusCode::OK);
    let reply = post(&client, &gateway, "A passage.").await.unwrap();
    assert_eq!(reply.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(reply.headers().contains_key("retry-after"), retry_after);
    let body: Value = reply.json().await.unwrap();
    assert_eq!(body["error"]["code"], code);
}

#[tokio::test]
async fn a_reset_breaks_the_reply_and_a_dropped_gateway_is_gone() {
    let faults = FaultRates { reset: 1.0, ..FaultRates::default() };
    let gateway = Gateway::start(GatewayConfig { faults, ..GatewayConfig::default() }).await.unwrap();
    let client = client();
    let reply = post(&client, &gateway, "A passage.").await.unwrap();
    assert!(reply.text().await.is_err());
    let health = gateway.url().replace("/v1", "/health");
    assert_eq!(client.get(&health).send().await.unwrap().status(), StatusCode::OK);
    drop(gateway);
    // The listener is closed as soon as the server's task has run.
    while client.get(&health).send().await.is_ok() {
        tokio::task::yield_now().await;
    }
}
