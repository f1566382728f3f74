//! Pods: each a process of this machine.

use std::{collections::BTreeMap, path::Path, process::Stdio, sync::Arc, time::Duration};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _},
    process::{Child, Command},
    time::sleep,
};

use crate::{
    Inner,
    objects::{PODS, name, now},
};

/// How often a pod is looked at whether it is to end.
const LOOK: Duration = Duration::from_millis(10);
/// The most bytes of a container's last words.
const LAST_WORDS: usize = 2048;

/// How a pod is made to end.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Death {
    /// Its process is killed.
    Killed,
    /// It took more memory than it may.
    Memory,
    /// It is evicted from its node.
    Evicted,
    /// It is deleted.
    Deleted,
}

impl Death {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Killed => "killed",
            Self::Memory => "memory",
            Self::Evicted => "evicted",
            Self::Deleted => "deleted",
        }
    }

    fn of(pod: &Value) -> Option<Self> {
        let all = [Self::Killed, Self::Memory, Self::Evicted, Self::Deleted];
        all.into_iter().find(|death| pod["death"].as_str() == Some(death.word()))
    }
}

/// Runs the container of a pod that is stored, and writes what becomes of it into the pod.
pub(crate) async fn run(inner: Arc<Inner>, pod: String) {
    let Some(stored) = inner.objects().get(PODS, &pod).cloned() else { return };
    let container = &stored["spec"]["containers"][0];
    let mut child = match start(&inner, &stored, container) {
        Ok(child) => child,
        Err((reason, message)) => {
            let state = json!({"waiting": {"reason": reason, "message": message}});
            set(&inner, &pod, "Pending", container, state);
            // It waits until it is deleted.
            while death(&inner, &pod).is_none() {
                sleep(LOOK).await;
            }
            let state = json!({"terminated": {"exitCode": 137, "reason": "Error", "finishedAt": now()}});
            return set(&inner, &pod, "Failed", container, state);
        }
    };
    let said = tokio::spawn(last_words(child.stderr.take()));
    set(&inner, &pod, "Running", container, json!({"running": {"startedAt": now()}}));
    let (code, death) = wait(&inner, &pod, &stored, &mut child).await;
    let said = said.await.unwrap_or_default();
    let mut end = json!({"exitCode": code, "finishedAt": now(), "reason": if code == 0 { "Completed" } else { "Error" }});
    if death == Some(Death::Memory) {
        end["reason"] = json!("OOMKilled");
    }
    let falls_back = container["terminationMessagePolicy"] == "FallbackToLogsOnError";
    if code != 0 && falls_back && !said.is_empty() {
        end["message"] = json!(said);
    }
    if death == Some(Death::Evicted) {
        let condition = json!({"type": "DisruptionTarget", "status": "True", "reason": "EvictionByEvictionAPI",
            "message": "Eviction API: evicting", "lastTransitionTime": now()});
        inner.objects().change(PODS, &pod, |pod| pod["status"]["conditions"] = json!([condition]));
    }
    set(&inner, &pod, if code == 0 { "Succeeded" } else { "Failed" }, container, json!({"terminated": end}));
}

fn death(inner: &Inner, pod: &str) -> Option<Death> {
    // What is not there any more was deleted.
    inner.objects().get(PODS, pod).map_or(Some(Death::Deleted), Death::of)
}

/// Waits for the end of a process, and brings it about where that is asked for; its exit code as Kubernetes has it.
async fn wait(inner: &Inner, pod: &str, stored: &Value, child: &mut Child) -> (i32, Option<Death>) {
    let grace = stored["spec"]["terminationGracePeriodSeconds"].as_u64().unwrap_or(30);
    let mut ended_by = None;
    loop {
        tokio::select! {
            status = child.wait() => {
                let code = status.map_or(255, |status| {
                    use std::os::unix::process::ExitStatusExt as _;
                    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default())
                });
                return (code, ended_by);
            }
            () = sleep(LOOK) => {}
        }
        let Some(death) = death(inner, pod).filter(|_| ended_by.is_none()) else { continue };
        ended_by = Some(death);
        if matches!(death, Death::Evicted | Death::Deleted) {
            terminate(child).await;
            // Its end within the grace is noticed above; a reaped child is killed no more.
            let _ = tokio::time::timeout(Duration::from_secs(grace), child.wait()).await;
        }
        // It may have ended by itself.
        let _ = child.start_kill();
    }
}

