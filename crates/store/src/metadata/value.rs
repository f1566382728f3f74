//! Between our values and those that databases keep.

use serde::{Serialize, de::DeserializeOwned};

use crate::{Result, StoreError};

/// A value as JSON.
pub(super) fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| StoreError::Corrupt(format!("it is no JSON: {error}")))
}

/// Counts and offsets fit: the integers of databases end at 2⁶³.
pub(super) fn integer(count: impl TryInto<i64>) -> i64 {
    count.try_into().unwrap_or(i64::MAX)
}

/// The words of an enum as they are stored.
pub(super) fn word(value: &impl Serialize) -> Result<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        other => Err(StoreError::Corrupt(format!("{other:?} is no word"))),
    }
}

/// A word which is one of an enum's.
pub(super) fn parse_word<T: DeserializeOwned>(word: &str) -> Result<T> {
    let word = serde::de::value::StrDeserializer::<serde::de::value::Error>::new(word);
    T::deserialize(word).map_err(|error| StoreError::Corrupt(error.to_string()))
}

/// A value from its JSON.
pub(super) fn parse_json<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| StoreError::Corrupt(error.to_string()))
}
