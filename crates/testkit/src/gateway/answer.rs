//! The answer to a prompt: a value that has the schema's shape, made of the passage's sentences.

use serde_json::{Map, Value, json};

use super::chance::number;
use super::passage::{Task, sentences};

/// The answer to a request, as JSON text. It depends on the model, the sampling settings, the
/// messages up to the passage and the shape that is asked for: repairs and retries get the same.
/// Where there is something that it says instead, all its sentences are that.
pub(super) fn answer(request: &Value, instead: Option<&str>) -> String {
    let none = Vec::new();
    let task = Task::read(request["messages"].as_array().unwrap_or(&none));
    let schema = &request["response_format"]["json_schema"]["schema"];
    let default_schema;
    let root = if schema.is_object() {
        schema
    } else {
        default_schema = pairs_schema();
        &default_schema
    };
    let basis = json!([request["model"], request["temperature"], request["seed"], task.messages]);
    let writer = Writer {
        root,
        salt: number(&[basis.to_string().as_bytes()]),
        sentences: instead.map_or_else(|| sentences(task.passage), |instead| vec![instead]),
        pairs: task.pairs.unwrap_or(3),
        turns: task.turns.unwrap_or(4),
        exchanges: task.exchanges.unwrap_or(2),
        slots: task.slots,
    };
    writer.value(root, Place { name: "", index: 0, depth: 0, in_array: false }).to_string()
}

/// What is written where no schema is asked for.
fn pairs_schema() -> Value {
    let text = json!({"type": "string"});
    json!({"type": "object", "properties": {"pairs": {"type": "array", "items": {
        "type": "object",
        "properties": {
            "question": text,
            "answer": text,
            "quote": text,
            "question_type": {"enum": ["factual", "conceptual", "analytical"]},
            "difficulty": {"enum": ["easy", "medium", "hard"]},
        },
    }}}})
}

struct Writer<'a> {
    root: &'a Value,
    salt: u64,
    sentences: Vec<&'a str>,
    pairs: usize,
    turns: usize,
    exchanges: usize,
    /// What each pair is asked to be.
    slots: Vec<Vec<&'a str>>,
}

/// Where in the answer a value stands.
#[derive(Clone, Copy)]
struct Place<'a> {
    /// The name of the property, or of the array it is an item of.
    name: &'a str,
    /// Which of the sentences it is about.
    index: usize,
    depth: usize,
    in_array: bool,
}

/// How many labels are proposed.
const LABELS: usize = 4;

/// Deeper than any schema of ours, and shallow enough for schemas that contain themselves.
const DEEPEST: usize = 12;

impl<'a> Writer<'a> {
    fn value(&self, schema: &'a Value, place: Place<'a>) -> Value {
        let place = Place { depth: place.depth + 1, ..place };
        if place.depth > DEEPEST {
            return Value::Null;
        }
        if let Some(reference) = schema["$ref"].as_str() {
            let target = reference.strip_prefix('#').and_then(|pointer| self.root.pointer(pointer));
            return target.map_or(Value::Null, |target| self.value(target, place));
        }
        if let Some(only) = schema.get("const") {
            return only.clone();
        }
        if let Some(options) = schema["enum"].as_array() {
            return self.choose(options, place);
        }
        for branches in ["anyOf", "oneOf", "allOf"] {
            if let Some(options) = schema[branches].as_array() {
                return self.branch(options, place);
            }
        }
        let types: Vec<&str> = match &schema["type"] {
            Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
            Value::String(only) => vec![only],
            _ if schema["properties"].is_object() => vec!["object"],
            _ => vec!["string"],
        };
        let nullable = types.contains(&"null");
        match types.into_iter().find(|name| *name != "null") {
            Some("object") => self.object(schema, place),
            Some("array") => self.array(schema, place),
            Some("string") => self.string(schema, place, nullable),
            Some("integer") => json!(self.quantity(schema, place, (1.0, 5.0)).floor() as i64),
            Some("number") => json!(self.quantity(schema, place, (0.0, 1.0))),
            Some("boolean") => json!(true),
            _ => Value::Null,
        }
    }

    fn choose(&self, options: &[Value], place: Place<'_>) -> Value {
        let options: Vec<&Value> = options.iter().filter(|option| !option.is_null()).collect();
        let asked =
            self.slots.get(place.index).filter(|_| matches!(place.name, "difficulty" | "question_type"));
        let as_asked = options.iter().find(|option| {
            asked.is_some_and(|words| option.as_str().is_some_and(|option| words.contains(&option)))
        });
        if let Some(option) = as_asked {
            return (*option).clone();
        }
        let chosen = self.draw(place) as usize % options.len().max(1);
        options.get(chosen).copied().cloned().unwrap_or_default()
    }

