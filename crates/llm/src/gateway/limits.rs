//! What a reply's headers say about when the next request is welcome.

use std::time::Duration;

use jiff::fmt::rfc2822;
use jiff::{Timestamp, Zoned};
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// How long a gateway asks to be left alone. A date counts from the reply's own `Date`, so that
/// the two clocks need not agree.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    if let Some(wait) = text(headers, "retry-after-ms").and_then(|wait| wait.parse::<f64>().ok()) {
        return Duration::try_from_secs_f64(wait.max(0.0) / 1000.0).ok();
    }
    let wait = text(headers, RETRY_AFTER.as_str())?;
    if let Ok(seconds) = wait.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds.max(0.0)).ok();
    }
    let at = rfc2822::parse(wait).ok().map(|time: Zoned| time.timestamp());
    Some(until(at?, now(headers)?))
}

/// How long until the gateway lets requests in again, where it says that it would refuse the next:
/// the longest of what has nothing remaining.
pub(super) fn used_up(headers: &HeaderMap) -> Option<Duration> {
    const NAMES: [(&str, &str); 7] = [
        ("x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"),
        ("x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"),
        ("x-ratelimit-remaining", "x-ratelimit-reset"),
        ("ratelimit-remaining", "ratelimit-reset"),
        ("anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset"),
        ("anthropic-ratelimit-input-tokens-remaining", "anthropic-ratelimit-input-tokens-reset"),
        ("anthropic-ratelimit-output-tokens-remaining", "anthropic-ratelimit-output-tokens-reset"),
    ];
    let waits = NAMES.iter().filter_map(|(remaining, reset)| {
        let nothing = text(headers, remaining)?.parse::<f64>().ok()? == 0.0;
        nothing.then(|| wait(text(headers, reset)?, headers)).flatten()
    });
    waits.max().filter(|wait| !wait.is_zero())
}

/// A time span such as `6m0s`, `1s` or `20ms`, a number of seconds, or a point in time: a date, or
/// seconds or milliseconds since 1970.
fn wait(text: &str, headers: &HeaderMap) -> Option<Duration> {
    const YEAR_2001: f64 = 1e9;
    const YEAR_2001_IN_MS: f64 = 1e12;
    if let Ok(number) = text.parse::<f64>() {
        let since_1970 = match number {
            number if number >= YEAR_2001_IN_MS => Timestamp::from_millisecond(number as i64),
            number if number >= YEAR_2001 => Timestamp::from_second(number as i64),
            seconds => return Duration::try_from_secs_f64(seconds.max(0.0)).ok(),
        };
        return Some(until(since_1970.ok()?, now(headers)?));
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(until(at, now(headers)?));
    }
    span(text)
}

/// Numbers with units, one after the other.
fn span(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut seconds = 0.0;
    while !rest.is_empty() {
        let unit = rest.find(|char: char| !(char.is_ascii_digit() || char == '.'))?;
        let (number, after) = rest.split_at(unit);
        let end = after.find(|char: char| char.is_ascii_digit() || char == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        let in_seconds = match unit.trim() {
            "ns" => 1e-9,
            "us" | "µs" | "μs" => 1e-6,
            "ms" => 1e-3,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            "d" => 86_400.0,
            _ => return None,
        };
        seconds += number.parse::<f64>().ok()? * in_seconds;
        rest = after;
    }
    Duration::try_from_secs_f64(seconds).ok()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim)
}

/// The gateway's time.
fn now(headers: &HeaderMap) -> Option<Timestamp> {
    rfc2822::parse(text(headers, DATE.as_str())?).ok().map(|time: Zoned| time.timestamp())
}

fn until(at: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(at.duration_since(now)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[rstest]
    #[case(&[("retry-after", "7")], Some(7.0))]
    #[case(&[("retry-after", "0.5")], Some(0.5))]
    #[case(&[("retry-after", "-3")], Some(0.0))]
    #[case(&[("retry-after-ms", "1500"), ("retry-after", "2")], Some(1.5))]
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

    #[rstest]
    #[case("6m0s", Some(360.0))]
    #[case("1s", Some(1.0))]
    #[case("20ms", Some(0.02))]
    #[case("1h2m3.5s", Some(3723.5))]
    #[case("59.7s", Some(59.7))]
    #[case("1d", Some(86_400.0))]
    #[case("12", Some(12.0))]
    #[case("784111787", Some(784_111_787.0))]
    #[case("1700000010", Some(10.0))]
    #[case("1700000010500", Some(10.5))]
    #[case("2023-11-14T22:13:30Z", Some(10.0))]
    #[case("2023-11-14T22:13:00Z", None)]
    #[case("0s", None)]
    #[case("m", None)]
    #[case("1x", None)]
    #[case("1.2.3s", None)]
    #[case("", None)]
    fn resets_are_read(#[case] reset: &str, #[case] seconds: Option<f64>) {
        let date = ("date", "Tue, 14 Nov 2023 22:13:20 GMT");
        let given = headers(&[
            date,
            ("x-ratelimit-remaining-requests", "0"),
            ("x-ratelimit-reset-requests", reset),
            ("x-ratelimit-remaining-tokens", "5"),
            ("x-ratelimit-reset-tokens", "1h"),
        ]);
        assert_eq!(used_up(&given), seconds.map(Duration::from_secs_f64));
    }

    #[test]
    fn only_what_is_used_up_counts_and_of_that_the_longest() {
        let used = |remaining| {
            used_up(&headers(&[
                ("x-ratelimit-remaining-requests", remaining),
                ("x-ratelimit-reset-requests", "1s"),
                ("x-ratelimit-remaining-tokens", "0"),
                ("x-ratelimit-reset-tokens", "200ms"),
            ]))
        };
        assert_eq!(used("0"), Some(Duration::from_secs(1)));
        assert_eq!(used("1"), Some(Duration::from_millis(200)));
        assert_eq!(used_up(&headers(&[("x-ratelimit-remaining", "-1"), ("x-ratelimit-reset", "9")])), None);
        assert_eq!(used_up(&HeaderMap::new()), None);
    }
}
