//! The routes and the layers that each request comes through.

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderName, HeaderValue, Method, header},
    middleware::{from_fn, from_fn_with_state},
};
use tower_http::{catch_panic::CatchPanicLayer, cors::CorsLayer};

use crate::{App, auth, idempotency, layers, limits, links, openapi, outside, problem::Problem, ui};

/// The server as one service.
pub fn router(app: App) -> Router {
    // Of layers that are added one after another, the last is the first that a request comes through.
    let (api, document) = openapi::routes().split_for_parts();
    let api = api
        .route_layer(from_fn_with_state(app.clone(), idempotency::once))
        .route_layer(from_fn_with_state(app.clone(), limits::limit_rate))
        .route_layer(from_fn_with_state(app.clone(), auth::authenticate))
        .route_layer(DefaultBodyLimit::max(app.config.max_body_bytes))
        .route_layer(from_fn(layers::time_out));
    let mut router = api
        .merge(links::routes())
        .merge(outside::routes(document))
        .fallback(ui::fallback)
        .method_not_allowed_fallback(async || Problem::no_method())
        .layer(CatchPanicLayer::custom(layers::panics))
        .layer(from_fn_with_state(app.clone(), auth::guard));
    if !app.config.allowed_origins.is_empty() {
        router = router.layer(cors(&app.config.allowed_origins));
    }
    router
        .layer(from_fn(layers::security_headers))
        .layer(from_fn_with_state(app.clone(), layers::trace))
        .layer(from_fn_with_state(app.clone(), layers::request_id))
        .with_state(app)
}

/// Which pages of other origins may use the server. Keys are sent as headers: no cookie is, ever.
fn cors(origins: &[String]) -> CorsLayer {
    let origins: Vec<HeaderValue> = origins.iter().filter_map(|origin| origin.parse().ok()).collect();
    let names = HeaderName::from_static;
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            header::RANGE,
            names("x-api-key"),
            names("x-request-id"),
            names("idempotency-key"),
            names("last-event-id"),
        ])
        .expose_headers([
            header::ETAG,
            header::LOCATION,
            header::RETRY_AFTER,
            names("x-request-id"),
            names("idempotent-replayed"),
        ])
}

#[cfg(test)]
mod tests;
