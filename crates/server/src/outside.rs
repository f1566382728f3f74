//! What stands outside the API's base: how the server is, the API browser.

use axum::{Router, extract::State, http::header, response::IntoResponse};
use model::{GenerationStatus, Phase};
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};
use utoipa_swagger_ui::SwaggerUi;

use crate::{App, health, openapi, problem::Problem};

/// The routes; `document` is the one of the API.
pub(crate) fn routes(document: OpenApi) -> Router<App> {
    let (routes, own) = described().split_for_parts();
    let document = openapi::whole(document, own);
    let config = utoipa_swagger_ui::Config::default().validator_url("none");
    let browser = SwaggerUi::new("/docs").url("/openapi.json", document).config(config);
    routes.merge(browser)
}

/// What is said of them in the OpenAPI document.
pub(crate) fn document() -> OpenApi {
    described().into_openapi()
}

fn described() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .routes(routes!(metrics))
}

/// The counts of the server, as Prometheus reads them. Open to all who reach the server: they say how
/// much is done, and never whose it is.
#[utoipa::path(get, path = "/metrics", tag = "operation", security(()),
    responses((status = 200, body = String, content_type = "text/plain"), Problem))]
async fn metrics(State(app): State<App>) -> Result<impl IntoResponse, Problem> {
    let metadata = &app.environment.metadata;
    for (phase, counts) in metadata.workload().await? {
        let states = [
            ("pending", counts.pending),
            ("leased", counts.leased),
            ("done", counts.done),
            ("failed", counts.failed),
        ];
        for (state, count) in states {
            let labels = [("phase", word(phase).to_owned()), ("state", state.to_owned())];
            app.metrics().set("data_forge_units", &labels, count as f64);
        }
        let waiting = counts.pending + counts.leased;
        app.metrics().set("data_forge_queue_depth", &[("phase", word(phase).to_owned())], waiting as f64);
    }
    for (status, count) in unended(&app).await? {
        app.metrics().set("data_forge_generations", &[("state", status.as_str().to_owned())], count as f64);
    }
    let spent = metadata.spent().await?;
    for (name, value) in [
        ("data_forge_gateway_calls", spent.requests as f64),
        ("data_forge_gateway_cost_usd", spent.cost_usd.unwrap_or_default()),
    ] {
        app.metrics().set(name, &[], value);
    }
    for (kind, tokens) in [("prompt", spent.prompt_tokens), ("completion", spent.completion_tokens)] {
        app.metrics().set("data_forge_gateway_tokens", &[("kind", kind.to_owned())], tokens as f64);
    }
    app.metrics().set("data_forge_event_streams", &[], app.events().streams() as f64);
    let content_type = "text/plain; version=0.0.4; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, content_type)], app.metrics().render()))
}

/// How many generations that have not ended are in each of the states that these can be in.
async fn unended(app: &App) -> Result<Vec<(GenerationStatus, usize)>, Problem> {
    use GenerationStatus::{Generating, Parsing, Pending, Validating};
    let generations = app.environment.metadata.unended().await?;
    let count = |status| generations.iter().filter(|context| context.generation.status == status).count();
    Ok([Pending, Parsing, Generating, Validating].map(|status| (status, count(status))).to_vec())
}

fn word(phase: Phase) -> &'static str {
    match phase {
        Phase::Parse => "parse",
        Phase::Generate => "generate",
        Phase::Validate => "validate",
    }
}
