//! `run` and `serve` with judges that look, that do not, and that make things up.

use serde_json::{Value, json};
use testkit::{Gateway, GatewayConfig, JudgeManner};

use crate::{
    forge::{Forge, assert_chatml, manual},
    serve::{Server, text},
};

const JUDGED: [&str; 5] = ["run", "docs", "--model=simulated", "--judge=simulated-small", "--json"];

/// 40 chunks with three pairs each.
async fn project(judge: JudgeManner) -> (Gateway, Forge) {
    let gateway = Gateway::start(GatewayConfig { judge, ..GatewayConfig::default() }).await.unwrap();
    let forge = Forge::with_gateway(&gateway.url());
    forge.write("docs/pump.md", manual("pump", 40));
    (gateway, forge)
}

fn codes(validation: &Value) -> Vec<&str> {
    validation["alarms"].as_array().unwrap().iter().map(|alarm| text(&alarm["code"])).collect()
}

#[track_caller]
fn assert_no_pair_is_lost(summary: &Value) {
    let count = |name: &str| summary["pairs"][name].as_u64().unwrap();
    assert_eq!(count("exported") + count("duplicates"), count("generated_now"), "{summary}");
}

/// The pairs of the only project, as the API lists them.
async fn pairs(forge: &Forge) -> Vec<Value> {
    let server = Server::start(forge);
    let user = server.anyone();
    let projects = user.all("/projects").await;
    user.all(&format!("/projects/{}/pairs", text(&projects[0]["id"]))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_judge_that_looks_is_asked_once_and_canaries_stay_out_of_everything() {
    let (gateway, forge) = project(JudgeManner::Honest).await;
    let summary = forge.run(&JUDGED).summary(0);
    let (stats, chunks) = (gateway.stats(), summary["chunks"]["total"].as_u64().unwrap());
    assert_eq!(stats.repeats, 0);
    assert_eq!(summary["usage"]["requests"], stats.requests, "the judge's calls are counted too");
    assert!(stats.requests > 2 * chunks && stats.requests < 3 * chunks, "{stats:?} of {chunks} chunks");

    let validation = &summary["validation"];
    let (made, canaries) = (summary["pairs"]["generated_now"].as_u64().unwrap(), &validation["canaries"]);
    assert_eq!(validation["judge"]["judged"], made, "{validation}");
    assert_eq!(validation["judge"]["unjudged"], 0);
    assert!(validation["judge"]["retested"].as_u64() > Some(0), "{validation}");
    assert_eq!(validation["judge"]["agreement"], 1.0, "this judge has no chance in it");
    let count = canaries["made"].as_u64().unwrap();
    assert!(count * 25 >= made && count * 15 <= made, "{count} canaries of {made} pairs");
    assert_eq!(canaries["caught"], count, "{canaries}");
    assert_eq!(canaries["operators"]["number"]["caught_by_judge"], canaries["operators"]["number"]["made"]);
    assert_eq!(canaries["originals_flagged"], 0);

    let lines = forge.json_lines("dataset.jsonl");
    lines.iter().for_each(assert_chatml);
    assert_eq!(lines.len() as u64, summary["pairs"]["exported"].as_u64().unwrap());
    let pairs = pairs(&forge).await;
    assert_eq!(pairs.len() as u64, made);
    for pair in &pairs {
        assert_eq!(pair["quality"]["judged"], true, "{pair}");
        let judgement = &pair["judgement"];
        assert_eq!(judgement["model"], "simulated-small");
        assert!(judgement["local_grounding_score"].is_number() && judgement["grounding_score"].is_number());
        for sentence in judgement["sentences"].as_array().unwrap() {
            assert!(sentence["chunk_start"].is_number() || sentence["verdict"] != "supported", "{pair}");
        }
    }
    let again = forge.run(&JUDGED).summary(0);
    assert_eq!(again["version"], 1);
    assert_eq!(gateway.stats().requests, stats.requests, "a finished run asks for nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_judge_that_agrees_to_everything_is_named_and_believed_no_further_than_the_local_measure() {
    let (_gateway, forge) = project(JudgeManner::Agrees).await;
    let summary = forge.run(&JUDGED).summary(0);
    let validation = &summary["validation"];
    assert!(
        codes(validation).contains(&"high_scores") && codes(validation).contains(&"narrow_scores"),
        "{validation}"
    );
    assert_eq!(
        (&validation["judge_grounding"]["distinct"], &validation["judge_grounding"]["share_high"]),
        (&json!(1), &json!(1.0))
    );
    // What it calls good is still found by the local measure, and by how far the two are apart.
    let operators = validation["canaries"]["operators"].as_object().unwrap();
    for (operator, recall) in operators {
        assert_eq!(
            recall["caught_by_judge"].as_u64().map(|caught| caught < recall["made"].as_u64().unwrap()),
            Some(true),
            "{operator}: {recall}"
        );
    }
    assert!(validation["canaries"]["recall"].as_f64() > Some(0.8), "{validation}");
    let said = forge.run(&JUDGED[..4]);
    said.expect(0);
    let server = Server::start(&forge);
    let user = server.anyone();
    let projects = user.all("/projects").await;
    let analytics = user.get(&format!("/projects/{}/analytics", text(&projects[0]["id"]))).await.expect(200);
    assert_eq!(&analytics["validation"]["alarms"], &validation["alarms"]);
    let reasons = analytics["readiness"]["reasons"].as_array().unwrap();
    for alarm in validation["alarms"].as_array().unwrap() {
        assert!(reasons.contains(&alarm["detail"]), "{reasons:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn quotes_that_stand_nowhere_cap_what_they_are_for() {
    let (_gateway, forge) = project(JudgeManner::MakesUpQuotes).await;
    let ran = forge.run(&JUDGED[..4]);
    ran.expect(0);
    assert!(ran.stderr.contains("alarm      the "), "{}", ran.stderr);
    assert!(ran.stderr.contains("hardly differ"), "{}", ran.stderr);
    for pair in pairs(&forge).await {
        let judgement = &pair["judgement"];
        assert_eq!(judgement["grounding_score"], 0.5, "{pair}");
        for sentence in judgement["sentences"].as_array().unwrap() {
            assert_eq!((&sentence["verdict"], &sentence["capped"]), (&json!("partial"), &json!(true)));
        }
        let local = judgement["local_grounding_score"].as_f64().unwrap();
        let score = pair["grounding_score"].as_f64().unwrap();
        let flagged = pair["flags"].as_array().unwrap().iter().any(|flag| flag["code"] == "judge_disagrees");
        assert_eq!(flagged, (local - 0.5).abs() > 0.4, "{pair}");
        assert!(score <= f64::midpoint(local, 0.5) + 1e-3, "{pair}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn garbled_verdicts_are_null_and_their_pairs_keep_local_scores_and_are_named() {
    let (gateway, forge) = project(JudgeManner::Garbles).await;
    let ran = forge.run(&JUDGED);
    let summary = ran.summary(3);
    let unjudged = summary["validation"]["judge"]["unjudged"].as_u64().unwrap();
    assert!(unjudged > 0 && summary["validation"]["judge"]["judged"].as_u64() > Some(0), "{summary}");
    assert!(codes(&summary["validation"]).contains(&"unreadable_judge"), "{summary}");
    let failed = summary["chunks"]["failed"].as_array().unwrap();
    assert!(!failed.is_empty());
    for failure in failed {
        assert!(
            text(&failure["reason"]).contains("pairs could not be judged: the judge's reply"),
            "{failure}"
        );
    }
    assert_no_pair_is_lost(&summary);

    let server = Server::start(&forge);
    let user = server.anyone();
    let projects = user.all("/projects").await;
    let project = format!("/projects/{}", text(&projects[0]["id"]));
    let mut alone = 0;
    for pair in user.all(&format!("{project}/pairs")).await {
        let judgement = &pair["judgement"];
        if judgement["error"].is_null() {
            assert!(judgement["grounding_score"].is_number() && pair["quality"]["judged"] == true, "{pair}");
            continue;
        }
        alone += 1;
        assert_eq!(
            (&judgement["grounding_score"], &pair["quality"]["judged"]),
            (&Value::Null, &json!(false))
        );
        assert_eq!(pair["grounding_score"], judgement["local_grounding_score"]);
        assert!(pair["quality_score"].is_number(), "{pair}");
    }
    assert_eq!(alone, unjudged);

    // What failed is asked for anew, and with further seeds, until all of it is read.
    assert_eq!(gateway.stats().repeats, 0);
    let generations = user.all(&format!("{project}/generations?kind=generate")).await;
    let path = format!("/generations/{}", text(&generations[0]["id"]));
    assert_eq!(user.all(&format!("{path}/failures")).await.len(), failed.len());
    let mut left = failed.len();
    for _ in 0..12 {
        user.post(&format!("{path}/failures/retry"), json!({})).await.expect(202);
        let ended = user.ended(text(&generations[0]["id"])).await;
        assert_eq!(ended["status"], "completed", "{ended}");
        left = user.all(&format!("{path}/failures")).await.len();
        if left == 0 {
            let report = &ended["validation"]["judge"];
            assert_eq!((&report["unjudged"], &ended["chunks_failed"]), (&json!(0), &json!(0)), "{ended}");
            break;
        }
    }
    assert_eq!(left, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_judge_that_says_numbers_judges_nothing() {
    let (_gateway, forge) = project(JudgeManner::Number).await;
    let summary = forge.run(&JUDGED).summary(3);
    assert_eq!(summary["validation"]["judge"]["judged"], 0);
    assert_eq!(summary["validation"]["judge_grounding"]["count"], 0);
    assert!(codes(&summary["validation"]).contains(&"unreadable_judge"), "{summary}");
    assert!(summary["average_quality"].is_number(), "{summary}");
    assert_no_pair_is_lost(&summary);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_judge_pairs_are_marked_so_and_canaries_are_found_by_the_local_measure() {
    let forge = Forge::new();
    forge.write("docs/pump.md", manual("pump", 40));
    let summary = forge.run(&["run", "docs", "--model=builtin/extractive", "--json"]).summary(0);
    let validation = &summary["validation"];
    assert_eq!(
        validation["judge"],
        json!({"judged": 0, "unjudged": 0, "disagreements": 0, "retested": 0, "agreement": null, "mean_difference": null})
    );
    assert!(validation["canaries"]["recall"].as_f64() > Some(0.8), "{validation}");
    let pairs = pairs(&forge).await;
    assert!(pairs.iter().all(|pair| pair["quality"]["judged"] == false && pair.get("judgement").is_none()));
    let refused = forge.run(&["run", "docs", "--model=builtin/extractive", "--judge=builtin/extractive"]);
    refused.expect(2);
    assert!(refused.stderr.contains("judge_model is \"builtin/extractive\""), "{}", refused.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_judge_stops_the_run_and_what_is_done_is_kept() {
    let (gateway, forge) = project(JudgeManner::Honest).await;
    let ran = forge.run(&["run", "docs", "--model=simulated", "--judge=nobody", "--max-concurrency=2"]);
    ran.expect(1);
    assert!(ran.stderr.contains("the gateway has no model `nobody`"), "{}", ran.stderr);
    let asked = gateway.stats().requests;
    let again = forge.run(&["run", "docs", "--model=simulated", "--judge=nobody", "--max-concurrency=2"]);
    again.expect(1);
    assert!(gateway.stats().requests < asked + 10, "what the teacher made is not paid for again");
}

#[tokio::test(flavor = "multi_thread")]
async fn estimate_and_preview_hold_the_judge_s_calls_and_scores() {
    let gateway = Gateway::start(GatewayConfig::default()).await.unwrap();
    let forge = Forge::with_gateway(&gateway.url());
    let server = Server::start(&forge);
    let user = server.anyone();
    let project = user.project("pump").await;
    user.upload(&project, "pump.md", manual("pump", 20).into_bytes()).await;
    user.parse(&project).await;
    let estimate = async |judge: Value| {
        let body =
            json!({"teacher_model": "simulated", "generation_type": "qa", "config": {"judge_model": judge}});
        user.post(&format!("{project}/generate/estimate"), body).await.expect(200)
    };
    let (alone, judged) = (estimate(json!("none")).await, estimate(Value::Null).await);
    let chunks = alone["chunks"].as_u64().unwrap();
    assert_eq!((&alone["requests"], &alone["judge_requests"]), (&json!(chunks), &json!(0)));
    let asked = judged["judge_requests"].as_u64().unwrap();
    assert!(asked > chunks && asked < 2 * chunks, "{judged}");
    assert_eq!(judged["requests"].as_u64(), Some(chunks + asked));
    for count in ["prompt_tokens", "completion_tokens", "cost_usd", "seconds"] {
        assert!(judged[count].as_f64() > alone[count].as_f64(), "{count}: {judged} {alone}");
    }

    let chunk = user.get(&format!("{project}/chunks")).await.expect(200)["items"][0]["id"].clone();
    let body = json!({"teacher_model": "simulated", "generation_type": "qa", "chunk_ids": [chunk]});
    let preview = user.post(&format!("{project}/generate/preview"), body).await.expect(200);
    assert_eq!((&preview["usage"]["requests"], &preview["failures"]), (&json!(2), &json!([])));
    for pair in preview["items"].as_array().unwrap() {
        assert_eq!(pair["quality"]["judged"], true, "{pair}");
        assert_eq!(pair["judgement"]["model"], "simulated");
    }

    let body = json!({"teacher_model": "simulated", "generation_type": "qa"});
    let begun = user.post(&format!("{project}/generate"), body).await.expect(202);
    let ended = user.ended(text(&begun["id"])).await;
    assert_eq!(ended["status"], "completed", "{ended}");
    assert_eq!(ended["validation"]["judge"]["judged"], ended["pairs_generated"]);
    let within = |estimated: &Value, spent: &Value| {
        let (estimated, spent) = (estimated.as_f64().unwrap(), spent.as_f64().unwrap());
        (0.6..1.7).contains(&(estimated / spent))
    };
    assert!(within(&judged["requests"], &ended["usage"]["requests"]), "{judged} {ended}");
    assert!(within(&judged["prompt_tokens"], &ended["usage"]["prompt_tokens"]), "{judged} {ended}");
    let learnt = estimate(Value::Null).await;
    assert_eq!((&learnt["from_history"], &learnt["requests"]), (&json!(true), &ended["usage"]["requests"]));
}
