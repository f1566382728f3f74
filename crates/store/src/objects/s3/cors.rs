//! What pages of a server may do with its bucket: browsers ask the bucket itself before they upload.

use std::fmt::Display;

use base64::{Engine, engine::general_purpose::STANDARD};
use quick_xml::{Reader, events::Event};
use rusty_s3::Method;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Bucket, failure::Failure, signed::Request};
use crate::{Result, StoreError};

/// The rule's name in the bucket: rules of others stay as they are.
const ID: &str = "data-forge";
const METHODS: [&str; 3] = ["GET", "HEAD", "PUT"];
/// A rule's element.
const RULE: &str = "CORSRule";
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
        let body = merged(&known, origins)?;
        let sum = STANDARD.encode(Sha256::digest(&body));
        let headers = [("x-amz-checksum-sha256", sum.as_str())];
        let put = Request { method: Method::Put, base, key: "", query: &query, headers: &headers };
        self.signer.send(&put, &body).await.map(drop).map_err(failed)
    }
}

/// The rules of a bucket, each as it is written.
fn rules(known: &str) -> Result<Vec<&str>> {
    let unread =
        |why: &dyn Display| StoreError::Corrupt(format!("the bucket's CORS rules are no XML: {why}"));
    let (mut reader, mut begun, mut rules) = (Reader::from_str(known), None, Vec::new());
    let position = |reader: &Reader<&[u8]>| usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
    loop {
        let at = position(&reader);
        match reader.read_event().map_err(|error| unread(&error))? {
            Event::Start(tag) if tag.local_name().as_ref() == RULE => begun = Some(at),
            Event::End(tag) if tag.local_name().as_ref() == RULE => {
                let rule = begun.take().and_then(|begun| known.get(begun..position(&reader)));
                rules.push(rule.ok_or_else(|| unread(&"a rule ends that has not begun"))?);
            }
            Event::Eof if begun.is_some() => return Err(unread(&"a rule does not end")),
            Event::Eof => return Ok(rules),
            _ => {}
        }
    }
}

/// The rules that are known, with ours in place of what it was.
fn merged(known: &str, origins: &[String]) -> Result<String> {
    let (open, close) = ("<CORSRule>", "</CORSRule>");
    let ours = format!("<ID>{ID}</ID>");
    let mut body = String::from("<CORSConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
    body.extend(rules(known)?.into_iter().filter(|rule| !rule.contains(&ours)));
    body += &format!("{open}{ours}");
    let origins = origins.iter().map(|origin| ("AllowedOrigin", origin.as_str()));
    let methods = METHODS.map(|method| ("AllowedMethod", method));
    let headers = HEADERS.map(|header| ("AllowedHeader", header));
    for (name, value) in origins.chain(methods).chain(headers) {
        let value = value.replace('&', "&amp;").replace('<', "&lt;");
        body += &format!("<{name}>{value}</{name}>");
    }
    Ok(body + &format!("<MaxAgeSeconds>{MAX_AGE}</MaxAgeSeconds>{close}</CORSConfiguration>"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_of_others_stay() {
        let first = merged("", &["https://a.example".into()]).unwrap();
        let other = "<CORSRule xmlns=\"\">\n  <ID>theirs</ID><AllowedOrigin>*</AllowedOrigin></CORSRule>";
        let both = first.replace("<CORSRule>", &format!("{other}<CORSRule>"));
        let second = merged(&both, &["https://b.example".into()]).unwrap();
        assert!(second.contains(other) && second.contains("https://b.example"), "{second}");
        assert!(!second.contains("https://a.example"), "{second}");
        assert_eq!(second.matches("</CORSRule>").count(), 2, "{second}");
    }

    #[test]
    fn rules_that_cannot_be_read_are_not_written_over() {
        for known in ["<CORSConfiguration><CORSRule><ID>theirs</ID>", "<a></b>"] {
            assert!(merged(known, &[]).is_err(), "{known}");
        }
    }
}
