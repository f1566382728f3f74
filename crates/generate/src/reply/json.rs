//! The JSON of a reply.

use serde_json::Value;

/// A reply's JSON, and how it had to be mended to be some.
///
/// # Errors
/// Why it is none.
pub(super) fn read(reply: &str) -> Result<(Value, Vec<String>), String> {
    serde_json::from_str(reply)
        .map(|value| (value, Vec::new()))
        .map_err(|error| format!("it is no JSON: {error}"))
}
