//! `data-forge doctor`.

use ::generate::BUILTIN;
use anyhow::Context;
use jobs::KubernetesLauncher;
use store::{Bucket, ObjectKey};

use super::storage;
use crate::{
    args::Common,
    failure::{Exit, Failure, Outcome},
    printer::Printer,
    settings::{FILE, LauncherChoice, ServerSettings, Settings, make_data_dir},
    wiring,
};

/// Checks each setting and each outside part; says what is wrong and what to do.
pub(crate) async fn run(common: &Common, printer: &Printer) -> Outcome<Exit> {
    let (settings, server) = Settings::load_with_server(common, None)?;
    let mut report = Report { printer, failed: false };
    let file =
        settings.file.as_ref().map_or_else(|| format!("no {FILE} here"), |file| file.display().to_string());
    report.line("settings", Ok(file))?;
    report.line("data directory", data_directory(&settings))?;
    report.line("metadata store", metadata(&settings).await)?;
    report.line("object store", objects(&settings).await)?;
    if let Some(bucket) = storage::bucket(&settings).ok().flatten() {
        report.line("uploads by pages", uploads(&bucket, &server.page_origins()).await)?;
    }
    report.line("gateway", gateway(&settings).await)?;
    report.line("default teacher", teacher(&settings))?;
    let passwords = settings.reading.pdf_passwords.len();
    report
        .line("passwords of PDFs", Ok(if passwords == 0 { "none".into() } else { passwords.to_string() }))?;
    report.line("OCR", Ok(ocr(&settings)))?;
    report.line("launcher", launcher(&server).await)?;
    report.line("server", Ok(format!("listens on {}", server.listen)))?;
    Ok(if report.failed { Exit::Failed } else { Exit::Done })
}

struct Report<'a> {
    printer: &'a Printer,
    failed: bool,
}

impl Report<'_> {
    fn line(&mut self, part: &str, found: Outcome<String>) -> Outcome<()> {
        match found {
            Ok(fact) => self.printer.data(format!("ok    {part}: {fact}"))?,
            Err(failure) => {
                self.failed = true;
                self.printer.data(format!("wrong {part}: {:#}", failure.error))?;
                if let Some(hint) = failure.hint {
                    self.printer.data(format!("      {hint}"))?;
                }
            }
        }
        Ok(())
    }
}

async fn launcher(server: &ServerSettings) -> Outcome<String> {
    let LauncherChoice::Kubernetes(config) = &server.launcher else {
        return Ok("child processes of the server".into());
    };
    let (namespace, image) = (&config.namespace, &config.image);
    let hint = "see that the server's service account may create, get, list, watch and delete jobs, and list pods and events";
    let failed = |reason: String| Failure::failed(anyhow::anyhow!(reason)).hint(hint);
    let found = KubernetesLauncher::connect(config.clone()).await.map_err(failed)?;
    found.check().await.map_err(failed)?;
    Ok(format!("jobs of {image} in the namespace {namespace}"))
}

fn data_directory(settings: &Settings) -> Outcome<String> {
    let folder = &settings.data_dir;
    let writable = make_data_dir(folder).and_then(|()| tempfile::tempfile_in(folder).map(drop));
    match writable {
        Ok(()) => Ok(folder.display().to_string()),
        Err(error) => {
            Err(Failure::failed(anyhow::anyhow!("{} cannot be written to: {error}", folder.display()))
                .hint("set --data-dir to a folder that can be written to"))
        }
    }
}

async fn metadata(settings: &Settings) -> Outcome<String> {
    store::open_metadata(&settings.database_url).await?;
    Ok(store::without_credentials(&settings.database_url))
}

/// Writes, reads and removes an object.
async fn objects(settings: &Settings) -> Outcome<String> {
    const TEXT: &[u8] = b"written by data-forge doctor\n";
    let objects = store::open_objects(&settings.storage_url).await?;
    let key = ObjectKey::from_stored("data-forge/doctor").context("there is no key for it")?;
    objects.put(&key, TEXT).await?;
    let read = objects.get(&key).await?;
    let listed = objects.list(&key).await;
    objects.delete(&key).await?;
    listed?;
    if read.as_deref() != Some(TEXT) {
        return Err(Failure::failed(anyhow::anyhow!("what was written to it is not what is read from it")));
    }
    Ok(format!("{}, written, read and deleted", store::without_credentials(&settings.storage_url)))
}

/// Asks a bucket what a browser asks before it uploads.
async fn uploads(bucket: &Bucket, origins: &[String]) -> Outcome<String> {
    let mut refused = Vec::new();
    for origin in origins {
        if !bucket.lets_pages_upload(origin).await? {
            refused.push(origin.as_str());
        }
    }
    if refused.is_empty() {
        return Ok(format!("from {}", origins.join(", ")));
    }
    let rule = Bucket::upload_rule(origins);
    let error = anyhow::anyhow!("the bucket takes none from pages of {}", refused.join(", "));
    Err(Failure::failed(error)
        .hint(format!("run `data-forge storage cors`, or give the bucket this CORS rule: {rule}")))
}

async fn gateway(settings: &Settings) -> Outcome<String> {
    let Some(gateway) = wiring::gateway(settings).await? else {
        return Ok(format!("none is set and no Ollama answers at {}: {BUILTIN} alone", wiring::OLLAMA));
    };
    let models = gateway.models().await.map_err(|error| {
        Failure::failed(error).hint("check DATA_FORGE_GATEWAY_URL (with /v1) and DATA_FORGE_GATEWAY_API_KEY")
    })?;
    let url = settings.gateway_url.as_deref().unwrap_or(wiring::OLLAMA);
    Ok(format!("{}, {} models", store::without_credentials(url), models.len()))
}

/// It is no part that has to be there.
fn ocr(settings: &Settings) -> String {
    match jobs::Tesseract::find(&settings.reading.ocr_languages) {
        Ok(tesseract) => {
            format!("tesseract {}, for {}", tesseract.version(), tesseract.languages().join(", "))
        }
        Err(error) => format!("none for --ocr: {error}"),
    }
}

fn teacher(settings: &Settings) -> Outcome<String> {
    Ok(settings.model.clone().unwrap_or_else(|| "none; `run` takes --model".into()))
}
