use axum::{
    body::Body,
    http::{Method, Request},
};
use rstest::rstest;

use super::{Files, INDEX, Page};
use crate::testing::{Answer, TestApp};

const PAGE: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

async fn ask(method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(path).header("host", "forge.test");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    TestApp::new().await.send_as_it_is(request.body(Body::empty()).unwrap()).await
}

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers.get(name).map_or("", |value| value.to_str().unwrap())
}

/// A file under `assets/`; none where the UI was not built.
fn asset() -> Option<String> {
    Files::iter().map(String::from).find(|name| name.starts_with("assets/") && name.ends_with(".js"))
}

#[rstest]
#[case("/")]
#[case("/p/0198f9a0-0000-7000-8000-000000000000/review?min_quality=0.9")]
#[case("/nowhere/at/all")]
#[tokio::test]
async fn every_address_of_the_ui_is_its_page(#[case] path: &str) {
    let answer = ask(Method::GET, path, &[("accept", PAGE)]).await;
    assert_eq!(answer.status, 200);
    assert!(header(&answer, "content-type").starts_with("text/html"), "{answer:?}");
    assert_eq!(header(&answer, "cache-control"), "no-cache");
    let policy = header(&answer, "content-security-policy");
    let scripts = policy.split(';').find(|part| part.trim().starts_with("script-src"));
    assert!(scripts.is_none_or(|scripts| scripts.trim() == "script-src 'self'"), "{policy}");
    let text = String::from_utf8(answer.body).unwrap();
    // The policy lets no script run that stands in the page itself.
    for script in text.split("<script").skip(1) {
        assert!(script.split('>').next().is_some_and(|tag| tag.contains(" src=\"/")), "{text}");
    }
    assert!(!text.contains("http://") && !text.contains("https://"), "{text}");
    assert!(Files::get(INDEX).is_some() || text.contains("./build"), "{text}");
}

#[test]
fn scripts_may_send_to_where_uploads_go() {
    let page =
        Page { headers: &Default::default(), reached: vec!["https://forge.example", "https://s3.example"] };
    let policy = page.policy();
    assert!(policy.ends_with("; connect-src 'self' https://forge.example https://s3.example"), "{policy}");
}

#[rstest]
#[case(Method::GET, "/api/v1/data-forge/nowhere")]
#[case(Method::GET, "/api/v2")]
#[case(Method::GET, "//api/v1/data-forge/nowhere")]
#[case(Method::GET, "/objects")]
#[case(Method::GET, "/assets/old-4f3c.js")]
#[case(Method::POST, "/p/x")]
#[case(Method::DELETE, "/assets/x.js")]
#[tokio::test]
async fn what_is_no_page_stays_a_problem(#[case] method: Method, #[case] path: &str) {
    ask(method, path, &[("accept", PAGE)]).await.expect_problem(404, "not_found");
}

#[tokio::test]
async fn programs_get_a_problem_for_what_is_not_there() {
    for headers in [[("accept", "application/json")], [("user-agent", "curl")]] {
        ask(Method::GET, "/nowhere", &headers).await.expect_problem(404, "not_found");
    }
    assert_eq!(ask(Method::GET, "/", &[]).await.status, 200);
}

#[tokio::test]
async fn files_are_cached_for_good_and_pages_asked_for_again() {
    let Some(name) = asset() else { return };
    let path = format!("/{name}");
    let answer = ask(Method::GET, &path, &[]).await;
    assert_eq!(answer.status, 200);
    assert_eq!(header(&answer, "cache-control"), "public, max-age=31536000, immutable");
    assert!(header(&answer, "content-type").starts_with("text/javascript"), "{answer:?}");
    let tag = header(&answer, "etag");
    for known in [tag.to_owned(), format!("\"x\", W/{tag}")] {
        let again = ask(Method::GET, &path, &[("if-none-match", &known)]).await;
        assert_eq!((again.status.as_u16(), again.body.len()), (304, 0), "{again:?}");
    }
    assert_eq!(ask(Method::GET, &path, &[("if-none-match", "\"x\"")]).await.status, 200);
}

#[rstest]
#[case("gzip, deflate, br", true)]
#[case("br;q=1.0, gzip;q=0.8", true)]
#[case("gzip;q=0, br", false)]
#[case("br", false)]
#[tokio::test]
async fn files_are_sent_compressed_to_who_takes_that(#[case] taken: &str, #[case] small: bool) {
    let Some(name) = asset() else { return };
    let answer = ask(Method::GET, &format!("/{name}"), &[("accept-encoding", taken)]).await;
    assert_eq!(header(&answer, "content-encoding"), if small { "gzip" } else { "" });
    assert_eq!(answer.body.starts_with(&[0x1f, 0x8b]), small);
}
