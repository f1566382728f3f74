//! The OpenAPI document, made from the handlers.

use utoipa::{
    OpenApi,
    openapi::{
        Components, InfoBuilder, OpenApi as Document, SecurityRequirement, Server,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_axum::router::OpenApiRouter;

use crate::{App, BASE, api, problem};

#[derive(OpenApi)]
#[openapi(
    components(schemas(problem::Problem)),
    tags(
        (name = "projects", description = "Datasets in the making"),
        (name = "documents", description = "Uploaded files and what they hold"),
        (name = "chunks", description = "Passages that pairs are made from"),
        (name = "generations", description = "Runs of the pipeline"),
        (name = "pairs", description = "Training examples, and what people decide on them"),
        (name = "exports", description = "Numbered versions of the dataset"),
        (name = "operation", description = "How the server is")
    )
)]
struct Base;

/// The routes under the base, with their document.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(base()).nest(BASE, api::routes())
}

/// The OpenAPI document.
pub fn document() -> Document {
    let mut document = routes().into_openapi();
    document.merge(crate::outside::document());
    document
}

fn base() -> Document {
    let mut base = Base::openapi();
    base.info = InfoBuilder::new()
        .title("Data Forge")
        .description(Some("Documents to fine-tuning datasets that can be trusted."))
        .version(env!("CARGO_PKG_VERSION"))
        .build();
    base.servers = Some(vec![Server::new("/")]);
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("A static key, or a signed token (JWT)"))
        .build();
    let key = ApiKey::Header(ApiKeyValue::with_description("X-API-Key", "The same, in a header of its own"));
    let components = base.components.get_or_insert_with(Components::new);
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    components.add_security_scheme("api_key", SecurityScheme::ApiKey(key));
    // Either of the two.
    let none: [&str; 0] = [];
    base.security =
        Some(vec![SecurityRequirement::new("bearer", none), SecurityRequirement::new("api_key", none)]);
    base
}
