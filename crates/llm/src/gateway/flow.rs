//! How many requests are under way at once: as many as the gateway lets in.
//!
//! A window of places that halves when the gateway refuses and grows by one a round trip while it
//! does not, as TCP does it. One refusal among many answers takes few places: gateways also refuse for
//! reasons that have nothing to do with how many ask. Each process has a window of its own: such windows
//! share a gateway fairly without knowing of one another, since all of them meet the same refusals.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

use super::retry;

/// Where one of so many places is refused within a round trip, the window is too large, and halves; fewer
/// refusals are of their requests, which wait as long as they are told to, and take one of `GIVEN_UP` places each.
const HALVING: usize = 4;
const GIVEN_UP: usize = 16;

/// A window that halved so often without any answer says that the gateway takes nothing for now: all wait.
const OF_ALL: u32 = 3;

/// Whoever asks to be left alone for longer is asked again after this time.
const LONGEST_PAUSE: Duration = Duration::from_secs(120);

/// The places of a gateway's requests.
pub(super) struct Flow {
    places: Semaphore,
    most: usize,
    state: Mutex<State>,
}

struct State {
    /// How many may be under way.
    window: usize,
    /// Places that are to go and were taken when the window shrank.
    owed: usize,
    /// How often the window halved. Requests of an earlier time tell nothing about this one.
    round: u64,
    /// The window when this round trip began.
    from: usize,
    /// Answers and refusals in this round trip.
    answered: usize,
    refused: usize,
    /// How often the window halved since the last answer.
    halved: u32,
    /// Nobody is let in before.
    paused_until: Option<Instant>,
}

/// A place, taken until this is dropped.
pub(super) struct Place<'a> {
    flow: &'a Flow,
    permit: Option<SemaphorePermit<'a>>,
    round: u64,
}

impl Flow {
    /// At most `most` places, and all of them to begin with.
    pub(super) fn new(most: usize) -> Self {
        let most = most.clamp(1, Semaphore::MAX_PERMITS);
        let state = State {
            window: most,
            owed: 0,
            round: 0,
            from: most,
            answered: 0,
            refused: 0,
            halved: 0,
            paused_until: None,
        };
        Self { places: Semaphore::new(most), most, state: Mutex::new(state) }
    }

    /// Waits for a place, and for the end of a pause.
    pub(super) async fn enter(&self) -> Place<'_> {
        // The semaphore is never closed, so there is always a permit in the end.
        let permit = self.places.acquire().await.ok();
        loop {
            let (round, paused_until) = self.with(|state| (state.round, state.paused_until));
            match paused_until.filter(|until| *until > Instant::now()) {
                Some(until) => tokio::time::sleep_until(until).await,
                None => return Place { flow: self, permit, round },
            }
        }
    }

    /// Lets nobody in for some time.
    pub(super) fn pause(&self, time: Duration) {
        let until = Instant::now() + time.min(LONGEST_PAUSE);
        self.with(|state| state.paused_until = state.paused_until.max(Some(until)));
    }

    #[cfg(test)]
    fn window(&self) -> usize {
        self.with(|state| state.window)
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Place<'_> {
    /// The gateway took the request.
    pub(super) fn answered(&self) {
        // Only a window that is full tells whether there is room for more.
        let full = self.flow.places.available_permits() == 0;
        self.flow.with(|state| {
            state.halved = 0;
            if self.round != state.round {
                return;
            }
            if state.window == self.flow.most || !full {
                return;
            }
            state.answered += 1;
            if state.answered < state.window {
                return;
            }
            state.window += 1;
            state.begin_round_trip();
            match state.owed.checked_sub(1) {
                Some(owed) => state.owed = owed,
                None => self.flow.places.add_permits(1),
            }
        });
    }

    /// The gateway had no room for the request, and asks to be left alone for a while or does not say.
    pub(super) fn refused(&self, wait: Option<Duration>) {
        let pause = self.flow.with(|state| {
            if self.round != state.round {
                return None;
            }
            state.refused += 1;
            if state.refused * HALVING < state.window {
                let window = state.window - (state.window / GIVEN_UP).max(1);
                state.shrink(window, &self.flow.places);
                return None;
            }
            let gone = state.shrink(state.from.div_ceil(2).min(state.window), &self.flow.places);
            state.round += 1;
            state.begin_round_trip();
            state.halved += 1;
            tracing::debug!(
                window = state.window,
                "the gateway refuses, so fewer requests are under way at once"
            );
            // Where nothing is left to halve, time has to do it.
            (state.halved >= OF_ALL || gone == 0)
                .then(|| wait.unwrap_or_else(|| retry::jittered(state.halved)))
        });
        if let Some(time) = pause {
            self.flow.pause(time);
        }
    }
}

impl State {
    /// Makes the window smaller; says by how much.
    fn shrink(&mut self, window: usize, places: &Semaphore) -> usize {
        let gone = self.window - window;
        self.owed += gone - places.forget_permits(gone);
        self.window = window;
        gone
    }

