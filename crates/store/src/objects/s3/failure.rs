//! What a bucket can fail with, in words that say what to do and hold no secret.

use std::{error::Error, io};

use object_store::client::{HttpError, HttpErrorKind};

use super::Place;
use crate::StoreError;

/// The most characters that are passed on of what a server says.
const LONGEST: usize = 300;

/// What is known of a request that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    kind: io::ErrorKind,
    /// The status of the answer, if there was one.
    pub(super) status: Option<u16>,
    /// The code in the answer, such as `NoSuchBucket`.
    pub(super) code: Option<String>,
    text: String,
}

impl Failure {
    /// What an error of the client comes to.
    pub(super) fn of(error: &object_store::Error) -> Self {
        let texts = chain(error);
        let whole = texts.join(": ");
        if let Some(status) = status_in(&whole) {
            return Self::answered(status, &whole);
        }
        let redirected = whole.contains("redirect without LOCATION");
        let kind = http_error(error).map(HttpError::kind);
        let kind = match (kind, error) {
            _ if redirected => return Self::answered(301, ""),
            (Some(HttpErrorKind::Timeout), _) => io::ErrorKind::TimedOut,
            (Some(HttpErrorKind::Connect), _) => io::ErrorKind::NotConnected,
            (Some(HttpErrorKind::Request | HttpErrorKind::Interrupted), _) => io::ErrorKind::ConnectionReset,
            (Some(HttpErrorKind::Decode | HttpErrorKind::Unknown | _), _) => io::ErrorKind::ConnectionAborted,
            (None, object_store::Error::PermissionDenied { .. }) => io::ErrorKind::PermissionDenied,
            (None, _) => io::ErrorKind::Other,
        };
        // The first says what the program was doing, with addresses; the last what went wrong.
        let last = texts.last().map(String::as_str).unwrap_or_default();
        Self { kind, status: None, code: None, text: short(last) }
    }

    /// What an answer without success comes to.
    pub(super) fn answered(status: u16, body: &str) -> Self {
        let code = element(body, "Code").map(short);
        let busy = matches!(status, 408 | 429 | 500..=599) && status != 501
            || matches!(code.as_deref(), Some("SlowDown" | "ConditionalRequestConflict"));
        let kind = match status {
            _ if busy => io::ErrorKind::ResourceBusy,
            401 | 403 => io::ErrorKind::PermissionDenied,
            404 => io::ErrorKind::NotFound,
            409 | 412 => io::ErrorKind::AlreadyExists,
            _ => io::ErrorKind::Other,
        };
        let message = element(body, "Message").map(short);
        let said: Vec<String> = code.iter().cloned().chain(message).collect();
        let text = if said.is_empty() { String::new() } else { format!(" ({})", said.join(": ")) };
        Self { kind, status: Some(status), code, text: format!("the server answered {status}{text}") }
    }

    /// What a connection of our own that failed comes to.
    pub(super) fn of_connection(error: reqwest::Error) -> Self {
        let kind = match &error {
            error if error.is_timeout() => io::ErrorKind::TimedOut,
            error if error.is_connect() => io::ErrorKind::NotConnected,
            _ => io::ErrorKind::ConnectionReset,
        };
        let error = error.without_url();
        let texts = chain(&error);
        Self {
            kind,
            status: None,
            code: None,
            text: short(texts.last().map(String::as_str).unwrap_or_default()),
        }
    }

    /// Whether it is that the object is not there, and nothing worse.
    pub(super) fn is_absence(&self) -> bool {
        self.status == Some(404) && self.code.as_deref() != Some("NoSuchBucket")
    }

    /// Whether one was there already.
    pub(super) fn is_presence(&self) -> bool {
        self.kind == io::ErrorKind::AlreadyExists
    }

    /// Whether the same may be asked again at once.
    pub(super) fn is_conflict(&self) -> bool {
        self.code.as_deref() == Some("ConditionalRequestConflict")
    }

    /// Whether nobody is there, or has the time.
    pub(super) fn is_passing(&self) -> bool {
        crate::error::is_passing(self.kind)
    }

