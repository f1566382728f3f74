//! A JSON body.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{StatusCode, header},
};
use serde::de::DeserializeOwned;

use super::pointer;
use crate::problem::Problem;

/// A body of JSON. What cannot be read is 400, what is no JSON by its content type 415, what does not
/// validate 422 with a JSON pointer.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let declared = request.headers().get(header::CONTENT_TYPE).cloned();
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
            if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                Problem::too_large("the body is larger than requests to the API may be")
            } else {
                Problem::unreadable("the body could not be received whole")
            }
        })?;
        if let Some(declared) = declared.filter(|_| !bytes.is_empty()) {
            let json = declared.to_str().is_ok_and(|declared| {
                let essence = declared.split(';').next().unwrap_or_default().trim();
                essence.eq_ignore_ascii_case("application/json") || essence.ends_with("+json")
            });
            if !json {
                return Err(Problem::unsupported("the body has to be application/json"));
            }
        }
        read(&bytes).map(Self)
    }
}

/// Nothing at all stands for an object without fields.
fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let bytes = if bytes.is_empty() { b"{}" } else { bytes };
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        if error.inner().is_data() {
            Problem::invalid(vec![pointer::invalid(error.path(), error.inner())])
        } else {
            Problem::unreadable(format!("the body is no JSON: {}", error.inner()))
        }
    })?;
    deserializer.end().map_err(|error| Problem::unreadable(format!("the body is no JSON: {error}")))?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[expect(dead_code, reason = "it is only read")]
        inner: Option<Vec<Inner>>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[expect(dead_code, reason = "it is only read")]
        count: u8,
    }

    #[rstest]
    #[case(r#"{"inner": [{"count": 1}, {"count": "x"}]}"#, "/inner/1/count")]
    #[case(r#"{"inner": [{"count": 1, "a/b": 2}]}"#, "/inner/0/a~1b")]
    #[case(r#"{"other": 1}"#, "/other")]
    #[case(r#"{"inner": [{}]}"#, "/inner/0")]
    fn what_does_not_validate_has_a_pointer(#[case] body: &str, #[case] pointer: &str) {
        let problem = read::<Outer>(body.as_bytes()).unwrap_err();
        assert_eq!((problem.status, problem.errors[0].pointer.as_str()), (422, pointer), "{problem:?}");
    }

    #[rstest]
    #[case("{")]
    #[case("{} x")]
    #[case("\u{fffe}")]
    fn what_is_no_json_cannot_be_read(#[case] body: &str) {
        assert_eq!(read::<Outer>(body.as_bytes()).unwrap_err().status, 400);
    }
}
