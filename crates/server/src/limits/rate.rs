//! How fast one user may ask.

use std::{
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock};
use model::UserId;

use crate::{App, extract::Caller, problem::Problem};

/// After how many requests users are forgotten who have not asked lately.
const SWEEP: u32 = 1024;

/// How fast each user may ask.
pub(crate) struct Rates {
    limiter: DefaultKeyedRateLimiter<UserId>,
    asked: AtomicU32,
}

impl Rates {
    /// That many requests a second over time, and twice as many at once.
    pub(crate) fn new(per_second: u32) -> Option<Self> {
        let per_second = NonZeroU32::new(per_second)?;
        let quota = Quota::per_second(per_second).allow_burst(per_second.saturating_mul(TWO));
        Some(Self { limiter: RateLimiter::keyed(quota), asked: AtomicU32::new(0) })
    }

    /// How long to wait, for a user who asks too fast.
    fn check(&self, user: &UserId) -> Result<(), Duration> {
        if self.asked.fetch_add(1, Ordering::Relaxed) % SWEEP == SWEEP - 1 {
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
        self.limiter.check_key(user).map_err(|until| until.wait_time_from(self.limiter.clock().now()))
    }
}

const TWO: NonZeroU32 = NonZeroU32::MIN.saturating_add(1);

/// Refuses the requests of a user who asks too fast.
pub(crate) async fn limit_rate(State(app): State<App>, request: Request, next: Next) -> Response {
    let user = request.extensions().get::<Caller>().map(|Caller(user)| user);
    if let (Some(rates), Some(user)) = (app.rates(), user)
        && let Err(wait) = rates.check(user)
    {
        let seconds = u16::try_from(wait.as_secs().saturating_add(1)).unwrap_or(u16::MAX);
        return Problem::too_many("you ask too fast").retry_after(seconds).into_response();
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_slowed_down_on_their_own() {
        let rates = Rates::new(1).unwrap();
        let (ada, bob) = (UserId::new("ada"), UserId::new("bob"));
        // Two at once; the third would have to come a second later.
        let answers: Vec<bool> = (0..3).map(|_| rates.check(&ada).is_ok()).collect();
        assert_eq!(answers, [true, true, false]);
        assert!(rates.check(&ada).unwrap_err() <= Duration::from_secs(1));
        assert!(rates.check(&bob).is_ok());
    }

    #[test]
    fn who_has_not_asked_lately_is_forgotten() {
        let rates = Rates::new(1_000_000_000).unwrap();
        for number in 0..SWEEP * 4 {
            rates.check(&UserId::new(number.to_string())).unwrap();
        }
        assert!(rates.limiter.len() <= SWEEP as usize * 2, "{}", rates.limiter.len());
    }

    #[test]
    fn without_a_rate_there_is_no_limit() {
        assert!(Rates::new(0).is_none());
    }
}
