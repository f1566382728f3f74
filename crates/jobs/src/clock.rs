//! The only places below the command line where time and randomness come from.

use model::Time;

/// What tells the time.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Time;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that is passed in everywhere else")]
    fn now(&self) -> Time {
        Time::now()
    }
}

/// Ten random bytes, for a time-ordered id.
pub fn random_bytes() -> [u8; 10] {
    rand::random()
}
