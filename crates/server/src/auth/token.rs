//! Static keys, each a user's.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use jobs::random_bytes;
use model::UserId;
use sha2::Sha256;

use super::is_user_name;

/// Keys that are shorter can be guessed.
const SHORT: usize = 16;

/// Static keys, each a user's. Of the keys themselves nothing is kept but digests.
#[derive(Clone)]
pub struct Tokens {
    salt: [u8; 64],
    /// The digest of each key, and whose it is.
    users: Vec<([u8; 32], UserId)>,
}

/// A text that is no list of keys. It never says the key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the keys: {what}")]
pub struct TokenError {
    /// Which line, from 1.
    pub line: usize,
    /// What is wrong.
    pub what: &'static str,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tokens of {} users", self.users.len())
    }
}

impl Tokens {
    /// Reads `user=key`, comma-separated or one a line; what follows a `#` at the start of a line is a
    /// comment. A user may have several keys.
    ///
    /// # Errors
    /// The first line with something else, with a user or key that is empty, or with a key that was
    /// there before; and where there is no key at all.
    pub fn read(text: &str) -> Result<Self, TokenError> {
        let mut tokens = Self { salt: salt(), users: Vec::new() };
        for (line, text) in (1..).zip(text.lines()) {
            if text.trim_start().starts_with('#') {
                continue;
            }
            for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
                tokens.add(entry).map_err(|what| TokenError { line, what })?;
            }
        }
        if tokens.users.is_empty() {
            return Err(TokenError { line: 1, what: "there is no `user=key`" });
        }
        Ok(tokens)
    }

    fn add(&mut self, entry: &str) -> Result<(), &'static str> {
        let (user, key) = entry.split_once('=').ok_or("it has to be `user=key`")?;
        let (user, key) = (user.trim(), key.trim());
        if !is_user_name(user) {
            return Err("the user is empty, too long, or has characters that no name has");
        }
        if key.is_empty() {
            return Err("the key is empty");
        }
        if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("the key has characters that no header can carry");
        }
        if key.len() < SHORT {
            tracing::warn!(user, "a key is shorter than {SHORT} characters: it can be guessed");
        }
        if self.user(key).is_some() {
            return Err("the key was there before");
        }
        let digest = self.digest(key).finalize().into_bytes().into();
        self.users.push((digest, UserId::new(user)));
        Ok(())
    }

    /// Whose key it is. All are compared, each in constant time: how long it takes says nothing.
    pub(super) fn user(&self, key: &str) -> Option<UserId> {
        let digest = self.digest(key);
        let mut found = None;
        for (expected, user) in &self.users {
            if digest.clone().verify_slice(expected).is_ok() {
                found = Some(user);
            }
        }
        found.cloned()
    }

    fn digest(&self, key: &str) -> Hmac<Sha256> {
        Hmac::new(&self.salt.into()).chain_update(key)
    }
}

fn salt() -> [u8; 64] {
    let mut salt = [0; 64];
    for part in salt.chunks_mut(10) {
        part.copy_from_slice(&random_bytes()[..part.len()]);
    }
    salt
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn keys_come_one_a_line_or_comma_separated() {
        let text = "# people\nada = 0123456789abcdef, bob=fedcba9876543210==\r\n\n ada=another-key-of-ada\n";
        let tokens = Tokens::read(text).unwrap();
        assert_eq!(tokens.user("0123456789abcdef"), Some(UserId::new("ada")));
        assert_eq!(tokens.user("another-key-of-ada"), Some(UserId::new("ada")));
        assert_eq!(tokens.user("fedcba9876543210=="), Some(UserId::new("bob")));
        for unknown in ["", "0123456789abcde", "0123456789abcdef ", "0123456789ABCDEF"] {
            assert_eq!(tokens.user(unknown), None, "{unknown:?}");
        }
    }

    #[rstest]
    #[case("ada=k1,bob=secret-key\ncleo=secret-key", 2, "before")]
    #[case("ada=secret-key,ada=secret-key", 1, "before")]
    #[case("ada=k\nsecret-key", 2, "user=key")]
    #[case("=secret-key", 1, "user")]
    #[case("ada=", 1, "key is empty")]
    #[case("ada=secret key", 1, "header")]
    #[case("ada=secret-key\u{e9}", 1, "header")]
    #[case("# nobody\n", 1, "no `user=key`")]
    #[case("", 1, "no `user=key`")]
    fn what_is_wrong_is_said_without_the_key(#[case] text: &str, #[case] line: usize, #[case] what: &str) {
        let error = Tokens::read(text).unwrap_err();
        assert_eq!(error.line, line, "{error}");
        assert!(error.what.contains(what), "{error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }

    #[test]
    fn keys_are_not_shown() {
        let tokens = Tokens::read("ada=0123456789abcdef").unwrap();
        assert_eq!(format!("{tokens:?}"), "Tokens of 1 users");
    }
}
