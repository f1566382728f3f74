//! The route of the links: outside the API and its keys, since a link is its own key.

use axum::{
    Router,
    extract::{Request, State},
    http::Uri,
    response::Response,
    routing,
};
use percent_encoding::percent_decode_str;
use store::ObjectKey;

use super::{OBJECTS, Refused, Terms, get, put};
use crate::{App, problem::Problem};

/// Links to put and to get.
pub(crate) fn routes() -> Router<App> {
    Router::new().route("/objects/{*key}", routing::get(download).put(upload))
}

async fn upload(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let (key, terms) = open(&app, "PUT", request.uri())?;
    let (parts, body) = request.into_parts();
    put::put(&app, &key, &terms, &parts.headers, body).await
}

async fn download(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let (key, terms) = open(&app, "GET", request.uri())?;
    get::get(&app, &key, &terms, request.method(), request.headers()).await
}

/// What a link is to, and its terms, if it is good. What is wrong with one that was not signed here
/// is not said.
fn open(app: &App, method: &str, uri: &Uri) -> Result<(ObjectKey, Terms), Problem> {
    let forged = || Problem::forbidden("the link is not good for this; ask the API for a new one");
    let path = uri.path().strip_prefix(OBJECTS).ok_or_else(forged)?;
    let path = percent_decode_str(path).decode_utf8().map_err(|_| forged())?;
    let key = ObjectKey::from_stored(&path).ok_or_else(forged)?;
    let terms: Terms = serde_html_form::from_str(uri.query().unwrap_or_default()).map_err(|_| forged())?;
    match app.links.verify(method, &key, &terms, app.environment.now()) {
        Ok(()) => Ok((key, terms)),
        Err(Refused::Forged) => Err(forged()),
        Err(Refused::Expired) => Err(Problem::forbidden("the link has expired; ask the API for a new one")),
    }
}

#[cfg(test)]
mod tests;
