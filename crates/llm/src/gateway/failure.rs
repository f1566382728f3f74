//! What an attempt met, and what a gateway's refusals mean.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, LOCATION};
use serde_json::Value;

use super::{limits, too_long};

/// Why an attempt was not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// Nothing listens there.
    Connection { detail: String },
    /// Too many requests, as the gateway says itself.
    RateLimit { detail: String, retry_after: Option<Duration> },
    /// Something that may be over soon.
    Passing { detail: String, retry_after: Option<Duration> },
    /// Whoever stands before the gateway found nobody there.
    Unavailable { detail: String },
    /// It would be the same the next time.
    Lasting { kind: Lasting, status: u16, detail: String },
}

/// The failures that last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lasting {
    Unauthorised,
    UnknownModel,
    QuotaExhausted,
    TooLong,
    Refused,
}

impl Failure {
    pub(super) fn detail(&self) -> &str {
        match self {
            Self::Connection { detail }
            | Self::RateLimit { detail, .. }
            | Self::Passing { detail, .. }
            | Self::Unavailable { detail }
            | Self::Lasting { detail, .. } => detail,
        }
    }
}

/// What a reply without success means.
pub(super) fn refusal(
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    clean: impl Fn(&str) -> String,
) -> Failure {
    let said = Said::read(body);
    let reason = status.canonical_reason().unwrap_or("unknown status");
    let mut detail = clean(&said.message);
    if detail.is_empty() {
        detail = format!("{} {reason}", status.as_u16());
    }
    if status.is_redirection() {
        let target = headers.get(LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        detail = clean(&format!("it redirects to {}", super::address::shown(target)));
    }
    let lasting = |kind| Failure::Lasting { kind, status: status.as_u16(), detail: detail.clone() };
    match status.as_u16() {
        _ if said.is("insufficient_quota") || said.is("billing_hard_limit_reached") => {
            lasting(Lasting::QuotaExhausted)
        }
        402 => lasting(Lasting::QuotaExhausted),
        _ if said.is("model_not_found") || said.message.contains("not a valid model ID") => {
            lasting(Lasting::UnknownModel)
        }
        code if too_long::says_so(code, said.codes.iter().map(String::as_str), &said.message) => {
            lasting(Lasting::TooLong)
        }
        401 | 403 => lasting(Lasting::Unauthorised),
        // The model is there, but nobody who serves it takes the request in this form.
        404 if said.message.starts_with("No endpoints found that") => lasting(Lasting::Refused),
        404 => lasting(Lasting::UnknownModel),
        // Servers of local models fail with 500 where they cannot do what they were not started for.
        500 if said.message.contains("--jinja") || said.message.contains("grammar") => {
            lasting(Lasting::Refused)
        }
        501 => lasting(Lasting::Refused),
        code @ (408 | 409 | 425 | 429 | 500..) => {
            let retry_after = limits::retry_after(headers);
            let said = format!("{code} {reason}: {detail}");
            match code {
                429 => Failure::RateLimit { retry_after: retry_after.or(limits::used_up(headers)), detail },
                503 | 529 if retry_after.is_some() => Failure::RateLimit { retry_after, detail: said },
                502..=504 | 521..=523 => Failure::Unavailable { detail: said },
                _ => Failure::Passing { detail: said, retry_after },
            }
        }
        _ => lasting(Lasting::Refused),
    }
}

/// What an error's body says.
struct Said {
    message: String,
    /// `code` and `type`.
    codes: [String; 2],
}

impl Said {
    fn read(body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let Ok(json) = serde_json::from_str::<Value>(&text) else {
            // A page of HTML says nothing that the status does not.
            let message = if text.trim_start().starts_with('<') { String::new() } else { text.into_owned() };
            return Self { message, codes: Default::default() };
        };
        let error = json.get("error").unwrap_or(&json);
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let message = text(error)
            .or_else(|| ["message", "detail", "error"].iter().find_map(|name| text(&error[name])))
            .unwrap_or_else(|| error.to_string());
        Self { message, codes: ["code", "type"].map(|name| text(&error[name]).unwrap_or_default()) }
    }

    fn is(&self, code: &str) -> bool {
        self.codes.iter().any(|given| given == code)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn meaning(status: u16, headers: &HeaderMap, body: &str) -> Failure {
        refusal(StatusCode::from_u16(status).unwrap(), headers, body.as_bytes(), str::to_owned)
    }

    #[rstest]
    #[case(401, "", Lasting::Unauthorised)]
    #[case(403, "", Lasting::Unauthorised)]
    #[case(404, "", Lasting::UnknownModel)]
    #[case(400, r#"{"error":{"message":"m","code":"model_not_found"}}"#, Lasting::UnknownModel)]
    #[case(400, r#"{"error":{"message":"x is not a valid model ID","code":400}}"#, Lasting::UnknownModel)]
    #[case(429, r#"{"error":{"type":"insufficient_quota"}}"#, Lasting::QuotaExhausted)]
    #[case(402, "", Lasting::QuotaExhausted)]
    #[case(400, r#"{"error":"wrong"}"#, Lasting::Refused)]
    #[case(413, "", Lasting::TooLong)]
    #[case(400, r#"{"error":{"message":"m","code":"context_length_exceeded"}}"#, Lasting::TooLong)]
    #[case(
        500,
        r#"{"error":{"code":500,"message":"Context size has been exceeded.","type":"server_error"}}"#,
        Lasting::TooLong
    )]
    #[case(
        403,
        r#"{"error":{"message":"Extra usage is required for long context requests"}}"#,
        Lasting::TooLong
    )]
    #[case(404, r#"{"error":{"message":"No endpoints found that support tool use."}}"#, Lasting::Refused)]
    #[case(500, r#"{"error":{"message":"tools param requires --jinja flag"}}"#, Lasting::Refused)]
    #[case(501, "", Lasting::Refused)]
    #[case(422, r#"{"detail":[1]}"#, Lasting::Refused)]
    #[case(302, "", Lasting::Refused)]
    fn some_failures_last(#[case] status: u16, #[case] body: &str, #[case] expected: Lasting) {
        let failure = meaning(status, &HeaderMap::new(), body);
        assert!(matches!(failure, Failure::Lasting { kind, .. } if kind == expected), "{failure:?}");
    }

    #[rstest]
    #[case(408)]
    #[case(409)]
    #[case(425)]
    #[case(500)]
    #[case(529)]
    fn some_failures_pass(#[case] status: u16) {
        assert!(matches!(meaning(status, &HeaderMap::new(), ""), Failure::Passing { .. }));
    }

    #[rstest]
    fn some_say_that_nobody_is_there(#[values(502, 503, 504, 522)] status: u16) {
        assert!(matches!(meaning(status, &HeaderMap::new(), ""), Failure::Unavailable { .. }));
    }

    #[rstest]
    #[case(429, &[], None)]
    #[case(429, &[("x-ratelimit-remaining-tokens", "0"), ("x-ratelimit-reset-tokens", "6m0s")], Some(360))]
    #[case(429, &[("retry-after", "2"), ("x-ratelimit-remaining-tokens", "0"), ("x-ratelimit-reset-tokens", "6m0s")], Some(2))]
    #[case(503, &[("retry-after", "2")], Some(2))]
    fn refusals_say_how_long(
        #[case] status: u16,
        #[case] pairs: &[(&'static str, &str)],
        #[case] seconds: Option<u64>,
    ) {
        let headers =
            pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        let failure = meaning(status, &headers, "");
        let Failure::RateLimit { retry_after, .. } = failure else { panic!("{failure:?}") };
        assert_eq!(retry_after, seconds.map(Duration::from_secs));
    }

    #[rstest]
    #[case(r#"{"error":{"message":"said"}}"#, "said")]
    #[case(r#"{"error":"said"}"#, "said")]
    #[case(r#"{"message":"said"}"#, "said")]
    #[case(r#"{"detail":"said"}"#, "said")]
    #[case("said", "said")]
    #[case("<html>long</html>", "400 Bad Request")]
    #[case("", "400 Bad Request")]
    fn the_message_is_found(#[case] body: &str, #[case] message: &str) {
        assert_eq!(meaning(400, &HeaderMap::new(), body).detail(), message);
    }
}
