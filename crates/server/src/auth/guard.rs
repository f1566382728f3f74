//! What keeps other people's pages off a server that asks for no key.
//!
//! Such a server listens on loopback, but a browser on the same machine reaches it in the name of any
//! page: by a name that the page's owner made point here, or by a request across origins.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Uri, header, uri::Authority},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::AuthMode;
use crate::{App, problem::Problem};

/// Refuses what a foreign page may have sent, where users are not told apart.
pub(crate) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    if app.auth.mode() == AuthMode::None
        && let Err(problem) = check(request.uri(), request.headers(), &app.config.allowed_origins)
    {
        return problem.into_response();
    }
    next.run(request).await
}

fn check(uri: &Uri, headers: &HeaderMap, allowed_origins: &[String]) -> Result<(), Problem> {
    let host = host(uri, headers).filter(is_loopback).ok_or_else(|| {
        Problem::forbidden("without authentication the server answers to `localhost` and loopback addresses")
    })?;
    let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
    let origin = origin.to_str().unwrap_or_default();
    let own = origin.split_once("://").is_some_and(|(_, origin)| origin.eq_ignore_ascii_case(host.as_str()));
    if own || allowed_origins.iter().any(|allowed| allowed == origin) {
        return Ok(());
    }
    Err(Problem::forbidden("without authentication pages of other origins may not use the server"))
}

/// Whom the request is sent to.
fn host(uri: &Uri, headers: &HeaderMap) -> Option<Authority> {
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = match (uri.authority(), hosts.next()) {
        (Some(authority), _) => authority.clone(),
        (None, host) => Authority::try_from(host?.as_bytes()).ok()?,
    };
    hosts.next().is_none().then_some(host)
}

fn is_loopback(authority: &Authority) -> bool {
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    let address = host.parse::<std::net::IpAddr>();
    host.eq_ignore_ascii_case("localhost")
        || address.is_ok_and(|address| address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/", &[("host", "localhost:8080")], true)]
    #[case("/", &[("host", "127.0.0.1:8080")], true)]
    #[case("/", &[("host", "[::1]:8080")], true)]
    #[case("http://localhost/", &[], true)]
    #[case("/", &[], false)]
    #[case("/", &[("host", "evil.example")], false)]
    #[case("/", &[("host", "localhost.evil.example")], false)]
    #[case("/", &[("host", "192.168.0.1")], false)]
    #[case("/", &[("host", "localhost"), ("host", "evil.example")], false)]
    #[case("http://evil.example/", &[("host", "localhost")], false)]
    #[case("/", &[("host", "localhost:8080"), ("origin", "http://localhost:8080")], true)]
    #[case("/", &[("host", "localhost:8080"), ("origin", "http://localhost:9090")], false)]
    #[case("/", &[("host", "localhost:8080"), ("origin", "http://evil.example")], false)]
    #[case("/", &[("host", "localhost:8080"), ("origin", "null")], false)]
    #[case("/", &[("host", "localhost:8080"), ("origin", "http://localhost:5173")], true)]
    fn only_its_own_pages_come_through(
        #[case] uri: Uri,
        #[case] sent: &[(&'static str, &'static str)],
        #[case] through: bool,
    ) {
        let mut headers = HeaderMap::new();
        for (name, value) in sent {
            headers.append(*name, value.parse().unwrap());
        }
        let allowed = ["http://localhost:5173".to_owned()];
        assert_eq!(check(&uri, &headers, &allowed).is_ok(), through);
    }
}
