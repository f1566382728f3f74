//! The web UI, embedded when `web/dist` was there as the program was built.
//!
//! Whatever a browser asks for outside of the server's own paths is a page of the UI, which finds out itself
//! what to show. A debug build reads the files as they are now.

mod answer;
mod unbuilt;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, header},
    response::{IntoResponse, Response},
};
use rust_embed::Embed;

use self::answer::Page;
use crate::{App, BASE, links::OBJECTS, problem::Problem};

/// The page that every address of the UI shows.
const INDEX: &str = "index.html";
/// Files whose name holds the hash of their content, so that they never change.
const HASHED: &str = "assets/";

#[derive(Embed)]
#[folder = "../../web/dist/"]
#[allow_missing = true]
struct Files;

/// Answers what no other route does.
pub(crate) async fn fallback(State(app): State<App>, request: Request) -> Response {
    let (method, path) = (request.method(), request.uri().path());
    if !matches!(*method, Method::GET | Method::HEAD) || is_reserved(path) {
        return Problem::not_found("path").into_response();
    }
    let objects = app.environment.objects.links_origin();
    let reached = app.config.public_url.iter().map(String::as_str).chain(objects.as_deref()).collect();
    let page = Page { headers: request.headers(), reached };
    let name = path.trim_start_matches('/');
    if !name.is_empty()
        && name != INDEX
        && let Some(file) = page.file(name)
    {
        return file;
    }
    if path != "/" && (path.starts_with("/assets/") || !wants_page(request.headers())) {
        return Problem::not_found("path").into_response();
    }
    page.file(INDEX).unwrap_or_else(unbuilt::page)
}

/// Whether a path is the API's or an object's, so that it is never a page.
fn is_reserved(path: &str) -> bool {
    let api = BASE.split('/').nth(1).unwrap_or_default();
    let under = |prefix: &str| path.trim_start_matches('/').split('/').next() == Some(prefix);
    under(api) || under(OBJECTS.trim_matches('/'))
}

/// Whether whoever asks is a browser that goes to a page: a program gets a problem for what is not there.
fn wants_page(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

#[cfg(test)]
mod tests;
