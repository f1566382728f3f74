//! The controller of Jobs: makes pods, counts how they end, and says how the Job stands.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    Inner,
    objects::{EVENTS, JOBS, PODS, name, now, uid},
    pods,
};

/// How often Jobs are looked at.
const TICK: Duration = Duration::from_millis(10);

/// Looks after the Jobs of a cluster.
pub(crate) struct Controller {
    inner: Arc<Inner>,
    /// By the identity of a Job.
    known: BTreeMap<String, Known>,
    running: JoinSet<()>,
}

/// What is known of a Job beside what its status says.
struct Known {
    started: Instant,
    ended: Option<Instant>,
    /// When the next pod may be made.
    not_before: Instant,
    failures: u32,
    done: BTreeSet<u64>,
    /// Pods that are counted.
    counted: BTreeSet<String>,
    /// Why it will have failed once its pods are gone.
    target: Option<(&'static str, &'static str)>,
    pods_made: u64,
}

impl Known {
    fn new() -> Self {
        let now = Instant::now();
        let (failures, pods_made) = (0, 0);
        let (ended, target) = (None, None);
        let (done, counted) = Default::default();
        Self { started: now, ended, not_before: now, failures, done, counted, target, pods_made }
    }
}

impl Controller {
    pub(crate) fn new(inner: Arc<Inner>) -> Self {
        Self { inner, known: BTreeMap::new(), running: JoinSet::new() }
    }

    pub(crate) async fn run(mut self) {
        loop {
            tokio::time::sleep(TICK).await;
            while self.running.try_join_next().is_some() {}
            let jobs: Vec<Value> = self.inner.objects().all(JOBS).cloned().collect();
            let there: BTreeSet<&str> = jobs.iter().map(uid).collect();
            self.known.retain(|uid, _| there.contains(uid.as_str()));
            self.collect_orphans(&there);
            for job in &jobs {
                self.look_after(job);
            }
        }
    }

    /// Pods whose Job is gone go too.
    fn collect_orphans(&self, jobs: &BTreeSet<&str>) {
        let pods: Vec<Value> = self.inner.objects().all(PODS).cloned().collect();
        for pod in pods.iter().filter(|pod| !jobs.contains(owner(pod))) {
            if pods::has_ended(pod) {
                self.inner.objects().remove(PODS, name(pod))
            } else {
                pods::delete(&self.inner, pod)
            }
        }
    }

    fn look_after(&mut self, job: &Value) {
        let mut known = self.known.remove(uid(job)).unwrap_or_else(Known::new);
        let pods: Vec<Value> =
            self.inner.objects().all(PODS).filter(|pod| owner(pod) == uid(job)).cloned().collect();
        let active: Vec<&Value> = pods.iter().filter(|pod| !pods::has_ended(pod)).collect();
        if !job["metadata"]["deletionTimestamp"].is_null() {
            active.iter().for_each(|pod| pods::delete(&self.inner, pod));
            if active.is_empty() {
                let mut objects = self.inner.objects();
                pods.iter().for_each(|pod| objects.remove(PODS, name(pod)));
                objects.remove(JOBS, name(job));
                return;
            }
        } else if let Some(ended) = known.ended {
            let ttl = job["spec"]["ttlSecondsAfterFinished"].as_u64();
            if ttl.is_some_and(|seconds| ended.elapsed() >= Duration::from_secs(seconds)) {
                self.inner.objects().remove(JOBS, name(job));
                return;
            }
        } else {
            self.go_on(job, &mut known, &pods, &active);
        }
        self.known.insert(uid(job).to_owned(), known);
    }

    fn go_on(&mut self, job: &Value, known: &mut Known, pods: &[Value], active: &[&Value]) {
        let spec = &job["spec"];
        let parallelism = spec["parallelism"].as_u64().unwrap_or(1);
        let completions = spec["completions"].as_u64().unwrap_or(1);
        self.count(job, known, pods);
        if known.target.is_none() {
            if u64::from(known.failures) > spec["backoffLimit"].as_u64().unwrap_or(6) {
                known.target = Some(("BackoffLimitExceeded", "Job has reached the specified backoff limit"));
            } else if let Some(deadline) = spec["activeDeadlineSeconds"].as_u64()
                && known.started.elapsed() >= Duration::from_secs(deadline)
            {
                known.target = Some(("DeadlineExceeded", "Job was active longer than specified deadline"));
            }
        }
        let mut conditions = Vec::new();
        let mut say = |kind: &str, reason: &str, message: &str| {
            conditions.push(json!({"type": kind, "status": "True", "reason": reason, "message": message,
                "lastProbeTime": now(), "lastTransitionTime": now()}));
        };
        let complete = known.done.len() as u64 >= completions;
        if let Some((reason, message)) = known.target {
            say("FailureTarget", reason, message);
            active.iter().for_each(|pod| pods::delete(&self.inner, pod));
            if active.is_empty() {
                say("Failed", reason, message);
                known.ended = Some(Instant::now());
            }
        } else if complete {
            say("SuccessCriteriaMet", "CompletionsReached", "Reached expected number of succeeded pods");
            if active.is_empty() {
                say("Complete", "CompletionsReached", "Reached expected number of succeeded pods");
                known.ended = Some(Instant::now());
            }
        } else {
            self.make_pods(job, known, active, parallelism.min(completions), completions);
        }
        let ready = active.iter().filter(|pod| pod["status"]["phase"] == "Running").count();
        self.inner.objects().change(JOBS, name(job), |job| {
            let kept = job["status"]["conditions"].as_array().map_or(0, Vec::len) == conditions.len();
            let status = &mut job["status"];
            if status["startTime"].is_null() {
                status["startTime"] = json!(now());
            }
            status["active"] = json!(active.len());
            status["ready"] = json!(ready);
            status["succeeded"] = json!(known.done.len());
            status["failed"] = json!(known.counted.len() - known.done.len());
            if !kept {
                status["conditions"] = json!(conditions);
            }
            if known.ended.is_some() && complete {
                status["completionTime"] = json!(now());
            }
        });
    }

