use std::time::Duration;

use axum::{
    body::Body,
    http::{Method, Request},
};
use model::{Time, UserId};
use rstest::rstest;
use serde_json::json;
use store::{Keys, ObjectKey};

use crate::{
    Links, SignedUrl,
    testing::{Answer, TestApp},
};

const BASE: &str = "http://forge.test";

/// A server, and the key of a document of a project on it.
async fn server() -> (TestApp, ObjectKey) {
    let app = TestApp::new().await;
    let project = app.post("/projects", &json!({"name": "a"})).await.expect(201);
    let prefix = project["storage_prefix"].as_str().unwrap();
    let key = ObjectKey::from_stored(&format!("{prefix}/sources/file")).unwrap();
    (app, key)
}

fn soon(app: &TestApp) -> Time {
    app.app.environment.now() + Duration::from_secs(60)
}

fn link(app: &TestApp, key: &ObjectKey, length: u64) -> SignedUrl {
    app.app.links.put(BASE, key, "text/plain", length, soon(app))
}

async fn put(app: &TestApp, url: &str, content_type: &str, body: &'static str) -> Answer {
    send(app, Method::PUT, url, &[("content-type", content_type)], body).await
}

async fn send(
    app: &TestApp,
    method: Method,
    url: &str,
    headers: &[(&str, &str)],
    body: &'static str,
) -> Answer {
    let mut request = Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app.send_as_it_is(request.body(Body::from(body)).unwrap()).await
}

#[tokio::test]
async fn an_object_is_put_once_and_got_back() {
    let (app, key) = server().await;
    let url = link(&app, &key, 5).url;
    put(&app, &url, "text/plain", "bytes").await.expect(201);
    put(&app, &url, "text/plain", "other").await.expect_problem(409, "conflict");
    let url = app.app.links.get(BASE, &key, "data set.jsonl", soon(&app)).url;
    let answer = app.get_outside(&url).await;
    assert_eq!((answer.status.as_u16(), answer.body.as_slice()), (200, b"bytes".as_slice()));
    assert_eq!(answer.headers["content-type"], "application/x-ndjson");
    let disposition = answer.headers["content-disposition"].to_str().unwrap();
    assert!(disposition.ends_with("filename*=UTF-8''data%20set.jsonl"), "{disposition}");
    let head = send(&app, Method::HEAD, &url, &[], "").await;
    assert_eq!((head.headers["content-length"].to_str().unwrap(), head.body.len()), ("5", 0));
    let tag = answer.headers["etag"].to_str().unwrap();
    assert_eq!(send(&app, Method::GET, &url, &[("if-none-match", tag)], "").await.status, 304);
}

#[rstest]
#[case("bytes=1-2", None, 206, "yt", Some("bytes 1-2/5"))]
#[case("bytes=-2", None, 206, "es", Some("bytes 3-4/5"))]
#[case("bytes=9-", None, 416, "", Some("bytes */5"))]
#[case("bytes=1-2", Some("\"other\""), 200, "bytes", None)]
#[case("bytes=0-0,2-2", None, 200, "bytes", None)]
#[tokio::test]
async fn a_part_of_an_object(
    #[case] range: &str,
    #[case] if_range: Option<&str>,
    #[case] status: u16,
    #[case] body: &str,
    #[case] content_range: Option<&str>,
) {
    let (app, key) = server().await;
    app.app.environment.objects.put(&key, b"bytes").await.unwrap();
    let url = app.app.links.get(BASE, &key, "a", soon(&app)).url;
    let mut headers = vec![("range", range)];
    headers.extend(if_range.map(|tag| ("if-range", tag)));
    let answer = send(&app, Method::GET, &url, &headers, "").await;
    answer.expect(status);
    assert!(status == 416 || answer.body == body.as_bytes(), "{answer:?}");
    assert_eq!(answer.headers.get("content-range").map(|range| range.to_str().unwrap()), content_range);
}

