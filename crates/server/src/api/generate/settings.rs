//! The settings of a generation, out of a request and the project's defaults.

use generate::{BUILTIN, check};
use model::{GenerateConfig, GenerateSettings, ImportFormat};
use serde_json::{Map, Value};

use super::NewGeneration;
use crate::{
    api::bounds,
    extract::invalid,
    problem::{Checks, Problem},
};

/// The sampling temperature where none is said.
const TEMPERATURE: f64 = 0.7;
/// The most calls at once that can be asked for.
const MAX_CONCURRENCY: u32 = 1_000;

/// The settings, each within its bounds, and all there in this version.
pub(super) fn read(
    new: &NewGeneration,
    defaults: &Map<String, Value>,
    has_gateway: bool,
) -> Result<GenerateSettings, Problem> {
    let mut checks = Checks::default();
    bounds::words(&mut checks, "/teacher_model", &new.teacher_model, 1..=200);
    let is_import = ImportFormat::of_teacher(&new.teacher_model).is_some();
    checks.require(!is_import, "/teacher_model", "it stands for pairs that are imported, and writes none");
    if new.teacher_model != BUILTIN {
        let detail = format!(
            "it needs a gateway, and the server has none: set DATA_FORGE_GATEWAY_URL, or take `{BUILTIN}`"
        );
        checks.require(has_gateway, "/teacher_model", detail);
    }
    if let Some(prompt) = &new.system_prompt {
        bounds::text(&mut checks, "/system_prompt", prompt, 0..=20_000);
    }
    bounds::named(&mut checks, "/document_ids", new.document_ids.as_ref());
    bounds::named(&mut checks, "/chunk_ids", new.chunk_ids.as_ref());
    let config = config(&mut checks, &new.config, defaults);
    let settings = GenerateSettings {
        teacher_model: new.teacher_model.clone(),
        generation_type: new.generation_type,
        temperature: new.temperature.unwrap_or(TEMPERATURE),
        system_prompt: new.system_prompt.clone().filter(|prompt| !prompt.trim().is_empty()),
        config: config.unwrap_or_default(),
    };
    if let Some(judge) = settings.config.judge_model.as_ref() {
        bounds::words(&mut checks, "/config/judge_model", judge, 1..=200);
        let detail = "it needs a gateway, and the server has none: set DATA_FORGE_GATEWAY_URL, or say `none`";
        checks.require(has_gateway || settings.judge().is_none(), "/config/judge_model", detail);
    }
    if let Err(error) = check(&settings) {
        match error.name {
            // Said above, of the text as it was sent.
            "teacher_model" => {}
            "temperature" => checks.fail("/temperature", error.to_string()),
            name => checks.fail(format!("/config/{name}"), error.to_string()),
        }
    }
    checks.done()?;
    Ok(settings)
}

