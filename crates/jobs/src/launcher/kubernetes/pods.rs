//! What the pods of a job say: why they do not start, and what the last one said that failed.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use k8s_openapi::api::{
    batch::v1::Job,
    core::v1::{ContainerStateTerminated, ContainerStatus, Event, Pod},
};
use kube::{Api, Client, ResourceExt as _, api::ListParams};
use tokio::time::Instant;

use super::{answered, refusal};

/// How long a job may be without a worker that is ready before anybody wonders, and how often its pods are looked at then.
const LOOK: Duration = Duration::from_secs(10);
/// So many jobs are remembered; one that is forgotten is looked at again.
const REMEMBERED: usize = 1000;
/// Of a container's last words, so many characters.
const LAST_WORDS: usize = 1000;

/// The pods of jobs.
pub(super) struct Pods {
    pods: Api<Pod>,
    events: Api<Event>,
    /// See [`LOOK`].
    pub(super) look: Duration,
    /// By a job's identity, what was found when.
    looked: Mutex<HashMap<String, (Instant, Option<String>)>>,
}

impl Pods {
    pub(super) fn new(client: &Client, namespace: &str) -> Self {
        Self {
            pods: Api::namespaced(client.clone(), namespace),
            events: Api::namespaced(client.clone(), namespace),
            look: LOOK,
            looked: Mutex::default(),
        }
    }

    /// Why no worker of a job is ready, where that has been so for some time.
    pub(super) async fn trouble(&self, job: &Job) -> Option<String> {
        let status = job.status.clone().unwrap_or_default();
        let uid = job.uid()?;
        if status.ready.unwrap_or_default() > 0 || status.succeeded.unwrap_or_default() > 0 {
            self.with_looked(|looked| looked.remove(&uid));
            return None;
        }
        let known = self.with_looked(|looked| looked.get(&uid).cloned());
        match known {
            // From now on it is wondered about.
            None => self.remember(uid, None),
            Some((at, known)) if at.elapsed() < self.look => known,
            Some(_) => {
                let found = self.why_not(job, &uid).await;
                self.remember(uid, found)
            }
        }
    }

    /// What the pod said that failed last; `None` where no pod is left to say it.
    pub(super) async fn last_words(&self, job: &Job) -> Option<String> {
        let uid = format!("ended/{}", job.uid()?);
        if let Some((_, known)) = self.with_looked(|looked| looked.get(&uid).cloned()) {
            return known;
        }
        let pods = match self.of(job).await {
            Ok(pods) => pods,
            Err(error) => return Some(unlisted("pods", &error)),
        };
        let ends = pods.iter().filter_map(|pod| Some((pod, terminated(pod)?)));
        let last = ends
            .filter(|(_, end)| end.exit_code != 0)
            .max_by_key(|(_, end)| end.finished_at.as_ref().map(|t| t.0));
        let words = last.map(|(pod, end)| describe(&pod.name_any(), end));
        self.remember(uid, words.or_else(|| pods.iter().find_map(pod_failure)))
    }

    async fn of(&self, job: &Job) -> kube::Result<Vec<Pod>> {
        let which = ListParams::default().labels(&format!("batch.kubernetes.io/job-name={}", job.name_any()));
        let owned = |pod: &Pod| {
            pod.owner_references().iter().any(|owner| Some(&owner.uid) == job.metadata.uid.as_ref())
        };
        Ok(answered(self.pods.list(&which)).await?.items.into_iter().filter(owned).collect())
    }

    async fn why_not(&self, job: &Job, uid: &str) -> Option<String> {
        let pods = match self.of(job).await {
            Ok(pods) => pods,
            Err(error) => return Some(unlisted("pods", &error)),
        };
        if !pods.is_empty() {
            return pods.iter().find_map(waits_for);
        }
        let which = ListParams::default().fields(&format!("involvedObject.uid={uid},reason=FailedCreate"));
        let events = match answered(self.events.list(&which)).await {
            Ok(events) => events.items,
            Err(error) => return Some(unlisted("events", &error)),
        };
        let last = events.into_iter().max_by_key(|event| event.last_timestamp.as_ref().map(|time| time.0))?;
        Some(format!("no pod can be made: {}", last.message?))
    }

    fn remember(&self, uid: String, found: Option<String>) -> Option<String> {
        self.with_looked(|looked| {
            if looked.len() >= REMEMBERED {
                looked.clear();
            }
            looked.insert(uid, (Instant::now(), found.clone()));
        });
        found
    }

