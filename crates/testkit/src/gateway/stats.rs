use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use tokio::time::{Duration, Instant};

use super::chance::BodyHash;
use super::config::GatewayConfig;

/// What the gateway has seen of requests for completions.
///
/// An answer counts from the moment it is handed to the connection. A client that is killed
/// before its answer is ready counts for nothing; one that is killed after that has an answer that
/// it may never have read, so up to as many repeats as it had calls under way are its due.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Stats {
    /// Requests that came, refused ones included.
    pub requests: u64,
    /// Requests that were answered with 200 and a whole answer.
    pub answered: u64,
    /// Replies by HTTP status; `reset` and `hang` are those that never became one.
    pub by_status: BTreeMap<String, u64>,
    /// Answers that said what a prompt ordered it to say, of a gateway that obeys.
    pub obeyed: u64,
    /// Faults by name.
    pub faults: BTreeMap<String, u64>,
    /// Requests whose very body had been answered before, with 200 and a whole answer, be it in
    /// prose, in fences or with trailing commas.
    pub repeats: u64,
    /// Bodies that were answered with 200 and a whole answer, however often.
    pub distinct: u64,
    /// The most requests at once, those over the limit not counted.
    pub peak_concurrency: u64,
    /// Requests that are being worked on.
    pub in_flight: u64,
    /// Milliseconds from the first request to the last reply so far.
    pub span_ms: u64,
    /// Tokens of the prompts that got a 200.
    pub prompt_tokens: u64,
    /// Tokens of the replies with 200.
    pub completion_tokens: u64,
}

/// The counts, and what they are kept by.
#[derive(Default)]
pub(super) struct Counter {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    stats: Stats,
    bodies: HashMap<BodyHash, Seen>,
    first: Option<Instant>,
    /// When the requests of the last minute were let in.
    recent: VecDeque<Instant>,
}

#[derive(Default, Clone, Copy)]
struct Seen {
    attempts: u32,
    answered: bool,
}

/// Why a request is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Denial {
    TooMany,
    TooFast { retry_after_seconds: u64 },
    QuotaExhausted,
}

/// A request that was let in; it is in flight until this is dropped.
pub(super) struct Visit<'a> {
    counter: &'a Counter,
    body: BodyHash,
    /// How often this body was let in before.
    pub(super) attempt: u32,
}

impl Counter {
    pub(super) fn stats(&self) -> Stats {
        self.with(|state| state.stats.clone())
    }

    /// Counts a request, whatever becomes of it.
    pub(super) fn came(&self, body: &BodyHash) {
        self.with(|state| {
            state.stats.requests += 1;
            state.first.get_or_insert_with(Instant::now);
            let answered = state.bodies.get(body).is_some_and(|seen| seen.answered);
            state.stats.repeats += u64::from(answered);
        });
    }

    /// Lets a request in, within the limits.
    pub(super) fn enter(&self, config: &GatewayConfig, body: BodyHash) -> Result<Visit<'_>, Denial> {
        const MINUTE: Duration = Duration::from_secs(60);
        self.with(|state| {
            if config.quota.is_some_and(|most| state.stats.answered >= most) {
                return Err(Denial::QuotaExhausted);
            }
            if config.concurrency_limit.is_some_and(|most| state.stats.in_flight >= most) {
                return Err(Denial::TooMany);
            }
            if let Some(most) = config.requests_per_minute {
                let now = Instant::now();
                while state.recent.front().is_some_and(|&first| now - first >= MINUTE) {
                    state.recent.pop_front();
                }
                if state.recent.len() as u64 >= most {
                    let wait = state.recent.front().map_or(MINUTE, |&first| first + MINUTE - now);
                    return Err(Denial::TooFast { retry_after_seconds: wait.as_secs() + 1 });
                }
                state.recent.push_back(now);
            }
            state.stats.in_flight += 1;
            state.stats.peak_concurrency = state.stats.peak_concurrency.max(state.stats.in_flight);
            let seen = state.bodies.entry(body).or_default();
            seen.attempts += 1;
            Ok(Visit { counter: self, body, attempt: seen.attempts - 1 })
        })
    }

    /// Counts a reply by its status.
    pub(super) fn replied(&self, status: &str) {
        self.with(|state| {
            *state.stats.by_status.entry(status.to_owned()).or_default() += 1;
            let span = state.first.map_or(Duration::ZERO, |first| first.elapsed());
            state.stats.span_ms = u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        });
    }

    pub(super) fn obeyed(&self) {
        self.with(|state| state.stats.obeyed += 1);
    }

    pub(super) fn failed(&self, fault: &str) {
        self.with(|state| *state.stats.faults.entry(fault.to_owned()).or_default() += 1);
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Visit<'_> {
    /// Counts a reply with 200: to be called right before the reply is handed over.
    pub(super) fn completed(&self, prompt_tokens: u64, completion_tokens: u64, whole: bool) {
        self.counter.with(|state| {
            state.stats.prompt_tokens += prompt_tokens;
            state.stats.completion_tokens += completion_tokens;
            if whole {
                state.stats.answered += 1;
                let seen = state.bodies.entry(self.body).or_default();
                state.stats.distinct += u64::from(!seen.answered);
                seen.answered = true;
            }
        });
    }
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        self.counter.with(|state| state.stats.in_flight -= 1);
    }
}
