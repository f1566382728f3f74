//! The schemas of replies. Strict modes want every property required and none added, and know neither
//! lengths nor counts everywhere: those are asked for in words and checked on reading.

use model::{GenerateSettings, GenerationType};
use serde_json::{Value, json};

/// The schema of a reply with pairs.
pub(crate) fn pairs(settings: &GenerateSettings) -> Value {
    let text = || json!({"type": "string"});
    let difficulty = || json!({"type": "string", "enum": ["easy", "medium", "hard"]});
    let question_type = || {
        json!({
            "type": "string",
            "enum": [
                "factual", "how-to", "troubleshooting", "conceptual", "api-code", "analytical", "comparative",
            ],
        })
    };
    let item = match settings.generation_type {
        GenerationType::Qa => object(&[
            ("question", text()),
            ("answer", text()),
            ("quote", text()),
            ("question_type", question_type()),
            ("difficulty", difficulty()),
        ]),
        GenerationType::Instruction => object(&[
            ("instruction", text()),
            ("input", json!({"type": ["string", "null"]})),
            ("output", text()),
            ("quote", text()),
            ("question_type", question_type()),
            ("difficulty", difficulty()),
        ]),
        GenerationType::Conversation => {
            let exchange = object(&[("question", text()), ("answer", text()), ("quote", text())]);
            object(&[
                ("exchanges", json!({"type": "array", "items": exchange})),
                ("question_type", question_type()),
                ("difficulty", difficulty()),
            ])
        }
        GenerationType::Summary => object(&[
            ("instruction", text()),
            ("summary", text()),
            ("quote", text()),
            ("difficulty", difficulty()),
        ]),
        GenerationType::Classification => object(&[
            ("text", text()),
            ("label", json!({"type": "string", "enum": settings.config.labels})),
            ("quote", text()),
            ("difficulty", difficulty()),
        ]),
    };
    object(&[
        ("pairs", json!({"type": "array", "items": item})),
        ("nothing_to_teach", json!({"type": ["string", "null"]})),
    ])
}

/// The schema of a reply with labels.
pub(crate) fn labels() -> Value {
    object(&[("labels", json!({"type": "array", "items": {"type": "string"}}))])
}

fn object(properties: &[(&str, Value)]) -> Value {
    let names: Vec<_> = properties.iter().map(|(name, _)| *name).collect();
    let properties: serde_json::Map<_, _> =
        properties.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    json!({"type": "object", "properties": properties, "required": names, "additionalProperties": false})
}
