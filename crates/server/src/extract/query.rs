//! The query of a request.

use axum::{extract::FromRequestParts, http::request::Parts};
use serde::de::DeserializeOwned;

use super::pointer;
use crate::problem::Problem;

/// The query parameters; one that is not known is refused by name, one that is given twice fills a list.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        read(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

fn read<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    let deserializer = serde_html_form::Deserializer::from_bytes(query.as_bytes());
    serde_path_to_error::deserialize(deserializer)
        .map_err(|error| Problem::invalid(vec![pointer::invalid(error.path(), error.inner())]))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Filter {
        #[serde(default)]
        name: Vec<String>,
        limit: Option<u32>,
    }

    #[test]
    fn given_twice_means_either() {
        let filter: Filter = read("name=a&name=b&limit=5").unwrap();
        assert_eq!((filter.name, filter.limit), (vec!["a".into(), "b".into()], Some(5)));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (query, pointer) in [("limit=x", "/limit"), ("nam=a", "/nam"), ("limit=1&limit=2", "/limit")] {
            let problem = read::<Filter>(query).unwrap_err();
            assert_eq!((problem.status, problem.errors[0].pointer.as_str()), (422, pointer), "{problem:?}");
        }
    }
}
