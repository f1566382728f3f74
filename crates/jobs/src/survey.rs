//! What can be told of a chunk only beside all others of its project: its topic, and whether it says
//! again what stands elsewhere.

use std::collections::HashSet;

use model::{Chunk, Document, DocumentId, DocumentStatus, ExcludeCode, ExcludeReason, ProjectId, UserId};
use parse::{
    repeats::{Paragraphs, Repeats},
    topics::{Subject, Topics, TopicsBuilder},
};
use store::ChunkMark;

use crate::{Environment, JobsError, LOG_TARGET};

/// How many documents or chunks are read at once.
const BATCH: u32 = 500;

/// Looks at all chunks of some documents of a project, or of all there are, and marks those that were
/// found to be other than they say. What stands in another document than these is no repetition.
///
/// # Errors
/// Where the store fails.
pub async fn survey(
    environment: &Environment,
    user: &UserId,
    project: ProjectId,
    among: Option<&HashSet<DocumentId>>,
) -> Result<(), JobsError> {
    let documents = documents(environment, user, project, among).await?;
    let (mut topics, mut paragraphs) = (TopicsBuilder::default(), Paragraphs::default());
    for document in &documents {
        paragraphs.document();
        each_chunk(environment, user, document, |chunk| {
            topics.add(subject(chunk));
            paragraphs.add(&chunk.text);
        })
        .await?;
    }
    let topics = topics.finish();
    let mut repeats = paragraphs.finish();
    let (mut marks, mut marked) = (Vec::new(), 0);
    for document in &documents {
        each_chunk(environment, user, document, |chunk| {
            marks.extend(mark(&topics, &mut repeats, document, chunk));
        })
        .await?;
        if marks.len() >= BATCH as usize {
            marked += environment.metadata.mark_chunks(user, project, &std::mem::take(&mut marks)).await?;
        }
    }
    marked += environment.metadata.mark_chunks(user, project, &marks).await?;
    tracing::info!(target: LOG_TARGET, documents = documents.len(), marked, "looked at all chunks");
    Ok(())
}

/// The parsed ones, the first that came first: a document that is added later repeats those before it, and
/// never takes the place of one that has pairs already.
async fn documents(
    environment: &Environment,
    user: &UserId,
    project: ProjectId,
    among: Option<&HashSet<DocumentId>>,
) -> Result<Vec<Document>, JobsError> {
    let is_meant = |document: &Document| {
        document.status == DocumentStatus::Parsed && among.is_none_or(|among| among.contains(&document.id))
    };
    let mut all: Vec<Document> = Vec::new();
    let mut after = None;
    loop {
        let part = environment.metadata.documents(user, project, after, BATCH).await?;
        let Some(last) = part.last() else { break };
        after = Some((last.filename.clone(), last.id));
        all.extend(part.into_iter().filter(is_meant));
    }
    all.sort_by(|a, b| (a.created_at, &a.filename, a.id).cmp(&(b.created_at, &b.filename, b.id)));
    Ok(all)
}

async fn each_chunk(
    environment: &Environment,
    user: &UserId,
    document: &Document,
    mut look: impl FnMut(&Chunk),
) -> Result<(), JobsError> {
    let mut from = 0;
    loop {
        let chunks = environment.metadata.chunks(user, document.id, from, BATCH).await?;
        let Some(last) = chunks.last() else { return Ok(()) };
        from = last.position + 1;
        chunks.iter().for_each(&mut look);
    }
}

fn subject(chunk: &Chunk) -> Subject<'_> {
    Subject { heading_path: &chunk.heading_path, text: &chunk.text, language: chunk.language.as_deref() }
}

/// What was found out of a chunk, where that is other than what it says.
fn mark(topics: &Topics, repeats: &mut Repeats, document: &Document, chunk: &Chunk) -> Option<ChunkMark> {
    let topic = topics.of(subject(chunk)).map(str::to_owned);
    let exclude = match &chunk.exclude_reason {
        Some(
            reason @ ExcludeReason {
                code: ExcludeCode::Toc | ExcludeCode::User | ExcludeCode::Imported, ..
            },
        ) => Some(reason.clone()),
        _ => repeats.judge(&document.filename, chunk.position, &chunk.text),
    };
    (topic != chunk.topic || exclude != chunk.exclude_reason).then_some(ChunkMark {
        chunk: chunk.id,
        topic,
        exclude,
    })
}
