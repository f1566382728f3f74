//! The stand-in for S3 as a program: it says where it listens and what it wants, and runs until it is stopped.

use std::io::Write;

use clap::Parser;
use testkit::{S3, S3Config};

/// A store that speaks the language of S3 and checks signatures; what is stored is gone at its end.
#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    config: S3Config,
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let s3 = S3::start(Arguments::parse().config).await?;
    let mut stdout = std::io::stdout();
    writeln!(stdout, "DATA_FORGE_STORAGE_URL={}", s3.storage_url())?;
    for (name, value) in s3.variables() {
        writeln!(stdout, "{name}={value}")?;
    }
    writeln!(stdout, "listening on {}", s3.endpoint())?;
    stdout.flush()?;
    std::future::pending().await
}
