//! The client against the simulated gateway.

use std::time::Duration;

use llm::{
    ChatError, ChatModel, ChatReply, ChatRequest, FinishReason, Gateway, GatewayConfig, JsonSchema, Message,
    MessageRole, Repair, Secret, read_json,
};
use rstest::rstest;
use serde_json::json;
use testkit::{FaultRates, Gateway as Simulated, GatewayConfig as Simulation, Stats};
use tokio::task::JoinSet;
use tokio::time::Instant;

fn request(topic: &str) -> ChatRequest {
    let content = format!(
        "Number of pairs: 2\n<passage>\nThe {topic} weighs 12 kg with its case. The {topic} runs for ten hours.\n</passage>"
    );
    let pair = json!({
        "type": "object",
        "properties": {"question": {"type": "string"}, "answer": {"type": "string"}},
    });
    let schema = json!({"type": "object", "properties": {"pairs": {"type": "array", "items": pair}}});
    ChatRequest {
        model: "simulated".into(),
        messages: vec![Message { role: MessageRole::User, content }],
        temperature: 0.7,
        seed: Some(0),
        max_tokens: Some(500),
        schema: Some(JsonSchema { name: "pairs".into(), schema }),
    }
}

async fn chat(
    simulation: Simulation,
    configure: impl FnOnce(&mut GatewayConfig),
) -> (Result<ChatReply, ChatError>, Stats) {
    let simulated = Simulated::start(simulation).await.expect("a port on loopback");
    let mut config = GatewayConfig::new(simulated.url());
    configure(&mut config);
    let reply = Gateway::new(config).expect("a plain address").chat(&request("lamp")).await;
    (reply, simulated.stats())
}

/// A simulation in which each body first meets one fault.
fn once(faults: FaultRates) -> Simulation {
    Simulation { faults, max_faults_per_body: Some(1), ..Simulation::default() }
}

#[tokio::test]
async fn a_request_is_answered_and_counted() {
    let (reply, stats) = chat(Simulation::default(), |_| {}).await;
    let reply = reply.unwrap();
    assert_eq!(reply.finish_reason, FinishReason::Stop);
    assert_eq!(reply.usage.requests, 1);
    assert_eq!(reply.usage.prompt_tokens, stats.prompt_tokens);
    assert_eq!(reply.usage.completion_tokens, stats.completion_tokens);
    let reading = read_json(&reply.content).unwrap();
    assert_eq!(reading.value["pairs"].as_array().map(Vec::len), Some(2));
    assert_eq!((stats.requests, stats.answered, stats.repeats), (1, 1, 0));
}

#[rstest]
#[case::rate_limited(FaultRates { rate_limited: 1.0, ..FaultRates::default() }, "429")]
#[case::internal_error(FaultRates { internal_error: 1.0, ..FaultRates::default() }, "500")]
#[case::bad_gateway(FaultRates { bad_gateway: 1.0, ..FaultRates::default() }, "502")]
#[case::unavailable(FaultRates { unavailable: 1.0, ..FaultRates::default() }, "503")]
#[case::reset(FaultRates { reset: 1.0, ..FaultRates::default() }, "reset")]
#[case::hang(FaultRates { hang: 1.0, ..FaultRates::default() }, "hang")]
#[tokio::test]
async fn what_passes_is_tried_again(#[case] faults: FaultRates, #[case] status: &str) {
    let (right, _) = chat(Simulation::default(), |_| {}).await;
    let (reply, stats) = chat(once(faults), |config| config.request_timeout = Duration::from_secs(2)).await;
    assert_eq!(reply, right);
    assert_eq!(stats.by_status.get(status), Some(&1), "{stats:?}");
    assert_eq!((stats.requests, stats.repeats), (2, 0));
}

#[tokio::test]
async fn attempts_come_to_an_end() {
    let faults = FaultRates { internal_error: 1.0, ..FaultRates::default() };
    let (reply, stats) =
        chat(Simulation { faults, ..Simulation::default() }, |config| config.max_attempts = 3).await;
    assert!(
        matches!(reply, Err(ChatError::GaveUp { attempts: 3, ref detail }) if detail.contains("500")),
        "{reply:?}"
    );
    assert_eq!(stats.requests, 3);
}

