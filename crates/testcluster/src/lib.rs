//! A stand-in for a Kubernetes cluster: enough of its API for Jobs, and processes in place of containers.
//!
//! `batch/v1` Jobs can be made, read, listed, watched and deleted, Pods and Events listed, as a server of version 1.35 answers;
//! Jobs are Indexed or not, with `parallelism`, `completions`, `backoffLimit`, `activeDeadlineSeconds`, `ttlSecondsAfterFinished` and
//! `podFailurePolicy` for conditions of pods. A container's image stands for a program of this machine. What goes wrong in clusters
//! can be made to go wrong: pods are killed and evicted, watches are cut and their history is forgotten, the server is away, slow
//! or refuses.
//!
//! Not there: other kinds, patches, volumes (a container shares this machine's files), init containers, nodes.

#![expect(clippy::disallowed_methods, reason = "a cluster has a clock of its own")]

mod api;
mod controller;
mod faults;
mod objects;
mod pods;
mod watching;

use std::{
    collections::BTreeMap,
    io,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{net::TcpListener, task::JoinHandle};

use self::{controller::Controller, faults::Faults, objects::Objects};

/// What a cluster is made of.
#[derive(Debug, Clone)]
pub struct ClusterConfig {
    /// The only namespace.
    pub namespace: String,
    /// The bearer token that each request needs.
    pub token: String,
    /// The program that each image stands for.
    pub images: BTreeMap<String, PathBuf>,
    /// The variables of ConfigMaps and Secrets, by their names.
    pub variables: BTreeMap<String, BTreeMap<String, String>>,
    /// How long a pod that failed is not replaced, doubled with each that fails: ten seconds in a real one.
    pub backoff: Duration,
}

impl Default for ClusterConfig {
    fn default() -> Self {
        Self {
            namespace: "default".into(),
            token: "token-of-the-test-cluster".into(),
            images: BTreeMap::new(),
            variables: BTreeMap::new(),
            backoff: Duration::from_millis(50),
        }
    }
}

impl ClusterConfig {
    /// Lets an image stand for a program.
    #[must_use]
    pub fn image(mut self, name: &str, program: impl Into<PathBuf>) -> Self {
        self.images.insert(name.into(), program.into());
        self
    }

    /// Puts a variable into a ConfigMap or a Secret.
    #[must_use]
    pub fn variable(mut self, of: &str, name: &str, value: &str) -> Self {
        self.variables.entry(of.into()).or_default().insert(name.into(), value.into());
        self
    }
}

/// A cluster that runs until it is dropped; its containers go with it.
pub struct Cluster {
    address: SocketAddr,
    inner: Arc<Inner>,
    tasks: Vec<JoinHandle<()>>,
}

/// What handlers and controller share.
struct Inner {
    config: ClusterConfig,
    objects: Mutex<Objects>,
    faults: Faults,
}

impl Inner {
    fn objects(&self) -> MutexGuard<'_, Objects> {
        self.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cluster {
    /// Starts a cluster on loopback.
    ///
    /// # Errors
    /// Where no port can be had.
    pub async fn start(config: ClusterConfig) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let inner = Arc::new(Inner { config, objects: Mutex::default(), faults: Faults::default() });
        let router = api::router(Arc::clone(&inner));
        let controller = Controller::new(Arc::clone(&inner));
        let tasks = vec![
            tokio::spawn(async move {
                // It ends with its task; there is nobody to tell.
                let _ = axum::serve(listener, router).await;
            }),
            tokio::spawn(controller.run()),
        ];
        Ok(Self { address, inner, tasks })
    }

    /// Where its API server listens.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Writes a kubeconfig for it.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn kubeconfig(&self, path: &Path) -> io::Result<()> {
        let (url, ClusterConfig { namespace, token, .. }) = (self.url(), &self.inner.config);
        let text = format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: test\nclusters:\n- name: test\n  cluster:\n    server: {url}\n\
             users:\n- name: test\n  user:\n    token: {token}\n\
             contexts:\n- name: test\n  context:\n    cluster: test\n    user: test\n    namespace: {namespace}\n"
        );
        std::fs::write(path, text)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}
