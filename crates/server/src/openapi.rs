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
    whole(routes().into_openapi(), crate::outside::document())
}

/// The document of all routes, from that of the API and that of what stands outside of it.
pub(crate) fn whole(mut document: Document, outside: Document) -> Document {
    document.merge(outside);
    name_operations(&mut document);
    document
}

/// Names operations by method and path: names of handlers are the same in several files, and clients
/// made from the document need each name once.
fn name_operations(document: &mut Document) {
    for (path, item) in &mut document.paths.paths {
        let words =
            path.strip_prefix(BASE).unwrap_or(path).split(|letter: char| !letter.is_ascii_alphanumeric());
        let name = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_");
        let operations = [
            ("get", &mut item.get),
            ("put", &mut item.put),
            ("post", &mut item.post),
            ("delete", &mut item.delete),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                operation.operation_id = Some(format!("{method}_{name}"));
            }
        }
    }
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

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::Value;

    use super::*;

    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str));
                members.values().for_each(|member| references(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }

    #[test]
    fn all_that_is_referred_to_is_there() {
        let document = serde_json::to_value(document()).unwrap();
        let mut found = Vec::new();
        references(&document, &mut found);
        assert!(!found.is_empty());
        let missing: HashSet<_> = found
            .into_iter()
            .filter(|reference| document.pointer(reference.trim_start_matches('#')).is_none())
            .collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn operations_have_names_of_their_own() {
        let document = serde_json::to_value(document()).unwrap();
        let paths = document["paths"].as_object().unwrap();
        let operations = paths.values().flat_map(|item| item.as_object().unwrap().values());
        let names: Vec<_> = operations.filter_map(|operation| operation["operationId"].as_str()).collect();
        assert!(names.len() > 30, "{names:?}");
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len(), "{names:?}");
    }
}
