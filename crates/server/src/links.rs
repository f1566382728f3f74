//! Links that let whoever holds one put or get a single object, until they run out: those of the object store,
//! where it makes any, else the server's own.
//!
//! A link is signed with HMAC-SHA-256 over all that it allows. The server keeps nothing of it: every
//! server with the same secret honours it.

mod get;
mod offer;
mod put;
mod range;
mod routes;
mod secret;

use std::{collections::BTreeMap, fmt};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use model::Time;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use store::ObjectKey;

pub use self::secret::secret;
pub(crate) use self::{
    offer::{to_get, to_put},
    routes::routes,
};

/// Under what the links stand, outside the API's base.
pub(crate) const OBJECTS: &str = "/objects/";

/// Signs links and reads what it signed.
#[derive(Clone)]
pub struct Links {
    secret: [u8; 32],
}

impl fmt::Debug for Links {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Links")
    }
}

/// A link, and how it is to be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedUrl {
    /// Where to.
    pub url: String,
    /// `PUT` or `GET`.
    pub method: &'static str,
    /// Headers that have to be sent with it.
    pub headers: BTreeMap<String, String>,
    /// Until when it is good.
    pub expires_at: Time,
}

/// What a link says of itself, as its query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Terms {
    /// Until when, in seconds since the epoch.
    expires: i64,
    /// The content type that has to be put.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    content_type: Option<String>,
    /// How many bytes have to be put.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    length: Option<u64>,
    /// The name under which it is saved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The signature, base64url without padding.
    signature: String,
}

/// Why a link is not honoured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refused {
    /// It is not one that was signed here, or not for this.
    Forged,
    /// It was good once.
    Expired,
}

impl Links {
    /// Links signed with a secret.
    pub fn new(secret: [u8; 32]) -> Self {
        Self { secret }
    }

    /// A link to put an object that is not there yet: exactly `length` bytes of that content type.
    /// `base_url` is where the server is reached, without a slash at the end.
    pub fn put(
        &self,
        base_url: &str,
        key: &ObjectKey,
        content_type: &str,
        length: u64,
        expires_at: Time,
    ) -> SignedUrl {
        let terms = Terms {
            content_type: Some(content_type.to_owned()),
            length: Some(length),
            ..Terms::until(expires_at)
        };
        let headers = BTreeMap::from([("content-type".to_owned(), content_type.to_owned())]);
        self.sign(base_url, "PUT", key, terms, headers, expires_at)
    }

    /// A link to get an object, saved as `download_name` by a browser.
    pub fn get(&self, base_url: &str, key: &ObjectKey, download_name: &str, expires_at: Time) -> SignedUrl {
        let terms = Terms { name: Some(download_name.to_owned()), ..Terms::until(expires_at) };
        self.sign(base_url, "GET", key, terms, BTreeMap::new(), expires_at)
    }

    fn sign(
        &self,
        base_url: &str,
        method: &'static str,
        key: &ObjectKey,
        terms: Terms,
        headers: BTreeMap<String, String>,
        expires_at: Time,
    ) -> SignedUrl {
        let signature = self.mac(method, key, &terms).finalize().into_bytes();
        let mut url = format!("{base_url}{OBJECTS}{}?expires={}", encode_key(key), terms.expires);
        let length = terms.length.map(|length| length.to_string());
        let parts = [("type", terms.content_type), ("length", length), ("name", terms.name)];
        for (name, value) in parts {
            if let Some(value) = value {
                url += &format!("&{name}={}", utf8_percent_encode(&value, NON_ALPHANUMERIC));
            }
        }
        url += &format!("&signature={}", URL_SAFE_NO_PAD.encode(signature));
        SignedUrl { url, method, headers, expires_at }
    }

    /// Nothing, if that was signed here for that method and has not run out by `now`.
    fn verify(&self, method: &str, key: &ObjectKey, terms: &Terms, now: Time) -> Result<(), Refused> {
        let signature = URL_SAFE_NO_PAD.decode(&terms.signature).map_err(|_| Refused::Forged)?;
        self.mac(method, key, terms).verify_slice(&signature).map_err(|_| Refused::Forged)?;
        if now.as_second() < terms.expires { Ok(()) } else { Err(Refused::Expired) }
    }

    /// Each part with its length before it, so that no two links run together into the same bytes.
    fn mac(&self, method: &str, key: &ObjectKey, terms: &Terms) -> Hmac<Sha256> {
        let mut mac = keyed(&self.secret);
        let expires = terms.expires.to_string();
        let length = terms.length.map(|length| length.to_string());
        let parts = [
            Some("object link 1"),
            Some(method),
            Some(key.as_str()),
            Some(expires.as_str()),
            terms.content_type.as_deref(),
            length.as_deref(),
            terms.name.as_deref(),
        ];
        for part in parts {
            mac.update(&[u8::from(part.is_some())]);
            let part = part.unwrap_or_default();
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac
    }
}

impl Terms {
    fn until(expires_at: Time) -> Self {
        Self {
            expires: expires_at.as_second(),
            content_type: None,
            length: None,
            name: None,
            signature: String::new(),
        }
    }
}

/// HMAC fills a key up with zeros to the size of a block.
fn keyed(secret: &[u8; 32]) -> Hmac<Sha256> {
    let mut block = [0; 64];
    block[..32].copy_from_slice(secret);
    Hmac::new(&block.into())
}

/// Keys are of letters, digits and `-_.%/`: of these only the percent sign means something in a path.
fn encode_key(key: &ObjectKey) -> String {
    key.as_str().replace('%', "%25")
}
