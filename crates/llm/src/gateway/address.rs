use url::Url;

use super::{GatewayError, Secret};

/// Where a gateway is, its credentials apart.
pub(super) struct Address {
    /// Without user and password.
    base: Url,
    /// The user and password that stood in the address.
    pub(super) credentials: Option<(String, Secret)>,
}

impl Address {
    pub(super) fn parse(text: &str) -> Result<Self, GatewayError> {
        let fail = |detail: String| GatewayError::Url { url: shown(text), detail };
        let mut base = Url::parse(text.trim()).map_err(|error| fail(error.to_string()))?;
        if !matches!(base.scheme(), "http" | "https") {
            return Err(fail(format!("its scheme is `{}`", base.scheme())));
        }
        let decoded =
            |part: &str| percent_encoding::percent_decode_str(part).decode_utf8_lossy().into_owned();
        let credentials = (!base.username().is_empty() || base.password().is_some())
            .then(|| (decoded(base.username()), Secret::new(decoded(base.password().unwrap_or_default()))));
        // Both succeed for every address that has a host, and http addresses have one.
        let _ = base.set_username("");
        let _ = base.set_password(None);
        base.set_fragment(None);
        Ok(Self { base, credentials })
    }

    /// The address of an endpoint. A query of the gateway's own address, such as a version of the
    /// API, goes along.
    pub(super) fn endpoint(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}/{path}", self.base.path().trim_end_matches('/')));
        url
    }

    pub(super) fn is_encrypted(&self) -> bool {
        self.base.scheme() == "https"
    }

    /// The address for messages.
    pub(super) fn shown(&self) -> String {
        shown(self.base.as_str())
    }
}

/// An address for messages: without user, password and query, any of which may be a secret.
pub(super) fn shown(text: &str) -> String {
    let text = text.trim();
    let text = text.split(['?', '#']).next().unwrap_or_default();
    let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    // A password may hold an unescaped slash, so the path may hold the end of the credentials.
    let host = authority.rsplit('@').next().unwrap_or_default();
    let shown = match path.rsplit_once('@') {
        Some((_, after)) => after.to_owned(),
        None => format!("{host}{path}"),
    };
    if scheme.is_empty() { shown } else { format!("{scheme}://{shown}") }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("http://host:1/v1", "http://host:1/v1/models")]
    #[case(" http://host/v1/ ", "http://host/v1/models")]
    #[case("https://user:pass@host/a/v1?version=2#x", "https://host/a/v1/models?version=2")]
    fn endpoints_are_under_the_address(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(Address::parse(text).unwrap().endpoint("models").as_str(), expected);
    }

    #[test]
    fn credentials_are_kept_apart() {
        let (user, password) = Address::parse("http://me:p%40ss@host/v1").unwrap().credentials.unwrap();
        assert_eq!((user.as_str(), password.expose()), ("me", "p@ss"));
        assert!(Address::parse("http://host/v1").unwrap().credentials.is_none());
    }

    #[rstest]
    #[case("ftp://me:hush@host/v1")]
    #[case("me:hush@host:80:80")]
    #[case("http://me:hush@:x/v1?key=hush")]
    #[case("http://me:hu/hush@host:port/v1")]
    #[case("")]
    fn what_is_no_address_is_refused_and_not_repeated(#[case] text: &str) {
        let error = Address::parse(text).err().unwrap();
        assert!(!error.to_string().contains("hush"), "{error}");
        assert!(!format!("{error:?}").contains("hush"), "{error:?}");
    }
}
