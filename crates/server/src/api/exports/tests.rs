use ::export::{DATA_FILE, LINEAGE_FILE, MANIFEST_FILE};
use model::UserId;
use rstest::rstest;
use serde_json::{Value, json};
use store::Keys;

use crate::{sample::Sample, testing::TestApp};

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
#[case(json!({"format": "chatml", "splits": {"validation": 0.1}}), "/splits")]
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
    app.get(&sample.path("/export/1?file=../x")).await.expect_problem(422, "invalid");
    for version in ["0", "2", "4294967295", "99999999999", "-1", "x"] {
        app.get(&sample.path(&format!("/export/{version}"))).await.expect_problem(404, "not_found");
    }
    app.as_user("bob").get(&sample.path("/export/1")).await.expect_problem(404, "not_found");
}