    fn branch(&self, options: &'a [Value], place: Place<'a>) -> Value {
        let null = |option: &Value| option["type"] == "null";
        let Some(option) = options.iter().find(|option| !null(option)) else { return Value::Null };
        if option["type"] == "string" && option.get("enum").is_none() && options.iter().any(null) {
            return self.string(option, place, true);
        }
        self.value(option, place)
    }

    fn object(&self, schema: &'a Value, place: Place<'a>) -> Value {
        let Some(properties) = schema["properties"].as_object() else { return json!({}) };
        let mut object: Map<String, Value> = properties
            .iter()
            .map(|(name, schema)| (name.clone(), self.value(schema, Place { name, ..place })))
            .collect();
        // In a conversation the two take turns, each speaking of one sentence.
        if let (Some(role), true) = (properties.get("role"), properties.contains_key("content")) {
            let sentence = self.sentence(place.index / 2);
            let asks = place.index.is_multiple_of(2);
            let speaker =
                role["enum"].as_array().and_then(|roles| roles.get(place.index % roles.len().max(1)));
            let speaker = speaker.cloned().unwrap_or_else(|| json!(if asks { "user" } else { "assistant" }));
            let content = if asks { self.question(place.index / 2) } else { sentence.to_owned() };
            object.extend([("role".to_owned(), speaker), ("content".to_owned(), json!(content))]);
        }
        Value::Object(object)
    }

    fn array(&self, schema: &'a Value, place: Place<'a>) -> Value {
        let bound = |name: &str| schema[name].as_u64().map(|bound| bound.min(1000) as usize);
        let items = &schema["items"];
        let plain = matches!(items["type"].as_str(), Some("string" | "number" | "integer" | "boolean"));
        let wanted = match place.name {
            "turns" | "messages" => self.turns,
            "exchanges" => self.exchanges,
            "labels" => LABELS,
            _ if plain || place.in_array => 1,
            _ => self.pairs,
        };
        let wanted = wanted.max(bound("minItems").unwrap_or(0)).min(bound("maxItems").unwrap_or(1000));
        // What a pair lists is of other sentences than what the one before lists.
        let first = if place.in_array && !plain { place.index * wanted } else { place.index };
        let item = |at: usize| Place { index: first + at, in_array: true, ..place };
        (0..wanted).map(|at| self.value(items, item(at))).collect()
    }

    fn string(&self, schema: &Value, place: Place<'_>, nullable: bool) -> Value {
        let sentence = self.sentence(place.index);
        let text = match place.name {
            "question" | "instruction" | "prompt" | "user" => self.question(place.index),
            "answer" | "quote" | "output" | "response" | "evidence" | "summary" | "assistant" => {
                sentence.to_owned()
            }
            "reasoning" | "rationale" | "explanation" => format!("The passage says so: {sentence}"),
            _ if nullable => return Value::Null,
            "topic" | "title" | "label" | "labels" => first_words(sentence, 3),
            _ => sentence.to_owned(),
        };
        let longest = schema["maxLength"].as_u64().map_or(usize::MAX, |length| length as usize);
        json!(text.chars().take(longest).collect::<String>())
    }

    /// A number in the upper half of what is allowed: scores are what numbers mostly are.
    fn quantity(&self, schema: &Value, place: Place<'_>, (low, high): (f64, f64)) -> f64 {
        let minimum = schema["minimum"].as_f64();
        if matches!(place.name, "index" | "pair" | "number" | "position" | "slot") {
            return place.index as f64 + minimum.unwrap_or(0.0);
        }
        let minimum = minimum.unwrap_or(low);
        let maximum = schema["maximum"].as_f64().unwrap_or(high.max(minimum));
        let hundredths = (self.draw(place) % 51) as f64;
        let whole = schema["type"] == "integer";
        let drawn = minimum + (maximum - minimum) * (0.5 + hundredths / 100.0);
        if whole { drawn.round().min(maximum) } else { drawn }
    }

    fn draw(&self, place: Place<'_>) -> u64 {
        number(&[&self.salt.to_le_bytes(), place.name.as_bytes(), &place.index.to_le_bytes()])
    }

    fn sentence(&self, index: usize) -> &'a str {
        let count = self.sentences.len();
        let start = (self.salt % count.max(1) as u64) as usize;
        self.sentences.get((start + index) % count.max(1)).copied().unwrap_or_default()
    }

    fn question(&self, index: usize) -> String {
        let again = if index < self.sentences.len() { "" } else { " else" };
        format!("What{again} is there to know about {}?", first_words(self.sentence(index), 6))
    }
}

fn first_words(sentence: &str, count: usize) -> String {
    let words: Vec<&str> = sentence
        .split_whitespace()
        .map(|word| word.trim_matches(|char: char| !char.is_alphanumeric()))
        .filter(|word| !word.is_empty())
        .take(count)
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests;
