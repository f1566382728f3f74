use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicU32, Ordering},
};

use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use jsonwebtoken::{EncodingKey, Header, encode, jwk::Jwk};
use rstest::rstest;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::*;

/// Seconds since the epoch, at which all tests begin.
const NOW: i64 = 1_800_000_000;

const RSA: &[u8] = include_bytes!("keys/rsa.der");
const EC: &[u8] = include_bytes!("keys/ec.der");
const ED: &[u8] = include_bytes!("keys/ed.der");
const ED_NEXT: &[u8] = include_bytes!("keys/ed_next.der");

/// An identity provider on a local port.
#[derive(Clone, Default)]
struct Provider {
    keys: Arc<Mutex<Vec<Value>>>,
    asked: Arc<AtomicU32>,
    down: Arc<AtomicBool>,
}

impl Provider {
    /// One with these keys, and what reads its tokens.
    async fn start(keys: Vec<Value>) -> (Self, Jwt) {
        let provider = Self::default();
        *provider.keys.lock().unwrap() = keys;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let jwks_url = format!("http://{}/keys", listener.local_addr().unwrap());
        let router = Router::new().route("/keys", get(answer)).with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let config = JwtConfig { jwks_url, issuer: "https://id.example".into(), audience: "forge".into() };
        (provider, Jwt::new(config).unwrap())
    }

    fn asked(&self) -> u32 {
        self.asked.load(Ordering::Relaxed)
    }
}

