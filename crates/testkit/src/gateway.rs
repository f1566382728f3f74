//! The simulated gateway: `/v1/models`, `/v1/chat/completions`, `/stats` and `/health`.

mod answer;
mod chance;
mod config;
mod fault;
mod handlers;
mod judge;
mod obedience;
mod passage;
mod refusals;
mod stats;
mod training;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

pub use config::{FaultRates, GatewayConfig, JudgeManner, ModelSpec, ModelSpecError};
pub use stats::Stats;

/// A simulated gateway that runs until this is dropped.
pub struct Gateway {
    address: SocketAddr,
    shared: Arc<Shared>,
    /// Dropping it stops the server.
    _stop: oneshot::Sender<()>,
}

/// What the handlers share.
struct Shared {
    config: GatewayConfig,
    counter: stats::Counter,
    training: training::Training,
}

impl Gateway {
    /// Starts a gateway on loopback.
    ///
    /// # Errors
    /// Where the port cannot be had.
    pub async fn start(mut config: GatewayConfig) -> io::Result<Self> {
        if config.models.is_empty() {
            config.models = ModelSpec::defaults();
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, config.port)).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            config,
            counter: stats::Counter::default(),
            training: training::Training::default(),
        });
        let router = Router::new()
            .route("/v1/models", get(handlers::models))
            .route("/v1/chat/completions", post(handlers::chat_completions))
            .route("/v1/files", post(training::upload))
            .route("/v1/fine_tuning/jobs", post(training::create).get(training::list))
            .route("/v1/fine_tuning/jobs/{id}", get(training::job))
            .route("/platform/jobs", post(training::create_on_platform))
            .route("/platform/jobs/{id}", get(training::job))
            .route("/stats", get(handlers::stats))
            .route("/health", get(handlers::health))
            .with_state(Arc::clone(&shared));
        let (stop, stopped) = oneshot::channel();
        let listener = listener.tap_io(|stream| {
            // Without it small replies wait for the other side's delayed acknowledgement; where it
            // fails they are slow, and right.
            let _ = stream.set_nodelay(true);
        });
        tokio::spawn(
            axum::serve(listener, router)
                .with_graceful_shutdown(async {
                    let _: Result<(), _> = stopped.await;
                })
                .into_future(),
        );
        Ok(Self { address, shared, _stop: stop })
    }

    /// Its address as clients take it, ending in `/v1`.
    pub fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Where its simulated training platform takes jobs.
    pub fn platform_url(&self) -> String {
        format!("http://{}/platform/jobs", self.address)
    }

    /// The files that were uploaded, by their names, and what was asked for in each job that was made.
    pub fn training(&self) -> (Vec<(String, Vec<u8>)>, Vec<serde_json::Value>) {
        self.shared.training.seen()
    }

    /// Has a job go on to a state.
    pub fn set_training(&self, id: &str, state: serde_json::Value) {
        self.shared.training.set(id, state);
    }

    /// Refuses the next requests for training with an error of this message, until it is `None`.
    pub fn refuse_training(&self, message: Option<&str>) {
        self.shared.training.refuse(message);
    }

    /// Has the next job be made and its maker never hear of it.
    pub fn lose_next_training_reply(&self) {
        self.shared.training.lose_next();
    }

    /// What it has seen so far.
    pub fn stats(&self) -> Stats {
        self.shared.counter.stats()
    }
}
