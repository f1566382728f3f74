//! Where the server is reached.

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts, uri::Authority},
};

use crate::{App, problem::Problem};

/// Where the server is reached from outside, without a slash at the end: as it is told, or where the request was sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BaseUrl(pub(crate) String);

impl FromRequestParts<App> for BaseUrl {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        if let Some(url) = &app.config.public_url {
            return Ok(Self(url.trim_end_matches('/').to_owned()));
        }
        let host = parts.headers.get(header::HOST).map(|host| host.as_bytes());
        let host = parts.uri.authority().map(|authority| authority.as_str().as_bytes()).or(host);
        let host =
            host.and_then(read).ok_or_else(|| Problem::unreadable("the header `Host` names no host"))?;
        Ok(Self(format!("http://{host}")))
    }
}

/// What goes into a link is a name or address and a port, and nothing else.
fn read(host: &[u8]) -> Option<Authority> {
    let authority = Authority::try_from(host).ok()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
    (authority.as_str().len() <= 260 && authority.as_str().bytes().all(plain)).then_some(authority)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("forge.example.com", true)]
    #[case("localhost:8080", true)]
    #[case("[::1]:8080", true)]
    #[case("", false)]
    #[case("ada@evil.example", false)]
    #[case("a/b", false)]
    #[case("a b", false)]
    #[case("a?b", false)]
    fn hosts(#[case] host: &str, #[case] good: bool) {
        assert_eq!(read(host.as_bytes()).is_some(), good);
    }
}