    /// Counts the pods that have ended since.
    fn count(&self, job: &Value, known: &mut Known, pods: &[Value]) {
        let ignores = job["spec"]["podFailurePolicy"]["rules"].as_array().is_some_and(|rules| {
            rules.iter().any(|rule| {
                rule["action"] == "Ignore" && rule["onPodConditions"][0]["type"] == "DisruptionTarget"
            })
        });
        for pod in pods.iter().filter(|pod| pods::has_ended(pod)) {
            if !known.counted.insert(uid(pod).to_owned()) {
                continue;
            }
            if pod["status"]["phase"] == "Succeeded" {
                known.done.insert(pods::index(pod).unwrap_or(known.pods_made));
            } else if !(ignores && pods::is_disrupted(pod)) {
                let wait = self.inner.config.backoff * 2_u32.saturating_pow(known.failures.min(6));
                known.failures += 1;
                known.not_before = Instant::now() + wait;
            }
        }
    }

    fn make_pods(&mut self, job: &Value, known: &mut Known, active: &[&Value], most: u64, completions: u64) {
        if Instant::now() < known.not_before {
            return;
        }
        let taken: BTreeSet<u64> =
            active.iter().filter_map(|pod| pods::index(pod)).chain(known.done.iter().copied()).collect();
        let free: Vec<u64> = (0..completions).filter(|index| !taken.contains(index)).collect();
        let room = most.saturating_sub(active.len() as u64);
        for index in free.into_iter().take(usize::try_from(room).unwrap_or(usize::MAX)) {
            let quota = self.inner.faults.now().quota;
            if quota.is_some_and(|quota| self.inner.objects().all(PODS).count() >= quota) {
                self.refuse(
                    job,
                    &format!(
                        "Error creating: pods \"{}-{index}\" is forbidden: exceeded quota: pods",
                        name(job)
                    ),
                );
                known.not_before = Instant::now() + self.inner.config.backoff;
                return;
            }
            known.pods_made += 1;
            let pod = pod(job, index, known.pods_made);
            let called = name(&pod).to_owned();
            self.inner.objects().put(PODS, pod);
            self.running.spawn(pods::run(Arc::clone(&self.inner), called));
        }
    }

    /// Says that no pod can be made.
    fn refuse(&self, job: &Value, message: &str) {
        let event = json!({
            "apiVersion": "v1", "kind": "Event", "reason": "FailedCreate", "message": message, "type": "Warning",
            "metadata": {"name": format!("{}.{}", name(job), uid(job)), "namespace": self.inner.config.namespace,
                "uid": uid(job)},
            "involvedObject": {"kind": "Job", "name": name(job), "uid": uid(job)},
            "lastTimestamp": now(),
        });
        self.inner.objects().put(EVENTS, event);
    }
}

fn owner(pod: &Value) -> &str {
    pod["metadata"]["ownerReferences"][0]["uid"].as_str().unwrap_or_default()
}

fn pod(job: &Value, index: u64, number: u64) -> Value {
    let template = &job["spec"]["template"];
    let (job_name, job_uid) = (name(job), uid(job));
    let mut labels = template["metadata"]["labels"].as_object().cloned().unwrap_or_default();
    for (label, value) in [
        ("batch.kubernetes.io/job-name", job_name.to_owned()),
        ("batch.kubernetes.io/controller-uid", job_uid.to_owned()),
        ("batch.kubernetes.io/job-completion-index", index.to_string()),
    ] {
        labels.insert(label.into(), json!(value));
    }
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {
            "name": format!("{job_name}-{index}-{number:05}"),
            "namespace": job["metadata"]["namespace"],
            "uid": uuid::Uuid::now_v7(),
            "creationTimestamp": now(),
            "labels": labels,
            "annotations": {"batch.kubernetes.io/job-completion-index": index.to_string()},
            "ownerReferences": [{"apiVersion": "batch/v1", "kind": "Job", "name": job_name, "uid": job_uid,
                "controller": true, "blockOwnerDeletion": true}],
        },
        "spec": template["spec"],
        "status": {"phase": "Pending"},
    })
}
