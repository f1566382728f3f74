//! The form in which a model takes requests: what it does not take is found out once.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use tokio::sync::RwLock;

use crate::{ChatRequest, JsonSchema};

/// How a reply's shape is asked for, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Shape {
    /// Replies follow the schema.
    #[default]
    Schema,
    /// Replies are JSON; what it should hold is said in words.
    JsonMode,
    /// The reply is a call of a function that takes what the schema describes.
    Tool,
    /// All is said in words.
    Words,
}

/// One thing that is done without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Concession {
    /// Reasoning models count their thoughts too, and want another name for it.
    MaxCompletionTokens,
    NoTemperature,
    NoSeed,
}

/// The form of a model's requests.
///
/// It changes what goes over the wire alone: a request's key stays what it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Form {
    shape: Shape,
    concessions: BTreeSet<Concession>,
}

/// What is known of each model, as long as the gateway's client lives.
///
/// Who finds something out holds the model's lock until it is known what the model takes; the
/// others wait for that rather than find it out as well.
#[derive(Default)]
pub(super) struct Forms(Mutex<HashMap<String, Arc<RwLock<Form>>>>);

impl Forms {
    pub(super) fn of(&self, model: &str) -> Arc<RwLock<Form>> {
        let mut forms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(form) = forms.get(model) {
            return Arc::clone(form);
        }
        Arc::clone(forms.entry(model.to_owned()).or_default())
    }
}

impl Form {
    /// The body of a request in this form.
    pub(super) fn body(&self, request: &ChatRequest) -> Value {
        let mut body = request.body();
        if let (Some(object), Some(schema)) = (body.as_object_mut(), &request.schema) {
            self.shape.put(schema, object);
        }
        if let Some(object) = body.as_object_mut() {
            self.concessions.iter().for_each(|concession| concession.make(object));
        }
        body
    }

    /// The next form for a request that was refused in this one; `None` where the refusal complains
    /// of nothing that can be done without. Each has less than the one before, so there is an end.
    pub(super) fn without(&self, request: &ChatRequest, refusal: &str) -> Option<Self> {
        let refusal = refusal.to_lowercase();
        let names = |words: &[&str]| words.iter().any(|word| refusal.contains(word));
        let unsupported =
            names(&["support", "unknown", "unrecognized", "not permitted", "not allowed", "extra"]);
        if let (true, Some(shape)) = (request.schema.is_some(), self.shape.next(names)) {
            return Some(Self { shape, ..self.clone() });
        }
        let wanted = [
            (
                Concession::MaxCompletionTokens,
                request.max_tokens.is_some() && names(&["max_completion_tokens"]),
            ),
            (Concession::NoTemperature, names(&["temperature"]) && unsupported),
            (Concession::NoSeed, request.seed.is_some() && names(&["seed"]) && unsupported),
        ];
        let concession =
            wanted.into_iter().find(|(concession, wanted)| *wanted && !self.concessions.contains(concession));
        concession.map(|(concession, _)| {
            let mut less = self.clone();
            less.concessions.insert(concession);
            less
        })
    }
}

impl Shape {
    /// The next best, if a refusal names this one.
    fn next(self, names: impl Fn(&[&str]) -> bool) -> Option<Self> {
        const FORMAT: [&str; 5] = ["response_format", "schema", "structured output", "grammar", "guided"];
        let (next, named) = match self {
            Self::Schema => (Self::JsonMode, names(&FORMAT)),
            Self::JsonMode => (Self::Tool, names(&FORMAT) || names(&["json"])),
            Self::Tool => (Self::Words, names(&FORMAT) || names(&["tool", "function"])),
            Self::Words => return None,
        };
        named.then_some(next)
    }

