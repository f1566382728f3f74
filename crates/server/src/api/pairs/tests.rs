use axum::{body::Body, http::Method};
use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    sample::Sample,
    testing::{Answer, TestApp},
};

async fn put(app: &TestApp, path: &str, if_match: &str, body: Value) -> Answer {
    let request = app.request(Method::PUT, path).header("if-match", if_match);
    app.send(request.body(Body::from(body.to_string())).unwrap()).await
}

fn path_of(pair: &Value) -> String {
    format!("/pairs/{}", pair["id"].as_str().unwrap())
}

#[tokio::test]
async fn pairs_are_listed_by_filters_and_order() {
    let app = TestApp::new().await;
    let sample = Sample::new(&app).await;
    let pairs = sample.pairs(&app).await;
    assert!(pairs.len() > 3, "{pairs:?}");
    let total = |query: String| {
        let (app, path) = (app.clone(), sample.path(&format!("/pairs?{query}")));
        async move { app.get(&path).await.expect(200)["total"].as_u64().unwrap() }
    };
    let all = pairs.len() as u64;
    assert_eq!(total(format!("generation_id={}", sample.generation)).await, all);
    assert_eq!(total("review_status=pending&review_status=accepted".into()).await, all);
    assert_eq!(total("review_status=rejected".into()).await, 0);
    assert_eq!(total("min_quality=0&max_quality=1&min_grounding=0".into()).await, all);
    let chunk = pairs[0]["chunk_id"].as_str().unwrap();
    let of_chunk = pairs.iter().filter(|pair| pair["chunk_id"] == chunk).count() as u64;
    assert_eq!(total(format!("chunk_id={chunk}")).await, of_chunk);
    let flagged = pairs.iter().filter(|pair| pair["flags"] != json!([])).count() as u64;
    assert_eq!(total("flagged=true".into()).await, flagged);

    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = app.get(&sample.path(&format!("/pairs?sort=-quality_score&limit=2{cursor}"))).await;
        let page = page.expect(200);
        seen.extend(page["items"].as_array().unwrap().iter().map(|pair| pair["quality_score"].as_f64()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen.len() as u64, all);
    assert!(seen.is_sorted_by(|a, b| a >= b), "{seen:?}");
}

#[rstest]
#[case("min_quality=1.5", "/min_quality")]
#[case("max_grounding=-1", "/max_grounding")]
#[case("min_quality=NaN", "/min_quality")]
#[case("min_quality=1e999", "/min_quality")]
#[case("review_status=good", "/review_status/0")]
#[case("sort=id", "/sort")]
#[case("flagged=maybe", "/flagged")]
#[case("chunk_id=x", "/chunk_id/0")]
#[case("limit=0", "/limit")]
#[case("cursor=x", "/cursor")]
#[case("quality=1", "/quality")]
#[tokio::test]
async fn a_wrong_filter_is_named(#[case] query: &str, #[case] pointer: &str) {
    let app = TestApp::new().await;
    let project = app.post("/projects", &json!({"name": "a"})).await.expect(201);
    let path = format!("/projects/{}/pairs?{query}", project["id"].as_str().unwrap());
    let problem = app.get(&path).await.expect_problem(422, "invalid");
    assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
}

#[tokio::test]
async fn words_are_bounded_and_may_be_odd() {
    let app = TestApp::new().await;
    let sample = Sample::new(&app).await;
    let long = "x".repeat(501);
    app.get(&sample.path(&format!("/pairs?q={long}"))).await.expect_problem(422, "invalid");
    for odd in ["%00", "%22%27%2A", "a%00b", "%F0%9F%90%A6", "%EF%BF%BF", "+", "AND", "%FF"] {
        let status = app.get(&sample.path(&format!("/pairs?q={odd}"))).await.status.as_u16();
        assert!(status < 500, "{odd}: {status}");
    }
}

#[tokio::test]
async fn a_pair_comes_with_its_source_once() {
    let app = TestApp::new().await;
    let sample = Sample::new(&app).await;
    let pair = &sample.pairs(&app).await[0];
    let answer = app.get(&path_of(pair)).await;
    let read = answer.expect(200);
    assert_eq!((&answer.headers["etag"], &read["question"]), (&"\"1\"".parse().unwrap(), &pair["question"]));
    let source = &read["source"];
    assert_eq!((&source["filename"], &source["outdated"]), (&json!("pump.md"), &json!(false)));
    assert_eq!(source["text"], source["chunk"]["text"]);
    let request = app.request(Method::GET, &path_of(pair)).header("if-none-match", "\"1\"");
    let known = app.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!((known.status.as_u16(), known.body.len()), (304, 0));
    app.as_user("bob").get(&path_of(pair)).await.expect_problem(404, "not_found");
    app.get("/pairs/x").await.expect_problem(404, "not_found");
}

#[tokio::test]
async fn a_changed_text_is_scored_and_stale_changes_are_refused() {
    let app = TestApp::new().await;
    let sample = Sample::new(&app).await;
    let pair = &sample.pairs(&app).await[0];
    let path = path_of(pair);
    let change = json!({"answer": "The pump needs a pressure of 9 bar."});
    let changed = put(&app, &path, "\"1\"", change.clone()).await;
    assert_eq!(changed.headers["etag"], "\"2\"");
    let changed = changed.expect(200);
    assert_eq!((&changed["review_status"], &changed["edited"]), (&json!("edited"), &json!(true)));
    assert_eq!(changed["reviewed_by"], "ada");
    assert!(changed["flags"].to_string().contains("unsupported_number"), "{changed}");
    let stale = put(&app, &path, "1", change.clone()).await.expect_problem(412, "stale");
    assert!(stale["detail"].as_str().unwrap().contains("revision 2"), "{stale}");
    put(&app, &path, "abc", change.clone()).await.expect_problem(400, "unreadable");
    put(&app, &path, "*", json!({"review_status": "rejected"})).await.expect(200);
    let decided = app.put(&path, &json!({"review_status": "accepted"})).await.expect(200);
    assert_eq!((&decided["review_status"], &decided["revision"]), (&json!("accepted"), &json!(4)));
    app.as_user("bob").put(&path, &change).await.expect_problem(404, "not_found");
}

#[rstest]
#[case(json!({"question": " "}), "/question")]
#[case(json!({"answer": "x".repeat(20_001)}), "/answer")]
#[case(json!({"context": "x".repeat(100_001)}), "/context")]
#[case(json!({"review_status": "edited"}), "/review_status")]
#[case(json!({"turns": [{"role": "user", "content": "a"}]}), "/turns")]
#[case(json!({"id": 1}), "/id")]
#[tokio::test]
async fn a_wrong_change_is_named(#[case] body: Value, #[case] pointer: &str) {
    let app = TestApp::new().await;
    let sample = Sample::new(&app).await;
    let path = path_of(&sample.pairs(&app).await[0]);
    let problem = app.put(&path, &body).await.expect_problem(422, "invalid");
    assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
}

#[tokio::test]
async fn a_decision_on_an_edited_pair_is_undone() {
    let app = TestApp::new().await;
    let sample = Sample::new(&app).await;
    let path = path_of(&sample.pairs(&app).await[0]);
    let say = |body: Value| {
        let (app, path) = (app.clone(), path.clone());
        async move { app.put(&path, &body).await.expect(200) }
    };
    let edited = say(json!({"answer": "It is another one."})).await;
    assert_eq!(say(json!({"review_status": "rejected"})).await["review_status"], "rejected");
    let again = say(json!({"review_status": "edited"})).await;
    assert_eq!(
        (&again["review_status"], &again["answer"], &again["revision"]),
        (&json!("edited"), &edited["answer"], &json!(4))
    );
}

#[tokio::test]
async fn many_are_changed_and_changed_back() {
    let app = TestApp::new().await;
    let sample = Sample::new(&app).await;
    let pairs = sample.pairs(&app).await;
    let act = sample.path("/pairs/bulk-action");
    let ids = [&pairs[0]["id"], &pairs[1]["id"]];
    let rejected = app.post(&act, &json!({"action": "reject", "pair_ids": ids})).await.expect(200);
    assert_eq!((&rejected["matched"], &rejected["changed"]), (&json!(2), &json!(2)));
    let filter = json!({"review_status": "pending", "question_type": [], "min_quality": 0.0});
    let deleted = app.post(&act, &json!({"action": "delete", "filter": filter})).await.expect(200);
    assert_eq!(deleted["changed"], pairs.len() as u64 - 2);
    assert_eq!(sample.pairs(&app).await.len(), 2);

    let undo = sample.path("/pairs/undo");
    let body = json!({"undo_id": deleted["undo_id"]});
    app.as_user("bob").post(&undo, &body).await.expect_problem(404, "not_found");
    let undone = app.post(&undo, &body).await.expect(200);
    assert_eq!((&undone["changed"], &undone["kept"]), (&deleted["changed"], &json!([])));
    app.post(&undo, &body).await.expect_problem(404, "not_found");
    assert_eq!(sample.pairs(&app).await.len(), pairs.len());

    app.put(&path_of(&pairs[0]), &json!({"review_status": "accepted"})).await.expect(200);
    let undone = app.post(&undo, &json!({"undo_id": rejected["undo_id"]})).await.expect(200);
    assert_eq!(undone, json!({"changed": 1, "kept": [pairs[0]["id"]]}));
}

#[rstest]
#[case(json!({"action": "accept"}), "/pair_ids")]
#[case(json!({"action": "accept", "pair_ids": []}), "/pair_ids")]
#[case(json!({"action": "accept", "pair_ids": [], "filter": {}}), "/pair_ids")]
#[case(json!({"action": "accept", "filter": {"sort": "created_at"}}), "/filter/sort")]
#[case(json!({"action": "accept", "filter": {"min_quality": 2}}), "/filter/min_quality")]
#[case(json!({"action": "accept", "filter": {"chunk_id": 3}}), "/filter/chunk_id")]
#[case(json!({"action": "accept", "filter": {"review_status": ["x"]}}), "/filter/review_status/0")]
#[case(json!({"action": "burn", "filter": {}}), "/action")]
#[tokio::test]
async fn a_wrong_action_is_named(#[case] body: Value, #[case] pointer: &str) {
    let app = TestApp::new().await;
    let project = app.post("/projects", &json!({"name": "a"})).await.expect(201);
    let path = format!("/projects/{}/pairs/bulk-action", project["id"].as_str().unwrap());
    let problem = app.post(&path, &body).await.expect_problem(422, "invalid");
    assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
}

#[tokio::test]
async fn anothers_project_is_not_there() {
    let app = TestApp::new().await;
    let sample = Sample::new(&app).await;
    let bob = app.as_user("bob");
    bob.get(&sample.path("/pairs")).await.expect_problem(404, "not_found");
    let all = json!({"action": "delete", "filter": {}});
    bob.post(&sample.path("/pairs/bulk-action"), &all).await.expect_problem(404, "not_found");
    let mine = bob.post("/projects", &json!({"name": "mine"})).await.expect(201);
    let pair = &sample.pairs(&app).await[0];
    let path = format!("/projects/{}/pairs/bulk-action", mine["id"].as_str().unwrap());
    let foreign = bob.post(&path, &json!({"action": "delete", "pair_ids": [pair["id"]]})).await.expect(200);
    assert_eq!((&foreign["matched"], &foreign["changed"]), (&json!(0), &json!(0)));
    app.get(&path_of(pair)).await.expect(200);
}
