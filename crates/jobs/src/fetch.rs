//! Documents fetched from addresses that users name, without reaching into networks that are not
//! theirs to reach.

mod address;
mod client;

use std::time::Duration;

use reqwest::{Response, StatusCode, header};
use tokio::time::timeout;
use url::{Host, Url};

pub use self::address::Reach;
use self::client::get;

/// The longest address that is taken.
const LONGEST: usize = 2_048;

/// What may be fetched from where. By default documents of usual size, from public addresses alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FetchPolicy {
    /// Which addresses may be connected to.
    pub reach: Reach,
    /// How much and how long.
    pub limits: FetchLimits,
}

/// How much is fetched, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FetchLimits {
    /// Redirects that are followed.
    pub redirects: usize,
    /// Until a connection stands.
    pub connect: Duration,
    /// From the first connection to the last byte.
    pub total: Duration,
    /// Bytes of the document.
    pub bytes: usize,
}

impl Default for FetchLimits {
    fn default() -> Self {
        Self {
            redirects: 5,
            connect: Duration::from_secs(10),
            total: Duration::from_secs(60),
            bytes: 50 << 20,
        }
    }
}

/// Why nothing was fetched, in words for the user.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// It is no address that may be fetched.
    #[error("the address cannot be fetched: {0}")]
    Url(String),
    /// It leads to a network that is not public.
    #[error("{0} is not a public address; upload the file instead")]
    Refused(String),
    /// The server was not reached, or the connection broke.
    #[error("{host} could not be read from: {detail}")]
    Network {
        /// The server.
        host: String,
        /// What went wrong.
        detail: String,
    },
    /// The server did not give it.
    #[error("{host} answered {status}")]
    Status {
        /// The server.
        host: String,
        /// What it answered.
        status: StatusCode,
    },
    /// It is led on too often.
    #[error("it is redirected more than {0} times")]
    Redirects(usize),
    /// It is too large.
    #[error("it is larger than {} MiB; upload the file instead", .0 >> 20)]
    TooLarge(usize),
    /// It takes too long.
    #[error("it was not there after {} s", .0.as_secs())]
    TooSlow(Duration),
}

/// What was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// A file name with the extension of what the server says that it is.
    pub filename: String,
}

/// Reads an address as one that may be fetched, as far as that can be told from its words.
///
/// # Errors
/// [`FetchError::Url`] where it is not `http` or `https`, has no host, bears a user or is too long.
pub fn check_url(text: &str) -> Result<Url, FetchError> {
    let wrong = |why: &str| Err(FetchError::Url(why.to_owned()));
    if text.len() > LONGEST {
        return wrong("it is too long");
    }
    let Ok(mut url) = Url::parse(text.trim()) else { return wrong("it is no URL") };
    if !matches!(url.scheme(), "http" | "https") {
        return wrong("only http and https are fetched");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("it holds a user name or password");
    }
    if url.port() == Some(0) {
        return wrong("there is no port 0");
    }
    url.set_fragment(None);
    match url.host() {
        Some(Host::Domain(name)) if name.trim_matches('.').is_empty() => wrong("it has no host"),
        None => wrong("it has no host"),
        Some(_) => Ok(url),
    }
}

/// What a document from an address is called: the end of its path, or its host.
pub fn filename(url: &Url) -> String {
    let last = url.path_segments().and_then(|mut segments| segments.rfind(|segment| !segment.is_empty()));
    let name = last.or(url.host_str()).unwrap_or("document");
    name.chars().take(200).collect()
}

/// Fetches a document. Every connection, those of redirects included, goes to an address that was
/// checked.
///
/// # Errors
/// Why there is none, in words for the user.
pub async fn fetch(url: &str, policy: &FetchPolicy) -> Result<Fetched, FetchError> {
    let limits = policy.limits;
    timeout(limits.total, follow(check_url(url)?, policy))
        .await
        .unwrap_or(Err(FetchError::TooSlow(limits.total)))
}

async fn follow(mut url: Url, policy: &FetchPolicy) -> Result<Fetched, FetchError> {
    for _ in 0..=policy.limits.redirects {
        let reply = get(&url, policy).await?;
        if !is_redirect(reply.status()) {
            return read(&url, reply, policy.limits.bytes).await;
        }
        url = check_url(target(&url, &reply)?.as_str())?;
    }
    Err(FetchError::Redirects(policy.limits.redirects))
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

fn target(url: &Url, reply: &Response) -> Result<Url, FetchError> {
    let location = reply.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
    location
        .and_then(|location| url.join(location).ok())
        .ok_or_else(|| FetchError::Url("it is redirected to no URL".into()))
}

async fn read(url: &Url, mut reply: Response, most: usize) -> Result<Fetched, FetchError> {
    let host = || url.host_str().unwrap_or_default().to_owned();
    if !reply.status().is_success() {
        return Err(FetchError::Status { host: host(), status: reply.status() });
    }
    if reply.content_length().is_some_and(|length| length > most as u64) {
        return Err(FetchError::TooLarge(most));
    }
    let filename = named_by_type(filename(url), &reply);
    let mut bytes = Vec::new();
    while let Some(part) = reply.chunk().await.map_err(|error| client::failure(url, &error))? {
        if bytes.len() + part.len() > most {
            return Err(FetchError::TooLarge(most));
        }
        bytes.extend_from_slice(&part);
    }
    Ok(Fetched { bytes, filename })
}

/// A name that is none of a document gets the extension of what the server says that it is.
fn named_by_type(filename: String, reply: &Response) -> String {
    if parse::supported_extension(&filename) {
        return filename;
    }
    let content_type = reply.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let extension = match &*essence.to_ascii_lowercase() {
        "text/html" | "application/xhtml+xml" => "html",
        "application/pdf" => "pdf",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => "docx",
        "text/markdown" | "text/x-markdown" => "md",
        "text/csv" | "text/tab-separated-values" => "csv",
        "text/plain" => "txt",
        _ => return filename,
    };
    format!("{filename}.{extension}")
}

#[cfg(test)]
mod tests;
