use serde_json::{Value, json};

use super::*;

const PASSAGE: &str =
    "The pump lifts 40 litres a minute. It stops when the tank is full. Clean its filter weekly.";

fn request(schema: Value) -> Value {
    let content = format!("Number of pairs: 2\n<passage>\n{PASSAGE}\n</passage>");
    json!({
        "model": "m",
        "seed": 0,
        "messages": [{"role": "system", "content": "Write."}, {"role": "user", "content": content}],
        "response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}},
    })
}

fn answered(request: &Value) -> Value {
    serde_json::from_str(&answer(request, None)).unwrap()
}

#[test]
fn pairs_quote_the_passage() {
    let pair = json!({"type": "object", "properties": {
        "question": {"type": "string"},
        "answer": {"type": "string"},
        "quote": {"type": "string"},
        "reasoning": {"type": ["string", "null"]},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "difficulty": {"type": "string", "enum": ["easy", "hard"]},
        "score": {"type": "number", "minimum": 1, "maximum": 5},
        "index": {"type": "integer"},
        "sure": {"type": "boolean"},
    }});
    let schema = json!({
        "type": "object",
        "properties": {
            "pairs": {"type": "array", "items": {"$ref": "#/$defs/pair"}},
            "nothing_to_teach": {"type": ["string", "null"]},
        },
        "$defs": {"pair": pair},
    });
    let answer = answered(&request(schema));
    assert_eq!(answer["nothing_to_teach"], Value::Null);
    let pairs = answer["pairs"].as_array().unwrap();
    assert_eq!(pairs.len(), 2);
    assert_ne!(pairs[0]["question"], pairs[1]["question"]);
    for (at, pair) in pairs.iter().enumerate() {
        let quote = pair["quote"].as_str().unwrap();
        assert!(PASSAGE.contains(quote));
        assert_eq!(pair["answer"], quote);
        let question = pair["question"].as_str().unwrap();
        let about = question.strip_prefix("What is there to know about ").unwrap();
        assert!(quote.starts_with(about.trim_end_matches('?')), "{question} {quote}");
        assert!(pair["reasoning"].as_str().unwrap().contains(quote));
        assert_eq!((&pair["note"], &pair["index"]), (&Value::Null, &json!(at)));
        assert!(["easy", "hard"].contains(&pair["difficulty"].as_str().unwrap()));
        assert!((1.0..=5.0).contains(&pair["score"].as_f64().unwrap()));
        assert_eq!(pair["sure"], true);
    }
}

#[test]
fn arrays_keep_to_their_bounds() {
    let array = |bounds: Value| {
        let mut schema = json!({"type": "array", "items": {"type": "object", "properties": {}}});
        schema.as_object_mut().unwrap().extend(bounds.as_object().unwrap().clone());
        answered(&request(schema)).as_array().unwrap().len()
    };
    assert_eq!(array(json!({})), 2);
    assert_eq!(array(json!({"minItems": 5})), 5);
    assert_eq!(array(json!({"maxItems": 1})), 1);
}

#[test]
fn a_conversation_takes_turns() {
    let turn = json!({"type": "object", "properties": {
        "role": {"type": "string", "enum": ["user", "assistant"]},
        "content": {"type": "string"},
    }});
    let turns =
        json!({"type": "object", "properties": {"turns": {"type": "array", "minItems": 2, "items": turn}}});
    let answer = answered(&request(json!({"type": "array", "items": turns})));
    let turns = answer[0]["turns"].as_array().unwrap();
    let roles: Vec<_> = turns.iter().filter_map(|turn| turn["role"].as_str()).collect();
    assert_eq!(roles, ["user", "assistant", "user", "assistant"]);
    assert!(turns[0]["content"].as_str().unwrap().ends_with('?'));
    assert!(PASSAGE.contains(turns[1]["content"].as_str().unwrap()));
}

#[test]
fn repairs_and_missing_schemas_change_nothing() {
    let text = json!({"type": "string"});
    let pair = json!({"type": "object", "properties": {"question": text, "answer": text}});
    let schema = json!({"type": "object", "properties": {"pairs": {"type": "array", "items": pair}}});
    let first = request(schema);
    let mut repair = first.clone();
    repair["messages"].as_array_mut().unwrap().extend([
        json!({"role": "assistant", "content": "no"}),
        json!({"role": "user", "content": "Write it again."}),
    ]);
    assert_eq!(answer(&repair, None), answer(&first, None));
    repair.as_object_mut().unwrap().remove("response_format");
    let (with, without) = (answered(&first), answered(&repair));
    assert_eq!(with["pairs"][1]["question"], without["pairs"][1]["question"]);
    let mut seeded = first.clone();
    let answers: std::collections::BTreeSet<String> = (0..10)
        .map(|seed| {
            seeded["seed"] = json!(seed);
            answer(&seeded, None)
        })
        .collect();
    assert!(answers.len() > 1);
}

#[test]
fn a_schema_that_contains_itself_comes_to_an_end() {
    let schema = json!({"type": "object", "properties": {"inner": {"$ref": "#"}}});
    assert!(answered(&request(schema))["inner"]["inner"].is_object());
}

#[test]
fn pairs_are_what_they_are_asked_to_be() {
    let word = |options: Value| json!({"type": "string", "enum": options});
    let pair = json!({"type": "object", "properties": {
        "exchanges": {"type": "array", "items": {"type": "object", "properties": {
            "question": {"type": "string"}, "answer": {"type": "string"}, "quote": {"type": "string"}}}},
        "difficulty": word(json!(["easy", "medium", "hard"])),
        "question_type": word(json!(["factual", "how-to"])),
    }});
    let schema = json!({"type": "object", "properties": {"pairs": {"type": "array", "items": pair}}});
    let mut request = request(schema);
    let content = format!(
        "Number of pairs: 2 (conversations)\nNumber of exchanges: 1\nPairs: 1 hard how-to, 2 easy factual\n<passage>\n{PASSAGE}\n</passage>"
    );
    request["messages"][1]["content"] = json!(content);
    let answer = answered(&request);
    let pairs = answer["pairs"].as_array().unwrap();
    let asked: Vec<_> =
        pairs.iter().map(|pair| (pair["difficulty"].as_str(), pair["question_type"].as_str())).collect();
    assert_eq!(asked, [(Some("hard"), Some("how-to")), (Some("easy"), Some("factual"))]);
    let first = |at: usize| &pairs[at]["exchanges"][0]["question"];
    assert_eq!(pairs[0]["exchanges"].as_array().unwrap().len(), 1);
    assert_ne!(first(0), first(1), "each speaks of other sentences");
}

#[test]
fn labels_are_proposed() {
    let schema =
        json!({"type": "object", "properties": {"labels": {"type": "array", "items": {"type": "string"}}}});
    assert_eq!(answered(&request(schema))["labels"].as_array().unwrap().len(), LABELS);
}
