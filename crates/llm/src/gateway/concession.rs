//! What some models do not take, and what is sent instead.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

/// One thing that is done without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Concession {
    /// The reply's shape is only asked for in words.
    NoSchema,
    /// Reasoning models count their thoughts too, and want another name for it.
    MaxCompletionTokens,
    NoTemperature,
    NoSeed,
}

/// What is done without, by model; kept as long as the gateway's client.
///
/// Concessions change what goes over the wire alone: a request's key stays what it is.
#[derive(Default)]
pub(super) struct Concessions {
    by_model: Mutex<HashMap<String, BTreeSet<Concession>>>,
}

impl Concessions {
    /// Takes out of a body what its model is known not to take.
    pub(super) fn apply(&self, model: &str, body: &mut Value) {
        let by_model = self.by_model.lock().unwrap_or_else(PoisonError::into_inner);
        for concession in by_model.get(model).into_iter().flatten() {
            concession.apply(body);
        }
    }

    /// Takes out of a body what a refusal complains of; whether there was such a thing.
    pub(super) fn make(&self, model: &str, body: &mut Value, refusal: &str) -> bool {
        let Some(concession) = Concession::wanted(body, refusal) else { return false };
        concession.apply(body);
        let mut by_model = self.by_model.lock().unwrap_or_else(PoisonError::into_inner);
        by_model.entry(model.to_owned()).or_default().insert(concession);
        true
    }
}

impl Concession {
    fn wanted(body: &Value, refusal: &str) -> Option<Self> {
        let refusal = refusal.to_lowercase();
        let names = |words: &[&str]| words.iter().any(|word| refusal.contains(word));
        let unsupported =
            names(&["support", "unknown", "unrecognized", "not permitted", "not allowed", "extra"]);
        [
            (
                Self::NoSchema,
                "response_format",
                names(&["response_format", "schema", "structured output", "grammar"]),
            ),
            (Self::MaxCompletionTokens, "max_tokens", names(&["max_completion_tokens"])),
            (Self::NoTemperature, "temperature", names(&["temperature"]) && unsupported),
            (Self::NoSeed, "seed", names(&["seed"]) && unsupported),
        ]
        .into_iter()
        .find_map(|(concession, field, wanted)| (wanted && body.get(field).is_some()).then_some(concession))
    }

    fn apply(self, body: &mut Value) {
        let Some(body) = body.as_object_mut() else { return };
        match self {
            Self::NoSchema => body.remove("response_format"),
            Self::NoTemperature => body.remove("temperature"),
            Self::NoSeed => body.remove("seed"),
            Self::MaxCompletionTokens => {
                body.remove("max_tokens").and_then(|most| body.insert("max_completion_tokens".into(), most))
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    fn body() -> Value {
        json!({"model": "m", "temperature": 0.7, "seed": 1, "max_tokens": 9, "response_format": {}})
    }

    #[rstest]
    #[case(
        "'response_format' of type 'json_schema' is not supported with this model",
        Some(Concession::NoSchema)
    )]
    #[case("This model does not support structured outputs", Some(Concession::NoSchema))]
    #[case(
        "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
        Some(Concession::MaxCompletionTokens)
    )]
    #[case("'temperature' does not support 0.7 with this model", Some(Concession::NoTemperature))]
    #[case("Extra inputs are not permitted: seed", Some(Concession::NoSeed))]
    #[case("This model's maximum context length is 4096 tokens", None)]
    #[case("", None)]
    fn refusals_name_what_is_not_taken(#[case] refusal: &str, #[case] expected: Option<Concession>) {
        assert_eq!(Concession::wanted(&body(), refusal), expected);
    }

    #[test]
    fn concessions_are_made_once_and_kept_by_model() {
        let concessions = Concessions::default();
        let refusal = "use max_completion_tokens";
        let mut first = body();
        assert!(concessions.make("m", &mut first, refusal));
        assert!(!concessions.make("m", &mut first, refusal));
        let mut second = body();
        concessions.apply("m", &mut second);
        assert_eq!(second, first);
        assert_eq!(second["max_completion_tokens"], 9);
        let mut other = body();
        concessions.apply("other", &mut other);
        assert_eq!(other, body());
    }
}