    /// Asks for the shape in a body that asks for the schema.
    fn put(self, JsonSchema { name, schema }: &JsonSchema, body: &mut serde_json::Map<String, Value>) {
        match self {
            Self::Schema => return,
            Self::JsonMode => {
                body.insert("response_format".into(), json!({"type": "json_object"}));
                return;
            }
            Self::Tool => {
                let function = json!({
                    "name": name,
                    "description": "Takes the whole reply.",
                    "parameters": schema,
                });
                body.insert("tools".into(), json!([{"type": "function", "function": function}]));
                body.insert("tool_choice".into(), json!({"type": "function", "function": {"name": name}}));
            }
            Self::Words => {}
        }
        body.remove("response_format");
    }
}

impl Concession {
    fn make(self, body: &mut serde_json::Map<String, Value>) {
        match self {
            Self::NoTemperature => body.remove("temperature"),
            Self::NoSeed => body.remove("seed"),
            Self::MaxCompletionTokens => {
                body.remove("max_tokens").and_then(|most| body.insert("max_completion_tokens".into(), most))
            }
        };
    }
}

/// In words for the log.
impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.shape {
            Shape::Schema => "with a JSON schema",
            Shape::JsonMode => "in JSON mode",
            Shape::Tool => "with a tool to call",
            Shape::Words => "with the reply's shape in words",
        })?;
        self.concessions.iter().try_for_each(|concession| {
            f.write_str(match concession {
                Concession::MaxCompletionTokens => ", max_completion_tokens for max_tokens",
                Concession::NoTemperature => ", without temperature",
                Concession::NoSeed => ", without seed",
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn request() -> ChatRequest {
        ChatRequest {
            model: "m".into(),
            messages: Vec::new(),
            temperature: 0.7,
            seed: Some(1),
            max_tokens: Some(9),
            schema: Some(JsonSchema { name: "pairs".into(), schema: json!({"type": "object"}) }),
        }
    }

    fn shaped(shape: Shape) -> Form {
        Form { shape, ..Form::default() }
    }

    fn conceding(concession: Concession) -> Form {
        Form { concessions: BTreeSet::from([concession]), ..Form::default() }
    }

    #[rstest]
    #[case(
        "'response_format' of type 'json_schema' is not supported with this model",
        Some(shaped(Shape::JsonMode))
    )]
    #[case("This model does not support structured outputs", Some(shaped(Shape::JsonMode)))]
    #[case(
        "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
        Some(conceding(Concession::MaxCompletionTokens))
    )]
    #[case("'temperature' does not support 0.7 with this model", Some(conceding(Concession::NoTemperature)))]
    #[case("Extra inputs are not permitted: seed", Some(conceding(Concession::NoSeed)))]
    #[case("Your input was flagged", None)]
    #[case("", None)]
    fn refusals_name_what_is_not_taken(#[case] refusal: &str, #[case] expected: Option<Form>) {
        assert_eq!(Form::default().without(&request(), refusal), expected);
    }

    #[test]
    fn shapes_are_gone_down_one_by_one() {
        let mut form = Form::default();
        let mut asked = Vec::new();
        for refusal in [
            "'response_format' of type 'json_schema' is not supported",
            "response_format.type must be one of json_schema, text",
            "this model does not support tools",
            "response_format",
        ] {
            let body = form.body(&request());
            asked.push((
                body["response_format"]["type"].clone(),
                body["tools"][0]["function"]["name"].clone(),
            ));
            let Some(next) = form.without(&request(), refusal) else { break };
            form = next;
        }
        assert_eq!(
            asked,
            [
                (json!("json_schema"), Value::Null),
                (json!("json_object"), Value::Null),
                (Value::Null, json!("pairs")),
                (Value::Null, Value::Null),
            ]
        );
    }

    #[test]
    fn what_asks_for_no_shape_has_none_to_lose() {
        let plain = ChatRequest { schema: None, ..request() };
        assert_eq!(Form::default().without(&plain, "response_format"), None);
        assert_eq!(shaped(Shape::Tool).body(&plain), plain.body());
    }

    #[test]
    fn the_most_tokens_go_by_another_name() {
        let body = conceding(Concession::MaxCompletionTokens).body(&request());
        assert_eq!((body.get("max_tokens"), &body["max_completion_tokens"]), (None, &json!(9)));
    }
}
