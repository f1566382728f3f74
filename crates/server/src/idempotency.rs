//! Requests that are carried out once, however often they are sent: `Idempotency-Key`.

use std::panic::AssertUnwindSafe;

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::FutureExt;
use model::{UserId, sha256_hex};
use sha2::{Digest, Sha256};
use store::{KnownRequest, StoredReply};
use tracing::Instrument;

use crate::{
    App,
    extract::Caller,
    layers,
    problem::{Checks, Problem, REQUEST_ID},
};

const KEY: &str = "idempotency-key";
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// The headers of a reply that are kept with it.
const KEPT: [HeaderName; 4] = [header::CONTENT_TYPE, header::LOCATION, header::ETAG, header::RETRY_AFTER];

/// A request that was noted under its user's key.
struct Noted {
    app: App,
    user: UserId,
    /// The hash of the key.
    key: String,
}

/// Carries a POST with a key out once, and gives its reply again after that.
pub(crate) async fn once(State(app): State<App>, request: Request, next: Next) -> Response {
    let user = request.extensions().get::<Caller>().map(|Caller(user)| user.clone());
    let (Some(user), true) = (user, request.method() == Method::POST && request.headers().contains_key(KEY))
    else {
        return next.run(request).await;
    };
    keyed(app, user, request, next).await.unwrap_or_else(Problem::into_response)
}

async fn keyed(app: App, user: UserId, request: Request, next: Next) -> Result<Response, Problem> {
    let key = sha256_hex(read_key(request.headers())?);
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, app.config.max_body_bytes)
        .await
        .map_err(|_| Problem::too_large("the body is too large, or could not be received whole"))?;
    let fingerprint = fingerprint(&parts, &body);
    let metadata = &app.environment.metadata;
    match metadata.begin_request(&user, &key, &fingerprint, app.environment.now()).await? {
        KnownRequest::New => {
            let noted = Noted { app, user, key };
            // A client that goes away does not stop what was begun.
            let work = noted.carry_out(Request::from_parts(parts, Body::from(body)), next);
            let id = REQUEST_ID.try_with(Clone::clone).unwrap_or_default();
            let work = tokio::spawn(REQUEST_ID.scope(id, work).in_current_span());
            Ok(work.await.unwrap_or_else(|error| Problem::internal(&error).into_response()))
        }
        KnownRequest::Done(reply) => Ok(again(reply)),
        KnownRequest::UnderWay => {
            Err(Problem::conflict("a request with this key is being carried out").retry_after(1))
        }
        KnownRequest::Other => {
            let mut checks = Checks::default();
            checks.fail("", "the header `Idempotency-Key` was sent with another request before");
            checks.done().and(Err(Problem::internal("a check that failed passed")))
        }
    }
}

impl Noted {
    /// Whatever happens, the key is not left as of a request that is under way.
    async fn carry_out(self, request: Request, next: Next) -> Response {
        let response = AssertUnwindSafe(next.run(request)).catch_unwind().await;
        let response = response.unwrap_or_else(layers::panics);
        let (parts, body) = response.into_parts();
        let Ok(body) = to_bytes(body, usize::MAX).await else {
            self.end(None).await;
            return Problem::internal("a reply could not be read to be kept").into_response();
        };
        let reply = is_kept(parts.status).then(|| StoredReply {
            status: parts.status.as_u16(),
            headers: kept(&parts.headers),
            body: body.to_vec(),
        });
        self.end(reply.as_ref()).await;
        Response::from_parts(parts, Body::from(body))
    }

    /// What cannot be noted here is told by its age later: the reply goes out all the same.
    async fn end(&self, reply: Option<&StoredReply>) {
        if let Err(error) = self.app.environment.metadata.end_request(&self.user, &self.key, reply).await {
            tracing::error!(%error, "the reply to a request with a key was not kept");
        }
    }
}

/// What would be answered otherwise after a while, or did nothing, is not kept: it may be tried again.
fn is_kept(status: StatusCode) -> bool {
    use StatusCode as S;
    let passes =
        [S::UNAUTHORIZED, S::REQUEST_TIMEOUT, S::CONFLICT, S::PRECONDITION_FAILED, S::TOO_MANY_REQUESTS];
    status.is_success() || (status.is_client_error() && !passes.contains(&status))
}

fn kept(headers: &HeaderMap) -> Vec<(String, String)> {
    let value = |name: &HeaderName| Some((name.to_string(), headers.get(name)?.to_str().ok()?.to_owned()));
    KEPT.iter().filter_map(value).collect()
}

fn again(reply: StoredReply) -> Response {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    for (name, value) in reply.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

fn read_key(headers: &HeaderMap) -> Result<&[u8], Problem> {
    let mut sent = headers.get_all(KEY).iter();
    let key = sent.next().map(HeaderValue::as_bytes).unwrap_or_default();
    let good =
        (1..=255).contains(&key.len()) && key.iter().all(u8::is_ascii_graphic) && sent.next().is_none();
    let mut checks = Checks::default();
    checks.require(
        good,
        "",
        "the header `Idempotency-Key` has to be one of 1 to 255 visible ASCII characters",
    );
    checks.done().map(|()| key)
}

/// Tells requests apart: each part with its length before it.
fn fingerprint(parts: &Parts, body: &Bytes) -> String {
    let (path, query) = (parts.uri.path(), parts.uri.query().unwrap_or_default());
    let mut hash = Sha256::new();
    for part in [parts.method.as_str().as_bytes(), path.as_bytes(), query.as_bytes(), body] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    sha256_hex(hash.finalize())
}

#[cfg(test)]
mod tests;
