//! Getting an object by its link.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use model::sha256_hex;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use store::ObjectKey;
use tokio::io::AsyncReadExt;
use tokio_util::io::ReaderStream;

use super::{
    Terms,
    range::{Part, part},
};
use crate::{App, problem::Problem};

/// How many bytes are read at once.
const BUFFER: usize = 64 << 10;
/// `attr-char` of RFC 8187: what is not encoded in a name.
const NAME: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Answers with an object, or with the part of it that is asked for.
pub(super) async fn get(
    app: &App,
    key: &ObjectKey,
    terms: &Terms,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let objects = &app.environment.objects;
    let size = objects.size(key).await?.ok_or_else(|| Problem::not_found("object"))?;
    let tag = tag(key, size);
    if named(headers, header::IF_NONE_MATCH.as_str(), &tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let range = headers.get(header::RANGE).filter(|_| *method == Method::GET);
    let unchanged = headers.get(header::IF_RANGE).is_none_or(|sent| sent.as_bytes() == tag.as_bytes());
    let part = range.filter(|_| unchanged).map_or(Part::All, |range| part(range.as_bytes(), size));
    let (status, from, length) = match part {
        Part::All => (StatusCode::OK, 0, size),
        Part::Some { first, last } => (StatusCode::PARTIAL_CONTENT, first, last - first + 1),
        Part::Nothing => {
            let whole = [(header::CONTENT_RANGE, format!("bytes */{size}"))];
            return Ok((whole, Problem::no_range()).into_response());
        }
    };
    let body = if *method == Method::HEAD {
        Body::empty()
    } else {
        let open = objects.open_at(key, from).await?.ok_or_else(|| Problem::not_found("object"))?;
        Body::from_stream(ReaderStream::with_capacity(open.take(length), BUFFER))
    };
    let name = terms.name.as_deref().unwrap_or("download");
    let mut response = (
        status,
        [
            (header::CONTENT_TYPE, content_type(name).to_owned()),
            (header::CONTENT_LENGTH, length.to_string()),
            (header::CONTENT_DISPOSITION, disposition(name)),
            (header::ETAG, tag),
        ],
        body,
    )
        .into_response();
    let headers = response.headers_mut();
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if status == StatusCode::PARTIAL_CONTENT {
        let range = format!("bytes {from}-{}/{size}", from + length - 1);
        headers
            .insert(header::CONTENT_RANGE, HeaderValue::try_from(range).map_err(|e| Problem::internal(&e))?);
    }
    Ok(response)
}

/// Objects that links are made to never change: key and size say which one it is.
fn tag(key: &ObjectKey, size: u64) -> String {
    format!("\"{}\"", &sha256_hex(format!("{key} {size}"))[..32])
}

/// Whether one of the tags in a header is that one.
fn named(headers: &HeaderMap, header: &str, tag: &str) -> bool {
    let sent = headers.get_all(header).iter().filter_map(|sent| sent.to_str().ok());
    let mut tags = sent.flat_map(|sent| sent.split(',')).map(str::trim);
    tags.any(|sent| sent == "*" || sent.strip_prefix("W/").unwrap_or(sent) == tag)
}

/// Saved, never shown (RFC 6266). Old clients read the name without what is not ASCII.
pub(super) fn disposition(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-._ ".contains(c) { c } else { '_' };
    let ascii: String = name.chars().map(plain).collect();
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{}", utf8_percent_encode(name, NAME))
}

/// The media type of a file by its name.
pub(super) fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("jsonl") => "application/x-ndjson",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("dataset.jsonl", "attachment; filename=\"dataset.jsonl\"; filename*=UTF-8''dataset.jsonl")]
    #[case(
        "a\"\r\nx: y.json",
        "attachment; filename=\"a___x_ y.json\"; filename*=UTF-8''a%22%0D%0Ax%3A%20y.json"
    )]
    #[case("\u{fc}.txt", "attachment; filename=\"_.txt\"; filename*=UTF-8''%C3%BC.txt")]
    #[case("../x", "attachment; filename=\".._x\"; filename*=UTF-8''..%2Fx")]
    fn names_are_encoded(#[case] name: &str, #[case] header: &str) {
        assert_eq!(disposition(name), header);
        assert!(HeaderValue::try_from(disposition(name)).is_ok());
    }
}
