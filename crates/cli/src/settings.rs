//! The settings: flag, then environment, then `data-forge.toml`, then default.

mod kubernetes;
mod server;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, anyhow};
use config::{Config, Environment, File, FileFormat};
use llm::Secret;
use model::{Price, Prices};
use parse::Password;
use serde::Deserialize;

pub(crate) use self::server::{Auth, LauncherChoice, ServerSettings};
use crate::{
    args::Common,
    failure::{Failure, Outcome},
};

/// The settings file, looked for in the working directory.
pub(crate) const FILE: &str = "data-forge.toml";

/// The settings as they hold.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// Where everything is kept that has no place of its own.
    pub(crate) data_dir: PathBuf,
    /// The metadata store.
    pub(crate) database_url: String,
    /// The object store.
    pub(crate) storage_url: String,
    /// The gateway, where one is set.
    pub(crate) gateway_url: Option<String>,
    /// Its key.
    pub(crate) gateway_api_key: Option<Secret>,
    /// The default teacher.
    pub(crate) model: Option<String>,
    /// What models cost, in USD per million tokens.
    pub(crate) prices: Prices,
    /// Calls at once.
    pub(crate) max_concurrency: usize,
    /// Until a call is given up.
    pub(crate) request_timeout: Duration,
    /// What reading documents needs.
    pub(crate) reading: ReadingSettings,
    /// The settings file, if there is one.
    pub(crate) file: Option<PathBuf>,
}

/// What reading documents needs.
#[derive(Debug, Clone)]
pub(crate) struct ReadingSettings {
    /// What encrypted PDFs may open with.
    pub(crate) pdf_passwords: Vec<Password>,
    /// The languages of pictures of text, as `tesseract` calls them; none: those that it has.
    pub(crate) ocr_languages: Vec<String>,
}

/// The settings file, if there is one, and what it and the environment hold.
struct Layers {
    file: Option<PathBuf>,
    layer: Layer,
    server: server::ServerLayer,
}

/// What file and environment may hold; the environment's names have `DATA_FORGE_` before them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Layer {
    data_dir: Option<PathBuf>,
    database_url: Option<String>,
    storage_url: Option<String>,
    gateway_url: Option<String>,
    gateway_api_key: Option<String>,
    model: Option<String>,
    prices: BTreeMap<String, Price>,
    max_concurrency: Option<usize>,
    request_timeout: Option<u64>,
    pdf_password: Option<String>,
    pdf_password_file: Option<PathBuf>,
    ocr_languages: Option<String>,
}

/// Every name that a settings file may hold, but those of the server.
const KNOWN: &[&str] = &[
    "data_dir",
    "database_url",
    "storage_url",
    "gateway_url",
    "gateway_api_key",
    "model",
    "prices",
    "max_concurrency",
    "request_timeout",
    "pdf_password",
    "pdf_password_file",
    "ocr_languages",
];

impl Settings {
    /// Reads all layers.
    pub(crate) fn load(flags: &Common) -> Outcome<Self> {
        Self::from_layers(read()?, flags).map(|(settings, _)| settings)
    }

    /// Reads all layers, those of `serve` included; `listen` is its flag.
    pub(crate) fn load_with_server(flags: &Common, listen: Option<&str>) -> Outcome<(Self, ServerSettings)> {
        let (settings, server) = Self::from_layers(read()?, flags)?;
        Ok((settings, ServerSettings::new(server, listen)?))
    }

    /// What reading documents needs, for a command that needs no other setting.
    pub(crate) fn load_reading() -> Outcome<ReadingSettings> {
        read()?.layer.reading()
    }

    fn from_layers(layers: Layers, flags: &Common) -> Outcome<(Self, server::ServerLayer)> {
        let Layers { file, layer, server } = layers;
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());

