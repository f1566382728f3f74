//! Whatever goes wrong, as `application/problem+json` (RFC 9457).

use std::{borrow::Cow, collections::BTreeMap};

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use jobs::JobsError;
use serde::{Deserialize, Serialize};
use store::StoreError;
use utoipa::{
    IntoResponses, ToSchema,
    openapi::{ContentBuilder, Ref, RefOr, ResponseBuilder},
};

tokio::task_local! {
    /// The id of the request that is being answered.
    pub(crate) static REQUEST_ID: String;
}

/// What went wrong with a request, in words for who sent it: never a cause from inside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// What kind of problem it is: a name that stays the same.
    #[serde(rename = "type")]
    pub kind: Cow<'static, str>,
    /// The kind in words.
    pub title: Cow<'static, str>,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong here, and what to do.
    pub detail: String,
    /// The id of the request, as in the header `x-request-id` and in the logs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub request_id: Option<Box<str>>,
    /// Each part of the request that does not validate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Invalid>,
    /// After how many seconds it may be tried again: the header `Retry-After`.
    #[serde(skip)]
    pub retry_after: Option<u16>,
}

/// A part of a request that does not validate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Invalid {
    /// Where in the body, as a JSON pointer (RFC 6901); of a query parameter `/` and its name.
    pub pointer: String,
    /// What is wrong with it.
    pub detail: String,
}

impl Problem {
    fn new(status: StatusCode, kind: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind: Cow::Borrowed(kind),
            title: Cow::Borrowed(title),
            status: status.as_u16(),
            detail: detail.into(),
            request_id: None,
            errors: Vec::new(),
            retry_after: None,
        }
    }

    /// Says after how many seconds it may be tried again.
    pub(crate) fn retry_after(self, seconds: u16) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// 400: it cannot be read.
    pub(crate) fn unreadable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "unreadable", "The request cannot be read", detail)
    }

    /// 401: no key or token, or one that is not good.
    pub(crate) fn unauthorized(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "Who asks is not known", detail)
    }

    /// 403: not with this link, or not from this place. What is another's is 404, never this.
    pub(crate) fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "Not allowed", detail)
    }

    /// 405: the path has no such method.
    pub(crate) fn no_method() -> Self {
        let detail = "the header `allow` names the methods that there are";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "No such method", detail)
    }

    /// 408: the client sent nothing for too long.
    pub(crate) fn stalled(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "stalled", "Nothing was sent for too long", detail)
    }

    /// 404: not there, or another's, which nobody can tell apart.
    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "Not found", format!("there is no such {what}"))
    }

    /// 409: not in this state.
    pub(crate) fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", "Not in this state", detail)
    }

    /// 412: changed meanwhile.
    pub(crate) fn stale(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PRECONDITION_FAILED, "stale", "Changed meanwhile", detail)
    }

    /// 413: too large.
    pub(crate) fn too_large(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "Too large", detail)
    }

    /// 415: a format that is not read.
    pub(crate) fn unsupported(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_format", "Not a supported format", detail)
    }

    /// 422: parts of it do not validate.
    pub(crate) fn invalid(errors: Vec<Invalid>) -> Self {
        let detail = errors.iter().map(|error| format!("{}: {}", error.pointer, error.detail));
        let detail = detail.collect::<Vec<_>>().join("; ");
        let problem =
            Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "The request does not validate", detail);
        Self { errors, ..problem }
    }

    /// 429: more than the limits allow.
    pub(crate) fn too_many(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "limit_reached", "A limit is reached", detail)
    }

    /// 500: our fault; the cause goes to the log.
    pub(crate) fn internal(cause: &(impl std::fmt::Display + ?Sized)) -> Self {
        tracing::error!(%cause, "a request failed");
        let detail = "the server failed; its log says more under the request's id";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "The server failed", detail)
    }

    /// 502: who was asked outside refused, or was not there.
    pub(crate) fn bad_gateway(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_GATEWAY, "provider_failed", "The provider failed", detail)
    }

    /// 503: not now.
    pub(crate) fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Not available now", detail)
    }

    /// 507: the server's disk is full.
    pub(crate) fn no_room() -> Self {
        let detail = "the server has no room left, and nothing was changed; whoever runs it has to make some";
        Self::new(StatusCode::INSUFFICIENT_STORAGE, "no_room", "No room left", detail)
    }

    /// 416: the object has no such bytes.
    pub(crate) fn no_range() -> Self {
        let detail = "the object ends before the first byte that is asked for";
        Self::new(StatusCode::RANGE_NOT_SATISFIABLE, "no_range", "No such range", detail)
    }
}

/// The parts of a request that do not validate, gathered so that all are said at once.
#[derive(Debug, Default)]
pub(crate) struct Checks(Vec<Invalid>);

impl Checks {
    /// Notes what is wrong at a pointer.
    pub(crate) fn fail(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        self.0.push(Invalid { pointer: pointer.into(), detail: detail.into() });
    }

    /// Notes what is wrong at a pointer unless it holds.
    pub(crate) fn require(&mut self, holds: bool, pointer: &str, detail: impl Into<String>) {
        if !holds {
            self.fail(pointer, detail);
        }
    }

    /// Nothing if all is well.
    pub(crate) fn done(self) -> Result<(), Problem> {
        if self.0.is_empty() { Ok(()) } else { Err(Problem::invalid(self.0)) }
    }
}

impl IntoResponse for Problem {
    fn into_response(mut self) -> Response {
        self.request_id = REQUEST_ID.try_with(|id| id.as_str().into()).ok();
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = self.retry_after;
        let mut response = (status, axum::Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound(what) => Self::not_found(what),
            StoreError::Exists(_) | StoreError::Busy(_) | StoreError::Conflict(_) => {
                Self::conflict(error.to_string())
            }
            StoreError::Cursor => {
                let detail = "it is no cursor of this list; leave it out to begin anew";
                Self::invalid(vec![Invalid { pointer: "/cursor".into(), detail: detail.into() }])
            }
            passing if passing.is_passing() => {
                tracing::warn!(%passing, "a store does not answer");
                Self::unavailable("a store that is needed for it does not answer now; try again in a while")
                    .retry_after(5)
            }
            full if full.is_full() => {
                tracing::error!(%full, "there is no room");
                Self::no_room()
            }
            other => Self::internal(&other),
        }
    }
}

impl From<JobsError> for Problem {
    fn from(error: JobsError) -> Self {
        match error {
            JobsError::Store(error) => error.into(),
            JobsError::NoGeneration => Self::not_found("generation"),
            JobsError::Settings(error) => {
                let pointer = format!("/{}", error.name);
                Self::invalid(vec![Invalid { pointer, detail: error.to_string() }])
            }
            JobsError::Launch(error) => {
                tracing::warn!(%error, "a job does not end");
                Self::unavailable("its job could not be stopped yet, which is tried again; its log says more")
                    .retry_after(5)
            }
            other => Self::conflict(other.to_string()),
        }
    }
}

/// Every operation may answer with a [`Problem`].
impl IntoResponses for Problem {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let response = ResponseBuilder::new()
            .description("What went wrong")
            .content("application/problem+json", content)
            .build();
        BTreeMap::from([("default".to_owned(), response.into())])
    }
}
