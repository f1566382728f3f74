//! Links to a bucket: good for one thing, once, and for a while.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use model::{DocumentId, ProjectId, Time, UserId};
use reqwest::{Client, Response};
use rstest::rstest;
use store::{Keys, ObjectKey, ObjectLink, Objects, open_objects_with};
use testkit::{S3, S3Config};

const LIFE: Duration = Duration::from_secs(60);

async fn bucket(options: &str, more: &[(&str, &str)]) -> (S3, Arc<dyn Objects>) {
    let s3 = S3::start(S3Config::default()).await.unwrap();
    let mut variables: BTreeMap<_, _> = s3.variables().into_iter().collect();
    variables.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let store = open_objects_with(&format!("{}{options}", s3.storage_url()), variables).await.unwrap();
    (s3, store)
}

/// A key with a percent sign in it.
fn key() -> ObjectKey {
    let keys = Keys::new(&UserId::new("ada@example.com"), ProjectId::new(Time::UNIX_EPOCH, [1; 10]));
    keys.source(DocumentId::new(Time::UNIX_EPOCH, [1; 10]))
}

async fn link(store: &dyn Objects) -> ObjectLink {
    store.link_to_put(&key(), "application/pdf", 5, LIFE).await.unwrap().unwrap()
}

async fn put(url: &str, headers: &BTreeMap<String, String>, body: &'static str) -> Response {
    let mut request = Client::builder().tls_certs_only([]).build().unwrap().put(url).body(body);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    request.send().await.unwrap()
}

async fn get(url: &str) -> Response {
    Client::builder().tls_certs_only([]).build().unwrap().get(url).send().await.unwrap()
}

#[tokio::test]
async fn an_object_is_put_once() {
    let (_s3, store) = bucket("", &[]).await;
    let link = link(&*store).await;
    assert_eq!(put(&link.url, &link.headers, "bytes").await.status(), 200);
    assert_eq!(store.get(&key()).await.unwrap().as_deref(), Some(b"bytes".as_slice()));
    assert_eq!(put(&link.url, &link.headers, "other").await.status(), 412);
    assert_eq!(store.get(&key()).await.unwrap().as_deref(), Some(b"bytes".as_slice()));
}

#[rstest]
#[case("content-type", Some("text/html"), "bytes")]
#[case("content-type", None, "bytes")]
#[case("if-none-match", None, "bytes")]
#[case("", None, "byte")]
#[case("", None, "bytes and more")]
#[tokio::test]
async fn a_link_is_good_for_what_it_was_made_for(
    #[case] header: &str,
    #[case] value: Option<&str>,
    #[case] body: &'static str,
) {
    let (s3, store) = bucket("", &[]).await;
    let mut link = link(&*store).await;
    link.headers.remove(header);
    link.headers.extend(value.map(|value| (header.to_owned(), value.to_owned())));
    assert_eq!(put(&link.url, &link.headers, body).await.status(), 403);
    assert_eq!(s3.keys().unwrap(), [""; 0]);
}

#[tokio::test]
async fn a_link_is_good_for_its_object_alone() {
    let (s3, store) = bucket("", &[]).await;
    let link = link(&*store).await;
    for (part, other) in [("/sources/", "/exports/"), ("X-Amz-Expires=60", "X-Amz-Expires=6000")] {
        assert!(link.url.contains(part), "{part}");
        assert_eq!(put(&link.url.replacen(part, other, 1), &link.headers, "bytes").await.status(), 403);
    }
    assert_eq!(get(&link.url).await.status(), 403);
    assert_eq!(s3.keys().unwrap(), [""; 0]);
}

#[tokio::test]
async fn an_object_is_saved_under_a_name_for_a_while() {
    let (_s3, store) = bucket("", &[]).await;
    store.put(&key(), b"bytes").await.unwrap();
    let disposition = "attachment; filename=\"a b_.jsonl\"; filename*=UTF-8''a%20b%C3%BC.jsonl";
    let life = Duration::from_secs(2);
    let link = store.link_to_get(&key(), "application/x-ndjson", disposition, life).await.unwrap().unwrap();
    let answer = get(&link.url).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-disposition"], disposition);
    assert_eq!(answer.headers()["content-type"], "application/x-ndjson");
    assert_eq!(answer.text().await.unwrap(), "bytes");
    let expired = async {
        while get(&link.url).await.status() != 403 {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), expired).await.expect("it is good for ever");
}

#[tokio::test]
async fn links_lead_to_where_browsers_reach_it() {
    let (s3, store) = bucket("?public_endpoint=https://files.example.com", &[]).await;
    assert_eq!(store.links_origin().as_deref(), Some("https://files.example.com"));
    let link = link(&*store).await;
    assert!(link.url.starts_with("https://files.example.com/forge/data-forge/ada%2540example"), "no");
    // The signature is over that name: it is good for it alone.
    let inside = link.url.replace("https://files.example.com", &s3.endpoint());
    let mut headers = link.headers.clone();
    assert_eq!(put(&inside, &headers, "bytes").await.status(), 403);
    headers.insert("host".into(), "files.example.com".into());
    assert_eq!(put(&inside, &headers, "bytes").await.status(), 200);
}

#[tokio::test]
async fn what_is_put_is_encrypted_as_is_set() {
    let kms = [("AWS_SERVER_SIDE_ENCRYPTION", "aws:kms"), ("AWS_SSE_KMS_KEY_ID", "arn:aws:kms:key")];
    let (_s3, store) = bucket("", &kms).await;
    let mut link = link(&*store).await;
    assert_eq!(link.headers["x-amz-server-side-encryption"], "aws:kms");
    assert_eq!(link.headers["x-amz-server-side-encryption-aws-kms-key-id"], "arn:aws:kms:key");
    let removed = link.headers.remove("x-amz-server-side-encryption").unwrap();
    assert_eq!(put(&link.url, &link.headers, "bytes").await.status(), 403);
    link.headers.insert("x-amz-server-side-encryption".into(), removed);
    assert_eq!(put(&link.url, &link.headers, "bytes").await.status(), 200);
}

#[tokio::test]
async fn what_needs_a_customers_key_or_parts_goes_through_the_server() {
    let customer = [
        ("AWS_SERVER_SIDE_ENCRYPTION", "sse-c"),
        ("AWS_SSE_CUSTOMER_KEY_BASE64", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="),
    ];
    let (_s3, store) = bucket("", &customer).await;
    assert!(store.link_to_put(&key(), "text/plain", 5, LIFE).await.unwrap().is_none());
    assert!(store.link_to_get(&key(), "text/plain", "attachment", LIFE).await.unwrap().is_none());
    let (_s3, store) = bucket("", &[]).await;
    assert!(store.link_to_put(&key(), "text/plain", (5 << 30) + 1, LIFE).await.unwrap().is_none());
}
