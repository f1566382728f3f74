//! A reader as its parent sees it.

use std::{io, process::Stdio, sync::Arc, time::Duration};

use parse::ParseError;
use tokio::{
    io::{AsyncReadExt as _, BufReader},
    process::{Child, ChildStderr, ChildStdin, ChildStdout, Command},
    sync::Mutex,
    task::JoinHandle,
    time::timeout,
};

use super::{
    Read, ReadLimits, ReaderCommand,
    wire::{Answer, Ask, next_frame, send_frame},
};

/// How much of what a reader says of its end is kept.
const LAST_WORDS: usize = 4096;

/// What of the environment a reader is told: where programs, their data and temporary files are.
const KEPT: [&str; 6] = ["PATH", "TMPDIR", "TEMP", "SystemRoot", "TESSDATA_PREFIX", "RUST_BACKTRACE"];

/// A process that reads one document after another.
pub(super) struct Process {
    child: Child,
    /// Its number, which is that of its group too.
    #[cfg(unix)]
    id: Option<u32>,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    said: Arc<Mutex<Vec<u8>>>,
    listening: JoinHandle<()>,
}

impl Process {
    /// Starts one.
    pub(super) fn start(command: &ReaderCommand) -> Result<Self, String> {
        let failed = |error: io::Error| format!("no process to read it with: {error}");
        let mut command_line = Command::new(&command.program);
        // What reads strangers' documents is told no secret.
        command_line.args(&command.arguments).env_clear();
        command_line.envs(KEPT.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
        // An interruption is for the parent, which lets a document under way come to its end.
        #[cfg(unix)]
        command_line.process_group(0);
        let mut child = command_line
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(to), Some(from), Some(stderr)) = pipes else {
            return Err(failed(io::ErrorKind::BrokenPipe.into()));
        };
        let said = Arc::default();
        let listening = tokio::spawn(listen(stderr, Arc::clone(&said)));
        Ok(Self {
            #[cfg(unix)]
            id: child.id(),
            child,
            to,
            from: BufReader::new(from),
            said,
            listening,
        })
    }

    /// Reads a document; and whether the process can read another.
    pub(super) async fn read(
        &mut self,
        bytes: &[u8],
        ask: Ask,
        limits: ReadLimits,
    ) -> (Result<Read, String>, bool) {
        match timeout(limits.time, self.ask(bytes, ask)).await {
            Ok(Ok(answer)) => (answer, true),
            Ok(Err(error)) => (Err(self.end(limits, &error).await), false),
            Err(_) => {
                let seconds = limits.time.as_secs();
                let reason = format!("reading it took longer than {seconds} s; split it or simplify it");
                (Err(ParseError::TooLarge(reason).to_string()), false)
            }
        }
    }

    async fn ask(&mut self, bytes: &[u8], ask: Ask) -> io::Result<Result<Read, String>> {
        send_frame(&mut self.to, &serde_json::to_vec(&ask)?).await?;
        send_frame(&mut self.to, bytes).await?;
        let about = match serde_json::from_slice(&next_frame(&mut self.from).await?)? {
            Answer::Ok(about) => about,
            Answer::Err(reason) => return Ok(Err(reason)),
        };
        let json = next_frame(&mut self.from).await?;
        let chunks = serde_json::from_slice(&next_frame(&mut self.from).await?)?;
        Ok(Ok(Read { about, json, chunks }))
    }

    /// Why a process ended within a document.
    async fn end(&mut self, limits: ReadLimits, error: &io::Error) -> String {
        const GRACE: Duration = Duration::from_secs(2);
        let status = timeout(GRACE, self.child.wait()).await;
        // Its last words have come when nothing holds its end of the pipe any more.
        drop(timeout(GRACE, &mut self.listening).await);
        let said = String::from_utf8_lossy(&self.said.lock().await).into_owned();
        // As the allocator says it when it gives up, and as streams do.
        if ["memory allocation of", "out of memory"].iter().any(|words| said.contains(words)) {
            let mib = limits.memory / 1024 / 1024;
            let reason = format!("reading it takes more than {mib} MiB of memory; split it or simplify it");
            return ParseError::TooLarge(reason).to_string();
        }
        let status = match status {
            Ok(Ok(status)) => status.to_string(),
            _ => error.to_string(),
        };
        let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
        ParseError::Bug(format!("the reader ended: {status}; {}", last.trim())).to_string()
    }
}

#[cfg(unix)]
impl Drop for Process {
    /// What it has started, such as OCR, goes with it: it leads a group of its own.
    fn drop(&mut self) {
        use rustix::process::{Pid, Signal, kill_process_group};
        if let Some(group) = self.id.and_then(|id| Pid::from_raw(id.try_into().ok()?)) {
            // Mostly there is nobody left to end.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

/// Keeps the beginning of what a reader says: an end is said once.
async fn listen(mut stderr: ChildStderr, said: Arc<Mutex<Vec<u8>>>) {
    let mut buffer = [0; 1024];
    while let Ok(read @ 1..) = stderr.read(&mut buffer).await {
        let mut said = said.lock().await;
        let room = LAST_WORDS.saturating_sub(said.len()).min(read);
        said.extend_from_slice(&buffer[..room]);
    }
}
