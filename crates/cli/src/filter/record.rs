//! A JSON object on a line, kept as it is written but for what is added.

use std::{borrow::Cow, fmt};

use anyhow::{Context, anyhow, bail};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;

/// The fields of an object in their order, each as it is written.
pub(crate) struct Record<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

#[derive(Deserialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'a> Record<'a> {
    /// Reads a line.
    pub(crate) fn read(line: &'a str) -> anyhow::Result<Self> {
        serde_json::from_str(line).map_err(|error| {
            // There is but one line.
            anyhow!("{}", error.to_string().replace(" at line 1 column ", " at column "))
        })
    }

    fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| *value)
    }

    /// Whether there is such a field.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// A field that has to be there.
    pub(crate) fn field<T: Deserialize<'a>>(&self, name: &str) -> anyhow::Result<T> {
        let Some(value) = self.get(name) else { bail!("it has no field `{name}`") };
        serde_json::from_str(value.get())
            .with_context(|| format!("its field `{name}` is not as it should be"))
    }

    /// A field that has to be there and to be text.
    pub(crate) fn text(&self, name: &str) -> anyhow::Result<Cow<'a, str>> {
        let Some(value) = self.get(name) else { bail!("it has no field `{name}`") };
        let text = serde_json::from_str(value.get()).map_err(|_| anyhow!("its field `{name}` is no text"))?;
        let Text(text) = text;
        Ok(text)
    }

    /// The line with the fields of `added` behind its own; those of the same names are replaced.
    pub(crate) fn with(&self, added: &impl Serialize) -> anyhow::Result<String> {
        let fields = serde_json::to_string(added)?;
        let new = Record::read(&fields)?;
        let mut line = String::from("{");
        let kept = self.0.iter().filter(|(name, _)| !new.has(name));
        for (name, value) in kept.chain(&new.0) {
            if line.len() > 1 {
                line.push(',');
            }
            line.push_str(&serde_json::to_string(name)?);
            line.push(':');
            line.push_str(value.get());
        }
        line.push('}');
        Ok(line)
    }
}

impl<'de> Deserialize<'de> for Record<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = Record<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::with_capacity(map.size_hint().unwrap_or(8));
                while let Some((Text(name), value)) = map.next_entry::<Text<'de>, &'de RawValue>()? {
                    fields.push((name, value));
                }
                Ok(Record(fields))
            }
        }

        deserializer.deserialize_map(Fields)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn with(line: &str, added: serde_json::Value) -> String {
        Record::read(line).unwrap().with(&added).unwrap()
    }

    #[test]
    fn what_is_not_ours_stays_as_it_is_written() {
        let line = r#"{"b" : 1.50, "a":{"z":1,"y":[ 2 ]},"\u0041":"\u00e9"}"#;
        assert_eq!(
            with(line, json!({"score": 0.5})),
            r#"{"b":1.50,"a":{"z":1,"y":[ 2 ]},"A":"\u00e9","score":0.5}"#
        );
        assert_eq!(with("{}", json!({"score": null})), r#"{"score":null}"#);
    }

    #[test]
    fn what_was_added_before_is_replaced() {
        assert_eq!(with(r#"{"score":1,"a":2}"#, json!({"score": 3})), r#"{"a":2,"score":3}"#);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let error =
            |line| Record::read(line).map(|record| record.text("a").map(drop)).err().unwrap().to_string();
        assert_eq!(error("nonsense"), "expected ident at column 2");
        assert_eq!(error("[]"), "invalid type: sequence, expected a JSON object at column 0");
        let text =
            |line| Record::read(line).unwrap().text("a").map(Cow::into_owned).map_err(|e| e.to_string());
        assert_eq!(text(r#"{"a":"é\n"}"#), Ok("é\n".to_owned()));
        assert_eq!(text("{}"), Err("it has no field `a`".into()));
        assert_eq!(text(r#"{"a":1}"#), Err("its field `a` is no text".into()));
    }
}
