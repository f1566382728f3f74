//! The whole way of a dataset over HTTP, from an empty project to one that is gone.

use std::{fs, path::Path};

use serde_json::{Value, json};

use super::{Server, User, text};
use crate::forge::{Forge, examples};

#[tokio::test(flavor = "multi_thread")]
async fn from_six_formats_to_a_dataset_and_back_to_nothing() {
    let forge = Forge::new();
    journey(&forge).await;
    let left: Vec<_> = files(&forge.path("data/objects"));
    assert!(left.is_empty(), "{left:?}");
}

/// From an empty project to one that is gone.
pub(crate) async fn journey(forge: &Forge) {
    let server = Server::start(forge);
    let user = server.anyone();
    let project = user.project("Dunnock").await;

    upload_examples(&user, &project).await;
    let parse = user.parse(&project).await;
    assert_eq!((&parse["status"], &parse["chunks_total"]), (&json!("completed"), &json!(6)), "{parse}");
    documents(&user, &project).await;
    chunks(&user, &project).await;

    let generation = user.generate(&project).await;
    assert_eq!((&generation["status"], &generation["progress"]), (&json!("completed"), &json!(100)));
    assert_eq!(generation["chunks_processed"], generation["chunks_total"]);
    logs(&user, text(&generation["id"])).await;

    pairs(&user, &project).await;
    review(&user, &project).await;
    for format in ["chatml", "alpaca"] {
        export(&user, &project, format).await;
    }
    assert_eq!(user.all(&format!("{project}/exports")).await.len(), 2);
    analytics(&user, &project).await;

    user.delete(&project).await.expect(204);
    user.get(&project).await.expect(404);
}

async fn upload_examples(user: &User, project: &str) {
    for entry in fs::read_dir(examples()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let document = user.upload(project, name, fs::read(&path).unwrap()).await;
        assert_eq!((text(&document["status"]), text(&document["filename"])), ("uploaded", name));
    }
}

async fn documents(user: &User, project: &str) {
    let documents = user.all(&format!("{project}/documents?status=parsed")).await;
    assert_eq!(documents.len(), 6);
    let mut formats: Vec<&str> = documents.iter().map(|document| text(&document["format"])).collect();
    formats.sort_unstable();
    assert_eq!(formats, ["csv", "docx", "html", "markdown", "pdf", "txt"]);
    for document in &documents {
        let path = format!("{project}/documents/{}/content", text(&document["id"]));
        let content = user.get(&path).await.expect(200);
        assert!(!text(&content["text"]).is_empty() && !content["blocks"].as_array().unwrap().is_empty());
    }
}

async fn chunks(user: &User, project: &str) {
    let chunks = user.all(&format!("{project}/chunks")).await;
    let page = user.get(&format!("{project}/chunks?facets=true&limit=1")).await.expect(200);
    let counted: u64 =
        page["facets"]["content_type"].as_object().unwrap().values().flat_map(Value::as_u64).sum();
    assert_eq!(counted as usize, chunks.len());

    let chunk = chunks.iter().find(|chunk| chunk["content_type"] == "prose").unwrap();
    let path = format!("{project}/chunks/{}", text(&chunk["id"]));
    let edited = format!("{}\n\nThe lid of the Dunnock opens at 42 degrees.", text(&chunk["text"]));
    let changed = user.put(&path, json!({"text": edited})).await.expect(200);
    assert_eq!((&changed["edited"], &changed["text"]), (&json!(true), &json!(edited)));
    let found = user.get(&format!("{project}/chunks?q=opens%20degrees")).await.expect(200);
    assert_eq!(found["items"][0]["id"], chunk["id"], "{found}");

    let body = json!({"action": "exclude", "filter": {"content_type": "table"}});
    let excluded = user.post(&format!("{project}/chunks/bulk-action"), body).await.expect(200);
    assert!(excluded["changed"].as_u64() > Some(0), "{excluded}");
    let undo = json!({"undo_id": excluded["undo_id"]});
    let undone = user.post(&format!("{project}/chunks/undo"), undo).await.expect(200);
    assert_eq!(undone["changed"], excluded["changed"]);
}

async fn logs(user: &User, generation: &str) {
    let logs = user.get(&format!("/generations/{generation}/logs")).await.expect(200);
    let lines = logs["items"].as_array().unwrap();
    assert!(lines.len() >= 2, "{logs}");
    let after = lines[0]["seq"].as_u64().unwrap();
    let response = user
        .request(reqwest::Method::GET, &format!("/generations/{generation}/logs"))
        .header("accept", "text/event-stream")
        .header("last-event-id", after.to_string())
        .send()
        .await
        .unwrap();
    // The run has ended, so that the stream does too.
    let stream = response.text().await.unwrap();
    let ids: Vec<u64> =
        stream.lines().filter_map(|line| line.strip_prefix("id:")?.trim().parse().ok()).collect();
    let expected: Vec<u64> = lines[1..].iter().map(|line| line["seq"].as_u64().unwrap()).collect();
    assert_eq!(ids, expected, "{stream}");
}

async fn pairs(user: &User, project: &str) {
    let all = user.all(&format!("{project}/pairs")).await;
    assert!(all.len() > 30, "{}", all.len());
    for (filter, matches) in filters(&all[0]) {
        let found = user.all(&format!("{project}/pairs?{filter}")).await;
        let expected = all.iter().filter(|pair| matches(pair)).count();
        assert_eq!(found.len(), expected, "{filter}");
        assert!(found.iter().all(&matches), "{filter}");
    }
    for (sort, key) in [("-quality_score", "quality_score"), ("grounding_score", "grounding_score")] {
        let sorted = user.all(&format!("{project}/pairs?sort={sort}")).await;
        let scores: Vec<f64> = sorted.iter().map(|pair| pair[key].as_f64().unwrap_or(-1.0)).collect();
        let ascending = if sort.starts_with('-') { scores.iter().rev().copied().collect() } else { scores };
        assert!(ascending.is_sorted(), "{sort}: {ascending:?}");
    }
    let word = text(&all[0]["question"]).split_whitespace().max_by_key(|word| word.len()).unwrap();
    let found = user.get(&format!("{project}/pairs?q={}", word.trim_matches('?'))).await.expect(200);
    assert!(found["total"].as_u64() > Some(0), "{word}");
}

