//! One request, whose connection goes nowhere but to addresses that were checked.

use std::{error::Error, fmt, net::SocketAddr, sync::Arc};

use reqwest::{
    Client, Response,
    dns::{Addrs, Name, Resolve, Resolving},
    header, redirect,
};
use url::{Host, Url};

use super::{FetchError, FetchPolicy, Reach};

/// Asks for a document once, without following where it leads.
pub(super) async fn get(url: &Url, policy: &FetchPolicy) -> Result<Response, FetchError> {
    // An address instead of a name is not looked up, and so not checked there.
    let literal = match url.host() {
        Some(Host::Ipv4(address)) => Some(address.into()),
        Some(Host::Ipv6(address)) => Some(address.into()),
        _ => None,
    };
    if literal.is_some_and(|address| !policy.reach.allows(address)) {
        return Err(FetchError::Refused(host(url)));
    }
    let client = client(url, policy)?;
    client.get(url.clone()).send().await.map_err(|error| failure(url, &error))
}

/// A client for one request: a connection that is kept could have been made for another name.
fn client(url: &Url, policy: &FetchPolicy) -> Result<Client, FetchError> {
    // Another part of the program may have installed it before; then that one is used.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let agent = header::HeaderValue::from_static(concat!("data-forge/", env!("CARGO_PKG_VERSION")));
    let builder = Client::builder()
        .default_headers([(header::USER_AGENT, agent)].into_iter().collect())
        .dns_resolver(Arc::new(CheckedResolver(policy.reach)))
        .no_proxy()
        .redirect(redirect::Policy::none())
        .referer(false)
        .connect_timeout(policy.limits.connect);
    // What is not encrypted has to work on systems without certificates.
    let builder = if url.scheme() == "https" { builder } else { builder.tls_certs_only([]) };
    builder.build().map_err(|error| failure(url, &error))
}

/// What went wrong, as far as the user is to know: the address is left out of it, since it may hold keys.
pub(super) fn failure(url: &Url, error: &reqwest::Error) -> FetchError {
    let mut innermost: &dyn Error = error;
    while let Some(source) = innermost.source() {
        if source.is::<Refused>() {
            return FetchError::Refused(host(url));
        }
        innermost = source;
    }
    let detail = if error.is_timeout() { "it did not answer in time".into() } else { innermost.to_string() };
    FetchError::Network { host: host(url), detail }
}

fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

/// Looks names up, and gives back no address at all where one of them is not allowed.
struct CheckedResolver(Reach);

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            // The port of the address is put in place of this one.
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if found.iter().any(|address| !reach.allows(address.ip())) {
                return Err(Refused.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// A name leads to an address that is not allowed.
#[derive(Debug)]
struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name leads to an address that is not public")
    }
}

impl Error for Refused {}
