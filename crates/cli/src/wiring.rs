//! From settings to the parts that a command works with.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, anyhow};
use jobs::{Environment, ReaderCommand, Readers, StoreLogs, SystemClock, Tesseract};
use llm::{Gateway, GatewayConfig};
use model::{ParseOptions, Price};
use store::OpenMode;
use tracing_subscriber::{EnvFilter, Layer, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{
    args::Common,
    failure::{Failure, Outcome},
    printer::Printer,
    settings::{ReadingSettings, Settings, make_data_dir},
};

/// What to do where OCR is asked for and cannot be had.
const OCR_HINT: &str = "or leave --ocr out; `data-forge doctor` says what is there";

/// Where a local Ollama answers.
pub(crate) const OLLAMA: &str = "http://127.0.0.1:11434/v1";

/// Structured logs to standard error: warnings, more with `-v`, or as `RUST_LOG` says; as JSON where
/// `DATA_FORGE_LOG_FORMAT` is `json`.
///
/// What belongs into the log of a generation is said there, or at the end of a run: below `-v` it is not
/// said here again. A worker's events go into that log too, through `also`.
pub(crate) fn start_logs(printer: &Printer, common: &Common, also: Option<StoreLogs>) {
    let default = match common.verbose {
        0 => "warn,generation=off",
        1 => "info",
        _ => "debug",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    let writer = printer.clone();
    let lines = tracing_subscriber::fmt::layer()
        .with_target(false)
        .with_ansi(printer.is_terminal())
        .with_writer(move || writer.clone());
    let lines = if std::env::var("DATA_FORGE_LOG_FORMAT").is_ok_and(|format| format == "json") {
        lines.json().boxed()
    } else {
        lines.boxed()
    };
    tracing_subscriber::registry().with(lines.with_filter(filter)).with(also).init();
}

/// The stores, opened and brought to this program's version; no gateway yet.
pub(crate) async fn environment(settings: &Settings) -> Outcome<Environment> {
    make_data_dir(&settings.data_dir)
        .with_context(|| format!("the data directory {} cannot be made", settings.data_dir.display()))
        .map_err(|error| Failure::usage(error).hint("set --data-dir to a folder that can be written to"))?;
    open(settings, OpenMode::Migrate).await
}

/// The stores as they are, opened for a worker: older ones and none at all are refused.
pub(crate) async fn worker_environment(settings: &Settings) -> Outcome<Environment> {
    open(settings, OpenMode::Require).await
}

async fn open(settings: &Settings, mode: OpenMode) -> Outcome<Environment> {
    let metadata = store::open_metadata_with(&settings.database_url, mode)
        .await
        .map_err(|error| Failure::usage(error).hint("`data-forge doctor` checks the settings"))?;
    let objects = store::open_objects(&settings.storage_url)
        .await
        .map_err(|error| Failure::usage(error).hint("`data-forge doctor` checks the settings"))?;
    let mut environment = Environment::new(metadata, objects, Arc::new(SystemClock));
    let program = std::env::current_exe().context("this program does not know where it is")?;
    let reader = ReaderCommand { program, arguments: vec!["read-documents".into()] };
    let ReadingSettings { pdf_passwords, ocr_languages } = settings.reading.clone();
    environment.readers =
        Arc::new(Readers::apart(reader).with_passwords(pdf_passwords).with_ocr_languages(ocr_languages));
    environment.limits.max_concurrency = settings.max_concurrency;
    Ok(environment)
}

/// Whether pictures of text can be read in these languages, where that is asked for.
pub(crate) fn check_ocr(options: ParseOptions, languages: &[String]) -> Outcome<()> {
    let found = options.ocr.then(|| Tesseract::find(languages)).transpose();
    found.map(drop).map_err(|error| Failure::usage(error).hint(OCR_HINT))
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

/// What a model's tokens cost: by the settings, else as the gateway's list of models says.
pub(crate) async fn price(settings: &Settings, gateway: &Gateway, model: &str) -> Option<Price> {
    if let Some(price) = settings.prices.get(model) {
        return Some(*price);
    }
    // Not every gateway lists its models; whether it answers at all is found out by the first call.
    let listed = gateway.models().await.ok()?;
    listed.into_iter().find(|listed| listed.id == model)?.price
}
