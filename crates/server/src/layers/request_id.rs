//! The id of a request, in its answer, its problems and its log lines.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue},
    middleware::Next,
    response::Response,
};
use jobs::random_bytes;
use model::Time;

use crate::{App, problem::REQUEST_ID};

const HEADER: &str = "x-request-id";

/// Gives each request an id: its own, if it brings one that is well formed.
pub(crate) async fn request_id(State(app): State<App>, request: Request, next: Next) -> Response {
    let id = brought(request.headers()).unwrap_or_else(|| new(app.environment.now()));
    let value = HeaderValue::from_str(&id);
    let mut response = REQUEST_ID.scope(id, next.run(request)).await;
    if let Ok(value) = value {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

fn brought(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(HEADER)?.to_str().ok()?;
    let well_formed = (1..=64).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    well_formed.then(|| id.to_owned())
}

fn new(now: Time) -> String {
    let millis = u64::try_from(now.as_millisecond()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, &random_bytes()).into_uuid().to_string()
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, http::Method};
    use rstest::rstest;

    use crate::testing::TestApp;

    #[rstest]
    #[case("abc-1.2_3", true)]
    #[case(&"x".repeat(64), true)]
    #[case(&"x".repeat(65), false)]
    #[case("", false)]
    #[case("a b", false)]
    #[case("a\"b", false)]
    #[tokio::test]
    async fn an_id_is_kept_if_it_is_well_formed(#[case] brought: &str, #[case] kept: bool) {
        let app = TestApp::new().await;
        let request = app.request(Method::GET, "/nowhere").header("x-request-id", brought);
        let answer = app.send(request.body(Body::empty()).unwrap()).await;
        let problem = answer.expect_problem(404, "not_found");
        let id = answer.headers["x-request-id"].to_str().unwrap();
        assert_eq!(problem["request_id"], id);
        assert_eq!(id == brought, kept, "{id}");
        assert!(kept || id.parse::<uuid::Uuid>().unwrap().get_version_num() == 7);
    }
}
