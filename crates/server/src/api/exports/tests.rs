use ::export::{LINEAGE_FILE, MANIFEST_FILE};
use model::UserId;
use rstest::rstest;
use serde_json::{Value, json};
use store::Keys;

use crate::{sample::Sample, testing::TestApp};

const DATA_FILE: &str = "dataset.jsonl";

async fn accept_all(app: &TestApp, sample: &Sample) {
    let all = json!({"action": "accept", "filter": {}});
    app.post(&sample.path("/pairs/bulk-action"), &all).await.expect(200);
}

async fn file(app: &TestApp, sample: &Sample, version: u32, name: &'static str) -> String {
    let key = Keys::new(&UserId::new("ada"), sample.project).export_file(version, name);
    String::from_utf8(app.app.environment.objects.get(&key).await.unwrap().unwrap()).unwrap()
}

#[tokio::test]
async fn accepted_pairs_become_a_version() {
    let app = TestApp::new().await;
    let sample = Sample::new(&app).await;
    let path = sample.path("/export");
    let nothing = app.post(&path, &json!({"format": "chatml"})).await.expect_problem(409, "conflict");
    assert!(nothing["detail"].as_str().unwrap().contains("not reviewed"), "{nothing}");
    accept_all(&app, &sample).await;
    let body = json!({"format": "chatml", "include_system_prompts": true,
        "generation_ids": [sample.generation, sample.generation]});
    let made = app.post(&path, &body).await.expect(201);
    assert_eq!((&made["version"], &made["filters"]["reviewed"]), (&json!(1), &json!(true)));
    let data = file(&app, &sample, 1, DATA_FILE).await;
    assert_eq!(data.lines().count() as u64, made["pairs"].as_u64().unwrap());
    assert!(data.starts_with(r#"{"messages":[{"role":"system","content":"Be short."}"#), "{data}");
    assert_eq!(file(&app, &sample, 1, LINEAGE_FILE).await.lines().count(), data.lines().count());
    let manifest: Value = serde_json::from_str(&file(&app, &sample, 1, MANIFEST_FILE).await).unwrap();
    assert_eq!(manifest["settings"][0]["system_prompt"], "Be short.");
    assert_eq!(manifest["filters"]["generation_ids"], json!([sample.generation]));

    let again = app.post(&path, &json!({"format": "alpaca"})).await.expect(201);
    assert_eq!(again["version"], 2);
    let list = app.get(&sample.path("/exports?limit=1")).await.expect(200);
    assert_eq!((&list["items"][0], &list["total"]), (&again, &json!(2)));
    let next = format!("/exports?cursor={}", list["next_cursor"].as_str().unwrap());
    assert_eq!(app.get(&sample.path(&next)).await.expect(200)["items"], json!([made]));
}

#[tokio::test]
async fn pending_and_rejected_pairs_are_left_out() {
    let app = TestApp::new().await;
    let sample = Sample::new(&app).await;
    let pairs = sample.pairs(&app).await;
    for (pair, status) in [(&pairs[0], "accepted"), (&pairs[1], "rejected")] {
        let path = format!("/pairs/{}", pair["id"].as_str().unwrap());
        app.put(&path, &json!({"review_status": status})).await.expect(200);
    }
    let made = app.post(&sample.path("/export"), &json!({"format": "alpaca"})).await.expect(201);
    assert_eq!(made["pairs"], 1);
    let manifest: Value = serde_json::from_str(&file(&app, &sample, 1, MANIFEST_FILE).await).unwrap();
    let left_out = &manifest["counts"]["left_out"];
    assert_eq!(left_out["rejected"], 1);
    let others: u64 = left_out.as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum();
    assert_eq!(others, pairs.len() as u64 - 1);
}

#[tokio::test]
async fn exports_at_once_get_versions_of_their_own() {
    let app = TestApp::new().await;
    let sample = Sample::new(&app).await;
    accept_all(&app, &sample).await;
    let (path, chatml, alpaca) =
        (sample.path("/export"), json!({"format": "chatml"}), json!({"format": "alpaca"}));
    let made = tokio::join!(
        app.post(&path, &chatml),
        app.post(&path, &alpaca),
        app.post(&path, &chatml),
        app.post(&path, &alpaca),
    );
    let mut versions = Vec::new();
    for answer in [made.0, made.1, made.2, made.3] {
        let export = answer.expect(201);
        let version = export["version"].as_u64().unwrap() as u32;
        let data = file(&app, &sample, version, DATA_FILE).await;
        assert_eq!(model::sha256_hex(data), export["sha256"].as_str().unwrap());
        versions.push(version);
    }
    versions.sort_unstable();
    assert_eq!(versions, [1, 2, 3, 4]);
}

#[rstest]
#[case(json!({}), "")]
#[case(json!({"format": "csv"}), "/format")]
#[case(json!({"format": "chatml", "min_quality_score": 1.1}), "/min_quality_score")]
#[case(json!({"format": "chatml", "splits": {"validation": 0.6}}), "/splits/validation")]
#[case(json!({"format": "chatml", "splits": {"validation": 0}}), "/splits/validation")]
#[case(json!({"format": "chatml", "splits": {"validation": 0.1, "test": 0.1}}), "/splits/test")]
#[case(json!({"format": "chatml", "generation_ids": ["01977420-dc00-7303-8303-030303030303"]}), "/generation_ids/0")]
#[case(json!({"format": "chatml", "reviewed": false}), "/reviewed")]
#[tokio::test]
async fn a_wrong_export_is_named(#[case] body: Value, #[case] pointer: &str) {
    let app = TestApp::new().await;
    let project = app.post("/projects", &json!({"name": "a"})).await.expect(201);
    let path = format!("/projects/{}/export", project["id"].as_str().unwrap());
    let problem = app.post(&path, &body).await.expect_problem(422, "invalid");
    assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
}

#[tokio::test]
async fn anothers_project_is_not_there() {
    let app = TestApp::new().await;
    let sample = Sample::new(&app).await;
    accept_all(&app, &sample).await;
    let bob = app.as_user("bob");
    bob.post(&sample.path("/export"), &json!({"format": "chatml"})).await.expect_problem(404, "not_found");
    bob.get(&sample.path("/exports")).await.expect_problem(404, "not_found");
    app.post(&sample.path("/export"), &json!({"format": "chatml"})).await.expect(201);
    bob.get(&sample.path("/export/1/compare?with=1")).await.expect_problem(404, "not_found");
    bob.post(&sample.path("/export/estimate"), &json!({"format": "chatml"}))
        .await
        .expect_problem(404, "not_found");
    let mine = bob.post("/projects", &json!({"name": "mine"})).await.expect(201);
    let path = format!("/projects/{}/export", mine["id"].as_str().unwrap());
    let body = json!({"format": "chatml", "generation_ids": [sample.generation]});
    bob.post(&path, &body).await.expect_problem(422, "invalid");
}

#[tokio::test]
async fn the_files_of_a_version_can_be_fetched_by_link() {
    let app = TestApp::new().await;
    let sample = Sample::new(&app).await;
    accept_all(&app, &sample).await;
    let made = app.post(&sample.path("/export"), &json!({"format": "chatml"})).await.expect(201);
    for (query, name) in [
        ("", DATA_FILE),
        ("?file=dataset", DATA_FILE),
        ("?file=manifest", MANIFEST_FILE),
        ("?file=manifest.json", MANIFEST_FILE),
        ("?file=lineage", LINEAGE_FILE),
        ("?file=lineage.jsonl", LINEAGE_FILE),
    ] {
        let link = app.get(&sample.path(&format!("/export/1{query}"))).await.expect(200);
        assert_eq!((&link["version"], &link["sha256"]), (&made["version"], &made["sha256"]));
        assert!(link["expires_at"].is_string(), "{link}");
        let fetched = app.get_outside(link["download_url"].as_str().unwrap()).await;
        assert_eq!(fetched.status.as_u16(), 200);
        assert_eq!(String::from_utf8(fetched.body).unwrap(), file(&app, &sample, 1, name).await);
    }
    for file in ["train", "validation.jsonl", "dataset.parquet"] {
        app.get(&sample.path(&format!("/export/1?file={file}"))).await.expect_problem(404, "not_found");
    }
    app.get(&sample.path("/export/1?file=../x")).await.expect_problem(422, "invalid");
    for version in ["0", "2", "4294967295", "99999999999", "-1", "x"] {
        app.get(&sample.path(&format!("/export/{version}"))).await.expect_problem(404, "not_found");
    }
    app.as_user("bob").get(&sample.path("/export/1")).await.expect_problem(404, "not_found");
}

/// Everything that a version has, as a client fetches it: by name.
async fn fetch(app: &TestApp, sample: &Sample, version: u64, file: &str) -> Vec<u8> {
    let link = app.get(&sample.path(&format!("/export/{version}?file={file}"))).await.expect(200);
    let fetched = app.get_outside(link["download_url"].as_str().unwrap()).await;
    assert_eq!(fetched.status.as_u16(), 200, "{file}");
    fetched.body
}

#[tokio::test]
async fn every_format_has_its_files_as_the_manifest_says() {
    let app = TestApp::new().await;
    let sample = Sample::new(&app).await;
    accept_all(&app, &sample).await;
    for (format, data) in [
        ("chatml", "dataset.jsonl"),
        ("alpaca", "dataset.jsonl"),
        ("sharegpt", "dataset.jsonl"),
        ("parquet", "dataset.parquet"),
    ] {
        let made = app.post(&sample.path("/export"), &json!({"format": format})).await.expect(201);
        let version = made["version"].as_u64().unwrap();
        let manifest: Value =
            serde_json::from_slice(&fetch(&app, &sample, version, "manifest").await).unwrap();
        let files = manifest["files"].as_array().unwrap();
        let names: Vec<_> = files.iter().map(|file| file["name"].as_str().unwrap()).collect();
        let others =
            ["lineage.jsonl", "dataset_info.json", "axolotl.yaml", "trl.py", "unsloth.py", "README.md"];
        assert_eq!(names[0], data);
        assert_eq!(names[1..], others);
        for file in files {
            let bytes = fetch(&app, &sample, version, file["name"].as_str().unwrap()).await;
            assert_eq!(bytes.len() as u64, file["bytes"], "{file}");
            assert_eq!(model::sha256_hex(&bytes), file["sha256"].as_str().unwrap(), "{file}");
        }
        let card = String::from_utf8(fetch(&app, &sample, version, "card").await).unwrap();
        assert!(card.starts_with("---\npretty_name: \"Pump, version "), "{card}");
        assert!(card.contains(&format!("path: {data}")), "{card}");
    }
}

#[tokio::test]
async fn a_split_parts_documents_and_says_so() {
    let app = TestApp::new().await;
    let sample = Sample::of_documents(&app).await;
    accept_all(&app, &sample).await;
    let body = json!({"format": "chatml", "splits": {"validation": 0.3, "seed": 5}});
    let made = app.post(&sample.path("/export"), &body).await.expect(201);
    assert_eq!(made["splitting"], body["splits"]);
    let splits = made["splits"].as_array().unwrap();
    let mut lines = 0;
    for (split, name) in splits.iter().zip(["train", "validation"]) {
        assert_eq!((&split["name"], &split["file"]), (&json!(name), &json!(format!("{name}.jsonl"))));
        let data = String::from_utf8(fetch(&app, &sample, 1, name).await).unwrap();
        assert_eq!(data.lines().count() as u64, split["pairs"]);
        assert_eq!(model::sha256_hex(&data), split["sha256"].as_str().unwrap());
        lines += data.lines().count() as u64;
    }
    assert_eq!((json!(lines), &splits[0]["sha256"]), (made["pairs"].clone(), &made["sha256"]));
    assert!(splits[1]["pairs"].as_u64().unwrap() > 0);
    assert_eq!(fetch(&app, &sample, 1, "dataset").await, fetch(&app, &sample, 1, "train").await);
    let manifest: Value = serde_json::from_slice(&fetch(&app, &sample, 1, "manifest").await).unwrap();
    let report = &manifest["splits"];
    assert_eq!((&report["grouped_by"], &report["leakage"]["documents"]), (&json!("document"), &json!(0)));
    assert_eq!(report["pairs"]["validation"], splits[1]["pairs"]);

    let again = app.post(&sample.path("/export"), &body).await.expect(201);
    assert_eq!(again["splits"], made["splits"]);
    let card = String::from_utf8(fetch(&app, &sample, 1, "card").await).unwrap();
    assert!(card.contains("path: validation.jsonl") && card.contains("## Splits"), "{card}");
}

#[tokio::test]
async fn what_cannot_be_split_is_refused() {
    let app = TestApp::new().await;
    let sample = Sample::new(&app).await;
    let pairs = sample.pairs(&app).await;
    let first = &pairs[0]["chunk_id"];
    let of_it: Vec<_> =
        pairs.iter().filter(|pair| pair["chunk_id"] == *first).map(|pair| &pair["id"]).collect();
    let accept = json!({"action": "accept", "pair_ids": of_it});
    app.post(&sample.path("/pairs/bulk-action"), &accept).await.expect(200);
    let body = json!({"format": "chatml", "splits": {"validation": 0.3}});
    let refused = app.post(&sample.path("/export"), &body).await.expect_problem(409, "conflict");
    assert!(refused["detail"].as_str().unwrap().contains("cannot be split"), "{refused}");
}

#[tokio::test]
async fn an_estimate_is_what_is_then_exported() {
    let app = TestApp::new().await;
    let sample = Sample::of_documents(&app).await;
    let pairs = sample.pairs(&app).await;
    let nothing = app.post(&sample.path("/export/estimate"), &json!({"format": "chatml"})).await.expect(200);
    assert_eq!((&nothing["pairs"], &nothing["bytes"]), (&json!(0), &json!(0)));
    let pending = &nothing["left_out"]["pending"];
    assert_eq!(
        pending.as_u64().unwrap() + nothing["left_out"]["duplicate"].as_u64().unwrap_or(0),
        pairs.len() as u64
    );
    accept_all(&app, &sample).await;
    let path = format!("/pairs/{}", pairs[0]["id"].as_str().unwrap());
    app.put(&path, &json!({"review_status": "rejected"})).await.expect(200);
    for body in [
        json!({"format": "chatml"}),
        json!({"format": "alpaca", "generation_ids": [sample.generation]}),
        json!({"format": "sharegpt", "include_system_prompts": true, "min_quality_score": 0.6}),
        json!({"format": "chatml", "splits": {"validation": 0.3}}),
    ] {
        let estimate = app.post(&sample.path("/export/estimate"), &body).await.expect(200);
        let made = app.post(&sample.path("/export"), &body).await.expect(201);
        assert_eq!((&estimate["pairs"], &estimate["bytes"]), (&made["pairs"], &made["bytes"]), "{body}");
        let manifest = fetch(&app, &sample, made["version"].as_u64().unwrap(), "manifest").await;
        let manifest: Value = serde_json::from_slice(&manifest).unwrap();
        assert_eq!(estimate["left_out"], manifest["counts"]["left_out"], "{body}");
        assert_eq!(estimate["quality_histogram"], manifest["scores"]["quality_histogram"], "{body}");
        assert!(estimate["tokens"].as_u64().unwrap() > 0);
        assert_eq!(estimate["splits"].as_object().unwrap().len(), made["splits"].as_array().unwrap().len());
    }
}

#[tokio::test]
async fn preferences_are_edits_beside_what_they_were() {
    let app = TestApp::new().await;
    let sample = Sample::new(&app).await;
    accept_all(&app, &sample).await;
    let body = json!({"format": "dpo"});
    let refused = app.post(&sample.path("/export"), &body).await.expect_problem(409, "conflict");
    assert!(refused["detail"].as_str().unwrap().contains("preferred to nothing"), "{refused}");
    let pair = &sample.pairs(&app).await[1];
    let path = format!("/pairs/{}", pair["id"].as_str().unwrap());
    app.put(&path, &json!({"answer": "Press the green button for 2 seconds."})).await.expect(200);
    assert_eq!(app.post(&sample.path("/export/estimate"), &body).await.expect(200)["pairs"], 1);
    let made = app.post(&sample.path("/export"), &body).await.expect(201);
    assert_eq!(made["pairs"], 1);
    let line: Value = serde_json::from_slice(&fetch(&app, &sample, 1, "dataset").await).unwrap();
    assert_eq!(line["prompt"], json!([{"role": "user", "content": pair["question"]}]));
    assert_eq!(line["chosen"][0]["content"], "Press the green button for 2 seconds.");
    assert_eq!(line["rejected"][0]["content"], pair["answer"]);
    app.get(&sample.path("/export/1?file=dataset_info")).await.expect_problem(404, "not_found");
}

#[tokio::test]
async fn two_versions_are_compared_a_page_at_a_time() {
    let app = TestApp::new().await;
    let sample = Sample::of_documents(&app).await;
    accept_all(&app, &sample).await;
    let pairs = sample.pairs(&app).await;
    let id = |at: usize| pairs[at]["id"].as_str().unwrap();
    app.put(&format!("/pairs/{}", id(0)), &json!({"review_status": "rejected"})).await.expect(200);
    let body = json!({"format": "chatml"});
    app.post(&sample.path("/export"), &body).await.expect(201);
    app.put(&format!("/pairs/{}", id(0)), &json!({"review_status": "accepted"})).await.expect(200);
    app.put(&format!("/pairs/{}", id(1)), &json!({"review_status": "rejected"})).await.expect(200);
    for at in [2, 3] {
        app.put(&format!("/pairs/{}", id(at)), &json!({"answer": "Another one."})).await.expect(200);
    }
    let alpaca = json!({"format": "alpaca", "splits": {"validation": 0.3}});
    app.post(&sample.path("/export"), &alpaca).await.expect(201);

    let whole = app.get(&sample.path("/export/2/compare?with=1")).await.expect(200);
    let counts = [&whole["added"], &whole["removed"], &whole["changed"], &whole["total"]];
    assert_eq!(counts, [&json!(1), &json!(1), &json!(2), &json!(4)]);
    let mut walked = Vec::new();
    let mut path = "/export/2/compare?with=1&limit=1".to_owned();
    loop {
        let page = app.get(&sample.path(&path)).await.expect(200);
        assert_eq!([&page["added"], &page["removed"], &page["changed"], &page["total"]], counts);
        walked.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["next_cursor"].as_str() else { break };
        path = format!("/export/2/compare?with=1&limit=1&cursor={next}");
    }
    assert_eq!(json!(walked), whole["items"]);
    let of = |at: usize| walked.iter().find(|item| item["pair_id"] == id(at)).unwrap();
    assert_eq!((&of(0)["change"], &of(0)["before"]), (&json!("added"), &Value::Null));
    assert_eq!(of(0)["after"]["instruction"], pairs[0]["question"]);
    assert_eq!((&of(1)["change"], &of(1)["after"]), (&json!("removed"), &Value::Null));
    assert_eq!(of(1)["before"]["messages"][0]["content"], pairs[1]["question"]);
    let changed = of(2);
    assert_eq!(changed["before"]["messages"][1]["content"], pairs[2]["answer"]);
    assert_eq!(
        (&changed["after"]["output"], &changed["filename"]),
        (&json!("Another one."), &json!("pump-1.md"))
    );

    let same = app.get(&sample.path("/export/1/compare?with=1")).await.expect(200);
    assert_eq!((&same["total"], &same["items"], &same["next_cursor"]), (&json!(0), &json!([]), &Value::Null));
    app.get(&sample.path("/export/1/compare?with=3")).await.expect_problem(404, "not_found");
    app.get(&sample.path("/export/1/compare")).await.expect_problem(422, "invalid");
}
