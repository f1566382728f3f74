use axum::{
    body::Body,
    http::{Method, Request},
};
use rstest::rstest;
use serde_json::json;

use crate::{Authenticator, Config, UserLimits, testing::TestApp};

#[tokio::test]
async fn what_is_not_there_is_a_problem() {
    let app = TestApp::new().await;
    app.get_outside("/nowhere").await.expect_problem(404, "not_found");
    app.get("/nowhere").await.expect_problem(404, "not_found");
    let answer = app.send(app.request(Method::PATCH, "/projects").body(Body::empty()).unwrap()).await;
    answer.expect_problem(405, "method_not_allowed");
    let allowed = answer.headers["allow"].to_str().unwrap();
    assert!(allowed.contains("GET") && allowed.contains("POST"), "{allowed}");
}

#[tokio::test]
async fn bodies_are_bounded() {
    let app = TestApp::with(|parts| parts.config.max_body_bytes = 100).await;
    app.post("/projects", &json!({"name": "x".repeat(100)})).await.expect_problem(413, "too_large");
    app.post("/projects", &json!({"name": "x"})).await.expect(201);
    let request = app.request(Method::POST, "/projects").header("idempotency-key", "k");
    let body = json!({"name": "x".repeat(100)}).to_string();
    app.send(request.body(Body::from(body)).unwrap()).await.expect_problem(413, "too_large");
}

#[tokio::test]
async fn users_have_limits_of_their_own() {
    let limits = UserLimits { max_projects: Some(1), requests_per_second: Some(2), ..UserLimits::default() };
    let app = TestApp::with(|parts| parts.config = Config { limits, ..Config::default() }).await;
    let project = json!({"name": "a"});
    app.post("/projects", &project).await.expect(201);
    app.post("/projects", &project).await.expect_problem(429, "limit_reached");
    app.as_user("bob").post("/projects", &project).await.expect(201);
    let mut refused = None;
    for _ in 0..20 {
        let answer = app.get("/projects").await;
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.unwrap();
    refused.expect_problem(429, "limit_reached");
    assert_eq!(refused.headers["retry-after"], "1");
}

#[rstest]
#[case("localhost:8080", None, 200)]
#[case("localhost:8080", Some("http://localhost:8080"), 200)]
#[case("localhost:8080", Some("http://evil.example"), 403)]
#[case("evil.example", None, 403)]
#[tokio::test]
async fn without_keys_only_local_pages_come_through(
    #[case] host: &str,
    #[case] origin: Option<&str>,
    #[case] status: u16,
) {
    let app = TestApp::with(|parts| parts.auth = Authenticator::none()).await;
    let mut request = Request::get("/api/v1/data-forge/projects").header("host", host);
    if let Some(origin) = origin {
        request = request.header("origin", origin);
    }
    app.send_as_it_is(request.body(Body::empty()).unwrap()).await.expect(status);
}

#[rstest]
#[case("https://pages.example", true)]
#[case("https://evil.example", false)]
#[tokio::test]
async fn pages_of_other_origins_are_let_in_by_name(#[case] origin: &str, #[case] let_in: bool) {
    let app =
        TestApp::with(|parts| parts.config.allowed_origins = vec!["https://pages.example".into()]).await;
    let request = app
        .request(Method::OPTIONS, "/projects")
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization, idempotency-key");
    let answer = app.send_as_it_is(request.body(Body::empty()).unwrap()).await;
    let allowed = answer.headers.get("access-control-allow-origin");
    assert_eq!(allowed.map(|allowed| allowed == origin), let_in.then_some(true), "{answer:?}");
    assert!(!answer.headers.contains_key("access-control-allow-credentials"));
}

#[tokio::test]
async fn the_api_browser_needs_nothing_from_elsewhere() {
    let app = TestApp::new().await;
    let page = app.get_outside("/docs/").await;
    assert_eq!(page.status, 200);
    let page = String::from_utf8(page.body).unwrap();
    assert!(!page.contains("src=\"http") && !page.contains("href=\"http"), "{page}");
    // The policy lets no script run that stands in the page itself.
    assert!(page.matches("<script").count() == page.matches("<script src=").count(), "{page}");
    for file in ["/docs/swagger-initializer.js", "/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css"] {
        assert_eq!(app.get_outside(file).await.status, 200, "{file}");
    }
    let document = app.get_outside("/openapi.json").await.expect(200);
    assert_eq!(document["servers"][0]["url"], "/");
    assert_eq!(document["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
    for path in ["/healthz", "/readyz", "/metrics", "/api/v1/data-forge/projects/{id}/upload-url"] {
        assert!(document["paths"][path].is_object(), "{path}");
    }
    assert_eq!(serde_json::to_value(crate::openapi()).unwrap(), document);
}

#[tokio::test]
async fn requests_are_counted_by_route() {
    let app = TestApp::new().await;
    let id = "0198f9a0-0000-7000-8000-000000000000";
    app.get(&format!("/projects/{id}")).await.expect(404);
    app.get("/nowhere").await.expect(404);
    let metrics = app.get_outside("/metrics").await;
    assert_eq!(metrics.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    let text = String::from_utf8(metrics.body).unwrap();
    let counted = |path: &str| {
        let path = format!("path=\"{path}\"");
        text.lines().any(|line| {
            line.starts_with("data_forge_http_requests_total{")
                && line.contains("method=\"GET\"")
                && line.contains(&path)
                && line.ends_with("} 1")
        })
    };
    assert!(counted("/api/v1/data-forge/projects/{id}") && counted("none"), "{text}");
    assert!(text.contains("data_forge_http_request_seconds_bucket"), "{text}");
    assert!(text.contains("data_forge_http_requests_in_flight 1"), "{text}");
    assert!(!text.contains(id), "{text}");
}
