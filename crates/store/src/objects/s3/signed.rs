//! Requests signed by their address (SigV4), and addresses for others.

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use object_store::aws::AwsCredentialProvider;
use reqwest::{Client, header};
use rusty_s3::{Method, signing};
use url::Url;

use super::{
    failure::Failure,
    settings::{CONNECT_TIMEOUT, READ_TIMEOUT, RETRY_TIMEOUT, Settings},
};

/// How long a request of our own is good: long enough for a clock that is a little wrong.
const LIFE: Duration = Duration::from_secs(300);

/// Signs what the client has no call for.
pub(super) struct Signer {
    client: Client,
    region: String,
    credentials: AwsCredentialProvider,
}

/// What is asked for.
pub(super) struct Request<'a> {
    /// How.
    pub(super) method: Method,
    /// Where the bucket is reached.
    pub(super) base: &'a Url,
    /// Which object; the bucket itself, where it is empty.
    pub(super) key: &'a str,
    /// The query, in the order of names.
    pub(super) query: &'a [(&'a str, &'a str)],
    /// The headers that have to come with it, in the order of names, in lower case.
    pub(super) headers: &'a [(&'a str, &'a str)],
}

impl Signer {
    /// A signer with the keys of a client.
    pub(super) fn new(settings: &Settings, credentials: AwsCredentialProvider) -> reqwest::Result<Self> {
        let builder = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false);
        let encrypted = [&settings.base, &settings.public_base].iter().any(|url| url.scheme() == "https");
        let builder = if encrypted { builder } else { builder.tls_certs_only([]) };
        Ok(Self { client: builder.build()?, region: settings.region.clone(), credentials })
    }

    /// The address by which whoever has it can make just this request, so long.
    pub(super) async fn sign(&self, request: &Request<'_>, life: Duration) -> Result<Url, Failure> {
        let keys = self.credentials.get_credential().await.map_err(|error| Failure::of(&error))?;
        let mut url = request.base.clone();
        if !request.key.is_empty() {
            // Keys are of letters, digits and `-_.%/`: of these only the percent sign means something in a path.
            let path = format!("{}/{}", url.path().trim_end_matches('/'), request.key.replace('%', "%25"));
            url.set_path(&path);
        }
        // A signature is good from the moment that it is made, by the server's clock.
        #[expect(
            clippy::disallowed_methods,
            reason = "what is signed is checked against the time that it is"
        )]
        let now = model::Time::now();
        Ok(signing::sign(
            &now,
            request.method,
            url,
            &keys.key_id,
            &keys.secret_key,
            keys.token.as_deref(),
            &self.region,
            life.as_secs(),
            request.query.iter().copied(),
            request.headers.iter().copied(),
        ))
    }

    /// Makes a request that may be made twice; its answer's text.
    pub(super) async fn send(&self, request: &Request<'_>, body: &str) -> Result<String, Failure> {
        let again = ExponentialBuilder::default()
            .with_jitter()
            .with_min_delay(Duration::from_millis(100))
            .with_max_delay(Duration::from_secs(3))
            .with_max_times(20)
            .with_total_delay(Some(RETRY_TIMEOUT));
        (async || self.send_once(request, body).await).retry(again).when(Failure::is_passing).await
    }

    /// Asks as a browser does before a page of that origin puts something; which origins may, if any.
    pub(super) async fn preflight(
        &self,
        base: &Url,
        origin: &str,
        headers: &str,
    ) -> Result<Option<String>, Failure> {
        let mut url = base.clone();
        url.set_path(&format!("{}/data-forge/preflight", base.path().trim_end_matches('/')));
        let asked = self
            .client
            .request(reqwest::Method::OPTIONS, url)
            .header(header::ORIGIN, origin)
            .header(header::ACCESS_CONTROL_REQUEST_METHOD, "PUT")
            .header(header::ACCESS_CONTROL_REQUEST_HEADERS, headers);
        let answer = asked.send().await.map_err(Failure::of_connection)?;
        let allowed = answer.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN);
        let allowed = allowed.and_then(|allowed| allowed.to_str().ok()).map(str::to_owned);
        Ok(allowed.filter(|_| answer.status().is_success()))
    }

    async fn send_once(&self, request: &Request<'_>, body: &str) -> Result<String, Failure> {
        let url = self.sign(request, LIFE).await?;
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Head => reqwest::Method::HEAD,
            Method::Put => reqwest::Method::PUT,
            Method::Post => reqwest::Method::POST,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut sent = self.client.request(method, url).body(body.to_owned());
        for (name, value) in request.headers {
            sent = sent.header(*name, *value);
        }
        let answer = sent.send().await.map_err(Failure::of_connection)?;
        let status = answer.status();
        let text = answer.text().await.map_err(Failure::of_connection)?;
        // What takes long is answered with success before it is known to be one.
        if status.is_success() && !text.contains("<Error>") {
            return Ok(text);
        }
        let status = if status.is_success() { 500 } else { status.as_u16() };
        Err(Failure::answered(status, &text))
    }
}
