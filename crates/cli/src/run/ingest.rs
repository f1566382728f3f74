//! Files to documents of the project; a file that is there already, by name and content, is the same
//! document.

use std::collections::BTreeMap;

use anyhow::anyhow;
use jobs::ingest::{self, IngestError, Target};
use model::{Document, ExcludeCode};

use super::{Session, discover::SourceFile};
use crate::failure::Outcome;

/// The documents of a run.
#[derive(Debug, Default)]
pub(crate) struct Ingested {
    /// In the order of their names.
    pub(crate) documents: Vec<Document>,
    /// How many chunks are left out, by the reason why; known once they are parsed.
    pub(crate) excluded: BTreeMap<ExcludeCode, u64>,
    /// Files that became none, by name, with the reason.
    pub(crate) failed: Vec<(String, String)>,
    /// Files that were found in a folder and are none of our formats.
    pub(crate) skipped: u64,
}

/// Makes documents of files: each is read, recognised, and stored once.
pub(crate) async fn documents(session: &Session, files: &[SourceFile]) -> Outcome<Ingested> {
    let Session { environment, user, project, .. } = session;
    let target = Target { environment, user, project: project.id };
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
        let nameless = !file.named && file.path.extension().is_none();
        match ingest::from_bytes(&target, &file.name, &bytes).await {
            Ok(document) => ingested.documents.push(document),
            Err(IngestError::Store(error)) => {
                return Err(anyhow!(error).context(format!("{} cannot be stored", file.name)).into());
            }
            Err(_) if nameless => ingested.skipped += 1,
            Err(error) => ingested.failed.push((file.name.clone(), error.to_string())),
        }
    }
    Ok(ingested)
}
