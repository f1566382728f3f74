//! Hashes of content, by which equal things are recognised.

use serde::Serialize;
use sha2::{Digest, Sha256};

/// A SHA-256 as 64 lower-case hexadecimal digits.
pub type Sha256Hex = String;

/// The SHA-256 of some bytes.
pub fn sha256_hex(bytes: impl AsRef<[u8]>) -> Sha256Hex {
    Sha256::digest(bytes.as_ref()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// JSON with sorted object keys and no white space, so that equal values have equal bytes.
///
/// # Errors
/// Where the value cannot be JSON: a map with keys that are not strings.
pub fn canonical_json(value: &impl Serialize) -> serde_json::Result<String> {
    // serde_json's own map is sorted by key, so a round through `Value` is what canonicalises.
    serde_json::to_value(value).map(|value| value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_of_nothing_is_the_known_one() {
        assert_eq!(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    #[test]
    fn canonical_json_sorts_keys() {
        #[derive(Serialize)]
        struct Unsorted {
            b: u8,
            a: u8,
        }
        assert_eq!(canonical_json(&Unsorted { b: 1, a: 2 }).unwrap(), r#"{"a":2,"b":1}"#);
    }
}
