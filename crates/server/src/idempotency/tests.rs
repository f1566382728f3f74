use std::sync::Arc;

use axum::{Router, middleware::from_fn_with_state, routing::post};
use rstest::rstest;
use serde_json::{Value, json};
use tokio::sync::Notify;
use tower::ServiceExt;

use super::*;
use crate::testing::{Answer, TestApp};

async fn send(app: &TestApp, key: &str, path: &str, body: &Value) -> Answer {
    let request = app.request(Method::POST, path).header(KEY, key);
    app.send(request.body(Body::from(body.to_string())).unwrap()).await
}

#[tokio::test]
async fn a_request_is_carried_out_once() {
    let app = TestApp::new().await;
    let project = json!({"name": "a"});
    let first = send(&app, "k1", "/projects", &project).await;
    let made = first.expect(201);
    let second = send(&app, "k1", "/projects", &project).await;
    assert_eq!(second.expect(201), made);
    assert_eq!(second.headers[&REPLAYED], "true");
    assert_eq!(second.headers["content-type"], first.headers["content-type"]);
    assert!(!first.headers.contains_key(&REPLAYED));
    // Another key, another user: another request.
    assert_ne!(send(&app, "k2", "/projects", &project).await.expect(201)["id"], made["id"]);
    assert_ne!(send(&app.as_user("bob"), "k1", "/projects", &project).await.expect(201)["id"], made["id"]);
    assert_eq!(app.get("/projects").await.expect(200)["total"], 2);
}

#[tokio::test]
async fn a_key_stands_for_one_request() {
    let app = TestApp::new().await;
    send(&app, "k", "/projects", &json!({"name": "a"})).await.expect(201);
    send(&app, "k", "/projects", &json!({"name": "b"})).await.expect_problem(422, "invalid");
    send(&app, "k", "/projects?x=1", &json!({"name": "a"})).await.expect_problem(422, "invalid");
}

#[rstest]
#[case("")]
#[case("a b")]
#[case(&"x".repeat(256))]
#[tokio::test]
async fn keys_are_visible_and_bounded(#[case] key: &str) {
    let app = TestApp::new().await;
    send(&app, key, "/projects", &json!({"name": "a"})).await.expect_problem(422, "invalid");
}

#[rstest]
#[case(200, true)]
#[case(422, true)]
#[case(404, true)]
#[case(409, false)]
#[case(412, false)]
#[case(429, false)]
#[case(500, false)]
fn what_is_answered_otherwise_later_is_not_kept(#[case] status: u16, #[case] kept: bool) {
    assert_eq!(is_kept(StatusCode::from_u16(status).unwrap()), kept);
}

/// A route behind the layer, asked as ada.
fn route(app: &TestApp, handler: axum::routing::MethodRouter<App>) -> Router {
    let app = app.app.clone();
    Router::new().route("/", handler).layer(from_fn_with_state(app.clone(), once)).with_state(app)
}

fn request() -> Request {
    let mut request = Request::post("/").header(KEY, "k").body(Body::empty()).unwrap();
    request.extensions_mut().insert(Caller(UserId::new("ada")));
    request
}

#[tokio::test]
async fn what_panics_can_be_tried_again() {
    let app = TestApp::new().await;
    let broken = route(&app, post(async || -> StatusCode { panic!("at the handler") }));
    for _ in 0..2 {
        assert_eq!(broken.clone().oneshot(request()).await.unwrap().status(), 500);
    }
    let works = route(&app, post(async || StatusCode::CREATED));
    assert_eq!(works.oneshot(request()).await.unwrap().status(), 201);
}

#[tokio::test]
async fn a_client_that_goes_away_stops_nothing() {
    let app = TestApp::new().await;
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let handler = {
        let (begun, go_on) = (begun.clone(), go_on.clone());
        post(async move || {
            begun.notify_one();
            go_on.notified().await;
            (StatusCode::CREATED, "made")
        })
    };
    let route = route(&app, handler);
    let client = tokio::spawn(route.clone().oneshot(request()));
    begun.notified().await;
    client.abort();
    assert!(client.await.unwrap_err().is_cancelled());
    let under_way = route.clone().oneshot(request()).await.unwrap();
    assert_eq!(
        (under_way.status().as_u16(), &under_way.headers()["retry-after"]),
        (409, &"1".parse().unwrap())
    );
    go_on.notify_one();
    for _ in 0..1000 {
        let response = route.clone().oneshot(request()).await.unwrap();
        if response.status() == 201 {
            assert_eq!(response.headers()[&REPLAYED], "true");
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("the reply was never kept");
}
