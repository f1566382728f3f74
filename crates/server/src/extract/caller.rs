//! Who asks.

use axum::{extract::FromRequestParts, http::request::Parts};
use model::UserId;

use crate::problem::Problem;

/// Who asks, as the authentication found out. A handler cannot have one without it.
#[derive(Debug, Clone)]
pub(crate) struct Caller(pub(crate) UserId);

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let caller = parts.extensions.get::<Self>().cloned();
        caller.ok_or_else(|| Problem::unauthorized("send a key as `Authorization: Bearer` or `X-API-Key`"))
    }
}
