//! Exports of many pairs over HTTP, each format, beside bare SQL that reads the same rows and a file that takes the same bytes;
//! and how much memory the server takes at the most meanwhile.

#![expect(clippy::print_stdout, reason = "a benchmark prints")]

use std::{
    io::Write,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use benches::{Filled, Server, fill};
use clap::Parser;
use futures::TryStreamExt;
use reqwest::Client;
use serde_json::{Value, json};
use sqlx::{Row, SqlitePool, sqlite::SqliteConnectOptions};

/// Compares exports of the server with bare SQL.
#[derive(Parser)]
struct Arguments {
    /// The data-forge program.
    #[arg(long)]
    server: PathBuf,
    /// How many pairs.
    #[arg(long, default_value_t = 1_000_000)]
    pairs: u64,
    /// A folder to keep the database in between runs of the benchmark; one of the benchmark `lists` is as good.
    #[arg(long)]
    keep: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let temporary = tempfile::tempdir()?;
    let folder = arguments.keep.clone().unwrap_or_else(|| temporary.path().to_owned());
    std::fs::create_dir_all(&folder)?;
    let file = folder.join("data-forge.db");
    if !file.exists() {
        println!("writing {} pairs ...", arguments.pairs);
        let metadata = store::open_metadata(&format!("sqlite:{}", file.display())).await?;
        fill(&*metadata, arguments.pairs).await?;
    }
    let Filled { project, .. } = fill(&*store::open_metadata("sqlite::memory:").await?, 1).await?;
    let server = Arc::new(Server::start(&arguments.server, &folder, &[])?);
    let client = Client::builder().tls_certs_only([]).no_proxy().build()?;
    let path = format!("{}/api/v1/data-forge/projects/{project}", server.url);
    for least in (0..20).map(|step| f64::from(step) / 20.0) {
        let filter = json!({"min_quality": least, "max_quality": least + 0.05});
        let accept = json!({"action": "accept", "filter": filter});
        post(&client, &format!("{path}/pairs/bulk-action"), &accept).await?;
    }
    let bare = SqlitePool::connect_with(SqliteConnectOptions::new().filename(&file).read_only(true)).await?;
    // Its caches are there once it has read them all.
    read(&bare).await?;

    println!("{:<22} {:>9} {:>7} {:>12}", "format", "pairs", "ratio", "memory, MiB");
    for (name, body) in [
        ("chatml", json!({"format": "chatml"})),
        ("alpaca", json!({"format": "alpaca"})),
        ("sharegpt", json!({"format": "sharegpt"})),
        ("parquet", json!({"format": "parquet"})),
        ("chatml, split", json!({"format": "chatml", "splits": {"validation": 0.1}})),
    ] {
        let over = Arc::new(AtomicBool::new(false));
        let watch = std::thread::spawn({
            let (over, server) = (Arc::clone(&over), Arc::clone(&server));
            move || {
                let mut most: f64 = 0.0;
                while !over.load(Ordering::Relaxed) {
                    most = most.max(server.resident().unwrap_or_default());
                    std::thread::sleep(Duration::from_millis(50));
                }
                most
            }
        });
        let begun = Instant::now();
        let made = post(&client, &format!("{path}/export"), &body).await?;
        let ours = begun.elapsed();
        over.store(true, Ordering::Relaxed);
        let most = watch.join().ok().context("nobody watched the memory")?;
        let begun = Instant::now();
        read(&bare).await?;
        write(&folder, made["bytes"].as_u64().context("no bytes")?)?;
        let ratio = ours.as_secs_f64() / begun.elapsed().as_secs_f64();
        println!("{name:<22} {:>9} {ratio:>7.2} {:>12.0}", made["pairs"], most / 1024.0);
    }
    Ok(())
}

async fn post(client: &Client, url: &str, body: &Value) -> Result<Value> {
    let reply = client.post(url).timeout(Duration::from_secs(3600)).json(body).send().await?;
    let status = reply.status();
    let text = reply.text().await?;
    ensure!(status.is_success(), "{url}: {status} {text}");
    Ok(serde_json::from_str(&text)?)
}

/// Reads every row whole, in the order of an export; gives back how many bytes that were.
async fn read(bare: &SqlitePool) -> Result<usize> {
    let mut rows = sqlx::query(
        "SELECT * FROM pairs INDEXED BY pairs_in_order ORDER BY project_id, filename, document_id, position",
    )
    .fetch(bare);
    let mut bytes = 0;
    while let Some(row) = rows.try_next().await? {
        bytes += row.try_get::<&str, _>("body")?.len()
            + row.try_get::<Option<&str>, _>("validation")?.map_or(0, str::len);
    }
    Ok(bytes)
}

/// Writes so many bytes, as an export does.
fn write(folder: &Path, mut bytes: u64) -> Result<()> {
    let mut file = tempfile::tempfile_in(folder)?;
    let block = vec![b'x'; 1 << 16];
    while bytes > 0 {
        let part = bytes.min(block.len() as u64);
        file.write_all(&block[..usize::try_from(part)?])?;
        bytes -= part;
    }
    Ok(file.sync_all()?)
}
