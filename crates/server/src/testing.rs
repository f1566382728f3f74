//! The server in a test: stores of its own, requests without a network.

mod idle;

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, HeaderValue, Method, Request, StatusCode},
};
use jobs::{Environment, Supervisor, SupervisorConfig, SystemClock};
use serde_json::Value;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::{App, Authenticator, BASE, Config, Links, Tokens, app::Parts, router};

/// Who has a key to the server.
const USERS: [&str; 3] = ["ada", "bob", "eve"];

/// A server with stores of its own, asked as one user.
#[derive(Clone)]
pub(crate) struct TestApp {
    pub(crate) app: App,
    user: String,
    router: Router,
    _folder: Arc<TempDir>,
}

/// What the server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// The key of a user: `ada`, `bob` and `eve` have one.
pub(crate) fn key_of(user: &str) -> String {
    format!("{user}-has-this-key-in-tests")
}

impl TestApp {
    /// A server asked as `ada`.
    pub(crate) async fn new() -> Self {
        Self::with(|_| ()).await
    }

    /// A server asked as `ada`, put together in another way.
    pub(crate) async fn with(change: impl FnOnce(&mut Parts)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let metadata = store::open_metadata("sqlite::memory:").await.unwrap();
        let objects = store::open_objects(&folder.path().display().to_string()).await.unwrap();
        let environment = Arc::new(Environment::new(metadata, objects, Arc::new(SystemClock)));
        let keys = USERS.map(|user| format!("{user}={}", key_of(user))).join(",");
        let launcher = Arc::new(idle::Idle);
        let supervisor = Supervisor::new(Arc::clone(&environment), launcher, SupervisorConfig::default());
        let mut parts = Parts {
            environment,
            supervisor: Arc::new(supervisor),
            config: Config::default(),
            auth: Authenticator::tokens(Tokens::read(&keys).unwrap()),
            links: Links::new([7; 32]),
            gateway: None,
            fine_tuning: None,
            stopping: CancellationToken::new(),
        };
        change(&mut parts);
        let app = App::new(parts);
        let router = router(app.clone());
        Self { app, user: "ada".into(), router, _folder: Arc::new(folder) }
    }

    /// A server asked as `ada`, whose objects are in a bucket.
    pub(crate) async fn on(s3: &testkit::S3) -> Self {
        let objects = store::open_objects_with(&s3.storage_url(), s3.variables()).await.unwrap();
        Self::with(|parts| {
            let metadata = Arc::clone(&parts.environment.metadata);
            parts.environment = Arc::new(Environment::new(metadata, objects, Arc::new(SystemClock)));
        })
        .await
    }

    /// The same server, asked as another user.
    pub(crate) fn as_user(&self, name: &str) -> Self {
        Self { user: name.to_owned(), ..self.clone() }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).body(Body::from(body.to_string())).unwrap()).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::PUT, path).body(Body::from(body.to_string())).unwrap()).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path).body(Body::empty()).unwrap()).await
    }

    /// Gets what stands outside the API's base, without a key. It takes a whole URL too.
    pub(crate) async fn get_outside(&self, path: &str) -> Answer {
        let request = Request::get(path).header("host", "forge.test");
        self.send_as_it_is(request.body(Body::empty()).unwrap()).await
    }

    /// A request under the API's base, to which more can be added.
    pub(crate) fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        Request::builder()
            .method(method)
            .uri(format!("{BASE}{path}"))
            .header("host", "forge.test")
            .header("content-type", "application/json")
    }

    /// Sends a request with the user's key.
    pub(crate) async fn send(&self, mut request: Request<Body>) -> Answer {
        let key = HeaderValue::try_from(format!("Bearer {}", key_of(&self.user))).unwrap();
        request.headers_mut().insert("authorization", key);
        self.send_as_it_is(request).await
    }

    /// Sends a request without a key, unless it has one.
    pub(crate) async fn send_as_it_is(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// The body, where the status is that one.
    #[track_caller]
    pub(crate) fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.body));
        self.json()
    }

    /// The problem, where it is that one.
    #[track_caller]
    pub(crate) fn expect_problem(&self, status: u16, kind: &str) -> Value {
        let problem = self.expect(status);
        assert_eq!(problem["type"], kind, "{problem}");
        assert_eq!(self.headers["content-type"], "application/problem+json");
        problem
    }
}
