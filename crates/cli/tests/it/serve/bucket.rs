//! A server and its workers whose objects are in a bucket.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{S3, S3Config};

use super::{PATIENCE, Server, User, journey::journey, text};
use crate::{forge::manual, storage::on};

/// So many documents take far longer to read than it takes to see that the first of them are.
const DOCUMENTS: usize = 60;

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_way_goes_past_the_server_and_leaves_nothing() {
    let s3 = S3::start(S3Config::default()).await.unwrap();
    journey(&on(&s3)).await;
    assert_eq!(s3.keys().unwrap(), [""; 0]);
    assert_eq!(s3.unfinished_uploads().unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bucket_takes_what_was_agreed_and_nothing_else() {
    let s3 = S3::start(S3Config::default()).await.unwrap();
    let forge = on(&s3);
    let server = Server::start(&forge);
    let user = server.anyone();
    let project = user.project("Notes").await;
    let body = json!({"filename": "notes.txt", "size_bytes": 5, "content_type": "text/plain"});
    let ticket = user.post(&format!("{project}/upload-url"), body).await.expect(201);
    assert!(text(&ticket["upload_url"]).starts_with(&s3.endpoint()), "{ticket}");
    let register = json!({"document_key": ticket["document_key"], "filename": "notes.txt"});
    for (kind, sent, status) in [
        ("text/html", "bytes", 403),
        ("text/plain", "more bytes", 403),
        ("text/plain", "few", 403),
        ("text/plain", "bytes", 200),
        ("text/plain", "other", 412),
    ] {
        let answer = put(&user, &ticket, kind, sent).await;
        assert_eq!(answer, status, "{kind} {sent}");
        let there = user.post(&format!("{project}/documents"), register.clone()).await.status;
        assert_eq!(there, if sent == "bytes" && status == 200 { 201 } else { 409 }, "{kind} {sent}");
    }
    assert_eq!(s3.keys().unwrap(), [text(&ticket["document_key"])]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_outlasts_the_bucket_being_away() {
    let s3 = S3::start(S3Config::default()).await.unwrap();
    let forge = on(&s3);
    let server = Server::start(&forge);
    let user = server.anyone();
    let project = user.project("Manuals").await;
    for number in 0..DOCUMENTS {
        let document = manual(&format!("pump {number}"), 3).into_bytes();
        user.upload(&project, &format!("{number}.md"), document).await;
    }
    let begun = user.post(&format!("{project}/parse"), json!({})).await.expect(202);
    let id = text(&begun["id"]);
    until("the first documents are read", async || {
        let now = user.get(&format!("/generations/{id}")).await.expect(200);
        assert_ne!(now["status"], "completed", "too few documents");
        now["chunks_processed"].as_u64() > Some(0)
    })
    .await;
    s3.cut_off().await;
    said(&user, id, "the object store does not answer; the work waits for it").await;
    // Who asks the server meanwhile is told so.
    let body = json!({"text": "The lid opens at 42 degrees.", "filename": "note.txt"});
    let refused = user.post(&format!("{project}/documents"), body.clone()).await;
    assert!(refused.headers.contains_key("retry-after"), "{refused:?}");
    refused.expect(503);
    s3.bring_back().await.unwrap();
    said(&user, id, "the object store answers again; the work goes on").await;
    let ended = user.ended(id).await;
    assert_eq!((&ended["status"], &ended["chunks_failed"]), (&json!("completed"), &json!(0)), "{ended}");
    assert_eq!(ended["chunks_processed"], DOCUMENTS);
    let parsed = user.all(&format!("{project}/documents?status=parsed")).await;
    assert_eq!(parsed.len(), DOCUMENTS);
    user.post(&format!("{project}/documents"), body).await.expect(201);
}

/// The status of an upload of that type.
async fn put(user: &User, ticket: &Value, content_type: &str, body: &'static str) -> u16 {
    let mut request = user.client.request(Method::PUT, text(&ticket["upload_url"])).body(body);
    for (name, value) in ticket["headers"].as_object().unwrap() {
        let value = if name == "content-type" { content_type } else { text(value) };
        request = request.header(name, value);
    }
    request.send().await.unwrap().status().as_u16()
}

/// Waits until the log of a generation says something.
async fn said(user: &User, generation: &str, message: &str) {
    until(message, async || {
        let logs = user.get(&format!("/generations/{generation}/logs?limit=500")).await.expect(200);
        logs["items"].as_array().unwrap().iter().any(|line| line["message"] == message)
    })
    .await;
}

async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < PATIENCE, "not yet: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
