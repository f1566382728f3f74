//! What stands in place of a UI that was not built in.

use axum::{
    http::{HeaderValue, header},
    response::{Html, IntoResponse, Response},
};

/// The page has links and nothing else.
const POLICY: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const TEXT: &str = "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Data Forge</title>\n\
    <h1>Data Forge</h1>\n<p>The server runs, but this program was built without the web UI.</p>\n\
    <p>To get it, run <code>./build</code> in the project's folder, and start \
    <code>target/release/data-forge serve</code> again. It needs Node 20 or newer.</p>\n\
    <p><a href=\"/docs/\">Try the API</a>.</p>\n</html>\n";

/// How to get the UI.
pub(super) fn page() -> Response {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, Html(TEXT)).into_response()
}
