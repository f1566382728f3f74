//! What pages of a server may do with its bucket: browsers ask the bucket itself before they upload.

use base64::{Engine, engine::general_purpose::STANDARD};
use rusty_s3::Method;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Bucket, failure::Failure, signed::Request};
use crate::Result;

/// The rule's name in the bucket: rules of others stay as they are.
const ID: &str = "data-forge";
const METHODS: [&str; 3] = ["GET", "HEAD", "PUT"];
/// What uploads bring along.
const HEADERS: [&str; 3] = ["content-type", "if-none-match", "x-amz-*"];
/// How long a browser may remember the answer, in seconds.
const MAX_AGE: u32 = 3600;
/// What is named in messages where no object is meant.
const RULES: &str = "?cors";

/// A bucket's rule, as AWS' command line takes it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Rule<'a> {
    #[serde(rename = "ID")]
    id: &'a str,
    allowed_origins: &'a [String],
    allowed_methods: [&'a str; 3],
    allowed_headers: [&'a str; 3],
    max_age_seconds: u32,
}

/// A bucket's rules, as AWS' command line takes them.
#[derive(Serialize)]
struct Rules<'a> {
    #[serde(rename = "CORSRules")]
    rules: [Rule<'a>; 1],
}

impl Bucket {
    /// The rule by which pages of these origins may upload, as JSON for `aws s3api put-bucket-cors`.
    pub fn upload_rule(origins: &[String]) -> String {
        let rule = Rule {
            id: ID,
            allowed_origins: origins,
            allowed_methods: METHODS,
            allowed_headers: HEADERS,
            max_age_seconds: MAX_AGE,
        };
        // Nothing in it cannot be written.
        serde_json::to_string(&Rules { rules: [rule] }).unwrap_or_default()
    }

    /// Whether pages of an origin may upload, asked as a browser asks.
    ///
    /// # Errors
    /// Where the bucket cannot be reached where browsers reach it.
    pub async fn lets_pages_upload(&self, origin: &str) -> Result<bool> {
        let asked = self.signer.preflight(&self.settings.public_base, origin, "content-type,if-none-match");
        let answer = asked.await.map_err(|failure| failure.into_error(&self.place, RULES))?;
        Ok(answer.is_some_and(|allowed| allowed == "*" || allowed == origin))
    }

    /// Lets pages of these origins upload and download; rules of others stay as they are.
    ///
    /// # Errors
    /// Where the bucket cannot be reached, or its keys may not do that.
    pub async fn let_pages_upload(&self, origins: &[String]) -> Result<()> {
        let failed = |failure: Failure| failure.into_error(&self.place, RULES);
        let (base, query) = (&self.settings.base, [("cors", "")]);
        let get = Request { method: Method::Get, base, key: "", query: &query, headers: &[] };
        let known = match self.signer.send(&get, "").await {
            Ok(known) => known,
            Err(failure) if failure.is_absence() => String::new(),
            Err(failure) => return Err(failed(failure)),
        };
        let body = merged(&known, origins);
        let sum = STANDARD.encode(Sha256::digest(&body));
        let headers = [("x-amz-checksum-sha256", sum.as_str())];
        let put = Request { method: Method::Put, base, key: "", query: &query, headers: &headers };
        self.signer.send(&put, &body).await.map(drop).map_err(failed)
    }
}

/// The rules that are known, with ours in place of what it was.
fn merged(known: &str, origins: &[String]) -> String {
    let (open, close) = ("<CORSRule>", "</CORSRule>");
    let others = known.split(open).skip(1).filter_map(|rule| rule.split(close).next());
    let others = others.filter(|rule| !rule.contains(&format!("<ID>{ID}</ID>")));
    let mut body = String::from("<CORSConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
    for rule in others {
        body += &format!("{open}{rule}{close}");
    }
    body += &format!("{open}<ID>{ID}</ID>");
    let origins = origins.iter().map(|origin| ("AllowedOrigin", origin.as_str()));
    let methods = METHODS.map(|method| ("AllowedMethod", method));
    let headers = HEADERS.map(|header| ("AllowedHeader", header));
    for (name, value) in origins.chain(methods).chain(headers) {
        let value = value.replace('&', "&amp;").replace('<', "&lt;");
        body += &format!("<{name}>{value}</{name}>");
    }
    body + &format!("<MaxAgeSeconds>{MAX_AGE}</MaxAgeSeconds>{close}</CORSConfiguration>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_of_others_stay() {
        let first = merged("", &["https://a.example".into()]);
        let other = "<CORSRule><ID>theirs</ID><AllowedOrigin>*</AllowedOrigin></CORSRule>";
        let both = first.replace("<CORSRule>", &format!("{other}<CORSRule>"));
        let second = merged(&both, &["https://b.example".into()]);
        assert!(second.contains(other) && second.contains("https://b.example"), "{second}");
        assert!(!second.contains("https://a.example"), "{second}");
        assert_eq!(second.matches("<CORSRule>").count(), 2, "{second}");
    }
}
