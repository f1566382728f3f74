//! A value or a list of values.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{
        Error, SeqAccess, Visitor,
        value::{SeqAccessDeserializer, StrDeserializer},
    },
};
use utoipa::{
    PartialSchema,
    openapi::{ArrayBuilder, OneOfBuilder, Schema},
};

/// A string or a list of strings, each of which stands for a `T`.
#[derive(Debug)]
pub(super) struct OneOrMany<T>(Vec<T>);

impl<T> OneOrMany<T> {
    /// All values; none where nothing was said.
    pub(super) fn values(said: Option<Self>) -> Vec<T> {
        said.map(|said| said.0).unwrap_or_default()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Either(PhantomData))
    }
}

struct Either<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Either<T> {
    type Value = OneOrMany<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string or a list of strings")
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        T::deserialize(StrDeserializer::new(value)).map(|value| OneOrMany(vec![value]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, values: A) -> Result<Self::Value, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(values)).map(OneOrMany)
    }
}

/// How it is written in the OpenAPI document.
pub(super) fn schema<T: PartialSchema>() -> Schema {
    let list = ArrayBuilder::new().items(T::schema());
    OneOfBuilder::new().item(T::schema()).item(list).into()
}
