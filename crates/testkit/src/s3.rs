//! A stand-in for S3: buckets on loopback, in a folder, with signatures checked as S3 checks them.

mod buckets;
mod cors;
mod faults;

use std::{
    fs, io,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use axum::{Router, error_handling::HandleError, http::StatusCode, middleware};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use s3s::{HttpError, auth::SimpleAuth, service::S3ServiceBuilder};
use tempfile::TempDir;
use tokio::{
    net::TcpListener,
    task::{JoinHandle, JoinSet},
};

use self::{buckets::Buckets, cors::Rules, faults::Faults};

/// The id of the only key that it takes.
const KEY_ID: &str = "AKIAFORGETEST";
/// The only key that it takes.
const SECRET: &str = "forge-test-secret";
/// The bucket that is there from the start.
const BUCKET: &str = "forge";

/// How a stand-in for S3 is.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct S3Config {
    /// The port on loopback; 0 is any that is free.
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// Many objects cannot be deleted by one request.
    #[arg(long)]
    pub without_bulk_delete: bool,
}

/// A stand-in for S3 that runs, and keeps what is stored, until this is dropped.
pub struct S3 {
    address: SocketAddr,
    folder: TempDir,
    router: Router,
    faults: Arc<Faults>,
    server: Mutex<JoinHandle<()>>,
}

impl S3 {
    /// Starts one on loopback, with one bucket.
    ///
    /// # Errors
    /// Where port or folder cannot be had.
    pub async fn start(config: S3Config) -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        let (rules, faults) = (Arc::new(Rules::default()), Arc::new(Faults::default()));
        let buckets = Buckets::new(folder.path(), Arc::clone(&rules), config.without_bulk_delete)?;
        let mut service = S3ServiceBuilder::new(buckets);
        service.set_auth(SimpleAuth::from_single(KEY_ID, SECRET));
        let service =
            HandleError::new(service.build(), async |_: HttpError| StatusCode::INTERNAL_SERVER_ERROR);
        let router = Router::new()
            .fallback_service(service)
            .layer(middleware::from_fn_with_state(rules, cors::layer))
            .layer(middleware::from_fn_with_state(Arc::clone(&faults), faults::layer));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, config.port)).await?;
        let address = listener.local_addr()?;
        let server = Mutex::new(tokio::spawn(serve(listener, router.clone())));
        let s3 = Self { address, folder, router, faults, server };
        s3.make_bucket(BUCKET)?;
        Ok(s3)
    }

    /// Its address.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The bucket that is there from the start, as a setting.
    pub fn storage_url(&self) -> String {
        format!("s3://{BUCKET}")
    }

    /// The environment by which programs reach it.
    pub fn variables(&self) -> Vec<(String, String)> {
        [
            ("AWS_ENDPOINT_URL", &*self.endpoint()),
            ("AWS_ACCESS_KEY_ID", KEY_ID),
            ("AWS_SECRET_ACCESS_KEY", SECRET),
            ("AWS_REGION", "eu-central-1"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    /// Makes a further bucket.
    ///
    /// # Errors
    /// Where its folder cannot be made.
    pub fn make_bucket(&self, name: &str) -> io::Result<()> {
        fs::create_dir(self.folder.path().join(name))
    }

    /// The keys of all objects in its first bucket, in order.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn keys(&self) -> io::Result<Vec<String>> {
        let root = self.folder.path().join(BUCKET);
        let mut keys = Vec::new();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder)? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    keys.push(key_of(&root, &path));
                }
            }
        }
        keys.sort_unstable();
        Ok(keys)
    }

    /// How many uploads in parts were begun and neither finished nor given up.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn unfinished_uploads(&self) -> io::Result<usize> {
        let mut unfinished = 0;
        for entry in fs::read_dir(self.folder.path())? {
            unfinished += usize::from(entry?.file_name().to_string_lossy().starts_with(".upload-"));
        }
        Ok(unfinished)
    }

    /// Answers the next requests with 503 `SlowDown`.
    pub fn slow_down(&self, requests: usize) {
        self.faults.slow_down(requests);
    }

    /// How many requests have come in so far, those of `slow_down` included.
    pub fn requests(&self) -> usize {
        self.faults.requests()
    }

    /// Breaks all connections, and takes no further ones.
    pub async fn cut_off(&self) {
        let server = {
            let mut server = self.server.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *server, tokio::spawn(async {}))
        };
        server.abort();
        // Its listener is closed when it has ended; that it was aborted is what was wanted.
        let _: Result<(), _> = server.await;
    }

    /// Takes connections again, at the same address.
    ///
    /// # Errors
    /// Where another has taken it meanwhile.
    pub async fn bring_back(&self) -> io::Result<()> {
        let listener = TcpListener::bind(self.address).await?;
        let mut server = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        *server = tokio::spawn(serve(listener, self.router.clone()));
        Ok(())
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        self.server.lock().unwrap_or_else(PoisonError::into_inner).abort();
    }
}

/// Takes connections until it is aborted, which breaks them all.
async fn serve(listener: TcpListener, router: Router) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                // Without it small answers wait for the other side's delayed acknowledgement.
                let _ = stream.set_nodelay(true);
                let service = TowerToHyperService::new(router.clone());
                connections.spawn(async move {
                    let http = hyper::server::conn::http1::Builder::new();
                    // How a connection ends is its client's affair.
                    let _ = http.serve_connection(TokioIo::new(stream), service).await;
                });
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

fn key_of(root: &Path, file: &Path) -> String {
    let relative: PathBuf = file.strip_prefix(root).unwrap_or(file).to_owned();
    relative.to_string_lossy().into_owned()
}
