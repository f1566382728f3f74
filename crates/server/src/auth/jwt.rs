//! Tokens that an identity provider signed.

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use model::{Time, UserId};
use serde::Deserialize;

use super::{is_user_name, jwks::Jwks};
use crate::problem::Problem;

/// By how many seconds clocks may differ.
const LEEWAY: f64 = 30.0;
/// What tokens may be signed with. Nothing with a shared secret: who can check those can make them.
const ALGORITHMS: [Algorithm; 3] = [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA];

/// Whose tokens are good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JwtConfig {
    /// Where the identity provider publishes its keys (RFC 7517).
    pub jwks_url: String,
    /// What `iss` has to be.
    pub issuer: String,
    /// What `aud` has to be, or to hold.
    pub audience: String,
}

/// Settings of tokens that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    /// The address of the keys is none.
    #[error("the JWKS URL has to be an `https://` or `http://` address without credentials")]
    Url,
    /// Every token would be good.
    #[error("the {0} must not be empty")]
    Empty(&'static str),
    /// No HTTP client can be made.
    #[error("the client that fetches the keys cannot be made: {0}")]
    Client(String),
}

/// Reads tokens, and believes those that are signed for us.
pub(super) struct Jwt {
    config: JwtConfig,
    jwks: Jwks,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    sub: String,
    exp: f64,
    nbf: Option<f64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Jwt {
    pub(super) fn new(config: JwtConfig) -> Result<Self, JwtError> {
        if config.issuer.is_empty() {
            return Err(JwtError::Empty("issuer"));
        }
        if config.audience.is_empty() {
            return Err(JwtError::Empty("audience"));
        }
        let jwks = Jwks::new(&config.jwks_url)?;
        Ok(Self { config, jwks })
    }

    /// The user that a token speaks for.
    pub(super) async fn user(&self, token: &str, now: Time) -> Result<UserId, Problem> {
        let header = decode_header(token).map_err(|_| wrong("it is no signed token"))?;
        if !ALGORITHMS.contains(&header.alg) {
            return Err(wrong("its algorithm is not accepted"));
        }
        if header.crit.is_some() {
            return Err(wrong("it has critical headers, which are not known"));
        }
        let key = self.jwks.key(header.kid.as_deref(), header.alg, now).await.map_err(|error| {
            tracing::error!(%error, "no token can be checked");
            Problem::unavailable("the keys of the identity provider cannot be fetched").retry_after(30)
        })?;
        let key = key.ok_or_else(|| wrong("it is signed with a key that is not known"))?;
        let claims = verified(token, &key, header.alg).ok_or_else(|| wrong("its signature is not good"))?;
        self.check(claims, now)
    }

    fn check(&self, claims: Claims, now: Time) -> Result<UserId, Problem> {
        let now = now.as_second() as f64;
        if now >= claims.exp + LEEWAY {
            return Err(wrong("it has expired"));
        }
        if claims.nbf.is_some_and(|nbf| nbf - LEEWAY > now) {
            return Err(wrong("it is not good yet"));
        }
        if claims.iss != self.config.issuer {
            return Err(wrong("it is from another issuer"));
        }
        let for_us = match &claims.aud {
            Audience::One(audience) => *audience == self.config.audience,
            Audience::Many(audiences) => audiences.contains(&self.config.audience),
        };
        if !for_us {
            return Err(wrong("it is for another audience"));
        }
        if !is_user_name(&claims.sub) {
            return Err(wrong("its subject is empty, too long, or has characters that no name has"));
        }
        Ok(UserId::new(claims.sub))
    }
}

/// What a token says, where that key signed it. Time is checked elsewhere, against the clock that is passed in.
fn verified(token: &str, key: &DecodingKey, algorithm: Algorithm) -> Option<Claims> {
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    Some(decode(token, key, &validation).ok()?.claims)
}

fn wrong(what: &str) -> Problem {
    Problem::unauthorized(format!("the token is not accepted: {what}"))
}

#[cfg(test)]
mod tests;
