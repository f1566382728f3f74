//! What goes between a reader and who asks it: frames of a length (8 bytes, little-endian) and as many
//! bytes.
//!
//! A question is an [`Ask`] and the document. An answer is a [`Result`] of [`About`] or a reason, and where
//! it could be read the document and its chunks, both as JSON.

use std::io::{self, Read, Write};

use parse::Password;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use super::{About, Reading};

/// What is asked of a reader.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Ask {
    /// How the document is to be read.
    pub(super) reading: Reading,
    /// How much memory that may take, in bytes.
    pub(super) memory: u64,
    /// What it may open with, if it is encrypted.
    pub(super) passwords: Vec<Password>,
    /// The languages that OCR reads; none: those that it has.
    pub(super) ocr_languages: Vec<String>,
    /// How many threads may work at it.
    pub(super) threads: usize,
}

/// What a reader answers first.
pub(super) type Answer = Result<About, String>;

/// Reads a frame; `None` where the stream ends before it.
pub(super) fn read_frame(from: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 8];
    match from.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let length = u64::from_le_bytes(length);
    let mut bytes = Vec::new();
    from.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(Some(bytes)) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

/// Writes a frame.
pub(super) fn write_frame(to: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    to.write_all(&(bytes.len() as u64).to_le_bytes())?;
    to.write_all(bytes)
}

/// Reads a frame.
pub(super) async fn next_frame(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let length = from.read_u64_le().await?;
    let mut bytes = Vec::new();
    from.take(length).read_to_end(&mut bytes).await?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

/// Writes a frame.
pub(super) async fn send_frame(to: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> io::Result<()> {
    to.write_u64_le(bytes.len() as u64).await?;
    to.write_all(bytes).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn frames_come_as_they_went() {
        let mut sent = Vec::new();
        send_frame(&mut sent, b"one").await.unwrap();
        write_frame(&mut sent, b"").unwrap();
        let mut from = &*sent;
        assert_eq!(read_frame(&mut from).unwrap().as_deref(), Some(b"one".as_slice()));
        assert_eq!(next_frame(&mut from).await.unwrap(), b"");
        assert_eq!(read_frame(&mut from).unwrap(), None);
        let mut cut = &sent[..10];
        assert_eq!(read_frame(&mut cut).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        assert_eq!(next_frame(&mut &sent[..10]).await.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }
}
