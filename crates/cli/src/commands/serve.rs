//! `data-forge serve`.

use std::{ffi::OsString, net::SocketAddr, sync::Arc};

use anyhow::{Context, anyhow};
use jobs::{
    Environment, KubernetesLauncher, Launcher, ProcessLauncher, Supervisor, SupervisorConfig, WorkerCommand,
};
use server::{
    App, AuthMode, Authenticator, Config, FineTuneConfig, FineTuning, JwtConfig, Links, Parts, Tokens,
    UserLimits,
};
use tokio::net::TcpListener;

use crate::{
    args::{Common, ServeArgs},
    failure::{Exit, Failure, Outcome},
    printer::Printer,
    run::interrupt,
    settings::{Auth, LauncherChoice, ServerSettings, Settings},
    wiring,
};

const STOPPING: &str = "stopping: requests and calls under way may end; Ctrl-C again stops at once";

/// Serves the API, and sees to the jobs, until it is told to stop.
pub(crate) async fn run(args: &ServeArgs, common: &Common, printer: &Printer) -> Outcome<Exit> {
    // Whoever runs a server wants to know what it does.
    let common = Common { verbose: common.verbose.max(1), ..common.clone() };
    wiring::start_logs(printer, &common, None);
    let (settings, server) = Settings::load_with_server(&common, args.listen.as_deref())?;
    let auth = authenticator(&server.auth)?;
    if !auth.mode().may_listen(&server.listen) {
        return Err(Failure::usage(anyhow!(
            "without authentication it listens on loopback alone, not on {}",
            server.listen
        ))
        .hint("set DATA_FORGE_AUTH to token or jwt, or --listen to 127.0.0.1:8080"));
    }
    if args.demo && auth.mode() != AuthMode::None {
        return Err(Failure::usage(anyhow!("--demo is for a server without authentication alone"))
            .hint("leave out --demo, or DATA_FORGE_AUTH; users get the example documents from the web UI"));
    }
    let environment = Arc::new(wiring::environment(&settings).await?);
    let secret = server::secret(&settings.data_dir.join("signing.key"))
        .with_context(|| format!("{} has no signing key", settings.data_dir.display()))?;
    let listener = listen(server.listen).await?;
    let address = listener.local_addr().context("the address that it listens on is not known")?;
    let stop = interrupt::token(printer, STOPPING);
    let supervisor = Arc::new(supervisor(&environment, &settings, &server).await?);
    let app = App::new(Parts {
        gateway: wiring::gateway(&settings).await?,
        links: Links::new(secret),
        fine_tuning: fine_tuning(&settings, &server)?,
        config: config(&settings, &server),
        stopping: stop.child_token(),
        supervisor: Arc::clone(&supervisor),
        environment,
        auth,
    });
    printer
        .note(format!("Data Forge listens on http://{address}/ (the API's browser: http://{address}/docs)"));
    if args.demo {
        tokio::spawn(demo(app.clone(), format!("http://{address}"), printer.clone()));
    }
    let jobs = tokio::spawn({
        let stop = stop.clone();
        async move { supervisor.run(&stop).await }
    });
    server::serve(app, listener, stop).await.context("serving ended")?;
    jobs.await.context("the jobs were left")?;
    Ok(Exit::Done)
}

/// Sees to the example project while the server runs, and says where it is.
async fn demo(app: App, url: String, printer: Printer) {
    match server::demo(&app).await {
        Ok(project) => printer.note(format!("the example is ready for review: {url}/p/{project}/review")),
        Err(problem) => printer.note(format!("the example is not ready: {}", problem.detail)),
    }
}

fn authenticator(auth: &Auth) -> Outcome<Authenticator> {
    Ok(match auth {
        Auth::None => Authenticator::none(),
        Auth::Token { keys } => Authenticator::tokens(Tokens::read(keys).map_err(Failure::usage)?),
        Auth::Jwt { jwks_url, issuer, audience } => Authenticator::jwt(JwtConfig {
            jwks_url: jwks_url.clone(),
            issuer: issuer.clone(),
            audience: audience.clone(),
        })
        .map_err(Failure::usage)?,
    })
}

