//! The jobs of the namespace as the cluster tells of them, without being asked again and again.

use std::{pin::pin, time::Duration};

use futures::StreamExt as _;
use k8s_openapi::api::batch::v1::Job;
use kube::{
    Api,
    runtime::{
        WatchStreamExt as _,
        reflector::{self, ObjectRef, Store},
        watcher,
    },
};
use tokio::{task::JoinHandle, time::timeout};

use super::manifest::OURS;

/// How long the first list may take.
const FIRST_LIST: Duration = Duration::from_secs(5);

/// A copy of the jobs, kept up to date: after a gap it goes on from where it was, or lists them anew where the cluster has forgotten
/// what came in between.
pub(super) struct Watch {
    jobs: Store<Job>,
    namespace: String,
    task: JoinHandle<()>,
}

impl Watch {
    pub(super) fn start(api: Api<Job>, namespace: &str) -> Self {
        let (jobs, writer) = reflector::store();
        let ours = watcher::Config::default().labels(&format!("{}={}", OURS.0, OURS.1));
        let task = tokio::spawn(keep_up_to_date(api, ours, writer));
        Self { jobs, namespace: namespace.to_owned(), task }
    }

    /// The job of a name, as it was last told of.
    pub(super) async fn find(&self, name: &str) -> Result<Option<Job>, String> {
        match timeout(FIRST_LIST, self.jobs.wait_until_ready()).await {
            Ok(Ok(())) => {
                let found = self.jobs.get(&ObjectRef::new(name).within(&self.namespace));
                Ok(found.map(|job| (*job).clone()))
            }
            Ok(Err(_)) => Err("the watch of the cluster's jobs has ended".into()),
            Err(_) => Err("the cluster's API server does not list its jobs; it is asked again".into()),
        }
    }
}

/// Writes what the cluster tells of into the copy, for good.
async fn keep_up_to_date(api: Api<Job>, ours: watcher::Config, mut writer: reflector::store::Writer<Job>) {
    let mut broken = false;
    loop {
        let mut events = pin!(watcher(api.clone(), ours.clone()).default_backoff());
        while let Some(event) = events.next().await {
            match event {
                Ok(event) => {
                    writer.apply_watcher_event(&event);
                    if broken {
                        broken = false;
                        tracing::info!("the cluster's API server tells of its jobs again");
                    }
                }
                Err(error) => {
                    if !broken {
                        broken = true;
                        tracing::warn!(%error, "the cluster's API server does not tell of its jobs; it is asked again");
                    }
                    // The watcher lists anew where it is told so in a watch, and not where a watch is refused so.
                    if is_gone(&error) {
                        break;
                    }
                }
            }
        }
    }
}

fn is_gone(error: &watcher::Error) -> bool {
    matches!(error, watcher::Error::WatchStartFailed(kube::Error::Api(status)) if status.code == 410)
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
    }
}