/// The seed draws whether it comes as seconds or as a date; both are among these.
#[rstest]
#[tokio::test]
async fn retry_after_is_honoured(#[values(0, 1, 2, 3, 4, 5)] seed: u64) {
    let faults = FaultRates { rate_limited: 1.0, ..FaultRates::default() };
    let start = Instant::now();
    let (reply, stats) = chat(Simulation { seed, retry_after_seconds: 2, ..once(faults) }, |_| {}).await;
    reply.unwrap();
    assert_eq!(stats.requests, 2);
    assert!(start.elapsed() >= Duration::from_secs(2));
}

#[tokio::test]
async fn concurrency_stays_within_its_bound() {
    let simulated = Simulated::start(Simulation { latency_ms: 20, ..Simulation::default() }).await.unwrap();
    chat_at_once(&simulated, 4, 40, |_| {}).await.into_iter().for_each(|reply| drop(reply.unwrap()));
    let stats = simulated.stats();
    assert_eq!((stats.requests, stats.peak_concurrency, stats.in_flight), (40, 4, 0));
}

#[tokio::test]
async fn a_gateway_with_less_room_is_served_all_the_same() {
    let simulation = Simulation {
        latency_ms: 10,
        concurrency_limit: Some(2),
        retry_after_seconds: 0,
        ..Simulation::default()
    };
    let simulated = Simulated::start(simulation).await.unwrap();
    let gateway = std::sync::Arc::new(Gateway::new(GatewayConfig::new(simulated.url())).unwrap());
    let mut calls = JoinSet::new();
    for at in 0..20 {
        let gateway = gateway.clone();
        calls.spawn(async move { gateway.chat(&request(&format!("lamp {at}"))).await });
    }
    for reply in calls.join_all().await {
        reply.unwrap();
    }
    assert_eq!((simulated.stats().answered, simulated.stats().repeats), (20, 0));
}

#[rstest]
#[case::prose(FaultRates { prose: 1.0, ..FaultRates::default() }, Some(Repair::Prose))]
#[case::fences(FaultRates { fences: 1.0, ..FaultRates::default() }, Some(Repair::CodeFence))]
#[case::trailing_commas(FaultRates { trailing_commas: 1.0, ..FaultRates::default() }, Some(Repair::TrailingComma))]
#[case::truncated(FaultRates { truncated: 1.0, ..FaultRates::default() }, Some(Repair::Truncated))]
#[case::off_schema(FaultRates { off_schema: 1.0, ..FaultRates::default() }, None)]
#[tokio::test]
async fn spoilt_answers_come_through_and_can_be_read(
    #[case] faults: FaultRates,
    #[case] repair: Option<Repair>,
) {
    let (right, _) = chat(Simulation::default(), |_| {}).await;
    let right = read_json(&right.unwrap().content).unwrap().value;
    let (reply, stats) = chat(once(faults), |_| {}).await;
    let reply = reply.unwrap();
    assert_eq!(stats.requests, 1);
    let reading = read_json(&reply.content).unwrap();
    assert_eq!(reading.repairs, Vec::from_iter(repair));
    match repair {
        Some(Repair::Truncated) => {
            assert_eq!(reply.finish_reason, FinishReason::Length);
            assert_eq!(reading.value["pairs"][0], right["pairs"][0]);
        }
        Some(_) => assert_eq!(reading.value, right),
        None => assert!(reading.value.get("pairs").is_none()),
    }
}

#[tokio::test]
async fn an_empty_answer_is_an_answer() {
    let (reply, stats) = chat(once(FaultRates { empty: 1.0, ..FaultRates::default() }), |_| {}).await;
    assert_eq!(reply.unwrap().content, "");
    assert_eq!(stats.requests, 1);
}

/// What a model takes of a JSON schema, JSON mode and tools, and how many requests it takes to find out.
#[rstest]
#[case::json_mode(&["schema"], 1)]
#[case::tools(&["schema", "json_mode"], 2)]
#[case::words(&["schema", "json_mode", "tools"], 3)]
#[tokio::test]
async fn what_a_model_takes_is_learnt_once(#[case] refused: &[&str], #[case] refusals: u64) {
    let simulation = Simulation {
        refuse_schema: refused.contains(&"schema"),
        refuse_json_mode: refused.contains(&"json_mode"),
        refuse_tools: refused.contains(&"tools"),
        ..Simulation::default()
    };
    let simulated = Simulated::start(simulation).await.unwrap();
    let gateway = Gateway::new(GatewayConfig::new(simulated.url())).unwrap();
    let key = request("lamp").key();
    for topic in ["lamp", "fan", "pump"] {
        let reply = gateway.chat(&request(topic)).await.unwrap();
        assert!(read_json(&reply.content).unwrap().value["pairs"].is_array(), "{reply:?}");
    }
    let stats = simulated.stats();
    assert_eq!((stats.by_status["400"], stats.by_status["200"]), (refusals, 3));
    assert_eq!(request("lamp").key(), key);
}