/// The project's defaults with the request's keys in their place.
fn config(
    checks: &mut Checks,
    asked: &Map<String, Value>,
    defaults: &Map<String, Value>,
) -> Option<GenerateConfig> {
    let mut merged = defaults.clone();
    merged.extend(asked.iter().map(|(key, value)| (key.clone(), value.clone())));
    let config: GenerateConfig = match serde_path_to_error::deserialize(Value::Object(merged)) {
        Ok(config) => config,
        Err(error) => {
            let error = invalid(error.path(), error.inner());
            checks.fail(format!("/config{}", error.pointer), error.detail);
            return None;
        }
    };
    if let Some(language) = &config.language {
        bounds::words(checks, "/config/language", language, 1..=50);
    }
    let calls = config.max_concurrency.unwrap_or(1);
    let detail = format!("it may be {MAX_CONCURRENCY} at the most");
    checks.require(calls <= MAX_CONCURRENCY, "/config/max_concurrency", detail);
    checks.require(config.max_tokens_total != Some(0), "/config/max_tokens_total", "it has to be 1 or more");
    Some(config)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    fn asked(more: &Value) -> NewGeneration {
        let mut body = json!({"teacher_model": BUILTIN, "generation_type": "qa"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(body).unwrap()
    }

    fn defaults(config: Value) -> Map<String, Value> {
        serde_json::from_value(config).unwrap()
    }

    #[test]
    fn a_request_goes_over_the_project_key_by_key() {
        let defaults = defaults(json!({"pairs_per_chunk": 5, "seed": 7}));
        let new = asked(&json!({"config": {"seed": 8}}));
        let settings = read(&new, &defaults, false).unwrap();
        assert_eq!((settings.config.pairs_per_chunk, settings.config.seed), (5, 8));
        assert!((settings.temperature - 0.7).abs() < f64::EPSILON);
    }

    #[rstest]
    #[case(json!({"teacher_model": " "}), "/teacher_model")]
    #[case(json!({"teacher_model": "x".repeat(201)}), "/teacher_model")]
    #[case(json!({"generation_type": "classification"}), "/config/labels")]
    #[case(json!({"config": {"labels": ["one"]}}), "/config/labels")]
    #[case(json!({"config": {"labels": ["one", "One"]}}), "/config/labels")]
    #[case(json!({"config": {"turns": 3}}), "/config/turns")]
    #[case(json!({"temperature": 2.1}), "/temperature")]
    #[case(json!({"temperature": -0.1}), "/temperature")]
    #[case(json!({"system_prompt": "x".repeat(20_001)}), "/system_prompt")]
    #[case(json!({"system_prompt": "a\0b"}), "/system_prompt")]
    #[case(json!({"document_ids": []}), "/document_ids")]
    #[case(json!({"chunk_ids": []}), "/chunk_ids")]
    #[case(json!({"config": {"pairs": 1}}), "/config/pairs")]
    #[case(json!({"config": {"pairs_per_chunk": 0}}), "/config/pairs_per_chunk")]
    #[case(json!({"config": {"pairs_per_chunk": 21}}), "/config/pairs_per_chunk")]
    #[case(json!({"config": {"pairs_per_chunk": "3"}}), "/config/pairs_per_chunk")]
    #[case(json!({"config": {"difficulty_distribution": {"easy": -1}}}), "/config/difficulty_distribution")]
    #[case(json!({"config": {"difficulty_distribution": {"easier": 1}}}), "/config/difficulty_distribution/easier")]
    #[case(json!({"config": {"style_template": "odd"}}), "/config/style_template")]
    #[case(json!({"config": {"judge_model": ""}}), "/config/judge_model")]
    #[case(json!({"config": {"judge_model": "builtin/extractive"}}), "/config/judge_model")]
    #[case(json!({"config": {"language": ""}}), "/config/language")]
    #[case(json!({"config": {"max_concurrency": 0}}), "/config/max_concurrency")]
    #[case(json!({"config": {"max_concurrency": 1001}}), "/config/max_concurrency")]
    #[case(json!({"config": {"max_cost_usd": 0}}), "/config/max_cost_usd")]
    #[case(json!({"config": {"max_tokens_total": 0}}), "/config/max_tokens_total")]
    fn what_is_wrong_has_a_pointer(#[case] more: Value, #[case] pointer: &str) {
        let problem = read(&asked(&more), &Map::new(), true).unwrap_err();
        assert_eq!((problem.status, problem.errors[0].pointer.as_str()), (422, pointer), "{problem:?}");
    }

    #[test]
    fn a_judge_needs_a_gateway_where_the_teacher_does_not() {
        let new = asked(&json!({"config": {"judge_model": "gpt"}}));
        assert_eq!(read(&new, &Map::new(), true).unwrap().judge(), Some("gpt"));
        let problem = read(&new, &Map::new(), false).unwrap_err();
        assert_eq!(problem.errors[0].pointer, "/config/judge_model");
        assert!(read(&asked(&json!({"config": {"judge_model": "none"}})), &Map::new(), false).is_ok());
    }

    #[test]
    fn a_model_needs_a_gateway() {
        let new = asked(&json!({"teacher_model": "gpt"}));
        assert!(read(&new, &Map::new(), true).is_ok());
        let problem = read(&new, &Map::new(), false).unwrap_err();
        assert_eq!(problem.errors[0].pointer, "/teacher_model");
        assert!(problem.detail.contains("DATA_FORGE_GATEWAY_URL"), "{problem:?}");
    }
}
