//! The keys of an identity provider, fetched when they are needed.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse},
};
use model::Time;
use reqwest::{Client, Url, redirect};
use serde::Deserialize;
use tokio::sync::Mutex;

use super::JwtError;

/// How long keys are good without a look at the provider.
const FRESH: i64 = 600;
/// How long they are, where the provider cannot be reached.
const STALE: i64 = 24 * 60 * 60;
/// How often the provider is asked at the most, whatever tokens say. All in seconds.
const PAUSE: i64 = 30;
/// How long it may take to answer.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The most bytes and keys that it may answer with.
const MAX_BYTES: usize = 256 << 10;
const MAX_KEYS: usize = 100;

/// The keys of an identity provider.
pub(super) struct Jwks {
    url: Url,
    client: Client,
    fetched: RwLock<Option<Arc<Fetched>>>,
    /// When the provider was last asked. Held while it is.
    asked: Mutex<Option<Time>>,
}

struct Fetched {
    keys: Vec<Jwk>,
    at: Time,
}

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoKeys {
    #[error("the keys could not be fetched")]
    Request(#[from] reqwest::Error),
    #[error("the keys were answered with status {0}")]
    Status(u16),
    #[error("the answer is no set of keys, or too large")]
    Unreadable,
    #[error("the keys could not be fetched a moment ago")]
    TriedBefore,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<serde_json::Value>,
}

impl Jwks {
    pub(super) fn new(url: &str) -> Result<Self, JwtError> {
        let url = Url::parse(url).map_err(|_| JwtError::Url)?;
        let plain = url.username().is_empty() && url.password().is_none();
        if !matches!(url.scheme(), "https" | "http") || !plain || url.host_str().is_none() {
            return Err(JwtError::Url);
        }
        // Another part of the program may have installed it before; then that one is used.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = Client::builder().timeout(TIMEOUT).redirect(redirect::Policy::none()).referer(false);
        // What is not encrypted has to work on systems without certificates.
        let builder = if url.scheme() == "https" { builder } else { builder.tls_certs_only([]) };
        let client = builder.build().map_err(|error| JwtError::Client(error.to_string()))?;
        Ok(Self { url, client, fetched: RwLock::default(), asked: Mutex::default() })
    }

    /// The key of that id for that algorithm; `None` where the provider has none.
    pub(super) async fn key(
        &self,
        id: Option<&str>,
        algorithm: Algorithm,
        now: Time,
    ) -> Result<Option<DecodingKey>, NoKeys> {
        let known = self.fetched();
        if let Some(fetched) = known.as_ref().filter(|fetched| fetched.is_younger(FRESH, now))
            && let Some(key) = fetched.find(id, algorithm)
        {
            return Ok(Some(key));
        }
        let usable = known.filter(|fetched| fetched.is_younger(STALE, now));
        let old = usable.as_ref().and_then(|fetched| fetched.find(id, algorithm));
        // Who has an old key does not wait for another's fetch.
        let mut asked = match self.asked.try_lock() {
            Ok(asked) => asked,
            Err(_) if old.is_some() => return Ok(old),
            Err(_) => self.asked.lock().await,
        };
        let tried = asked.is_some_and(|asked| age(asked, now) < PAUSE);
        if !tried {
            *asked = Some(now);
            match self.fetch().await {
                Ok(keys) => self.keep(Fetched { keys, at: now }),
                Err(error) if usable.is_none() => return Err(error),
                Err(error) => tracing::warn!(%error, "the keys of the identity provider stay as they were"),
            }
        }
        match self.fetched().filter(|fetched| fetched.is_younger(STALE, now)) {
            Some(fetched) => Ok(fetched.find(id, algorithm)),
            None => Err(NoKeys::TriedBefore),
        }
    }

    fn fetched(&self) -> Option<Arc<Fetched>> {
        self.fetched.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, fetched: Fetched) {
        *self.fetched.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(fetched));
    }

    async fn fetch(&self) -> Result<Vec<Jwk>, NoKeys> {
        let mut answer =
            self.client.get(self.url.clone()).send().await.map_err(reqwest::Error::without_url)?;
        if !answer.status().is_success() {
            return Err(NoKeys::Status(answer.status().as_u16()));
        }
        let mut body = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(reqwest::Error::without_url)? {
            body.extend_from_slice(&part);
            if body.len() > MAX_BYTES {
                return Err(NoKeys::Unreadable);
            }
        }
        let set: KeySet = serde_json::from_slice(&body).map_err(|_| NoKeys::Unreadable)?;
        // Providers publish keys of kinds that we do not know beside those that we do.
        let keys = set.keys.into_iter().take(MAX_KEYS).filter_map(|key| serde_json::from_value(key).ok());
        Ok(keys.collect())
    }
}

impl Fetched {
    fn is_younger(&self, seconds: i64, now: Time) -> bool {
        age(self.at, now) < seconds
    }

    /// The key with that id; without an id the only one that fits.
    fn find(&self, id: Option<&str>, algorithm: Algorithm) -> Option<DecodingKey> {
        let mut fitting = self
            .keys
            .iter()
            .filter(|key| fits(key, algorithm) && (id.is_none() || key.common.key_id.as_deref() == id));
        let key = fitting.next()?;
        if id.is_none() && fitting.next().is_some() {
            return None;
        }
        DecodingKey::from_jwk(key).ok()
    }
}

/// Whether a key is of the algorithm's kind, and meant for it: the token's header alone decides nothing.
fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    let (of_kind, named) = match (&key.algorithm, algorithm) {
        (AlgorithmParameters::RSA(_), Algorithm::RS256) => (true, KeyAlgorithm::RS256),
        (AlgorithmParameters::EllipticCurve(curve), Algorithm::ES256) => {
            (curve.curve == EllipticCurve::P256, KeyAlgorithm::ES256)
        }
        (AlgorithmParameters::OctetKeyPair(pair), Algorithm::EdDSA) => {
            (pair.curve == EllipticCurve::Ed25519, KeyAlgorithm::EdDSA)
        }
        _ => return false,
    };
    let for_signatures =
        key.common.public_key_use.as_ref().is_none_or(|usage| *usage == PublicKeyUse::Signature);
    of_kind && for_signatures && key.common.key_algorithm.is_none_or(|algorithm| algorithm == named)
}

/// In seconds. A clock that went back makes nothing older.
fn age(then: Time, now: Time) -> i64 {
    now.as_second().saturating_sub(then.as_second()).max(0)
}