#[tokio::test]
async fn calls_under_way_fail_once_while_one_of_them_finds_out() {
    let simulation = Simulation {
        refuse_schema: true,
        refuse_json_mode: true,
        refuse_tools: true,
        latency_ms: 20,
        ..Simulation::default()
    };
    let simulated = Simulated::start(simulation).await.unwrap();
    chat_at_once(&simulated, 48, 48, |_| {}).await.into_iter().for_each(|reply| drop(reply.unwrap()));
    let stats = simulated.stats();
    assert_eq!(stats.by_status["200"], 48);
    // Those of the first moment, and two more steps by the one that goes on.
    assert!(stats.by_status["400"] <= 48 + 2, "{stats:?}");
}

#[tokio::test]
async fn a_refusal_that_has_nothing_to_do_with_the_form_changes_nothing() {
    let simulated = Simulated::start(Simulation::default()).await.unwrap();
    let gateway = Gateway::new(GatewayConfig::new(simulated.url())).unwrap();
    let wrong = ChatRequest { messages: Vec::new(), ..request("lamp") };
    gateway.chat(&wrong).await.unwrap_err();
    let before = simulated.stats().requests;
    gateway.chat(&request("lamp")).await.unwrap();
    assert_eq!((before, simulated.stats().requests), (1, 2));
}

#[tokio::test]
async fn a_request_that_is_too_long_is_told_apart() {
    let models = vec!["simulated,200".parse().unwrap()];
    let (reply, stats) = chat(Simulation { models, ..Simulation::default() }, |_| {}).await;
    assert!(matches!(reply, Err(ChatError::TooLong { .. })), "{reply:?}");
    assert_eq!(stats.requests, 1);
}

#[tokio::test]
async fn refusals_stay_few_where_a_gateway_has_less_room() {
    let simulation = Simulation {
        latency_ms: 20,
        concurrency_limit: Some(64),
        retry_after_seconds: 0,
        ..Simulation::default()
    };
    let simulated = Simulated::start(simulation).await.unwrap();
    let replies = chat_at_once(&simulated, 128, 6000, |_| {}).await;
    replies.into_iter().for_each(|reply| drop(reply.unwrap()));
    let stats = simulated.stats();
    // The first moments: 64 of 128, and those that came before the window had halved.
    let later = stats.by_status["429"].saturating_sub(64 + 32);
    assert!(later * 100 < 3 * stats.requests, "{stats:?}");
    assert_eq!((stats.answered, stats.repeats), (6000, 0));
}