/// Asks a process to end.
async fn terminate(child: &Child) {
    if let Some(id) = child.id() {
        let _ = Command::new("kill").args(["-TERM", &id.to_string()]).status().await;
    }
}

async fn last_words(from: Option<impl AsyncRead + Unpin>) -> String {
    let (mut said, mut buffer) = (Vec::new(), [0; 4096]);
    let Some(mut from) = from else { return String::new() };
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        said.extend_from_slice(&buffer[..read]);
        said.drain(..said.len().saturating_sub(LAST_WORDS));
    }
    String::from_utf8_lossy(&said).trim().to_owned()
}

/// Starts the process, or says what it waits for in vain, as a kubelet says it.
fn start(inner: &Inner, pod: &Value, container: &Value) -> Result<Child, (&'static str, String)> {
    let image = container["image"].as_str().unwrap_or_default();
    let Some(program) = inner.config.images.get(image) else {
        return Err(("ImagePullBackOff", format!("Back-off pulling image \"{image}\"")));
    };
    let texts = |value: &Value| -> Vec<String> {
        value.as_array().into_iter().flatten().filter_map(|text| text.as_str().map(str::to_owned)).collect()
    };
    let mut variables = BTreeMap::new();
    for source in container["envFrom"].as_array().into_iter().flatten() {
        let name = ["configMapRef", "secretRef"].iter().find_map(|kind| source[kind]["name"].as_str());
        let name = name.unwrap_or_default();
        let Some(held) = inner.config.variables.get(name) else {
            return Err(("CreateContainerConfigError", format!("\"{name}\" not found")));
        };
        variables.extend(held.clone());
    }
    for variable in container["env"].as_array().into_iter().flatten() {
        if let (Some(name), Some(value)) = (variable["name"].as_str(), variable["value"].as_str()) {
            variables.insert(name.to_owned(), value.to_owned());
        }
    }
    if let Some(index) = pod["metadata"]["annotations"]["batch.kubernetes.io/job-completion-index"].as_str() {
        variables.insert("JOB_COMPLETION_INDEX".into(), index.to_owned());
    }
    let command = texts(&container["command"]);
    let (program, first) = match command.split_first() {
        Some((program, first)) => (Path::new(program), first),
        None => (program.as_path(), Default::default()),
    };
    Command::new(program)
        .args(first)
        .args(texts(&container["args"]))
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .envs(variables)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| ("RunContainerError", format!("{}: {error}", program.display())))
}

fn set(inner: &Inner, pod: &str, phase: &str, container: &Value, state: Value) {
    let running = phase == "Running";
    let status = json!([{
        "name": container["name"], "image": container["image"], "imageID": "", "restartCount": 0,
        "ready": running, "started": running, "state": state,
    }]);
    inner.objects().change(PODS, pod, |pod| {
        pod["status"]["phase"] = json!(phase);
        pod["status"]["containerStatuses"] = status;
        if running {
            pod["status"]["startTime"] = json!(now());
        }
    });
}

/// Whether a pod's containers are at work no more.
pub(crate) fn has_ended(pod: &Value) -> bool {
    matches!(pod["status"]["phase"].as_str(), Some("Succeeded" | "Failed"))
}

/// Whether the pod is one that nobody is to blame for.
pub(crate) fn is_disrupted(pod: &Value) -> bool {
    let conditions = pod["status"]["conditions"].as_array();
    conditions.into_iter().flatten().any(|it| it["type"] == "DisruptionTarget" && it["status"] == "True")
}

/// The index that a pod of an Indexed Job has.
pub(crate) fn index(pod: &Value) -> Option<u64> {
    pod["metadata"]["annotations"]["batch.kubernetes.io/job-completion-index"].as_str()?.parse().ok()
}

/// Asks a pod to end, as its deletion does.
pub(crate) fn delete(inner: &Inner, pod: &Value) {
    inner.objects().change(PODS, name(pod), |pod| pod["death"] = json!(Death::Deleted.word()));
}
