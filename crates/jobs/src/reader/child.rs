//! The reader's side.

use std::io::{self, Read, Write};

use super::{
    read,
    wire::{Answer, Ask, read_frame, write_frame},
};

/// Reads documents that come in, and answers with each, until no more come.
///
/// # Errors
/// Where the streams break off within a frame, or hold what is none.
pub fn read_documents(mut from: impl Read, mut to: impl Write) -> io::Result<()> {
    end_with_parent();
    while let Some(ask) = read_frame(&mut from)? {
        let ask: Ask = serde_json::from_slice(&ask)?;
        bound_memory(ask.memory);
        let bytes = read_frame(&mut from)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        match read(&bytes, &ask) {
            Ok(read) => {
                write_frame(&mut to, &serde_json::to_vec(&Answer::Ok(read.about))?)?;
                write_frame(&mut to, &read.json)?;
                write_frame(&mut to, &serde_json::to_vec(&read.chunks)?)?;
            }
            Err(reason) => write_frame(&mut to, &serde_json::to_vec(&Answer::Err(reason))?)?,
        }
        to.flush()?;
    }
    Ok(())
}

/// A document that takes long is not read on for nobody.
#[cfg(target_os = "linux")]
fn end_with_parent() {
    use rustix::process::{Signal, set_parent_process_death_signal};
    if let Err(error) = set_parent_process_death_signal(Some(Signal::KILL)) {
        tracing::warn!(%error, "this process will not end with the one that started it");
    }
}

/// Elsewhere it is read to its end, and then there is nobody who asks for another.
#[cfg(not(target_os = "linux"))]
fn end_with_parent() {}

/// Bounds the memory that this process may have; where the system cannot, only time is bounded.
#[cfg(target_os = "linux")]
fn bound_memory(bytes: u64) {
    use rustix::process::{Resource, getrlimit, setrlimit};
    // Address space is no measure, since threads reserve much of it and use little; this counts what
    // can be written to.
    let maximum = getrlimit(Resource::Data).maximum;
    let current = Some(maximum.map_or(bytes, |most| most.min(bytes)));
    if let Err(error) = setrlimit(Resource::Data, rustix::process::Rlimit { current, maximum }) {
        tracing::warn!(%error, "the memory for reading documents cannot be bounded");
    }
}

#[cfg(not(target_os = "linux"))]
fn bound_memory(_bytes: u64) {}