#[tokio::test]
async fn calls_wait_for_a_gateway_that_is_down_and_go_on_when_it_is_back() {
    let simulated = Simulated::start(Simulation { latency_ms: 5, ..Simulation::default() }).await.unwrap();
    let url = simulated.url();
    let port = url.rsplit(':').next().unwrap().trim_end_matches("/v1").parse().unwrap();
    drop(simulated);
    let gateway = std::sync::Arc::new(Gateway::new(GatewayConfig::new(url)).unwrap());
    let mut calls = JoinSet::new();
    for at in 0..40 {
        let gateway = gateway.clone();
        calls.spawn(async move { gateway.chat(&request(&format!("lamp {at}"))).await });
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let back = Simulated::start(Simulation { port, ..Simulation::default() }).await.unwrap();
    calls.join_all().await.into_iter().for_each(|reply| drop(reply.unwrap()));
    assert_eq!((back.stats().requests, back.stats().repeats), (40, 0));
}

/// A gateway whose front answers for it while it starts.
#[tokio::test]
async fn calls_wait_where_nobody_is_behind_the_gateways_front() {
    let faults = FaultRates { bad_gateway: 1.0, ..FaultRates::default() };
    let simulation = Simulation { faults, max_faults_per_body: Some(5), ..Simulation::default() };
    let (reply, stats) = chat(simulation, |config| config.max_attempts = 2).await;
    reply.unwrap();
    assert_eq!(stats.requests, 6);
}

/// As many calls at once as there may be, until each has its reply.
async fn chat_at_once(
    simulated: &Simulated,
    max_concurrency: usize,
    calls: usize,
    configure: impl FnOnce(&mut GatewayConfig),
) -> Vec<Result<ChatReply, ChatError>> {
    let mut config = GatewayConfig { max_concurrency, ..GatewayConfig::new(simulated.url()) };
    configure(&mut config);
    let gateway = std::sync::Arc::new(Gateway::new(config).expect("a plain address"));
    let mut running = JoinSet::new();
    for at in 0..calls {
        let gateway = gateway.clone();
        running.spawn(async move { gateway.chat(&request(&format!("lamp {at}"))).await });
    }
    running.join_all().await
}

#[tokio::test]
async fn a_key_is_shown_to_the_gateway_and_to_nobody_else() {
    let key = "sk-very-secret";
    let simulation = || Simulation { api_key: Some(key.into()), ..Simulation::default() };
    let (reply, _) = chat(simulation(), |config| config.api_key = Some(Secret::new(key))).await;
    reply.unwrap();

    let wrong = Secret::new("sk-wrong-secret");
    let (reply, stats) = chat(simulation(), |config| config.api_key = Some(wrong.clone())).await;
    let error = reply.unwrap_err();
    assert!(matches!(error, ChatError::Unauthorised { status: 401, .. }), "{error:?}");
    assert_eq!(stats.requests, 1);

    let config = GatewayConfig {
        api_key: Some(wrong.clone()),
        ..GatewayConfig::new("http://me:hush-hush@localhost:1/v1?key=hush-hush")
    };
    let gateway = Gateway::new(config.clone()).unwrap();
    let shown = format!("{error} {error:?} {config:?} {gateway:?} {wrong} {wrong:?}");
    assert!(!shown.contains("secret") && !shown.contains("hush"), "{shown}");
}

#[tokio::test]
async fn failures_that_last_are_told_at_once() {
    let (reply, stats) = chat(Simulation { quota: Some(0), ..Simulation::default() }, |_| {}).await;
    assert!(matches!(reply, Err(ChatError::QuotaExhausted { .. })), "{reply:?}");
    assert_eq!(stats.requests, 1);

    let simulated = Simulated::start(Simulation::default()).await.unwrap();
    let gateway = Gateway::new(GatewayConfig::new(simulated.url())).unwrap();
    let reply = gateway.chat(&ChatRequest { model: "none".into(), ..request("lamp") }).await;
    assert!(matches!(reply, Err(ChatError::UnknownModel { ref model, .. }) if model == "none"), "{reply:?}");
    let reply = gateway.chat(&ChatRequest { messages: Vec::new(), ..request("lamp") }).await;
    assert!(matches!(reply, Err(ChatError::Refused { status: 400, .. })), "{reply:?}");
    assert_eq!(simulated.stats().requests, 2);
}

#[tokio::test]
async fn an_address_where_nothing_listens_is_unreachable() {
    let url = Simulated::start(Simulation::default()).await.unwrap().url();
    let longest_outage = Duration::from_secs(1);
    let config = GatewayConfig {
        max_attempts: 2,
        longest_outage,
        ..GatewayConfig::new(url.replace("//", "//me:hush@"))
    };
    let gateway = Gateway::new(config).unwrap();
    for error in [gateway.chat(&request("lamp")).await.unwrap_err(), gateway.models().await.unwrap_err()] {
        assert!(matches!(error, ChatError::Unreachable { url: ref shown, .. } if *shown == url), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("hush"), "{error:?}");
    }
}

#[tokio::test]
async fn models_come_with_what_is_known_of_them() {
    let simulated = Simulated::start(Simulation::default()).await.unwrap();
    let models = Gateway::new(GatewayConfig::new(simulated.url())).unwrap().models().await.unwrap();
    let [priced, plain] = models.as_slice() else { panic!("{models:?}") };
    assert_eq!((priced.id.as_str(), priced.context_length), ("simulated", Some(32_768)));
    let price = priced.price.unwrap();
    assert_eq!((price.prompt, price.completion), (0.5, 1.5));
    assert_eq!((plain.id.as_str(), plain.context_length, plain.price), ("simulated-small", None, None));
}
