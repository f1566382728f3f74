//! When to try again, and when no more.

use std::time::Duration;

use tokio::time::Instant;

use super::failure::{Failure, Lasting};
use crate::ChatError;

const FIRST_DELAY: Duration = Duration::from_millis(500);
const LONGEST_DELAY: Duration = Duration::from_secs(30);
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(120);

/// Who only looks what a gateway offers should soon be told that it is down.
const LONGEST_UNREACHABLE: Duration = Duration::from_secs(10);
const LONGEST_CONNECTION_DELAY: Duration = Duration::from_secs(2);

/// Busy gateways turn a call away more often than broken ones fail it.
const RATE_LIMITS_PER_ATTEMPT: u32 = 5;

/// The attempts of one call.
pub(super) struct Retries {
    max_attempts: u32,
    failed: u32,
    rate_limited: u32,
    unreachable_since: Option<Instant>,
}

/// The failure that ended a call.
#[derive(Debug)]
pub(super) struct GaveUp {
    failure: Failure,
    attempts: u32,
}

impl Retries {
    pub(super) fn new(max_attempts: u32) -> Self {
        Self { max_attempts, failed: 0, rate_limited: 0, unreachable_since: None }
    }

    /// How long to wait before the next attempt, or that there is none.
    pub(super) fn after(&mut self, failure: Failure, now: Instant) -> Result<Duration, GaveUp> {
        let limited = matches!(failure, Failure::RateLimit { .. });
        if limited {
            self.rate_limited += 1;
        } else {
            self.failed += 1;
        }
        let delay = match &failure {
            Failure::Lasting { .. } => None,
            Failure::Connection { .. } => self.connection_delay(now),
            Failure::RateLimit { retry_after, .. } => {
                let most = self.max_attempts.saturating_mul(RATE_LIMITS_PER_ATTEMPT);
                (self.rate_limited < most).then(|| delay(self.rate_limited, *retry_after))
            }
            Failure::Passing { retry_after, .. } => {
                (self.failed < self.max_attempts).then(|| delay(self.failed, *retry_after))
            }
            Failure::Unavailable { .. } => {
                (self.failed < self.max_attempts).then(|| delay(self.failed, None))
            }
        };
        if !matches!(failure, Failure::Connection { .. }) {
            self.unreachable_since = None;
        }
        delay.ok_or_else(|| GaveUp { failure, attempts: self.failed + self.rate_limited })
    }

    fn connection_delay(&mut self, now: Instant) -> Option<Duration> {
        let since = *self.unreachable_since.get_or_insert(now);
        let delay = jittered_by_half(self.failed, LONGEST_CONNECTION_DELAY);
        (self.failed < self.max_attempts && now.duration_since(since) + delay < LONGEST_UNREACHABLE)
            .then_some(delay)
    }
}

impl GaveUp {
    /// What is wrong, where nobody was there to answer the last attempt.
    pub(super) fn unavailable(&self) -> Option<&str> {
        match &self.failure {
            Failure::Unavailable { detail } => Some(detail),
            _ => None,
        }
    }

    /// The error for whoever made the call.
    pub(super) fn into_error(self, model: Option<&str>, url: String) -> ChatError {
        let Self { failure, attempts } = self;
        match failure {
            Failure::Connection { detail } => ChatError::Unreachable { url, detail },
            Failure::RateLimit { detail, .. }
            | Failure::Passing { detail, .. }
            | Failure::Unavailable { detail } => ChatError::GaveUp { attempts, detail },
            Failure::Lasting { kind, status, detail } => match (kind, model) {
                (Lasting::Unauthorised, _) => ChatError::Unauthorised { status, detail },
                (Lasting::QuotaExhausted, _) => ChatError::QuotaExhausted { detail },
                (Lasting::TooLong, _) => ChatError::TooLong { detail },
                (Lasting::UnknownModel, Some(model)) => {
                    ChatError::UnknownModel { model: model.to_owned(), detail }
                }
                (Lasting::UnknownModel, None) | (Lasting::Refused, _) => {
                    ChatError::Refused { status, detail }
                }
            },
        }
    }
}

/// Full jitter over an exponential back-off, and never less than the gateway asks for.
fn delay(failures: u32, retry_after: Option<Duration>) -> Duration {
    let jittered = jittered(failures);
    retry_after.map_or(jittered, |asked| asked.min(LONGEST_RETRY_AFTER).max(jittered))
}

/// Anything up to an exponential back-off.
pub(super) fn jittered(failures: u32) -> Duration {
    backoff(failures).mul_f64(rand::random::<f64>())
}

/// A back-off up to `most`, and at least half of it, for who has nobody to keep clear of.
pub(super) fn jittered_by_half(failures: u32, most: Duration) -> Duration {
    backoff(failures).min(most).mul_f64(0.5 + 0.5 * rand::random::<f64>())
}

fn backoff(failures: u32) -> Duration {
    let doublings = failures.saturating_sub(1).min(16);
    (FIRST_DELAY * (1 << doublings)).min(LONGEST_DELAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passing(retry_after: Option<u64>) -> Failure {
        Failure::Passing { detail: "x".into(), retry_after: retry_after.map(Duration::from_secs) }
    }

    #[test]
    fn delays_grow_to_their_bound() {
        let bounds: Vec<f64> = (1..=8).map(|failures| backoff(failures).as_secs_f64()).collect();
        assert_eq!(bounds, [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]);
        assert_eq!(backoff(u32::MAX), LONGEST_DELAY);
    }

    #[test]
    fn attempts_come_to_an_end() {
        let mut retries = Retries::new(3);
        assert!(retries.after(passing(None), Instant::now()).unwrap() <= Duration::from_millis(500));
        assert!(retries.after(passing(None), Instant::now()).unwrap() <= Duration::from_secs(1));
        let error = retries.after(passing(None), Instant::now()).unwrap_err().into_error(None, String::new());
        assert_eq!(error, ChatError::GaveUp { attempts: 3, detail: "x".into() });
    }

    #[test]
    fn rate_limits_may_be_met_more_often() {
        let mut retries = Retries::new(2);
        let limited = || Failure::RateLimit { detail: "x".into(), retry_after: None };
        for _ in 0..9 {
            retries.after(limited(), Instant::now()).unwrap();
        }
        retries.after(limited(), Instant::now()).unwrap_err();
    }

    #[test]
    fn what_the_gateway_asks_for_is_granted_within_bounds() {
        assert_eq!(Retries::new(2).after(passing(Some(3)), Instant::now()).unwrap(), Duration::from_secs(3));
        assert_eq!(Retries::new(2).after(passing(Some(3000)), Instant::now()).unwrap(), LONGEST_RETRY_AFTER);
    }

    #[test]
    fn a_gateway_that_is_down_is_given_up_within_ten_seconds() {
        let start = Instant::now();
        let mut now = start;
        let mut retries = Retries::new(100);
        let connection = || Failure::Connection { detail: "refused".into() };
        let gave_up = loop {
            match retries.after(connection(), now) {
                Ok(delay) => now += delay,
                Err(gave_up) => break gave_up,
            }
        };
        assert!(now - start > Duration::from_secs(7) && now - start <= Duration::from_secs(10));
        let error = gave_up.into_error(Some("m"), "http://host/v1".into());
        assert_eq!(error, ChatError::Unreachable { url: "http://host/v1".into(), detail: "refused".into() });
    }
}
