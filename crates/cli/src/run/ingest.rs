//! Files to documents of the project; a file that is there already, by name and content, is the same
//! document.

use std::path::Path;

use anyhow::Context;
use jobs::random_bytes;
use model::{Document, DocumentId, DocumentStatus, Format, sha256_hex};
use parse::ParseError;
use store::Keys;

use super::{Session, discover::SourceFile};
use crate::failure::Outcome;

/// The documents of a run.
#[derive(Debug, Default)]
pub(crate) struct Ingested {
    /// In the order of their names.
    pub(crate) documents: Vec<Document>,
    /// Files that became none, by name, with the reason.
    pub(crate) failed: Vec<(String, String)>,
    /// Files that were found in a folder and are none of our formats.
    pub(crate) skipped: u64,
}

/// Makes documents of files: each is read, recognised, and stored once.
pub(crate) async fn documents(session: &Session, files: &[SourceFile]) -> Outcome<Ingested> {
    let mut ingested = Ingested::default();
    for file in files {
        if session.stop.is_cancelled() {
            break;
        }
        let bytes = match tokio::fs::read(&file.path).await {
            Ok(bytes) => bytes,
            Err(error) => {
                ingested.failed.push((file.name.clone(), format!("it cannot be read: {error}")));
                continue;
            }
        };
        match recognise(&bytes, &file.path) {
            Ok(format) => ingested.documents.push(document(session, file, format, &bytes).await?),
            Err(_) if !file.named && file.path.extension().is_none() => ingested.skipped += 1,
            Err(error) => ingested.failed.push((file.name.clone(), error.to_string())),
        }
    }
    Ok(ingested)
}

/// The format by content. What has the name of a format and cannot be read as such is a document all
/// the same, so that it fails by name and with its reason.
fn recognise(bytes: &[u8], path: &Path) -> Result<Format, ParseError> {
    let name = path.to_string_lossy();
    parse::detect(bytes, &name).or_else(|error| match error {
        ParseError::Unsupported { .. } => Err(error),
        error => parse::by_extension(&name).ok_or(error),
    })
}

async fn document(session: &Session, file: &SourceFile, format: Format, bytes: &[u8]) -> Outcome<Document> {
    let Session { environment, user, project, .. } = session;
    let sha256 = sha256_hex(bytes);
    if let Some(known) = environment.metadata.find_document(user, project.id, &file.name, &sha256).await? {
        return Ok(known);
    }
    let now = environment.now();
    let id = DocumentId::new(now, random_bytes());
    let key = Keys::new(user, project.id).source(id);
    environment.objects.put(&key, bytes).await.with_context(|| format!("{} cannot be stored", file.name))?;
    let document = Document {
        id,
        project_id: project.id,
        filename: file.name.clone(),
        format,
        size_bytes: bytes.len() as u64,
        sha256,
        storage_key: key.to_string(),
        status: DocumentStatus::Uploaded,
        error: None,
        pages: None,
        chunk_count: 0,
        warnings: Vec::new(),
        created_at: now,
        parsed_at: None,
    };
    environment.metadata.add_document(user, &document).await?;
    Ok(document)
}