        let data_dir =
            flags.data_dir.clone().or_else(|| layer.data_dir.clone()).or_else(default_data_dir).ok_or_else(
                || {
                    Failure::usage(anyhow!("there is no home directory to keep data in"))
                        .hint("set --data-dir")
                },
            )?;
        let max_concurrency = flags.max_concurrency.or(layer.max_concurrency).unwrap_or(32);
        let request_timeout = flags.request_timeout.or(layer.request_timeout).unwrap_or(120);
        for (name, value) in
            [("max_concurrency", max_concurrency as u64), ("request_timeout", request_timeout)]
        {
            if value == 0 {
                return Err(Failure::usage(anyhow!("{name} is 0; it has to be 1 or more")));
            }
        }
        let reading = layer.reading()?;
        let settings = Self {
            reading,
            database_url: flags
                .database_url
                .clone()
                .or(layer.database_url)
                .unwrap_or_else(|| format!("sqlite:{}", data_dir.join("data-forge.db").display())),
            storage_url: flags
                .storage_url
                .clone()
                .or(layer.storage_url)
                .or_else(|| variable("S3_BUCKET").map(|bucket| format!("s3://{bucket}")))
                .unwrap_or_else(|| data_dir.join("objects").display().to_string()),
            data_dir,
            gateway_url: flags
                .gateway_url
                .clone()
                .or(layer.gateway_url)
                .or_else(|| variable("OPENAI_BASE_URL")),
            gateway_api_key: layer.gateway_api_key.or_else(|| variable("OPENAI_API_KEY")).map(Secret::new),
            model: layer.model,
            prices: layer.prices,
            max_concurrency,
            request_timeout: Duration::from_secs(request_timeout),
            file,
        };
        Ok((settings, server))
    }
}

impl Layer {
    fn reading(&self) -> Outcome<ReadingSettings> {
        // As `tesseract` itself takes them: `deu+eng`.
        let languages = self.ocr_languages.as_deref().unwrap_or_default().split(['+', ',']);
        let languages = languages.map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
        Ok(ReadingSettings { pdf_passwords: self.pdf_passwords()?, ocr_languages: languages.collect() })
    }

    /// The passwords of PDFs: the one that is set, and those of the file, one a line.
    fn pdf_passwords(&self) -> Outcome<Vec<Password>> {
        // Each is tried on each encrypted PDF, which is made to cost time.
        const MOST: usize = 100;
        let file = self.pdf_password_file.as_ref();
        let lines = file
            .map(|file| {
                std::fs::read_to_string(file)
                    .with_context(|| format!("the passwords in {} cannot be read", file.display()))
                    .map_err(Failure::usage)
            })
            .transpose()?
            .unwrap_or_default();
        let lines = lines.lines().filter(|line| !line.is_empty());
        let passwords: Vec<Password> =
            self.pdf_password.as_deref().into_iter().chain(lines).map(Password::new).collect();
        if passwords.len() > MOST {
            let has = passwords.len();
            return Err(Failure::usage(anyhow!("{has} passwords of PDFs are set; at most {MOST} are tried")));
        }
        Ok(passwords)
    }
}

fn read() -> Outcome<Layers> {
    let file = PathBuf::from(FILE);
    let file = file.is_file().then_some(file);
    let mut builder = Config::builder();
    if let Some(file) = &file {
        check_names(file)?;
        builder = builder.add_source(File::from(file.as_path()).format(FileFormat::Toml));
    }
    let unreadable = |error| Failure::usage(anyhow!("the settings cannot be read: {error}"));
    let config = builder
        .add_source(Environment::with_prefix("DATA_FORGE").ignore_empty(true))
        .build()
        .map_err(unreadable)?;
    let layer = config.clone().try_deserialize().map_err(unreadable)?;
    let mut server: server::ServerLayer = config.clone().try_deserialize().map_err(unreadable)?;
    server.kubernetes = config.try_deserialize().map_err(unreadable)?;
    Ok(Layers { file, layer, server })
}

/// The environment may hold names for other programs of a like prefix; a name in the file that is
/// none of ours is a mistake.
fn check_names(file: &Path) -> Outcome<()> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let table: toml::Table =
        text.parse().map_err(|error| Failure::usage(anyhow!("{}: {error}", file.display())))?;
    let known = [KNOWN, server::KNOWN, kubernetes::KNOWN].concat();
    match table.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(Failure::usage(anyhow!("{}: there is no setting `{name}`", file.display()))
            .hint(format!("the settings are {}", known.join(", ")))),
        None => Ok(()),
    }
}

/// Makes the data directory where it is not there: open to its owner alone, since it holds documents.
pub(crate) fn make_data_dir(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn default_data_dir() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", "data-forge").map(|dirs| dirs.data_dir().to_owned())
}
