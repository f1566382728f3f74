//! The documents of a run, parsed: an interrupted parse is ended first, then what is left is parsed.

use std::collections::HashSet;

use anyhow::anyhow;
use jobs::Launch;
use model::{Document, DocumentId, DocumentStatus, GenerationKind, Parsing};

use super::{Session, ingest::Ingested};
use crate::failure::{Failure, Outcome};

/// Parses what is not parsed, or was parsed in another way. `None` where that was interrupted.
pub(crate) async fn documents(
    session: &Session,
    ingested: Ingested,
    parsing: Parsing,
) -> Outcome<Option<Ingested>> {
    let Session { environment, user, project, .. } = session;
    let mut tried = HashSet::new();
    let earlier = environment.metadata.generations(user, project.id, GenerationKind::Parse).await?;
    for generation in earlier.into_iter().rev() {
        if session.is_unfinished(&generation).await? {
            let Some(ended) = session.drive(generation.id).await? else { return Ok(None) };
            tried.extend(session.failures(ended.id).await?.into_iter().map(|failed| failed.unit.subject));
        }
    }
    let documents = reload(session, &ingested).await?;
    let left: Vec<DocumentId> = documents
        .iter()
        .filter(|document| {
            let same_way = document.parsing.unwrap_or_default() == parsing;
            let is_done = document.status == DocumentStatus::Parsed && same_way;
            !is_done && !tried.contains(&document.id.to_string())
        })
        .map(|document| document.id)
        .collect();
    if !left.is_empty() {
        let created = jobs::create_parse(environment, user, project.id, &left, parsing, Launch::Here).await?;
        if session.drive(created.id).await?.is_none() {
            return Ok(None);
        }
    }
    let documents = reload(session, &ingested).await?;
    let ids: Vec<DocumentId> = documents.iter().map(|document| document.id).collect();
    // Among the documents of this run alone: what stands in a file that was since renamed or changed is said
    // nowhere else in this dataset.
    jobs::survey(environment, user, project.id, Some(&ids.iter().copied().collect())).await?;
    let excluded = environment.metadata.excluded_chunks(user, &ids).await?;
    let ingested = Ingested { documents, excluded, ..ingested };
    require_one(&ingested)?;
    Ok(Some(ingested))
}

async fn reload(session: &Session, ingested: &Ingested) -> Outcome<Vec<Document>> {
    let mut documents = Vec::with_capacity(ingested.documents.len());
    for document in &ingested.documents {
        documents.extend(session.environment.metadata.document(&session.user, document.id).await?);
    }
    Ok(documents)
}

fn require_one(ingested: &Ingested) -> Outcome<()> {
    if ingested.documents.iter().any(|document| document.status == DocumentStatus::Parsed) {
        return Ok(());
    }
    let reasons: Vec<String> =
        ingested.failures().map(|(name, reason)| format!("{name}: {reason}")).collect();
    Err(Failure::failed(anyhow!("no document could be parsed\n  {}", reasons.join("\n  "))))
}

impl Ingested {
    /// The documents that failed, by name, with the reason.
    pub(crate) fn failures(&self) -> impl Iterator<Item = (&str, &str)> {
        let unread = self.failed.iter().map(|(name, reason)| (name.as_str(), reason.as_str()));
        let unparsed =
            self.documents.iter().filter(|document| document.status == DocumentStatus::Failed).map(
                |document| (document.filename.as_str(), document.error.as_deref().unwrap_or("it failed")),
            );
        unread.chain(unparsed)
    }

    /// The documents that have chunks.
    pub(crate) fn parsed(&self) -> Vec<DocumentId> {
        let parsed = |document: &&Document| document.status == DocumentStatus::Parsed;
        self.documents.iter().filter(parsed).map(|document| document.id).collect()
    }
}
