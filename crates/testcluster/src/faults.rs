//! What can be made to go wrong.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use serde_json::json;

use crate::{
    Cluster,
    objects::{JOBS, PODS, name},
    pods::Death,
};

/// What goes wrong now.
#[derive(Default)]
pub(crate) struct Faults(Mutex<Wrong>);

#[derive(Default)]
pub(crate) struct Wrong {
    /// Until when nobody is answered.
    pub(crate) away: Option<Instant>,
    /// How long each answer takes.
    pub(crate) delay: Duration,
    /// What the next requests are answered in place of what they ask for: a status and its reason.
    pub(crate) next: Vec<(u16, &'static str)>,
    /// How many pods there may be.
    pub(crate) quota: Option<usize>,
    /// What each new Job is refused with.
    pub(crate) denial: Option<String>,
    /// How often watches were cut.
    pub(crate) cuts: u64,
    /// How many requests came that were no watches.
    pub(crate) requests: u64,
}

impl Faults {
    pub(crate) fn now(&self) -> MutexGuard<'_, Wrong> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cluster {
    /// Nobody is answered for a while, and watches are cut.
    pub fn go_away(&self, time: Duration) {
        let mut wrong = self.inner.faults.now();
        wrong.away = Some(Instant::now() + time);
        wrong.cuts += 1;
    }

    /// Each answer takes so long.
    pub fn delay(&self, time: Duration) {
        self.inner.faults.now().delay = time;
    }

    /// The next request is answered with this status and reason.
    pub fn answer_next(&self, status: u16, reason: &'static str) {
        self.inner.faults.now().next.push((status, reason));
    }

    /// There may be so many pods; or any number again.
    pub fn set_quota(&self, pods: Option<usize>) {
        self.inner.faults.now().quota = pods;
    }

    /// New Jobs are refused with these words; or made again.
    pub fn set_denial(&self, words: Option<&str>) {
        self.inner.faults.now().denial = words.map(str::to_owned);
    }

    /// Watches are cut, and what they have missed by the time they are back is forgotten: 410.
    pub fn forget_history(&self) {
        let mut objects = self.inner.objects();
        // One more change, so that no watch is up to date.
        objects.version += 1;
        objects.forgotten = objects.version;
        objects.changes.clear();
        self.inner.faults.now().cuts += 1;
    }

    /// How many requests came that were no watches.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.inner.faults.now().requests
    }

    /// The names of the Jobs that are there.
    #[must_use]
    pub fn jobs(&self) -> Vec<String> {
        self.inner.objects().all(JOBS).map(|job| name(job).to_owned()).collect()
    }

    /// The names of the pods that run.
    #[must_use]
    pub fn running_pods(&self) -> Vec<String> {
        let objects = self.inner.objects();
        let running = objects.all(PODS).filter(|pod| pod["status"]["phase"] == "Running");
        running.map(|pod| name(pod).to_owned()).collect()
    }

    /// Kills the process of a pod, as a bug of its program or a lack of memory does.
    pub fn kill_pod(&self, pod: &str, for_memory: bool) {
        self.end(pod, if for_memory { Death::Memory } else { Death::Killed });
    }

    /// Evicts a pod: its process is asked to end, and the pod is a target of disruption.
    pub fn evict_pod(&self, pod: &str) {
        self.end(pod, Death::Evicted);
    }

    fn end(&self, pod: &str, death: Death) {
        self.inner.objects().change(PODS, pod, |pod| pod["death"] = json!(death.word()));
    }
}