type Matches = Box<dyn Fn(&Value) -> bool>;

fn filters(sample: &Value) -> Vec<(String, Matches)> {
    let same = |name: &'static str, field: &'static str| -> (String, Matches) {
        let wanted = sample[field].clone();
        (format!("{name}={}", text(&wanted)), Box::new(move |pair| pair[field] == wanted))
    };
    let at_least = |name: &'static str, field: &'static str, least: f64| -> (String, Matches) {
        (format!("{name}={least}"), Box::new(move |pair| pair[field].as_f64().is_some_and(|s| s >= least)))
    };
    let at_most = |name: &'static str, field: &'static str, most: f64| -> (String, Matches) {
        (format!("{name}={most}"), Box::new(move |pair| pair[field].as_f64().is_some_and(|s| s <= most)))
    };
    vec![
        same("generation_id", "generation_id"),
        same("document_id", "document_id"),
        same("chunk_id", "chunk_id"),
        same("question_type", "question_type"),
        same("difficulty", "difficulty"),
        same("review_status", "review_status"),
        at_least("min_quality", "quality_score", 0.8),
        at_most("max_quality", "quality_score", 0.8),
        at_least("min_grounding", "grounding_score", 0.95),
        at_most("max_grounding", "grounding_score", 0.95),
        ("flagged=true".into(), Box::new(|pair| !pair["flags"].as_array().unwrap().is_empty())),
        ("difficulty=easy&difficulty=hard".into(), Box::new(|pair| pair["difficulty"] != "medium")),
    ]
}

async fn review(user: &User, project: &str) {
    let all = user.all(&format!("{project}/pairs")).await;
    let path = format!("/pairs/{}", text(&all[0]["id"]));
    let one = user.get(&path).await;
    let tag = one.headers["etag"].clone();
    assert!(!text(&one.body["source"]["text"]).is_empty(), "{}", one.body);
    let change = json!({"answer": "It is 42 degrees."});
    let edit = || user.request(reqwest::Method::PUT, &path).header("if-match", &tag).json(&change);
    let edited = super::Answer::read(edit().send().await.unwrap()).await.expect(200);
    assert_eq!((text(&edited["review_status"]), &edited["revision"]), ("edited", &json!(2)));
    assert_eq!(edited["original"]["answer"], all[0]["answer"]);
    assert_eq!(edit().send().await.unwrap().status(), 412);

    let path = format!("{project}/pairs/bulk-action");
    let bulk = |body| user.post(&path, body);
    let accepted = bulk(json!({"action": "accept", "filter": {"min_quality": 0.5}})).await.expect(200);
    let undone = user
        .post(&format!("{project}/pairs/undo"), json!({"undo_id": accepted["undo_id"]}))
        .await
        .expect(200);
    assert_eq!(undone["changed"], accepted["changed"]);
    let accepted = bulk(json!({"action": "accept", "filter": {"min_quality": 0.5}})).await.expect(200);
    let stats = user.get(project).await.expect(200)["stats"].clone();
    assert_eq!(stats["accepted_pairs"].as_u64(), accepted["changed"].as_u64().map(|changed| changed + 1));
}

async fn export(user: &User, project: &str, format: &str) {
    let made = user.post(&format!("{project}/export"), json!({"format": format})).await.expect(201);
    let stats = user.get(project).await.expect(200)["stats"].clone();
    assert_eq!(made["pairs"], stats["accepted_pairs"]);
    let got = user.get(&format!("{project}/export/{}", made["version"])).await.expect(200);
    // Whoever has the link needs no key.
    let lines = reqwest_text(user, text(&got["download_url"])).await;
    assert_eq!(lines.len() as u64, made["bytes"].as_u64().unwrap());
    assert_eq!(lines.lines().count() as u64, made["pairs"].as_u64().unwrap());
    let first: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert!(first.get(if format == "chatml" { "messages" } else { "instruction" }).is_some(), "{first}");
}

async fn reqwest_text(user: &User, url: &str) -> String {
    let response = user.client.get(url).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.headers()["content-disposition"].to_str().unwrap().starts_with("attachment"));
    response.text().await.unwrap()
}

async fn analytics(user: &User, project: &str) {
    let analytics = user.get(&format!("{project}/analytics")).await.expect(200);
    let stats = user.get(project).await.expect(200)["stats"].clone();
    assert_eq!(analytics["coverage"]["documents_parsed"], 6);
    assert_eq!(analytics["readiness"]["accepted_pairs"], stats["accepted_pairs"]);
    let bins = analytics["quality_histogram"].as_array().unwrap();
    assert_eq!(bins.len(), 20);
    let counted: u64 = bins.iter().map(|bin| bin["count"].as_u64().unwrap()).sum();
    assert_eq!(Some(counted), stats["total_pairs"].as_u64());
    let review = analytics["review"].as_object().unwrap();
    assert_eq!(review.values().flat_map(Value::as_u64).sum::<u64>(), counted);
}

/// All files under a folder, the store's own lock aside.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.file_name().unwrap() != ".lock" {
            found.push(path.display().to_string());
        }
    }
    found
}
