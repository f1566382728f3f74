//! One exchange over HTTP, without any second try.

use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::{Client, Method, Response, redirect};

use super::address::Address;
use super::failure::{Failure, refusal};
use super::{GatewayError, Secret, limits};

/// No completion is this long; what is longer is not read.
const MOST_BYTES: usize = 16 << 20;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A reply with success.
pub(super) struct Reply {
    /// Its body.
    pub(super) bytes: Vec<u8>,
    /// How long the gateway would refuse further requests, if it says that it would.
    pub(super) used_up: Option<Duration>,
}

/// A gateway's HTTP side. Connections are kept and used again; where the gateway offers HTTP/2 when
/// they are made (ALPN), all requests share one.
pub(super) struct Transport {
    client: Client,
    address: Address,
    secrets: Vec<Secret>,
    timeout: Duration,
}

impl Transport {
    pub(super) fn new(
        address: Address,
        api_key: Option<Secret>,
        timeout: Duration,
    ) -> Result<Self, GatewayError> {
        // Another part of the program may have installed it before; then that one is used.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut headers = HeaderMap::new();
        headers
            .insert(USER_AGENT, HeaderValue::from_static(concat!("data-forge/", env!("CARGO_PKG_VERSION"))));
        if let Some(key) = &api_key {
            let bearer = format!("Bearer {}", key.expose());
            let mut bearer = HeaderValue::try_from(bearer).map_err(|_| GatewayError::Key)?;
            bearer.set_sensitive(true);
            headers.insert(AUTHORIZATION, bearer);
        }
        let builder = Client::builder()
            .default_headers(headers)
            .connect_timeout(CONNECT_TIMEOUT.min(timeout))
            .timeout(timeout)
            .http2_adaptive_window(true)
            .redirect(redirect::Policy::none())
            .referer(false);
        // An unencrypted gateway has to work on systems without certificates.
        let builder = if address.is_encrypted() { builder } else { builder.tls_certs_only([]) };
        let client = builder.build().map_err(|error| GatewayError::Client(chain(&error)))?;
        let mut secrets: Vec<Secret> = api_key.into_iter().collect();
        secrets.extend(address.credentials.as_ref().map(|(_, password)| password.clone()));
        Ok(Self { client, address, secrets, timeout })
    }

    /// Sends a request, with a body of JSON or none, and reads the whole reply.
    pub(super) async fn send(&self, path: &str, body: Option<Bytes>) -> Result<Reply, Failure> {
        let method = if body.is_some() { Method::POST } else { Method::GET };
        let mut request = self.client.request(method, self.address.endpoint(path));
        if let (Some((user, password)), true) = (&self.address.credentials, !self.has_key()) {
            request = request.basic_auth(user, Some(password.expose()));
        }
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body);
        }
        let reply = request.send().await.map_err(|error| self.network(error))?;
        let (status, headers) = (reply.status(), reply.headers().clone());
        let bytes = self.read(reply).await;
        if status.is_success() {
            return Ok(Reply { bytes: bytes?, used_up: limits::used_up(&headers) });
        }
        // The status says enough where the body cannot be read.
        let bytes = bytes.unwrap_or_default();
        Err(refusal(status, &headers, &bytes, |text| self.clean(text)))
    }

    /// The gateway's address for messages.
    pub(super) fn shown_url(&self) -> String {
        self.address.shown()
    }

    /// A text from outside, fit for messages: without secrets and control characters, and short.
    pub(super) fn clean(&self, text: &str) -> String {
        const LONGEST: usize = 300;
        let text = self.secrets.iter().fold(text.to_owned(), |text, secret| secret.remove_from(&text));
        let words: Vec<&str> = text
            .split(|char: char| char.is_whitespace() || char.is_control())
            .filter(|word| !word.is_empty())
            .collect();
        let text = words.join(" ");
        match text.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text,
        }
    }

    fn has_key(&self) -> bool {
        self.secrets.len() > usize::from(self.address.credentials.is_some())
    }

    async fn read(&self, mut reply: Response) -> Result<Vec<u8>, Failure> {
        let mut bytes = Vec::new();
        while let Some(chunk) = reply.chunk().await.map_err(|error| self.network(error))? {
            if bytes.len() + chunk.len() > MOST_BYTES {
                let detail = format!("the reply is longer than {MOST_BYTES} bytes");
                return Err(Failure::Passing { detail, retry_after: None });
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    fn network(&self, error: reqwest::Error) -> Failure {
        let connecting = error.is_connect();
        let timed_out = error.is_timeout() && !connecting;
        let detail = if timed_out {
            format!("no reply within {} s", self.timeout.as_secs_f64())
        } else {
            self.clean(&chain(&error.without_url()))
        };
        if connecting {
            Failure::Connection { detail }
        } else {
            Failure::Passing { detail, retry_after: None }
        }
    }
}

/// An error and what caused it, each said once.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let reason = error.to_string();
        if !text.contains(&reason) {
            text = format!("{text}: {reason}");
        }
        cause = error.source();
    }
    text
}
