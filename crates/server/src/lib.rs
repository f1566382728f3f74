//! The server: the REST API over store and jobs, for many users who see their own things alone.
//!
//! A request comes in through the layers of [`router()`] (request id, metrics, limits, authentication), is read by
//! the extractors of `extract`, and is answered by one thin handler of `api`, one resource a file. All
//! that goes wrong becomes a [`Problem`] in one place. The OpenAPI document is made from the handlers.

mod api;
mod app;
mod auth;
mod catalogue;
mod config;
mod demo;
mod events;
pub mod export;
mod extract;
mod fine_tune;
mod health;
mod idempotency;
mod layers;
mod limits;
mod links;
mod metrics;
mod openapi;
mod outside;
mod paging;
mod problem;
mod router;
#[cfg(test)]
mod sample;
mod serve;
#[cfg(test)]
mod testing;
mod turn;
mod ui;

pub use app::{App, Parts};
pub use auth::{AuthMode, Authenticator, JwtConfig, JwtError, NoAuthMode, TokenError, Tokens};
pub use config::{Config, UserLimits};
pub use demo::demo;
pub use fine_tune::{FineTuneConfig, FineTuning};
pub use links::{Links, SignedUrl, secret};
pub use openapi::document as openapi;
pub use problem::Problem;
pub use router::router;
pub use serve::serve;

/// What all endpoints of the API stand under.
pub const BASE: &str = "/api/v1/data-forge";
