//! A file of the UI as an answer: its kind, its caching, its compression, and what it may do.

use std::fmt::Write;

use axum::{
    body::Body,
    http::{HeaderMap, StatusCode, header, response::Builder},
    response::{IntoResponse, Response},
};
use rust_embed::EmbeddedFile;

use super::{Files, HASHED};

/// A page runs the server's own scripts alone, none of them inline. Styles are set by scripts.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                      img-src 'self' data:; font-src 'self'; worker-src 'self'; manifest-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'; connect-src 'self'";
/// What a page never needs of a device.
const PERMISSIONS: &str = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";

/// How files are answered to a request.
pub(super) struct Page<'a> {
    /// What the browser said.
    pub(super) headers: &'a HeaderMap,
    /// Where scripts may send to but where they come from: where the server is reached from outside, and
    /// where the object store takes uploads.
    pub(super) reached: Vec<&'a str>,
}

impl Page<'_> {
    /// The file of that name, if there is one.
    pub(super) fn file(&self, name: &str) -> Option<Response> {
        let file = Files::get(name)?;
        let tag = tag(&file);
        let caching =
            if name.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
        let answer = Response::builder()
            .header(header::ETAG, &tag)
            .header(header::CACHE_CONTROL, caching)
            .header(header::VARY, "accept-encoding")
            .header(header::CONTENT_SECURITY_POLICY, self.policy())
            .header("cross-origin-opener-policy", "same-origin")
            .header("permissions-policy", PERMISSIONS);
        if self.knows(&tag) {
            return Some(finish(answer.status(StatusCode::NOT_MODIFIED), Body::empty()));
        }
        let answer = answer.header(header::CONTENT_TYPE, file.metadata.mimetype());
        if self.takes_gzip()
            && let Some(small) = Files::get(&format!("{name}.gz"))
        {
            let answer = answer.header(header::CONTENT_ENCODING, "gzip");
            return Some(finish(answer, Body::from(small.data.into_owned())));
        }
        Some(finish(answer, Body::from(file.data.into_owned())))
    }

    /// What a page may do.
    pub(super) fn policy(&self) -> String {
        self.reached.iter().fold(POLICY.to_owned(), |policy, url| format!("{policy} {url}"))
    }

    fn knows(&self, tag: &str) -> bool {
        let known = self.headers.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok());
        known.is_some_and(|known| known.split(',').any(|known| known.trim().trim_start_matches("W/") == tag))
    }

    fn takes_gzip(&self) -> bool {
        let taken = self.headers.get(header::ACCEPT_ENCODING).and_then(|taken| taken.to_str().ok());
        taken.is_some_and(|taken| {
            taken.split(',').any(|one| {
                let mut parts = one.trim().split(';');
                let refused = |quality: &str| {
                    quality.trim().replace(' ', "").starts_with("q=0")
                        && !quality.contains(['1', '2', '3', '4', '5', '6', '7', '8', '9'])
                };
                parts.next() == Some("gzip") && !parts.any(refused)
            })
        })
    }
}

/// The content's hash: the same for the file and for its compressed form, which say the same.
fn tag(file: &EmbeddedFile) -> String {
    let mut tag = String::from("\"");
    for byte in &file.metadata.sha256_hash()[..12] {
        let _ = write!(tag, "{byte:02x}");
    }
    tag + "\""
}

fn finish(answer: Builder, body: Body) -> Response {
    // All headers are of this file, but for the address that the server was told to be reached at.
    answer.body(body).unwrap_or_else(|error| crate::Problem::internal(&error).into_response())
}
