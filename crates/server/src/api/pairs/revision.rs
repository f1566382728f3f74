//! The revision of a pair as an ETag (RFC 9110, section 8.8.3).

use axum::http::{HeaderMap, HeaderName, header};

use crate::problem::Problem;

/// A revision as an ETag.
pub(super) fn etag(revision: u32) -> String {
    format!("\"{revision}\"")
}

/// Whether the client has that revision already.
pub(super) fn is_known(headers: &HeaderMap, revision: u32) -> bool {
    match IfMatch::parse(headers, &header::IF_NONE_MATCH) {
        Some(IfMatch::Any) => headers.contains_key(header::IF_NONE_MATCH),
        Some(IfMatch::OneOf(known)) => known.contains(&Some(revision)),
        None => false,
    }
}

/// Which revisions a change is meant for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum IfMatch {
    /// Any: nothing was said, or `*`.
    Any,
    /// One of these; `None` is the tag of no revision.
    OneOf(Vec<Option<u32>>),
}

impl IfMatch {
    /// Reads `If-Match`. Proxies that compress make a tag a weak one (`W/"3"`); it still names its
    /// revision. A bare number does too.
    pub(super) fn read(headers: &HeaderMap) -> Result<Self, Problem> {
        Self::parse(headers, &header::IF_MATCH).ok_or_else(|| {
            Problem::unreadable("`If-Match` has to be the ETag of the pair, such as \"3\", or *")
        })
    }

    /// The revision to expect of what is at this one; the current one again where it is not meant.
    pub(super) fn expect(&self, current: u32) -> Result<Option<u32>, u32> {
        match self {
            Self::Any => Ok(None),
            Self::OneOf(meant) if meant.contains(&Some(current)) => Ok(Some(current)),
            Self::OneOf(_) => Err(current),
        }
    }

    fn parse(headers: &HeaderMap, name: &HeaderName) -> Option<Self> {
        let mut meant = Vec::new();
        for value in headers.get_all(name) {
            let value = value.to_str().ok()?.trim();
            if value == "*" {
                return Some(Self::Any);
            }
            for tag in value.split(',').map(str::trim) {
                meant.push(tag_of(tag)?);
            }
        }
        Some(if meant.is_empty() { Self::Any } else { Self::OneOf(meant) })
    }
}

/// What a tag names; `Some(None)` is a tag that is none of ours, `None` is no tag.
fn tag_of(tag: &str) -> Option<Option<u32>> {
    let opaque = tag.strip_prefix("W/").unwrap_or(tag);
    if let Some(quoted) = opaque.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        return (!quoted.contains('"')).then(|| quoted.parse().ok());
    }
    (!tag.is_empty() && tag.bytes().all(|byte| byte.is_ascii_digit())).then(|| tag.parse().ok())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn headers(name: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().unwrap())])
    }

    #[rstest]
    #[case("\"3\"", Ok(Some(3)))]
    #[case("3", Ok(Some(3)))]
    #[case("W/\"3\"", Ok(Some(3)))]
    #[case("\"1\", \"3\"", Ok(Some(3)))]
    #[case("*", Ok(None))]
    #[case("\"2\"", Err(3))]
    #[case("\"abc\"", Err(3))]
    #[case("99999999999999999999", Err(3))]
    fn a_tag_names_a_revision(#[case] value: &str, #[case] expected: Result<Option<u32>, u32>) {
        let condition = IfMatch::read(&headers(header::IF_MATCH, value)).unwrap();
        assert_eq!(condition.expect(3), expected);
    }

    #[rstest]
    #[case("abc")]
    #[case("-1")]
    #[case("\"3")]
    #[case("\"3\" \"4\"")]
    #[case("")]
    fn what_is_no_tag_is_refused(#[case] value: &str) {
        let problem = IfMatch::read(&headers(header::IF_MATCH, value)).unwrap_err();
        assert_eq!(problem.status, 400);
    }

    #[rstest]
    #[case("\"3\"", true)]
    #[case("W/\"3\"", true)]
    #[case("\"1\", \"3\"", true)]
    #[case("*", true)]
    #[case("\"2\"", false)]
    #[case("x", false)]
    fn what_is_known_is_not_sent_again(#[case] value: &str, #[case] known: bool) {
        assert_eq!(is_known(&headers(header::IF_NONE_MATCH, value), 3), known);
        assert!(!is_known(&HeaderMap::new(), 3));
    }
}