    fn with_looked<T>(&self, act: impl FnOnce(&mut HashMap<String, (Instant, Option<String>)>) -> T) -> T {
        act(&mut self.looked.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What may be wrong is not known, which is not the same as that nothing is.
fn unlisted(what: &str, error: &kube::Error) -> String {
    format!("its {what} cannot be listed: {}", refusal::text(error))
}

fn containers(pod: &Pod) -> &[ContainerStatus] {
    pod.status.as_ref().and_then(|status| status.container_statuses.as_deref()).unwrap_or_default()
}

fn terminated(pod: &Pod) -> Option<&ContainerStateTerminated> {
    containers(pod).iter().find_map(|container| container.state.as_ref()?.terminated.as_ref())
}

/// What a pod waits for that it may wait for in vain: an image, a Secret, a node.
fn waits_for(pod: &Pod) -> Option<String> {
    let waiting = containers(pod).iter().find_map(|container| container.state.as_ref()?.waiting.as_ref());
    let busy = ["ContainerCreating", "PodInitializing"];
    if let Some(waiting) = waiting
        && let Some(reason) = waiting.reason.as_deref().filter(|reason| !busy.contains(reason))
    {
        return Some(worded(reason, waiting.message.as_deref()));
    }
    let conditions = pod.status.as_ref()?.conditions.as_ref()?;
    let unscheduled = conditions.iter().find(|it| it.type_ == "PodScheduled" && it.status == "False")?;
    Some(worded(unscheduled.reason.as_deref().unwrap_or("Unschedulable"), unscheduled.message.as_deref()))
}

/// Why a pod failed whose container never said anything.
fn pod_failure(pod: &Pod) -> Option<String> {
    let status = pod.status.as_ref()?;
    let reason = status.reason.as_deref()?;
    Some(format!("pod {}: {}", pod.name_any(), worded(reason, status.message.as_deref())))
}

fn describe(pod: &str, end: &ContainerStateTerminated) -> String {
    let reason = end.reason.as_deref().filter(|reason| *reason != "Error");
    let reason = reason.map_or_else(String::new, |reason| format!(" ({reason})"));
    let said = end.message.as_deref().unwrap_or_default().trim();
    let from = said.char_indices().rev().nth(LAST_WORDS - 1).map_or(0, |(at, _)| at);
    let said = if said.is_empty() { String::new() } else { format!(", having said: {}", &said[from..]) };
    format!("pod {pod} ended with exit code {}{reason}{said}", end.exit_code)
}

fn worded(reason: &str, message: Option<&str>) -> String {
    match message.filter(|message| !message.is_empty()) {
        Some(message) => format!("{reason}: {message}"),
        None => reason.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pod(status: serde_json::Value) -> Pod {
        let pod = serde_json::json!({"metadata": {"name": "df-parse-1-0-x"}, "status": status});
        serde_json::from_value(pod).unwrap()
    }

    fn container(state: serde_json::Value) -> serde_json::Value {
        serde_json::json!({"containerStatuses": [{"name": "worker", "image": "i", "imageID": "", "ready": false,
            "restartCount": 0, "state": state}]})
    }

    #[test]
    fn a_pod_says_what_it_waits_for() {
        let waits = |reason| {
            let state = serde_json::json!({"waiting": {"reason": reason, "message": "no such image"}});
            waits_for(&pod(container(state)))
        };
        assert_eq!(waits("ImagePullBackOff").as_deref(), Some("ImagePullBackOff: no such image"));
        assert_eq!(waits("ContainerCreating"), None);
        let nowhere = serde_json::json!({"conditions": [{"type": "PodScheduled", "status": "False",
            "reason": "Unschedulable", "message": "0/3 nodes are available"}]});
        assert_eq!(waits_for(&pod(nowhere)).as_deref(), Some("Unschedulable: 0/3 nodes are available"));
    }

    #[test]
    fn last_words_are_the_end_of_what_was_said() {
        let state = serde_json::json!({"terminated": {"exitCode": 137, "reason": "OOMKilled",
            "message": format!("{}the end", "é".repeat(2000))}});
        let pod = pod(container(state));
        let words = describe("p", terminated(&pod).unwrap());
        assert!(words.starts_with("pod p ended with exit code 137 (OOMKilled), having said: é"), "{words}");
        assert!(words.ends_with("the end") && words.chars().count() < 1100, "{words}");
    }
}