#[rstest]
#[case::more("bytes!", None, 413)]
#[case::fewer("byte", None, 400)]
#[case::more_announced("bytes", Some("6"), 413)]
#[case::fewer_announced("bytes", Some("4"), 400)]
#[tokio::test]
async fn exactly_the_bytes_that_were_said_are_stored(
    #[case] body: &'static str,
    #[case] announced: Option<&str>,
    #[case] status: u16,
) {
    let (app, key) = server().await;
    let mut headers = vec![("content-type", "text/plain")];
    headers.extend(announced.map(|length| ("content-length", length)));
    let answer = send(&app, Method::PUT, &link(&app, &key, 5).url, &headers, body).await;
    answer.expect(status);
    assert_eq!(answer.headers["connection"], "close");
    assert_eq!(app.app.environment.objects.size(&key).await.unwrap(), None);
    put(&app, &link(&app, &key, 5).url, "text/plain", "bytes").await.expect(201);
}

#[tokio::test]
async fn a_link_is_good_for_what_it_was_made_for_alone() {
    let (app, key) = server().await;
    let url = link(&app, &key, 5).url;
    let other = ObjectKey::from_stored(&format!("{key}x")).unwrap();
    let forged = Links::new([8; 32]).put(BASE, &key, "text/plain", 5, soon(&app)).url;
    let got = app.app.links.get(BASE, &key, "a", soon(&app)).url;
    for url in [
        url.replace("length=5", "length=6"),
        url.replace("expires=", "expires=9"),
        url.replace("text%2Fplain", "text%2Fhtml"),
        url.replace(&key.to_string(), other.as_str()),
        url.replace("signature=", "signature=A"),
        url.split("&signature").next().unwrap().to_owned(),
        format!("{url}&name=x"),
        format!("{url}&x=y"),
        format!("{url}&expires=1"),
        forged,
        got,
        format!("{BASE}/objects/{key}"),
        format!("{BASE}/objects/..%2F..%2Fetc/passwd?expires=1&signature=x"),
    ] {
        let problem = put(&app, &url, "text/plain", "bytes").await.expect_problem(403, "forbidden");
        assert!(!problem["detail"].as_str().unwrap().contains("expired"), "{url}");
    }
    put(&app, &url, "text/html", "bytes").await.expect_problem(403, "forbidden");
    send(&app, Method::GET, &url, &[], "").await.expect_problem(403, "forbidden");
    assert_eq!(app.app.environment.objects.size(&key).await.unwrap(), None);
    put(&app, &url, "text/plain", "bytes").await.expect(201);
}

#[tokio::test]
async fn a_link_that_has_expired_says_so() {
    let (app, key) = server().await;
    let url = app.app.links.put(BASE, &key, "text/plain", 5, app.app.environment.now()).url;
    let problem = put(&app, &url, "text/plain", "bytes").await.expect_problem(403, "forbidden");
    assert!(problem["detail"].as_str().unwrap().contains("expired"), "{problem}");
}

#[tokio::test]
async fn nothing_is_put_into_a_project_that_is_gone() {
    let (app, key) = server().await;
    let url = link(&app, &key, 5).url;
    let (_, project) = key.owner().unwrap();
    app.delete(&format!("/projects/{project}")).await.expect(204);
    put(&app, &url, "text/plain", "bytes").await.expect_problem(404, "not_found");
    let folder = Keys::new(&UserId::new("ada"), project).prefix();
    assert_eq!(app.app.environment.objects.list(&folder).await.unwrap(), []);
}

#[tokio::test]
async fn keys_with_encoded_names_have_links() {
    let (app, key) = server().await;
    let (_, project) = key.owner().unwrap();
    let encoded = ObjectKey::from_stored(&format!("data-forge/a%2Eb/{project}/x")).unwrap();
    app.app.environment.objects.put(&encoded, b"bytes").await.unwrap();
    let url = app.app.links.get(BASE, &encoded, "a", soon(&app)).url;
    assert_eq!(app.get_outside(&url).await.status, 200);
}
