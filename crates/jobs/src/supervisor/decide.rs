//! What is to be done about a generation, from what is seen of it.

use std::time::Duration;

use model::{GenerationStatus, Time};
use store::UnitCounts;

use crate::JobState;

/// What is seen of a generation.
#[derive(Debug, Clone)]
pub(super) struct View<'a> {
    /// Where it stands.
    pub(super) status: GenerationStatus,
    /// Whether one more may be started.
    pub(super) has_room: bool,
    /// The units of the phase that is at work.
    pub(super) counts: UnitCounts,
    /// The job of that phase.
    pub(super) job: &'a JobState,
    /// What is known of the job's launch; `None` where this supervisor has not seen it.
    pub(super) launched: Option<Launched>,
    /// The time now.
    pub(super) now: Time,
}

/// What is remembered of a job's launch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Launched {
    /// Units that had ended by then.
    pub(super) ended: u64,
    /// Deaths in a row, before it, of jobs that had not finished a unit.
    pub(super) barren: u32,
}

/// How long a job may run, and how often it may die for nothing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) deadline: Duration,
    pub(super) retries: u32,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Action {
    /// Nothing.
    Wait,
    /// It leaves `pending`.
    Start,
    /// A job is started, so many having died for nothing before it.
    Launch {
        /// See [`Launched::barren`].
        barren: u32,
    },
    /// The job has run as long as it may and did something: another takes its place.
    Replace,
    /// The job is stopped.
    Stop,
    /// No unit is left, and nobody is at work: the generation goes on.
    Finish,
    /// Going on makes no sense, for this reason.
    Fail(String),
}

/// Decides.
pub(super) fn decide(view: &View<'_>, bounds: Bounds) -> Action {
    if view.status.has_ended() {
        return if matches!(view.job, JobState::Running { .. }) { Action::Stop } else { Action::Wait };
    }
    if view.status.phase().is_none() {
        return if view.has_room { Action::Start } else { Action::Wait };
    }
    let left = view.counts.pending + view.counts.leased;
    let launched = view.launched.unwrap_or_default();
    let progressed = view.launched.is_some() && view.counts.ended() > launched.ended;
    match view.job {
        JobState::Running { since, .. } => match is_late(*since, view.now, bounds.deadline) {
            false => Action::Wait,
            true if left == 0 => Action::Stop,
            true if progressed => Action::Replace,
            true => Action::Fail(late(bounds.deadline)),
        },
        _ if left == 0 => Action::Finish,
        JobState::Absent if view.launched.is_none() => Action::Launch { barren: 0 },
        _ if progressed => Action::Launch { barren: 0 },
        ended => match launched.barren + 1 {
            deaths if deaths > bounds.retries => Action::Fail(died(deaths, ended)),
            deaths => Action::Launch { barren: deaths },
        },
    }
}

fn is_late(since: Time, now: Time, deadline: Duration) -> bool {
    // A clock that was put back makes nothing late.
    Duration::try_from(now.duration_since(since)).is_ok_and(|running| running >= deadline)
}

fn late(deadline: Duration) -> String {
    format!(
        "its job ran for {} s and finished nothing; see its log and whether the gateway answers, then resume it",
        deadline.as_secs()
    )
}

fn died(deaths: u32, job: &JobState) -> String {
    let how = match job {
        JobState::Ended { detail, .. } => format!("the last one with {detail}"),
        _ => "the last one without a word".to_owned(),
    };
    let how = if deaths == 1 { how.replacen("the last one ", "", 1) } else { how };
    let times = if deaths == 1 { String::new() } else { format!(" {deaths} times") };
    format!(
        "its job ended{times} without finishing anything, {how}; see its log and the server's, then resume it"
    )
}

#[cfg(test)]
mod tests;
