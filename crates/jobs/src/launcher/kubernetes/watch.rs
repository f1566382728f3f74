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
        let task = tokio::spawn(async move {
            let mut events = pin!(reflector::reflector(writer, watcher(api, ours)).default_backoff());
            let mut broken = false;
            while let Some(event) = events.next().await {
                match event {
                    Ok(_) if broken => {
                        broken = false;
                        tracing::info!("the cluster's API server tells of its jobs again");
                    }
                    Err(error) if !broken => {
                        broken = true;
                        tracing::warn!(%error, "the cluster's API server does not tell of its jobs; it is asked again");
                    }
                    Ok(_) | Err(_) => {}
                }
            }
        });
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

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
    }
}
