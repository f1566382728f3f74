//! The simulated gateway as a program: it says where it listens, and runs until it is stopped.

use std::io::Write;

use clap::Parser;
use testkit::{Gateway, GatewayConfig};

/// An OpenAI-compatible gateway that makes its answers up out of the prompt's passage.
#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    config: GatewayConfig,
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let gateway = Gateway::start(Arguments::parse().config).await?;
    let mut stdout = std::io::stdout();
    writeln!(stdout, "listening on {}", gateway.url())?;
    stdout.flush()?;
    std::future::pending().await
}
