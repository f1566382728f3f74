//! What an attempt met, and what a gateway's refusals mean.

use std::time::Duration;

use jiff::Zoned;
use jiff::fmt::rfc2822;
use reqwest::StatusCode;
use reqwest::header::{DATE, HeaderMap, LOCATION, RETRY_AFTER};
use serde_json::Value;

/// Why an attempt was not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// Nothing listens there.
    Connection { detail: String },
    /// Too many requests.
    RateLimit { detail: String, retry_after: Option<Duration> },
    /// Something that may be over soon.
    Passing { detail: String, retry_after: Option<Duration> },
    /// It would be the same the next time.
    Lasting { kind: Lasting, status: u16, detail: String },
}

/// The failures that last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lasting {
    Unauthorised,
    UnknownModel,
    QuotaExhausted,
    Refused,
}

impl Failure {
    pub(super) fn detail(&self) -> &str {
        match self {
            Self::Connection { detail }
            | Self::RateLimit { detail, .. }
            | Self::Passing { detail, .. }
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
        401 | 403 => lasting(Lasting::Unauthorised),
        404 => lasting(Lasting::UnknownModel),
        429 => Failure::RateLimit { retry_after: retry_after(headers), detail },
        408 | 409 | 425 | 500.. => Failure::Passing {
            detail: format!("{} {reason}: {detail}", status.as_u16()),
            retry_after: retry_after(headers),
        },
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

/// How long a gateway asks to be left alone. A date counts from the reply's own `Date`, so that
/// the two clocks need not agree.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let wait = text(RETRY_AFTER)?;
    if let Ok(seconds) = wait.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds.max(0.0)).ok();
    }
    let date = |text: &str| rfc2822::parse(text).ok().map(|time: Zoned| time.timestamp());
    let span = date(wait)?.duration_since(date(text(DATE)?)?);
    Some(Duration::try_from(span).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn meaning(status: u16, headers: &HeaderMap, body: &str) -> Failure {
        refusal(StatusCode::from_u16(status).unwrap(), headers, body.as_bytes(), str::to_owned)
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[rstest]
    #[case(401, "", Lasting::Unauthorised)]
    #[case(403, "", Lasting::Unauthorised)]
    #[case(404, "", Lasting::UnknownModel)]
    #[case(400, r#"{"error":{"message":"m","code":"model_not_found"}}"#, Lasting::UnknownModel)]
    #[case(400, r#"{"error":{"message":"x is not a valid model ID","code":400}}"#, Lasting::UnknownModel)]
    #[case(429, r#"{"error":{"type":"insufficient_quota"}}"#, Lasting::QuotaExhausted)]
    #[case(402, "", Lasting::QuotaExhausted)]
    #[case(400, r#"{"error":"too long"}"#, Lasting::Refused)]
    #[case(413, "", Lasting::Refused)]
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
    #[case(502)]
    #[case(503)]
    #[case(529)]
    fn some_failures_pass(#[case] status: u16) {
        assert!(matches!(meaning(status, &HeaderMap::new(), ""), Failure::Passing { .. }));
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

    #[rstest]
    #[case(&[("retry-after", "7")], Some(7.0))]
    #[case(&[("retry-after", "0.5")], Some(0.5))]
    #[case(&[("retry-after", "-3")], Some(0.0))]
    #[case(&[("retry-after", "Sun, 06 Nov 1994 08:49:40 GMT"), ("date", "Sun, 06 Nov 1994 08:49:37 GMT")], Some(3.0))]
    #[case(&[("retry-after", "Sun, 06 Nov 1994 08:49:30 GMT"), ("date", "Sun, 06 Nov 1994 08:49:37 GMT")], Some(0.0))]
    #[case(&[("retry-after", "Sun, 06 Nov 1994 08:49:40 GMT")], None)]
    #[case(&[("retry-after", "soon")], None)]
    #[case(&[("retry-after", "NaN")], Some(0.0))]
    #[case(&[("retry-after", "1e300")], None)]
    #[case(&[], None)]
    fn retry_after_is_read(#[case] pairs: &[(&'static str, &str)], #[case] seconds: Option<f64>) {
        assert_eq!(retry_after(&headers(pairs)), seconds.map(Duration::from_secs_f64));
    }
}