async fn answer(State(provider): State<Provider>) -> Result<Json<Value>, StatusCode> {
    provider.asked.fetch_add(1, Ordering::Relaxed);
    if provider.down.load(Ordering::Relaxed) {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    Ok(Json(json!({"keys": *provider.keys.lock().unwrap()})))
}

fn signing(algorithm: Algorithm, der: &[u8]) -> EncodingKey {
    match algorithm {
        Algorithm::RS256 | Algorithm::RS512 => EncodingKey::from_rsa_der(der),
        Algorithm::ES256 => EncodingKey::from_ec_der(der),
        Algorithm::EdDSA => EncodingKey::from_ed_der(der),
        _ => EncodingKey::from_secret(der),
    }
}

fn published(id: &str, algorithm: Algorithm, der: &[u8]) -> Value {
    let mut key = Jwk::from_encoding_key(&signing(algorithm, der), algorithm).unwrap();
    key.common.key_id = Some(id.into());
    serde_json::to_value(key).unwrap()
}

fn token(id: Option<&str>, algorithm: Algorithm, der: &[u8], claims: &Value) -> String {
    let header = Header { kid: id.map(str::to_owned), ..Header::new(algorithm) };
    encode(&header, claims, &signing(algorithm, der)).unwrap()
}

fn claims() -> Value {
    json!({"iss": "https://id.example", "aud": "forge", "sub": "ada", "exp": NOW + 60})
}

fn at(seconds: i64) -> Time {
    Time::from_second(NOW + seconds).unwrap()
}

#[rstest]
#[case(Algorithm::RS256, RSA)]
#[case(Algorithm::ES256, EC)]
#[case(Algorithm::EdDSA, ED)]
#[tokio::test]
async fn a_signed_token_says_who_asks(#[case] algorithm: Algorithm, #[case] der: &[u8]) {
    // A key of a kind that is not known stands beside it.
    let keys = vec![json!({"kty": "XYZ", "kid": "x"}), published("k", algorithm, der)];
    let (provider, jwt) = Provider::start(keys).await;
    for id in [Some("k"), None] {
        let token = token(id, algorithm, der, &claims());
        assert_eq!(jwt.user(&token, at(0)).await.unwrap(), UserId::new("ada"));
    }
    assert_eq!(provider.asked(), 1);
}

#[rstest]
#[case("exp", json!(NOW - 31), "expired")]
#[case("exp", json!("soon"), "signature")]
#[case("exp", Value::Null, "signature")]
#[case("nbf", json!(NOW + 31), "yet")]
#[case("iss", json!("https://evil.example"), "issuer")]
#[case("aud", json!("other"), "audience")]
#[case("aud", json!(["other", "forg"]), "audience")]
#[case("aud", Value::Null, "signature")]
#[case("sub", json!(""), "subject")]
#[case("sub", json!("x".repeat(257)), "subject")]
#[case("sub", json!("a\nb"), "subject")]
#[case("sub", Value::Null, "signature")]
#[tokio::test]
async fn what_a_token_claims_is_checked(#[case] claim: &str, #[case] value: Value, #[case] what: &str) {
    let (_provider, jwt) = Provider::start(vec![published("k", Algorithm::EdDSA, ED)]).await;
    let mut claims = claims();
    claims[claim] = value;
    let problem = jwt.user(&token(Some("k"), Algorithm::EdDSA, ED, &claims), at(0)).await.unwrap_err();
    assert_eq!(problem.status, 401);
    assert!(problem.detail.contains(what), "{problem:?}");
}

#[rstest]
#[case("exp", json!(NOW - 29))]
#[case("nbf", json!(NOW + 29))]
#[case("aud", json!(["other", "forge"]))]
#[tokio::test]
async fn clocks_may_differ_a_little(#[case] claim: &str, #[case] value: Value) {
    let (_provider, jwt) = Provider::start(vec![published("k", Algorithm::EdDSA, ED)]).await;
    let mut claims = claims();
    claims[claim] = value;
    jwt.user(&token(Some("k"), Algorithm::EdDSA, ED, &claims), at(0)).await.unwrap();
}

#[tokio::test]
async fn what_is_not_signed_with_a_published_key_is_refused() {
    let keys = vec![published("ed", Algorithm::EdDSA, ED), published("rsa", Algorithm::RS256, RSA)];
    let public = keys[1]["n"].as_str().unwrap().to_owned();
    let (_provider, jwt) = Provider::start(keys).await;
    let good = token(Some("ed"), Algorithm::EdDSA, ED, &claims());
    let parts: Vec<&str> = good.split('.').collect();
    // {"alg":"none"} and no signature.
    let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{}.", parts[1]);
    for bad in [
        String::new(),
        "x".into(),
        "a.b.c".into(),
        "..".into(),
        format!("{good}x"),
        format!("{}.{}.", parts[0], parts[1]),
        unsigned,
        token(Some("ed"), Algorithm::EdDSA, ED_NEXT, &claims()),
        token(Some("nobody"), Algorithm::EdDSA, ED, &claims()),
        // The public key taken for a shared secret, and keys taken for those of another algorithm.
        token(Some("rsa"), Algorithm::HS256, public.as_bytes(), &claims()),
        token(Some("rsa"), Algorithm::RS512, RSA, &claims()),
        token(Some("rsa"), Algorithm::EdDSA, ED, &claims()),
        token(Some("ed"), Algorithm::RS256, RSA, &claims()),
    ] {
        assert_eq!(jwt.user(&bad, at(0)).await.unwrap_err().status, 401, "{bad}");
    }
    jwt.user(&good, at(0)).await.unwrap();
}

#[tokio::test]
async fn new_keys_are_found_and_the_provider_is_not_flooded() {
    let (provider, jwt) = Provider::start(vec![published("1", Algorithm::EdDSA, ED)]).await;
    let mut claims = claims();
    claims["exp"] = json!(NOW + 200_000);
    let (old, new) = (
        token(Some("1"), Algorithm::EdDSA, ED, &claims),
        token(Some("2"), Algorithm::EdDSA, ED_NEXT, &claims),
    );
    jwt.user(&old, at(0)).await.unwrap();
    *provider.keys.lock().unwrap() = vec![published("2", Algorithm::EdDSA, ED_NEXT)];
    // An unknown key asks the provider again, though not at once and not twice.
    assert_eq!(jwt.user(&new, at(29)).await.unwrap_err().status, 401);
    assert_eq!(provider.asked(), 1);
    jwt.user(&new, at(30)).await.unwrap();
    assert_eq!(jwt.user(&old, at(31)).await.unwrap_err().status, 401);
    assert_eq!(provider.asked(), 2);
    // After ten minutes it is asked anyway.
    jwt.user(&new, at(629)).await.unwrap();
    assert_eq!(provider.asked(), 2);
    jwt.user(&new, at(630)).await.unwrap();
    assert_eq!(provider.asked(), 3);
    // While it is down its keys are good for a day.
    provider.down.store(true, Ordering::Relaxed);
    jwt.user(&new, at(630 + 86_399)).await.unwrap();
    assert_eq!(jwt.user(&new, at(630 + 86_440)).await.unwrap_err().status, 503);
}

#[tokio::test]
async fn many_who_come_at_once_ask_the_provider_once() {
    let (provider, jwt) = Provider::start(vec![published("k", Algorithm::EdDSA, ED)]).await;
    let token = token(Some("k"), Algorithm::EdDSA, ED, &claims());
    let all = futures::future::join_all((0..20).map(|_| jwt.user(&token, at(0)))).await;
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(provider.asked(), 1);
}

#[tokio::test]
async fn without_keys_nobody_is_let_in() {
    let (provider, jwt) = Provider::start(vec![]).await;
    provider.down.store(true, Ordering::Relaxed);
    let token = token(Some("k"), Algorithm::EdDSA, ED, &claims());
    let problem = jwt.user(&token, at(0)).await.unwrap_err();
    assert_eq!((problem.status, problem.retry_after), (503, Some(30)));
    assert!(!problem.detail.contains("127.0.0.1"));
}

#[rstest]
#[case("ftp://id.example/keys")]
#[case("https://user:password@id.example/keys")]
#[case("keys")]
fn addresses_of_keys(#[case] jwks_url: &str) {
    let config = JwtConfig { jwks_url: jwks_url.into(), issuer: "a".into(), audience: "b".into() };
    assert_eq!(Jwt::new(config).err(), Some(JwtError::Url));
}
