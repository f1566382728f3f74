//! A process that is given some bytes and says some, within bounds.

use std::{
    io::{self, Read, Write},
    process::{Child, Command, Stdio},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

/// How much of what it says on its standard error is kept.
const LAST_WORDS: u64 = 4096;
/// How long it may take at least to end once it has said all.
const GRACE: Duration = Duration::from_secs(1);

/// What a process may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// How long it may run.
    pub(super) time: Duration,
    /// How many bytes it may say.
    pub(super) output: u64,
}

/// What a process said.
pub(super) struct Said {
    pub(super) out: Vec<u8>,
    /// The beginning of what came on its standard error.
    pub(super) err: Vec<u8>,
}

/// Why a process said nothing that can be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    #[error("the program is not there")]
    NoProgram,
    #[error("it cannot be run: {0}")]
    Io(#[from] io::Error),
    #[error("it took longer than {} s", .0.as_secs())]
    TooLong(Duration),
    #[error("it said more than {0} bytes")]
    TooMuch(u64),
    #[error("{0}")]
    Failed(String),
}

/// Runs a command on an input to its end.
pub(super) fn run(command: &mut Command, input: &[&[u8]], bounds: Bounds) -> Result<Said, Error> {
    let deadline = Instant::now() + bounds.time;
    let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = spawned.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Error::NoProgram,
        _ => Error::Io(error),
    })?;
    bound_time(&child, bounds.time);
    let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (Some(mut stdin), Some(mut stdout), Some(mut stderr)) = pipes else {
        return Err(io::Error::from(io::ErrorKind::BrokenPipe).into());
    };
    thread::scope(|scope| {
        scope.spawn(move || {
            for part in input {
                // One that does not want all of it says why, or ends as it should.
                if stdin.write_all(part).is_err() {
                    return;
                }
            }
        });
        let err = scope.spawn(move || {
            let mut said = Vec::new();
            let kept = stderr.by_ref().take(LAST_WORDS).read_to_end(&mut said);
            // It is not held up by what nobody wants to hear.
            kept.and_then(|_| io::copy(&mut stderr, &mut io::sink())).map(|_| said)
        });
        let (tell, told) = mpsc::channel();
        scope.spawn(move || {
            let mut said = Vec::new();
            let read = stdout.by_ref().take(bounds.output + 1).read_to_end(&mut said);
            // Nobody waits any more for one that was given up.
            let _ = tell.send(read.map(|_| said));
        });
        let out = match told.recv_timeout(bounds.time) {
            Ok(out) => out.map_err(Error::from),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                Err(Error::TooLong(bounds.time))
            }
        };
        let out = out.and_then(|out| {
            if out.len() as u64 > bounds.output { Err(Error::TooMuch(bounds.output)) } else { Ok(out) }
        });
        let ended = match &out {
            Ok(_) => wait(&mut child, deadline.max(Instant::now() + GRACE))?,
            Err(_) => None,
        };
        let Some(status) = ended else {
            child.kill()?;
            child.wait()?;
            return Err(out.err().unwrap_or(Error::TooLong(bounds.time)));
        };
        let err = err.join().unwrap_or_else(|_| Ok(Vec::new()))?;
        if !status.success() {
            let said = String::from_utf8_lossy(&err);
            let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
            return Err(Error::Failed(format!("{status}; {}", last.trim())));
        }
        Ok(Said { out: out?, err })
    })
}

/// How a process ended, if it did so in time.
fn wait(child: &mut Child, deadline: Instant) -> io::Result<Option<std::process::ExitStatus>> {
    const LOOK: Duration = Duration::from_millis(5);
    loop {
        match child.try_wait()? {
            None if Instant::now() < deadline => thread::sleep(LOOK),
            ended => return Ok(ended),
        }
    }
}

/// Bounds the time that a process has of a core, even where nobody is left to end it.
#[cfg(target_os = "linux")]
fn bound_time(child: &Child, time: Duration) {
    use rustix::process::{Pid, Resource, Rlimit, prlimit};
    let limit = Some(time.as_secs() + 1);
    let pid = child.id().try_into().ok().and_then(Pid::from_raw);
    let bounded = prlimit(pid, Resource::Cpu, Rlimit { current: limit, maximum: limit });
    if let Err(error) = bounded {
        tracing::debug!(%error, "the time of a process is not bounded");
    }
}

#[cfg(not(target_os = "linux"))]
fn bound_time(_child: &Child, _time: Duration) {}

#[cfg(all(test, unix))]
mod tests {
    use rstest::rstest;

    use super::*;

    fn script(text: &str, input: &[u8]) -> Result<Said, Error> {
        let bounds = Bounds { time: Duration::from_millis(1500), output: 10_000 };
        run(Command::new("/bin/sh").args(["-c", text]), &[input], bounds)
    }

    #[test]
    fn what_is_given_is_read_while_it_speaks() {
        let input = [b'x'; 9_000];
        let said = script("cat; echo aside >&2", &input).unwrap();
        assert_eq!((said.out.as_slice(), said.err.as_slice()), (&input[..], b"aside\n".as_slice()));
        // More than a pipe holds, which nobody reads.
        assert_eq!(script("echo done", &[0; 1 << 20]).unwrap().out, b"done\n");
    }

    #[rstest]
    #[case::slow("exec sleep 600", "it took longer than 1 s")]
    #[case::mute("exec >&-; exec sleep 600", "it took longer than 1 s")]
    #[case::endless("exec yes", "it said more than 10000 bytes")]
    #[case::failing("echo; echo 'no data' >&2; echo >&2; exit 3", "exit status: 3; no data")]
    #[case::noisy("yes | head -c 1000000 >&2; exit 4", "exit status: 4; y")]
    fn what_goes_wrong_is_told(#[case] text: &str, #[case] reason: &str) {
        let error = script(text, b"").err().unwrap();
        assert_eq!(error.to_string(), reason);
    }

    #[test]
    fn no_program_is_told() {
        let bounds = Bounds { time: Duration::from_secs(9), output: 1 };
        let error = run(&mut Command::new("/no/program"), &[], bounds).err().unwrap();
        assert!(matches!(error, Error::NoProgram));
    }
}
