//! The models that there are.

use axum::{Json, extract::State};
use generate::BUILTIN;
use llm::ModelInfo;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{App, extract::Caller, problem::Problem};

/// The endpoint of the models.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

/// The models that there are.
#[derive(Debug, Serialize, ToSchema)]
struct AvailableModels {
    /// Those of the gateway in its order, and the built-in offline teacher.
    items: Vec<AvailableModel>,
    /// Why the gateway's are not among them, where they are not.
    warnings: Vec<String>,
}

/// A model that can be asked.
#[derive(Debug, Serialize, ToSchema)]
struct AvailableModel {
    /// Its id.
    id: String,
    /// Whose it is, where that is known.
    owned_by: Option<String>,
    /// How many tokens prompt and reply may have together, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    context_length: Option<u64>,
    /// Where it was found: `gateway` or `builtin`.
    source: String,
}

impl From<ModelInfo> for AvailableModel {
    fn from(model: ModelInfo) -> Self {
        let ModelInfo { id, owned_by, context_length, source, .. } = model;
        Self { id, owned_by, context_length, source }
    }
}

/// The models that the gateway offers, and the built-in offline teacher.
#[utoipa::path(get, path = "/available-models", tag = "models",
    responses((status = 200, body = AvailableModels), Problem))]
async fn list(State(app): State<App>, Caller(_user): Caller) -> Json<AvailableModels> {
    let builtin = AvailableModel {
        id: BUILTIN.into(),
        owned_by: Some("data-forge".into()),
        context_length: None,
        source: "builtin".into(),
    };
    let (models, warning) = match app.offered_models().await {
        Ok(models) => (models, None),
        Err(warning) => (Vec::new(), Some(warning)),
    };
    Json(AvailableModels {
        items: models.into_iter().map(AvailableModel::from).chain([builtin]).collect(),
        warnings: warning.into_iter().collect(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[tokio::test]
    async fn without_a_gateway_there_is_the_built_in_teacher() {
        let models = TestApp::new().await.get("/available-models").await.expect(200);
        assert_eq!(models["items"].as_array().unwrap().len(), 1);
        assert_eq!(models["items"][0]["id"], generate::BUILTIN);
        assert_eq!(models["warnings"], json!([]));
    }
}
