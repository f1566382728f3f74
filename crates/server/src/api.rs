//! The endpoints, one resource a file.

mod analytics;
mod bounds;
mod chunks;
mod demo;
mod documents;
mod events;
mod exports;
mod generate;
mod generations;
mod logs;
mod models;
mod named;
mod pairs;
mod parse;
mod projects;
#[cfg(test)]
mod sample;
mod uploads;

use utoipa_axum::router::OpenApiRouter;

use crate::App;

/// All endpoints under the API's base.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(projects::routes())
        .merge(uploads::routes())
        .merge(documents::routes())
        .merge(chunks::routes())
        .merge(parse::routes())
        .merge(generate::routes())
        .merge(generations::routes())
        .merge(logs::routes())
        .merge(pairs::routes())
        .merge(exports::routes())
        .merge(analytics::routes())
        .merge(models::routes())
        .merge(demo::routes())
        .merge(events::routes())
}
