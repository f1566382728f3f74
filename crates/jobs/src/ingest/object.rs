//! Documents of objects that are stored already: read as streams, never held whole.

use model::{Document, Format, Sha256Hex};
use parse::ParseError;
use sha2::{Digest, Sha256};
use store::{Keys, ObjectKey, StoreError};
use tokio::io::{AsyncRead, AsyncReadExt};

use super::{IngestError, Target, recognise};

/// So much of an object says what it is; one byte more than a text is looked at.
const HEAD: usize = 64 * 1024 + 1;

/// A ZIP archive says what it is at its end: up to this size it is read for that.
const MOST_ZIP: u64 = 64 << 20;

const BUFFER: usize = 256 * 1024;

/// A document of an object that was uploaded under a key of the project's sources. It gets the id that
/// the key was made of; where that document is there already, it is given back as it is.
///
/// # Errors
/// [`IngestError::Missing`] where the key is none of the project's or nothing is there,
/// [`IngestError::Empty`], [`IngestError::Unsupported`]; where a store fails.
pub async fn from_object(
    target: &Target<'_>,
    document_key: &str,
    filename: &str,
) -> Result<Document, IngestError> {
    let Target { environment, user, project } = *target;
    let id = document_key.rsplit('/').next().and_then(|id| id.parse().ok()).ok_or(IngestError::Missing)?;
    let key = Keys::new(user, project).source(id);
    if key.as_str() != document_key {
        return Err(IngestError::Missing);
    }
    if let Some(known) = environment.metadata.document(user, id).await? {
        return Ok(known);
    }
    let object = environment.objects.open(&key).await?.ok_or(IngestError::Missing)?;
    let read = Read::all(object).await.map_err(|source| unreadable(&key, source))?;
    let format = read.format(target, &key, filename).await?;
    let mut document = target.document(filename, format);
    document.id = id;
    document.storage_key = key.to_string();
    document.sha256 = read.sha256;
    document.size_bytes = read.size;
    match environment.metadata.add_document(user, &document).await {
        // Another request for the same upload was faster.
        Err(StoreError::Exists(what)) => {
            environment.metadata.document(user, id).await?.ok_or(StoreError::Exists(what).into())
        }
        added => Ok(added.map(|()| document)?),
    }
}

fn unreadable(key: &ObjectKey, source: std::io::Error) -> IngestError {
    StoreError::Objects { key: key.to_string(), source }.into()
}

/// What is known of an object after one pass over it.
struct Read {
    head: Vec<u8>,
    size: u64,
    sha256: Sha256Hex,
    blank: bool,
}

impl Read {
    async fn all(mut object: impl AsyncRead + Unpin) -> std::io::Result<Self> {
        let (mut head, mut hash, mut size, mut blank) = (Vec::new(), Sha256::new(), 0, true);
        let mut buffer = vec![0; BUFFER];
        loop {
            let count = object.read(&mut buffer).await?;
            let Some(part) = buffer.get(..count).filter(|part| !part.is_empty()) else { break };
            hash.update(part);
            head.extend_from_slice(&part[..part.len().min(HEAD - head.len())]);
            blank = blank && part.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0);
            size += part.len() as u64;
        }
        let sha256 = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { head, size, sha256, blank })
    }

    async fn format(
        &self,
        target: &Target<'_>,
        key: &ObjectKey,
        filename: &str,
    ) -> Result<Format, IngestError> {
        if self.blank {
            return Err(IngestError::Empty);
        }
        let cut = self.size > self.head.len() as u64;
        if cut && self.head.starts_with(b"PK") {
            if self.size > MOST_ZIP {
                return named(filename, "a large ZIP archive");
            }
            let whole = target.environment.objects.get(key).await?.ok_or(IngestError::Missing)?;
            return recognised(&whole, filename);
        }
        match parse::detect(&self.head, filename) {
            // Its text begins behind what was looked at.
            Err(ParseError::Empty) if cut => named(filename, "white space for the most part"),
            _ => recognised(&self.head, filename),
        }
    }
}

fn recognised(bytes: &[u8], filename: &str) -> Result<Format, IngestError> {
    match recognise(bytes, filename) {
        Err(ParseError::Empty) => Err(IngestError::Empty),
        format => format.map_err(IngestError::Unsupported),
    }
}

/// The format by name alone.
fn named(filename: &str, found: &str) -> Result<Format, IngestError> {
    let unknown = || IngestError::Unsupported(ParseError::Unsupported { found: found.to_owned() });
    parse::by_extension(filename).ok_or_else(unknown)
}
