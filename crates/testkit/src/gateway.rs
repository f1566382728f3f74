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
        let shared = Arc::new(Shared { config, counter: stats::Counter::default() });
        let router = Router::new()
            .route("/v1/models", get(handlers::models))
            .route("/v1/chat/completions", post(handlers::chat_completions))
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

    /// What it has seen so far.
    pub fn stats(&self) -> Stats {
        self.shared.counter.stats()
    }
}
