//! What `serve` is told.

use std::{fs, net::SocketAddr, path::PathBuf};

use anyhow::{Context, anyhow};
use jobs::KubernetesConfig;
use model::FineTuneProvider;
use serde::Deserialize;
use url::Url;

use super::kubernetes::KubernetesLayer;
use crate::failure::{Failure, Outcome};

/// Where the server listens where nothing is said.
const LISTEN: &str = "127.0.0.1:8080";

/// What `serve` is told, as it holds.
#[derive(Clone)]
pub(crate) struct ServerSettings {
    /// Where it listens.
    pub(crate) listen: SocketAddr,
    /// Who may ask.
    pub(crate) auth: Auth,
    /// Where it is reached from outside.
    pub(crate) public_url: Option<String>,
    /// The web pages of other origins that may ask.
    pub(crate) cors_origins: Vec<String>,
    /// Who trains on exports.
    pub(crate) finetune_provider: FineTuneProvider,
    /// Where they are reached; `None`: at the gateway.
    pub(crate) finetune_url: Option<String>,
    /// The most bytes of a document.
    pub(crate) max_upload_bytes: u64,
    /// Where jobs run.
    pub(crate) launcher: LauncherChoice,
    /// Jobs at once.
    pub(crate) max_running_jobs: usize,
    /// What one user may.
    pub(crate) user: UserLimits,
}

/// Who may ask.
#[derive(Clone)]
pub(crate) enum Auth {
    /// Everyone who reaches it: on loopback alone.
    None,
    /// Who has a key: `user=key`, comma-separated or one a line.
    Token { keys: String },
    /// Who has a token of an issuer.
    Jwt { jwks_url: String, issuer: String, audience: String },
}

/// Where jobs run.
#[derive(Debug, Clone)]
pub(crate) enum LauncherChoice {
    /// They are child processes of the server.
    Process,
    /// They are Jobs of a cluster.
    Kubernetes(KubernetesConfig),
}

/// What one user may; `None`: no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct UserLimits {
    /// Requests a second.
    pub(crate) requests_per_second: Option<u32>,
    /// Projects.
    pub(crate) max_projects: Option<u64>,
    /// Bytes of all documents.
    pub(crate) max_document_bytes: Option<u64>,
    /// Jobs at once.
    pub(crate) max_running_jobs: Option<usize>,
}

/// What file and environment may hold of it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ServerLayer {
    pub(super) listen: Option<String>,
    pub(super) auth: Option<String>,
    pub(super) auth_tokens: Option<String>,
    pub(super) auth_tokens_file: Option<PathBuf>,
    pub(super) jwt_jwks_url: Option<String>,
    pub(super) jwt_issuer: Option<String>,
    pub(super) jwt_audience: Option<String>,
    pub(super) finetune_provider: Option<String>,
    pub(super) finetune_url: Option<String>,
    pub(super) launcher: Option<String>,
    /// Read apart, from the same place.
    #[serde(skip)]
    pub(super) kubernetes: KubernetesLayer,
    pub(super) public_url: Option<String>,
    pub(super) cors_origins: Option<String>,
    pub(super) max_upload_bytes: Option<u64>,
    pub(super) max_running_jobs: Option<usize>,
    pub(super) user_requests_per_second: Option<u32>,
    pub(super) user_max_projects: Option<u64>,
    pub(super) user_max_document_bytes: Option<u64>,
    pub(super) user_max_running_jobs: Option<usize>,
}

/// Every name of it that a settings file may hold.
pub(super) const KNOWN: &[&str] = &[
    "listen",
    "auth",
    "auth_tokens",
    "auth_tokens_file",
    "jwt_jwks_url",
    "jwt_issuer",
    "jwt_audience",
    "finetune_provider",
    "finetune_url",
    "launcher",
    "public_url",
    "cors_origins",
    "max_upload_bytes",
    "max_running_jobs",
    "user_requests_per_second",
    "user_max_projects",
    "user_max_document_bytes",
    "user_max_running_jobs",
];

impl ServerSettings {
    /// The origins of the pages that use the server: its own, as far as it is known, and those that may ask.
    pub(crate) fn page_origins(&self) -> Vec<String> {
        let own = match &self.public_url {
            Some(url) => match Url::parse(url) {
                Ok(url) => vec![url.origin().ascii_serialization()],
                Err(_) => Vec::new(),
            },
            None => {
                let (ip, port) = (self.listen.ip(), self.listen.port());
                let here = ip.is_loopback() || ip.is_unspecified();
                let hosts =
                    if here { vec!["127.0.0.1".into(), "localhost".into()] } else { vec![ip.to_string()] };
                hosts.iter().map(|host: &String| format!("http://{host}:{port}")).collect()
            }
        };
        own.into_iter().chain(self.cors_origins.iter().cloned()).collect()
    }

