//! What is written to a file, accounted for.

use std::io::{self, Write};

use model::Sha256Hex;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What a written file holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileInfo {
    /// Its size.
    pub bytes: u64,
    /// The SHA-256 of its bytes.
    pub sha256: Sha256Hex,
    /// The number of its lines; of a Parquet file, of its rows.
    pub lines: u64,
}

/// Passes bytes on and keeps account of them.
#[derive(Debug)]
pub(crate) struct Account<W> {
    out: W,
    hash: Sha256,
    bytes: u64,
}

impl<W: Write> Account<W> {
    pub(crate) fn new(out: W) -> Self {
        Self { out, hash: Sha256::new(), bytes: 0 }
    }

    /// Flushes, and says what was written: so many lines, by the caller's count.
    pub(crate) fn finish(mut self, lines: u64) -> io::Result<FileInfo> {
        self.out.flush()?;
        let sha256 = self.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(FileInfo { bytes: self.bytes, sha256, lines })
    }
}

impl<W: Write> Write for Account<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Writes lines.
#[derive(Debug)]
pub(crate) struct LineWriter<W> {
    out: Account<W>,
    lines: u64,
}

impl<W: Write> LineWriter<W> {
    pub(crate) fn new(out: W) -> Self {
        Self { out: Account::new(out), lines: 0 }
    }

    /// Writes a line and its end.
    pub(crate) fn write_line(&mut self, mut line: String) -> io::Result<()> {
        line.push('\n');
        self.out.write_all(line.as_bytes())?;
        self.lines += 1;
        Ok(())
    }

    pub(crate) fn lines(&self) -> u64 {
        self.lines
    }

    pub(crate) fn finish(self) -> io::Result<FileInfo> {
        self.out.finish(self.lines)
    }
}