async fn listen(address: SocketAddr) -> Outcome<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("it cannot listen on {address}"))
        .map_err(|error| Failure::failed(error).hint("set --listen to an address and port that are free"))
}

fn config(settings: &Settings, server: &ServerSettings) -> Config {
    Config {
        public_url: server.public_url.clone(),
        max_upload_bytes: server.max_upload_bytes,
        allowed_origins: server.cors_origins.clone(),
        limits: UserLimits {
            requests_per_second: server.user.requests_per_second,
            max_projects: server.user.max_projects,
            max_document_bytes: server.user.max_document_bytes,
        },
        prices: settings.prices.clone(),
        ..Config::default()
    }
}

/// Who trains on exports: the gateway, where no other is set.
fn fine_tuning(settings: &Settings, server: &ServerSettings) -> Outcome<Option<Arc<FineTuning>>> {
    let Some(url) = server.finetune_url.as_ref().or(settings.gateway_url.as_ref()) else { return Ok(None) };
    let config = FineTuneConfig {
        provider: server.finetune_provider,
        url: url.clone(),
        api_key: settings.gateway_api_key.clone(),
    };
    let tuning = FineTuning::new(config).map_err(|error| Failure::usage(anyhow!(error)));
    tuning.map(|tuning| Some(Arc::new(tuning)))
}

async fn supervisor(
    environment: &Arc<Environment>,
    settings: &Settings,
    server: &ServerSettings,
) -> Outcome<Supervisor> {
    let config = SupervisorConfig {
        max_running: server.max_running_jobs,
        max_running_per_user: server.user.max_running_jobs,
        ..SupervisorConfig::default()
    };
    let (launcher, config): (Arc<dyn Launcher>, _) = match &server.launcher {
        LauncherChoice::Process => {
            let program = std::env::current_exe().context("this program's own file is not known")?;
            let command = WorkerCommand { program, arguments: Vec::new(), variables: variables(settings) };
            (Arc::new(ProcessLauncher::new(Arc::clone(environment), command)), config)
        }
        LauncherChoice::Kubernetes(jobs) => {
            if settings.database_url.starts_with("sqlite:") {
                tracing::warn!(
                    "workers in pods need the same SQLite file: that works on one machine, and on no network drive"
                );
            }
            let launcher = KubernetesLauncher::connect(jobs.clone()).await.map_err(|reason| {
                Failure::usage(anyhow!("launcher is `kubernetes`, and {reason}"))
                    .hint("set KUBECONFIG, or run it in a pod with a service account")
            })?;
            // A Job replaces its own pods; one that failed has been tried as often as it may.
            (Arc::new(launcher), SupervisorConfig { retries: 0, shared: true, ..config })
        }
    };
    Ok(Supervisor::new(Arc::clone(environment), launcher, config))
}

/// What a worker has to know that came by flags or defaults; the rest of the environment it inherits,
/// secrets among it.
fn variables(settings: &Settings) -> Vec<(OsString, OsString)> {
    let mut variables: Vec<(OsString, OsString)> = vec![
        ("DATA_FORGE_DATA_DIR".into(), settings.data_dir.clone().into()),
        ("DATA_FORGE_DATABASE_URL".into(), settings.database_url.clone().into()),
        ("DATA_FORGE_STORAGE_URL".into(), settings.storage_url.clone().into()),
        ("DATA_FORGE_MAX_CONCURRENCY".into(), settings.max_concurrency.to_string().into()),
        ("DATA_FORGE_REQUEST_TIMEOUT".into(), settings.request_timeout.as_secs().to_string().into()),
    ];
    if let Some(url) = &settings.gateway_url {
        variables.push(("DATA_FORGE_GATEWAY_URL".into(), url.into()));
    }
    variables
}