    /// The error of the store.
    pub(super) fn into_error(self, place: &Place, key: &str) -> StoreError {
        let Place { bucket, origin, .. } = place;
        let text = match self.hint() {
            Some(hint) => format!("bucket `{bucket}` at {origin}: {}; {hint}", self.text),
            None => format!("bucket `{bucket}` at {origin}: {}", self.text),
        };
        StoreError::Objects { key: key.into(), source: io::Error::new(self.kind, text) }
    }

    fn hint(&self) -> Option<&'static str> {
        const POLICY: &str = "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; their policy has to allow \
             s3:ListBucket of the bucket, and s3:GetObject, s3:PutObject, s3:DeleteObject and s3:AbortMultipartUpload \
             of `data-forge/*` in it";
        const KEYS: &str = "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN";
        const REGION: &str = "set AWS_REGION to the bucket's region";
        Some(match (self.status, self.code.as_deref()) {
            (_, Some("NoSuchBucket")) => "make it, or correct DATA_FORGE_STORAGE_URL or S3_BUCKET",
            (_, Some("InvalidAccessKeyId" | "SignatureDoesNotMatch" | "InvalidToken")) => KEYS,
            (_, Some("ExpiredToken")) => "the keys have run out: get new ones",
            (_, Some("RequestTimeTooSkewed")) => "set this machine's clock",
            (Some(301 | 307), _) | (_, Some("AuthorizationHeaderMalformed" | "PermanentRedirect")) => REGION,
            (Some(401 | 403), _) => POLICY,
            (Some(501), _) | (_, Some("NotImplemented")) => {
                "the server lacks something: conditional writes (If-None-Match) have to be there; of many deletions by \
                 one request the option `bulk_delete=off` does without"
            }
            (Some(_), _) => return None,
            (None, _) if self.text.contains("169.254.") => {
                "no keys are set, and this machine has none of its own: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
            }
            (None, _) if self.is_passing() => "check the endpoint (AWS_ENDPOINT_URL) and the network",
            (None, _) => return None,
        })
    }
}

/// An error's text and those of what caused it, where they say something new.
fn chain(error: &dyn Error) -> Vec<String> {
    let mut texts = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(error) = cause {
        texts.push(error.to_string());
        cause = error.source();
    }
    texts
}

fn http_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a HttpError> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref::<HttpError>() {
            return Some(found);
        }
        cause = error.source();
    }
    None
}

/// The status that the client's text names: its type is not one that others can name.
fn status_in(text: &str) -> Option<u16> {
    let (_, behind) = text.split_once("status code: ")?;
    behind.get(..3)?.parse().ok()
}

/// The text of an element of a small answer in XML.
fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let (_, behind) = xml.split_once(&format!("<{name}>"))?;
    behind.split_once("</").map(|(text, _)| text)
}

fn short(text: &str) -> String {
    let words: Vec<&str> = text
        .split(|char: char| char.is_whitespace() || char.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ").chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(
        403,
        "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>",
        "s3:GetObject",
        false
    )]
    #[case(
        403,
        "<Code>SignatureDoesNotMatch</Code><AWSAccessKeyId>very-secret</AWSAccessKeyId>",
        "check AWS_",
        false
    )]
    #[case(404, "<Code>NoSuchBucket</Code>", "S3_BUCKET", false)]
    #[case(301, "", "AWS_REGION", false)]
    #[case(501, "", "bulk_delete=off", false)]
    #[case(503, "<Code>SlowDown</Code>", "answered 503 (SlowDown)", true)]
    #[case(500, "", "answered 500", true)]
    fn an_answer_says_what_to_do(
        #[case] status: u16,
        #[case] body: &str,
        #[case] said: &str,
        #[case] passing: bool,
    ) {
        let place = Place { bucket: "docs".into(), origin: "https://s3.example".into() };
        let error = Failure::answered(status, body).into_error(&place, "data-forge/a");
        let text = error.to_string();
        assert!(text.contains(said) && text.contains("`docs`") && text.contains("data-forge/a"), "{text}");
        assert!(!text.contains("very-secret"), "{text}");
        assert_eq!(error.is_passing(), passing, "{text}");
    }
}