    /// The settings of a layer, with `--listen` before it.
    pub(super) fn new(layer: ServerLayer, listen: Option<&str>) -> Outcome<Self> {
        let auth = auth(&layer)?;
        let listen = listen.or(layer.listen.as_deref()).unwrap_or(LISTEN);
        let listen = listen.parse().map_err(|_| {
            Failure::usage(anyhow!("listen is `{listen}`; it has to be an address and a port"))
                .hint(format!("like {LISTEN}"))
        })?;
        let launcher = match layer.launcher.as_deref() {
            None | Some("" | "process") => LauncherChoice::Process,
            Some("kubernetes") => LauncherChoice::Kubernetes(layer.kubernetes.config()?),
            Some(other) => {
                return Err(Failure::usage(anyhow!(
                    "launcher is `{other}`; it has to be `process` or `kubernetes`"
                )));
            }
        };
        let finetune_url = layer.finetune_url.filter(|url| !url.is_empty());
        let finetune_provider = match layer.finetune_provider.as_deref() {
            None | Some("" | "openai") => FineTuneProvider::Openai,
            Some("platform") if finetune_url.is_some() => FineTuneProvider::Platform,
            Some("platform") => {
                return Err(Failure::usage(anyhow!(
                    "finetune_provider is `platform`, and finetune_url is not set"
                ))
                .hint("set DATA_FORGE_FINETUNE_URL to the address that jobs are made at"));
            }
            Some(other) => {
                return Err(Failure::usage(anyhow!(
                    "finetune_provider is `{other}`; it has to be `openai` or `platform`"
                )));
            }
        };
        // Whoever needs no key is the machine's own user.
        let default_rate = (!matches!(auth, Auth::None)).then_some(100);
        let positive = |value: Option<u64>, name| match value {
            Some(0) => Err(Failure::usage(anyhow!("{name} is 0; it has to be 1 or more"))),
            other => Ok(other),
        };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let jobs = positive(layer.max_running_jobs.map(|jobs| jobs as u64), "max_running_jobs")?;
        Ok(Self {
            listen,
            auth,
            public_url: layer.public_url.map(|url| url.trim_end_matches('/').to_owned()),
            cors_origins: layer
                .cors_origins
                .unwrap_or_default()
                .split(',')
                .map(|origin| origin.trim().to_owned())
                .filter(|origin| !origin.is_empty())
                .collect(),
            finetune_provider,
            finetune_url,
            launcher,
            max_upload_bytes: positive(layer.max_upload_bytes, "max_upload_bytes")?.unwrap_or(2 << 30),
            max_running_jobs: jobs.and_then(|jobs| usize::try_from(jobs).ok()).unwrap_or(cores),
            user: UserLimits {
                requests_per_second: layer
                    .user_requests_per_second
                    .or(default_rate)
                    .filter(|requests| *requests > 0),
                max_projects: layer.user_max_projects,
                max_document_bytes: layer.user_max_document_bytes,
                max_running_jobs: layer.user_max_running_jobs.filter(|jobs| *jobs > 0),
            },
        })
    }
}

fn auth(layer: &ServerLayer) -> Outcome<Auth> {
    let need = |value: &Option<String>, name: &str| {
        value.clone().filter(|value| !value.is_empty()).ok_or_else(|| {
            Failure::usage(anyhow!("auth is `jwt`, and {name} is not set"))
                .hint(format!("set DATA_FORGE_{}", name.to_uppercase()))
        })
    };
    match layer.auth.as_deref().unwrap_or("none") {
        "none" => Ok(Auth::None),
        "token" => Ok(Auth::Token { keys: keys(layer)? }),
        "jwt" => Ok(Auth::Jwt {
            jwks_url: need(&layer.jwt_jwks_url, "jwt_jwks_url")?,
            issuer: need(&layer.jwt_issuer, "jwt_issuer")?,
            audience: need(&layer.jwt_audience, "jwt_audience")?,
        }),
        other => Err(Failure::usage(anyhow!("auth is `{other}`; it has to be none, token or jwt"))),
    }
}

fn keys(layer: &ServerLayer) -> Outcome<String> {
    if let Some(file) = &layer.auth_tokens_file {
        return fs::read_to_string(file)
            .with_context(|| format!("{} cannot be read", file.display()))
            .map_err(Failure::usage);
    }
    layer.auth_tokens.clone().ok_or_else(|| {
        Failure::usage(anyhow!("auth is `token`, and there is no key")).hint(
            "set DATA_FORGE_AUTH_TOKENS to user=key, or DATA_FORGE_AUTH_TOKENS_FILE to a file of such lines",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_said_is_loopback_for_everyone_on_it() {
        let settings = ServerSettings::new(ServerLayer::default(), None).unwrap();
        assert_eq!(settings.listen.to_string(), LISTEN);
        assert!(matches!(settings.auth, Auth::None));
        assert_eq!(settings.user, UserLimits::default());
    }

    #[test]
    fn pages_come_from_where_the_server_is_reached() {
        let origins = |public_url: Option<&str>, listen: &str| {
            let layer = ServerLayer {
                public_url: public_url.map(Into::into),
                cors_origins: Some("https://other.example".into()),
                ..ServerLayer::default()
            };
            ServerSettings::new(layer, Some(listen)).unwrap().page_origins()
        };
        assert_eq!(
            origins(Some("https://forge.example/base/"), "0.0.0.0:80"),
            ["https://forge.example", "https://other.example"]
        );
        assert_eq!(
            origins(None, "127.0.0.1:8080"),
            ["http://127.0.0.1:8080", "http://localhost:8080", "https://other.example"]
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        let said = |layer| ServerSettings::new(layer, None).err().unwrap().error.to_string();
        let auth = |name: &str| ServerLayer { auth: Some(name.into()), ..ServerLayer::default() };
        assert_eq!(said(auth("token")), "auth is `token`, and there is no key");
        assert_eq!(said(auth("jwt")), "auth is `jwt`, and jwt_jwks_url is not set");
        assert_eq!(said(auth("magic")), "auth is `magic`; it has to be none, token or jwt");
        let elsewhere = ServerLayer { launcher: Some("elsewhere".into()), ..ServerLayer::default() };
        assert!(said(elsewhere).contains("`elsewhere`"));
        let listen = ServerLayer { listen: Some("nowhere".into()), ..ServerLayer::default() };
        assert!(said(listen).contains("`nowhere`"));
    }
}