    fn begin_round_trip(&mut self) {
        (self.from, self.answered, self.refused) = (self.window, 0, 0);
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let permit = self.permit.take();
        self.flow.with(|state| {
            if let (Some(owed), Some(permit)) = (state.owed.checked_sub(1), permit) {
                state.owed = owed;
                permit.forget();
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    async fn round(flow: &Flow, requests: usize, act: impl Fn(&Place<'_>)) {
        let mut places = Vec::new();
        for _ in 0..requests {
            places.push(flow.enter().await);
        }
        places.iter().for_each(act);
    }

    #[tokio::test(start_paused = true)]
    async fn the_window_halves_once_a_round_trip_and_grows_by_one() {
        let flow = Flow::new(32);
        round(&flow, 32, |place| place.refused(None)).await;
        assert_eq!((flow.window(), flow.places.available_permits()), (16, 16));
        for expected in 17..=32 {
            round(&flow, expected - 1, |place| place.answered()).await;
            assert_eq!((flow.window(), flow.places.available_permits()), (expected, expected));
        }
        round(&flow, 32, |place| place.answered()).await;
        assert_eq!(flow.window(), 32, "never more than was set");
    }

    #[tokio::test(start_paused = true)]
    async fn a_window_that_is_not_full_does_not_grow() {
        let flow = Flow::new(8);
        round(&flow, 8, |place| place.refused(None)).await;
        for _ in 0..20 {
            round(&flow, 3, |place| place.answered()).await;
        }
        assert_eq!(flow.window(), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_for_all_and_is_bounded() {
        let flow = Flow::new(4);
        let start = Instant::now();
        flow.pause(Duration::from_secs(7));
        flow.pause(Duration::from_secs(2));
        round(&flow, 2, |place| place.answered()).await;
        assert_eq!(start.elapsed(), Duration::from_secs(7));
        flow.pause(Duration::MAX);
        flow.enter().await;
        assert_eq!(start.elapsed(), Duration::from_secs(7) + LONGEST_PAUSE);
    }

    #[tokio::test(start_paused = true)]
    async fn one_refusal_among_answers_stops_nobody_else() {
        let flow = Flow::new(32);
        let (start, wait) = (Instant::now(), Some(Duration::from_secs(9)));
        for _ in 0..20 {
            flow.enter().await.refused(wait);
            for _ in 0..20 {
                round(&flow, flow.window(), |place| place.answered()).await;
            }
        }
        assert_eq!((start.elapsed(), flow.window()), (Duration::ZERO, 32));
        while start.elapsed() == Duration::ZERO {
            assert!(flow.window() > 1);
            flow.enter().await.refused(wait);
            flow.enter().await;
        }
        assert_eq!(start.elapsed(), Duration::from_secs(9));
    }

    #[tokio::test(start_paused = true)]
    async fn refusals_that_go_on_are_met_with_time() {
        let flow = Flow::new(1);
        let start = Instant::now();
        for _ in 0..12 {
            flow.enter().await.refused(None);
        }
        assert_eq!((flow.window(), flow.places.available_permits()), (1, 1));
        assert!(start.elapsed() > Duration::from_secs(5), "{:?}", start.elapsed());
        flow.enter().await.answered();
        let start = Instant::now();
        flow.enter().await.refused(None);
        drop(flow.enter().await);
        assert!(start.elapsed() <= Duration::from_millis(500), "{:?}", start.elapsed());
    }

    /// A gateway that refuses one request in twenty, however few there are.
    #[tokio::test(start_paused = true)]
    async fn refusals_for_no_reason_leave_places_enough() {
        let flow = Flow::new(32);
        let (mut windows, mut chance) = (0, 0_u32);
        for _ in 0..200 {
            let here = flow.window();
            windows += here;
            let mut places = Vec::new();
            for _ in 0..here {
                places.push(flow.enter().await);
            }
            for place in &places {
                chance = chance.wrapping_mul(1_103_515_245).wrapping_add(12_345);
                if (chance >> 16) % 20 == 0 {
                    place.refused(None);
                } else {
                    place.answered();
                }
            }
        }
        assert!(windows / 200 >= 12, "{} places on average", windows / 200);
    }

    /// A gateway with room for some: nearly none is refused once the window has found it.
    #[tokio::test(start_paused = true)]
    async fn the_room_of_a_gateway_is_found_and_kept_to() {
        let (flow, room) = (std::sync::Arc::new(Flow::new(256)), 64);
        let inside = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let start = Instant::now();
        let mut calls = tokio::task::JoinSet::new();
        for _ in 0..256 {
            let (flow, inside) = (flow.clone(), inside.clone());
            calls.spawn(async move {
                let mut counts = [0_usize; 2];
                while start.elapsed() < Duration::from_secs(30) {
                    let place = flow.enter().await;
                    let settled = usize::from(start.elapsed() > Duration::from_secs(2));
                    if inside.fetch_add(1, std::sync::atomic::Ordering::Relaxed) < room {
                        tokio::time::sleep(Duration::from_millis(50)).await;
                        place.answered();
                        counts[0] += settled;
                    } else {
                        place.refused(None);
                        counts[1] += settled;
                    }
                    inside.fetch_sub(1, std::sync::atomic::Ordering::Relaxed);
                }
                counts
            });
        }
        let counts = calls.join_all().await.into_iter().fold([0, 0], |[a, b], [c, d]| [a + c, b + d]);
        let [answered, refused] = counts;
        assert!(refused * 100 < answered, "{refused} refused of {answered}");
        // Two thirds and more of what the gateway could do at best.
        assert!(answered > 28 * 20 * room * 2 / 3, "{answered} answered");
    }
}
