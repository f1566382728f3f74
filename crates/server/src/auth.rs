//! Who asks: found out once, before any handler, in one of three ways.

mod guard;
mod jwks;
mod jwt;
mod token;

use std::{fmt, net::SocketAddr, str::FromStr};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use model::UserId;
use store::Keys;

pub(crate) use self::guard::guard;
use self::jwt::Jwt;
pub use self::{
    jwt::{JwtConfig, JwtError},
    token::{TokenError, Tokens},
};
use crate::{App, extract::Caller, problem::Problem};

/// The most bytes of a key or token.
const MAX_CREDENTIAL: usize = 8 << 10;

/// How users are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthMode {
    /// Not at all: everyone who reaches the server is [`UserId::local`].
    None,
    /// By static keys.
    Token,
    /// By tokens that an identity provider signed.
    Jwt,
}

impl AuthMode {
    /// Whether a server may listen there: without authentication on a loopback address alone.
    pub fn may_listen(self, address: &SocketAddr) -> bool {
        self != Self::None || address.ip().to_canonical().is_loopback()
    }
}

/// A word that is no [`AuthMode`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("it has to be `none`, `token` or `jwt`")]
pub struct NoAuthMode;

impl FromStr for AuthMode {
    type Err = NoAuthMode;

    fn from_str(word: &str) -> Result<Self, NoAuthMode> {
        match word {
            "none" => Ok(Self::None),
            "token" => Ok(Self::Token),
            "jwt" => Ok(Self::Jwt),
            _ => Err(NoAuthMode),
        }
    }
}

/// Finds out who asks.
pub struct Authenticator(Way);

enum Way {
    None,
    Token(Tokens),
    Jwt(Box<Jwt>),
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Authenticator").field(&self.mode()).finish()
    }
}

impl Authenticator {
    /// Everyone is [`UserId::local`].
    pub fn none() -> Self {
        Self(Way::None)
    }

    /// Static keys, each a user's.
    pub fn tokens(tokens: Tokens) -> Self {
        Self(Way::Token(tokens))
    }

    /// Signed tokens; their `sub` is the user. The keys are fetched when the first token comes.
    ///
    /// # Errors
    /// Where the settings cannot be used.
    pub fn jwt(config: JwtConfig) -> Result<Self, JwtError> {
        Ok(Self(Way::Jwt(Box::new(Jwt::new(config)?))))
    }

    /// How it does so.
    pub fn mode(&self) -> AuthMode {
        match self.0 {
            Way::None => AuthMode::None,
            Way::Token(_) => AuthMode::Token,
            Way::Jwt(_) => AuthMode::Jwt,
        }
    }

    async fn user(&self, headers: &HeaderMap, app: &App) -> Result<UserId, Problem> {
        let user = match &self.0 {
            Way::None => return Ok(UserId::local()),
            Way::Token(tokens) => tokens
                .user(credential(headers)?)
                .ok_or_else(|| Problem::unauthorized("the key is not known"))?,
            Way::Jwt(jwt) => jwt.user(credential(headers)?, app.environment.now()).await?,
        };
        Ok(user)
    }
}

