//! A body as it goes over the wire: schemas name their properties in the order in which they are to be written.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::{Map, Value};

/// The JSON text of a body. Servers that hold replies to a schema have them written in the order of its properties,
/// which a map of ours does not keep; the list of those that are required does.
pub(super) fn text(body: &Value) -> Result<String, serde_json::Error> {
    serde_json::to_string(&Ordered(body))
}

struct Ordered<'a>(&'a Value);

impl Serialize for Ordered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(object) => {
                let order = order_of_properties(object);
                let mut map = serializer.serialize_map(Some(object.len()))?;
                for (name, value) in object {
                    match (name.as_str(), value) {
                        ("properties", Value::Object(properties)) => {
                            map.serialize_entry(name, &Properties { properties, order: &order })?;
                        }
                        _ => map.serialize_entry(name, &Ordered(value))?,
                    }
                }
                map.end()
            }
            Value::Array(values) => {
                let mut list = serializer.serialize_seq(Some(values.len()))?;
                values.iter().try_for_each(|value| list.serialize_element(&Ordered(value)))?;
                list.end()
            }
            other => other.serialize(serializer),
        }
    }
}

fn order_of_properties(schema: &Map<String, Value>) -> Vec<&str> {
    let required = schema.get("required").and_then(Value::as_array);
    required.into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The properties of a schema: those that are required in their order, then the others.
struct Properties<'a> {
    properties: &'a Map<String, Value>,
    order: &'a [&'a str],
}

impl Serialize for Properties<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.properties.len()))?;
        let named = self.order.iter().filter_map(|name| self.properties.get_key_value(*name));
        let others = self.properties.iter().filter(|(name, _)| !self.order.contains(&name.as_str()));
        for (name, value) in named.chain(others) {
            map.serialize_entry(name, &Ordered(value))?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn properties_stand_in_the_order_of_those_that_are_required() {
        let item =
            json!({"properties": {"answer": 1, "b": 2, "question": 3}, "required": ["question", "answer"]});
        let body = json!({"messages": [{"content": "é", "role": "user"}], "schema": {"items": item}});
        assert_eq!(
            text(&body).unwrap(),
            r#"{"messages":[{"content":"é","role":"user"}],"schema":{"items":{"properties":{"question":3,"answer":1,"b":2},"required":["question","answer"]}}}"#
        );
        assert_eq!(serde_json::from_str::<Value>(&text(&body).unwrap()).unwrap(), body);
    }
}
