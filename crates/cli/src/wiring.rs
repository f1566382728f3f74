//! From settings to the parts that a command works with.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, anyhow};
use jobs::{Environment, SystemClock};
use llm::{Gateway, GatewayConfig};
use tracing_subscriber::EnvFilter;

use crate::{
    args::Common,
    failure::{Failure, Outcome},
    printer::Printer,
    settings::{Settings, make_data_dir},
};

/// Where a local Ollama answers.
pub(crate) const OLLAMA: &str = "http://127.0.0.1:11434/v1";

/// Structured logs to standard error: warnings, more with `-v`, or as `RUST_LOG` says; as JSON where
/// `DATA_FORGE_LOG_FORMAT` is `json`.
pub(crate) fn start_logs(printer: &Printer, common: &Common) {
    let default = match common.verbose {
        0 => "warn",
        1 => "info",
        _ => "debug",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    let writer = printer.clone();
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_target(false)
        .with_ansi(printer.is_terminal())
        .with_writer(move || writer.clone());
    if std::env::var("DATA_FORGE_LOG_FORMAT").is_ok_and(|format| format == "json") {
        logs.json().init();
    } else {
        logs.init();
    }
}

/// The stores, opened and brought to this program's version; no gateway yet.
pub(crate) async fn environment(settings: &Settings) -> Outcome<Environment> {
    make_data_dir(&settings.data_dir)
        .with_context(|| format!("the data directory {} cannot be made", settings.data_dir.display()))
        .map_err(|error| Failure::usage(error).hint("set --data-dir to a folder that can be written to"))?;
    let metadata = store::open_metadata(&settings.database_url)
        .await
        .map_err(|error| Failure::usage(error).hint("`data-forge doctor` checks the settings"))?;
    let objects = store::open_objects(&settings.storage_url)
        .await
        .map_err(|error| Failure::usage(error).hint("`data-forge doctor` checks the settings"))?;
    let mut environment = Environment::new(metadata, objects, Arc::new(SystemClock));
    environment.limits.max_concurrency = settings.max_concurrency;
    Ok(environment)
}

/// The gateway that is set, else a local Ollama if one answers.
pub(crate) async fn gateway(settings: &Settings) -> Outcome<Option<Arc<Gateway>>> {
    if let Some(url) = &settings.gateway_url {
        return connect(url, settings).map(Some);
    }
    let probe = GatewayConfig {
        max_attempts: 1,
        request_timeout: Duration::from_secs(1),
        ..GatewayConfig::new(OLLAMA)
    };
    let answers = Gateway::new(probe)?.models().await.is_ok();
    if answers { connect(OLLAMA, settings).map(Some) } else { Ok(None) }
}

fn connect(url: &str, settings: &Settings) -> Outcome<Arc<Gateway>> {
    let config = GatewayConfig {
        api_key: settings.gateway_api_key.clone(),
        max_concurrency: settings.max_concurrency,
        request_timeout: settings.request_timeout,
        ..GatewayConfig::new(url)
    };
    Gateway::new(config).map(Arc::new).map_err(|error| {
        Failure::usage(anyhow!(error)).hint("the gateway's URL is like http://127.0.0.1:11434/v1")
    })
}
