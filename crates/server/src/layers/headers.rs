//! Headers that tell browsers what may be done with an answer.

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};

/// An answer of the API or an object is no page: nothing in it is run or shown in a frame.
const CLOSED: &str = "default-src 'none'; frame-ancestors 'none'";
/// The API browser runs its own scripts, and styles itself.
const DOCS: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                    img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; \
                    form-action 'none'; frame-ancestors 'none'";
/// Puts them onto every answer. The files of the UI say themselves what they may do and how long they are good.
pub(crate) async fn security_headers(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let (policy, kept) =
        if path == "/docs" || path.starts_with("/docs/") { (DOCS, true) } else { (CLOSED, false) };
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(policy));
    let all = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in all {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !kept {
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    response
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::testing::TestApp;

    #[rstest]
    #[case("/", "'none'", Some("no-cache"))]
    #[case("/docs/", "script-src 'self'", None)]
    #[case("/healthz", "'none'; frame", Some("no-store"))]
    #[case("/api/v1/data-forge/projects", "'none'; frame", Some("no-store"))]
    #[case("/objects/data-forge/x", "'none'; frame", Some("no-store"))]
    #[case("/nowhere", "'none'; frame", Some("no-store"))]
    #[tokio::test]
    async fn every_answer_has_them(#[case] path: &str, #[case] policy: &str, #[case] cached: Option<&str>) {
        let answer = TestApp::new().await.get_outside(path).await;
        let header = |name: &str| answer.headers.get(name).map(|value| value.to_str().unwrap());
        let all = header("content-security-policy").unwrap();
        assert!(all.starts_with("default-src 'none'") && all.contains("frame-ancestors 'none'"), "{all}");
        assert!(all.contains(policy), "{all}");
        assert_eq!(header("x-content-type-options"), Some("nosniff"));
        assert_eq!(header("x-frame-options"), Some("DENY"));
        assert_eq!(header("referrer-policy"), Some("no-referrer"));
        assert_eq!(header("cross-origin-resource-policy"), Some("same-origin"));
        assert_eq!(header("cache-control"), cached);
    }
}
