//! A server for benchmarks to ask.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail};

/// A running `data-forge serve`, ended with this value.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Where it listens, without a slash at the end.
    pub url: String,
}

impl Server {
    /// Starts `program` on a free port, with its data in `folder` and further settings as environment variables.
    ///
    /// # Errors
    /// Where it cannot be started, or ends before it listens.
    pub fn start(program: &Path, folder: &Path, settings: &[(&str, &str)]) -> Result<Self> {
        let mut child = Command::new(program)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env("DATA_FORGE_DATA_DIR", folder)
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} cannot be started", program.display()))?;
        let stderr = child.stderr.take().context("no standard error")?;
        let (mut server, mut lines) = (Self { child, url: String::new() }, BufReader::new(stderr));
        let mut line = String::new();
        while lines.read_line(&mut line)? > 0 {
            if let Some(at) = line.find("http://") {
                let url = line[at..].split_whitespace().next().unwrap_or_default();
                server.url = url.trim_end_matches('/').to_owned();
                // What it says further is read, so that it never waits for a reader.
                std::thread::spawn(move || lines.lines().map_while(Result::ok).for_each(drop));
                std::thread::sleep(Duration::from_millis(500));
                return Ok(server);
            }
            line.clear();
        }
        bail!("the server ended at once")
    }

    /// Its resident memory, in KiB.
    ///
    /// # Errors
    /// Where the system does not tell, or the server is gone.
    pub fn resident(&self) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        Ok(line.trim().split(' ').next().unwrap_or_default().parse()?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
