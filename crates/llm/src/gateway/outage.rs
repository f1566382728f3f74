//! A gateway that is down: everybody waits, one looks whether it is back.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::MutexGuard;
use tokio::time::Instant;

use super::retry;

const LONGEST_DELAY: Duration = Duration::from_secs(10);

/// Whether a gateway answers.
pub(super) struct Outage {
    /// How long it may be down.
    longest: Duration,
    state: Mutex<State>,
    /// Held by the one that looks.
    looking: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    down: Option<Down>,
    last_answer: Option<Instant>,
}

struct Down {
    since: Instant,
    /// How often somebody has looked, and when last.
    looks: u32,
    last_look: Instant,
    detail: String,
}

/// Leave to send a request.
#[derive(Default)]
pub(super) struct Leave<'a> {
    /// Where the gateway is down, this request is to find out whether it still is.
    looking: Option<MutexGuard<'a, ()>>,
}

impl Leave<'_> {
    /// Whether the request is sent to find out whether the gateway is back.
    pub(super) fn is_a_look(&self) -> bool {
        self.looking.is_some()
    }
}

impl Outage {
    pub(super) fn new(longest: Duration) -> Self {
        Self { longest, state: Mutex::default(), looking: tokio::sync::Mutex::default() }
    }

    /// Waits until there is use in sending a request of a call that began at that time: not at all while
    /// the gateway answers, else until it is back or it is this call's turn to look.
    ///
    /// # Errors
    /// What is wrong with the gateway, where it has been down too long and was so when last looked at
    /// since the call began.
    pub(super) async fn leave(&self, begun: Instant) -> Result<Leave<'_>, String> {
        if self.with(|state| state.down.is_none()) {
            return Ok(Leave { looking: None });
        }
        let looking = self.looking.lock().await;
        let down = self.with(|state| {
            let down = state.down.as_ref()?;
            let left = self.longest.saturating_sub(down.since.elapsed());
            let given_up = left.is_zero() && down.last_look >= begun;
            Some((left, down.looks, given_up.then(|| down.detail.clone())))
        });
        let Some((left, looks, given_up)) = down else { return Ok(Leave { looking: None }) };
        if let Some(detail) = given_up {
            return Err(format!("{detail}, for {} now", minutes(self.longest)));
        }
        // The last look is at the very end.
        tokio::time::sleep(retry::jittered_by_half(looks, LONGEST_DELAY).min(left)).await;
        Ok(Leave { looking: Some(looking) })
    }

    /// A request found nobody there.
    pub(super) fn is_down(&self, leave: &Leave<'_>, url: &str, detail: String) {
        let first = self.with(|state| {
            let first = state.down.is_none();
            let now = Instant::now();
            let down = state.down.get_or_insert_with(|| Down {
                since: now,
                looks: 0,
                last_look: now,
                detail: String::new(),
            });
            // All that were under way fail at once, and count as one.
            if first || leave.is_a_look() {
                down.looks += 1;
                down.last_look = now;
                down.detail.clone_from(&detail);
            }
            first
        });
        if first {
            let most = minutes(self.longest);
            tracing::warn!(%url, detail, "the gateway cannot be reached: the run waits up to {most} for it");
        }
    }

    /// A request was answered.
    pub(super) fn is_up(&self) {
        let down = self.with(|state| {
            state.last_answer = Some(Instant::now());
            state.down.take()
        });
        if let Some(down) = down {
            let seconds = down.since.elapsed().as_secs();
            tracing::warn!(seconds, "the gateway answers again: the run goes on");
        }
    }

    /// Whether nobody at all was answered since then.
    pub(super) fn silent_since(&self, then: Instant) -> bool {
        self.with(|state| state.last_answer.is_none_or(|last| last < then))
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn minutes(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..120 => format!("{seconds} seconds"),
        seconds => format!("{} minutes", seconds / 60),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    const LONGEST: Duration = Duration::from_secs(300);

    /// Looks until the gateway is up, and gives back how often.
    async fn call(outage: &Outage, back: Instant) -> Result<u32, String> {
        let begun = Instant::now();
        for looks in 0.. {
            let leave = outage.leave(begun).await?;
            if Instant::now() >= back {
                outage.is_up();
                return Ok(looks);
            }
            outage.is_down(&leave, "http://host", "refused".into());
        }
        unreachable!()
    }

    #[tokio::test(start_paused = true)]
    async fn one_looks_for_all_until_the_gateway_is_back() {
        let outage = Arc::new(Outage::new(LONGEST));
        let (start, back) = (Instant::now(), Instant::now() + Duration::from_secs(60));
        let mut calls = tokio::task::JoinSet::new();
        for _ in 0..32 {
            let outage = Arc::clone(&outage);
            calls.spawn(async move { call(&outage, back).await });
        }
        let looks: u32 = calls.join_all().await.into_iter().map(Result::unwrap).sum();
        // The first to fail, and then only those that look.
        assert!((9..20).contains(&looks), "{looks}");
        assert!(start.elapsed() <= Duration::from_secs(70), "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_comes_to_an_end_for_all_at_once() {
        let outage = Arc::new(Outage::new(LONGEST));
        let (start, never) = (Instant::now(), Instant::now() + Duration::from_secs(9999));
        let mut calls = tokio::task::JoinSet::new();
        for _ in 0..32 {
            let outage = Arc::clone(&outage);
            calls.spawn(async move { call(&outage, never).await });
        }
        for ended in calls.join_all().await {
            assert_eq!(ended.unwrap_err(), "refused, for 5 minutes now");
        }
        assert_eq!(start.elapsed(), LONGEST);

        // Whoever comes later looks, once and at once.
        tokio::time::sleep(LONGEST).await;
        let start = Instant::now();
        call(&outage, never).await.unwrap_err();
        assert!(start.elapsed() < Duration::from_millis(10), "{:?}", start.elapsed());
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(call(&outage, start).await, Ok(0));
    }

    #[tokio::test(start_paused = true)]
    async fn the_next_outage_has_time_of_its_own() {
        let outage = Outage::new(LONGEST);
        for _ in 0..3 {
            call(&outage, Instant::now() + Duration::from_secs(200)).await.unwrap();
        }
    }
}