/// Lets a request through with its [`Caller`], or not at all.
pub(crate) async fn authenticate(State(app): State<App>, mut request: Request, next: Next) -> Response {
    match app.auth.user(request.headers(), &app).await {
        Ok(user) => {
            tracing::Span::current().record("user", user.as_str());
            request.extensions_mut().insert(Caller(user));
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    }
}

/// Whether someone may be called that: 1 to 256 printable characters that fit into the name of a folder.
fn is_user_name(name: &str) -> bool {
    let length = name.chars().count();
    (1..=256).contains(&length)
        && !name.chars().any(char::is_control)
        && name.trim() == name
        && Keys::has_room_for(&UserId::new(name))
}

fn credential(headers: &HeaderMap) -> Result<&str, Problem> {
    let wrong = |detail| Problem::unauthorized(detail);
    let mut bearers = headers.get_all(header::AUTHORIZATION).iter();
    let mut keys = headers.get_all("x-api-key").iter();
    let sent = match (bearers.next(), keys.next()) {
        (None, None) => {
            return Err(wrong("send a key as `Authorization: Bearer` or `X-API-Key`"));
        }
        (Some(_), Some(_)) => return Err(wrong("send one key, in one header")),
        (Some(bearer), None) => {
            let (scheme, bearer) =
                bearer.to_str().ok().and_then(|bearer| bearer.split_once(' ')).unwrap_or_default();
            if !scheme.eq_ignore_ascii_case("bearer") {
                return Err(wrong("the scheme of `Authorization` has to be `Bearer`"));
            }
            bearer.trim_ascii()
        }
        (None, Some(key)) => key.to_str().unwrap_or_default().trim_ascii(),
    };
    if bearers.next().is_some() || keys.next().is_some() {
        return Err(wrong("send one key, in one header"));
    }
    if sent.is_empty() || sent.len() > MAX_CREDENTIAL {
        return Err(wrong("the key is empty or too long"));
    }
    Ok(sent)
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, http::Method};
    use rstest::rstest;

    use super::*;
    use crate::testing::{TestApp, key_of};

    #[rstest]
    #[case("127.0.0.1:80", true)]
    #[case("[::1]:80", true)]
    #[case("[::ffff:127.0.0.1]:80", true)]
    #[case("0.0.0.0:80", false)]
    #[case("[::]:80", false)]
    #[case("192.168.0.1:80", false)]
    fn without_authentication_a_server_listens_on_loopback(#[case] address: SocketAddr, #[case] may: bool) {
        assert_eq!(AuthMode::None.may_listen(&address), may);
        assert!(AuthMode::Token.may_listen(&address));
    }

    #[rstest]
    #[case(&[("authorization", "Bearer {ada}")], 200)]
    #[case(&[("authorization", "bearer  {ada}")], 200)]
    #[case(&[("x-api-key", "{ada}")], 200)]
    #[case(&[], 401)]
    #[case(&[("authorization", "Basic {ada}")], 401)]
    #[case(&[("authorization", "{ada}")], 401)]
    #[case(&[("authorization", "Bearer ")], 401)]
    #[case(&[("x-api-key", "")], 401)]
    #[case(&[("x-api-key", "{ada}x")], 401)]
    #[case(&[("x-api-key", "ada")], 401)]
    #[case(&[("x-api-key", "{ada}"), ("authorization", "Bearer {ada}")], 401)]
    #[case(&[("x-api-key", "{ada}"), ("x-api-key", "{ada}")], 401)]
    #[tokio::test]
    async fn one_key_in_one_header_says_who_asks(#[case] headers: &[(&str, &str)], #[case] status: u16) {
        let app = TestApp::new().await;
        let mut request = app.request(Method::GET, "/projects/0198f9a0-0000-7000-8000-000000000000");
        for (name, value) in headers {
            request = request.header(*name, value.replace("{ada}", &key_of("ada")));
        }
        let answer = app.send_as_it_is(request.body(Body::empty()).unwrap()).await;
        let status = if status == 200 { 404 } else { status };
        answer.expect(status);
        if status == 401 {
            assert_eq!(answer.expect_problem(401, "unauthorized")["title"], "Who asks is not known");
            assert_eq!(answer.headers["www-authenticate"], "Bearer");
        }
    }

    #[tokio::test]
    async fn a_key_that_is_too_long_is_not_looked_at() {
        let app = TestApp::new().await;
        let request =
            app.request(Method::GET, "/projects").header("x-api-key", "x".repeat(MAX_CREDENTIAL + 1));
        app.send_as_it_is(request.body(Body::empty()).unwrap()).await.expect_problem(401, "unauthorized");
    }

    #[rstest]
    #[case("ada", true)]
    #[case("auth0|5f7c8ec7c33c6c004bbafe82", true)]
    #[case("\u{e9}", true)]
    #[case("", false)]
    #[case(" ada", false)]
    #[case("a\nb", false)]
    #[case("\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}", true)]
    fn names_of_users(#[case] name: &str, #[case] good: bool) {
        assert_eq!(is_user_name(name), good, "{name:?}");
        assert!(!is_user_name(&"x".repeat(257)));
        assert!(!is_user_name(&"\u{e9}".repeat(100)));
    }
}
