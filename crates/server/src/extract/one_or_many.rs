//! Lists in which one value may stand for itself.

use serde::{Deserialize, Deserializer, de::DeserializeOwned};

/// Reads a list, or one value as a list of one: filters in a body are those of a query, where a filter
/// that is given once is no list either.
pub(crate) fn one_or_many<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "it has to be one of the values that the filter knows, or a list of them")]
    enum OneOrMany<T> {
        Many(Vec<T>),
        One(T),
    }
    Ok(match OneOrMany::deserialize(deserializer)? {
        OneOrMany::Many(many) => many,
        OneOrMany::One(one) => vec![one],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Filter {
        #[serde(default, deserialize_with = "one_or_many")]
        excluded: Vec<bool>,
    }

    #[test]
    fn one_stands_for_a_list_of_one() {
        for (json, expected) in
            [("{}", vec![]), (r#"{"excluded":true}"#, vec![true]), (r#"{"excluded":[false]}"#, vec![false])]
        {
            assert_eq!(serde_json::from_str::<Filter>(json).unwrap().excluded, expected);
        }
        let wrong = serde_json::from_str::<Filter>(r#"{"excluded":1}"#);
        assert!(wrong.err().unwrap().to_string().starts_with("it has to be one of"));
    }
}
