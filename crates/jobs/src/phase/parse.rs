//! A document to chunks.

use model::{Chunk, ChunkId, Document, DocumentStatus, Parsing, Passage, Unit, sha256_hex};
use parse::ChunkDraft;
use store::{Keys, ObjectKey, Outcome, UnitFailure};

use super::{Work, Worked};
use crate::{
    JobsError, LOG_TARGET,
    fetch::{Fetched, fetch},
    reader::{About, Reading},
};

/// Works on one document.
pub(super) async fn unit(work: &Work, unit: &Unit) -> Result<Worked, JobsError> {
    let environment = &work.environment;
    let Some(mut document) = environment.metadata.work_document(work.generation.id, unit).await? else {
        return Ok(failed(&unit.subject, "the document was deleted"));
    };
    let bytes = match source(work, &mut document).await? {
        Ok(bytes) => bytes,
        Err(reason) => return Ok(failed(&document.filename, &reason)),
    };
    let format = document.format;
    let parsing = Parsing {
        chunking: work.generation.chunking.unwrap_or_default(),
        options: work.generation.options.unwrap_or_default(),
    };
    let read = match environment.readers.read(bytes, Reading { format, parsing }).await {
        Ok(read) => read,
        Err(reason) => return Ok(failed(&document.filename, &reason)),
    };
    let key = Keys::new(&work.user, document.project_id).parsed(document.id);
    work.outage.outlast(|| environment.objects.put(&key, &read.json)).await?;
    let document = Document { parsing: Some(parsing), ..document };
    Ok(Worked::Outcome(parsed_outcome(work, document, read.about, read.chunks)))
}

/// A document's bytes, fetched where nobody has done so yet; or why there are none.
async fn source(work: &Work, document: &mut Document) -> Result<Result<Vec<u8>, String>, JobsError> {
    const MISSING: &str = "its bytes are not in the object store; add the file again";
    let Some(key) = ObjectKey::from_stored(&document.storage_key) else { return Ok(Err(MISSING.into())) };
    let objects = &work.environment.objects;
    let stored = work.outage.outlast(|| objects.get(&key)).await?;
    let fetch_now = stored.is_none();
    let Fetched { bytes, filename } = match (stored, &document.source_url) {
        // It was fetched, and its parse did not get as far as to say so.
        (Some(bytes), Some(_)) if document.sha256.is_empty() => {
            Fetched { bytes, filename: document.filename.clone() }
        }
        (Some(bytes), _) => return Ok(Ok(bytes)),
        (None, None) => return Ok(Err(MISSING.into())),
        (None, Some(url)) => match fetch(url, &work.environment.fetch).await {
            Ok(fetched) => fetched,
            Err(error) => return Ok(Err(error.to_string())),
        },
    };
    match parse::detect(&bytes, &filename) {
        Ok(format) => document.format = format,
        Err(error) => return Ok(Err(error.to_string())),
    }
    if fetch_now {
        work.outage.outlast(|| objects.put(&key, &bytes)).await?;
    }
    document.size_bytes = bytes.len() as u64;
    document.sha256 = sha256_hex(&bytes);
    Ok(Ok(bytes))
}

fn parsed_outcome(work: &Work, document: Document, about: About, chunks: Vec<ChunkDraft>) -> Outcome {
    let now = work.environment.now();
    let title = about.title.unwrap_or_else(|| document.filename.clone());
    let neighbours = neighbours(&chunks);
    let chunks: Vec<_> = chunks
        .into_iter()
        .zip(neighbours)
        .map(|(draft, (before, after))| {
            let passage = Passage {
                document: title.clone(),
                heading_path: draft.heading_path.clone(),
                content_type: draft.content_type,
                text: draft.text.clone(),
                table_header: draft.table_header.clone(),
                language: draft.language.clone(),
                before,
                after,
                imported: None,
            };
            (chunk(&document, draft, now), passage)
        })
        .collect();
    let document = Document {
        status: DocumentStatus::Parsed,
        error: None,
        pages: about.pages,
        chunk_count: chunks.len() as u64,
        warnings: about.warnings,
        parsed_at: Some(now),
        ..document
    };
    Outcome::Parsed { document: Box::new(document), chunks }
}

/// The most characters of a neighbour that a passage is understood by.
const NEIGHBOUR: usize = 500;

/// What stands before and after each chunk, as far as its neighbours hold it, in whole words. What is
/// left out of generation, such as a table of contents, is no neighbour; what a chunk repeats of the
/// one before is its own.
fn neighbours(chunks: &[ChunkDraft]) -> Vec<(String, String)> {
    let kept = |at: Option<usize>| chunks.get(at?).filter(|chunk| chunk.exclude_reason.is_none());
    (0..chunks.len())
        .map(|at| {
            let own = &chunks[at].source;
            let before = kept(at.checked_sub(1)).map(|chunk| {
                let shared = chunk.source.char_end.saturating_sub(own.char_start);
                let until = match shared.checked_sub(1) {
                    Some(last) => chunk.text.char_indices().rev().nth(last).map_or(0, |(at, _)| at),
                    None => chunk.text.len(),
                };
                last_words(&chunk.text[..until])
            });
            let after = kept(at.checked_add(1)).map(|chunk| {
                let shared = own.char_end.saturating_sub(chunk.source.char_start);
                let from = chunk.text.char_indices().nth(shared).map_or(chunk.text.len(), |(at, _)| at);
                first_words(&chunk.text[from..])
            });
            (before.unwrap_or_default(), after.unwrap_or_default())
        })
        .collect()
}

fn last_words(text: &str) -> String {
    let text = text.trim();
    let Some((cut, _)) = text.char_indices().rev().nth(NEIGHBOUR - 1).filter(|(cut, _)| *cut > 0) else {
        return text.to_owned();
    };
    // In a script without blanks any character begins a word.
    let word = text[cut..].find(char::is_whitespace).unwrap_or(0);
    text[cut + word..].trim_start().to_owned()
}

fn first_words(text: &str) -> String {
    let text = text.trim();
    let Some((cut, _)) = text.char_indices().nth(NEIGHBOUR) else { return text.to_owned() };
    let word = text[..cut].rfind(char::is_whitespace).unwrap_or(cut);
    text[..word].trim_end().to_owned()
}

fn chunk(document: &Document, draft: ChunkDraft, now: model::Time) -> Chunk {
    let id = ChunkId::derive([
        document.id.as_uuid().as_bytes().as_slice(),
        &draft.position.to_be_bytes(),
        draft.text.as_bytes(),
    ]);
    Chunk {
        id,
        project_id: document.project_id,
        document_id: document.id,
        position: draft.position,
        heading_path: draft.heading_path,
        content_type: draft.content_type,
        text: draft.text,
        table_header: draft.table_header,
        token_count: draft.token_count,
        source: draft.source,
        language: draft.language,
        topic: None,
        edited: false,
        excluded: draft.exclude_reason.is_some(),
        exclude_reason: draft.exclude_reason,
        created_at: now,
        updated_at: now,
    }
}

fn failed(document: &str, reason: &str) -> Worked {
    tracing::warn!(target: LOG_TARGET, document, reason, "a document failed");
    Worked::Outcome(Outcome::Failed(UnitFailure { reason: reason.into(), raw_reply: None }))
}

#[cfg(test)]
mod tests {
    use model::{ChunkSource, ContentType, ExcludeCode, ExcludeReason};

    use super::*;

    /// A chunk of a document's text, by its place there.
    fn chunk(document: &str, char_start: usize, char_end: usize) -> ChunkDraft {
        ChunkDraft {
            position: 0,
            heading_path: Vec::new(),
            content_type: ContentType::Prose,
            text: document.chars().skip(char_start).take(char_end - char_start).collect(),
            table_header: Vec::new(),
            language: None,
            token_count: 1,
            source: ChunkSource { page_start: None, page_end: None, char_start, char_end },
            exclude_reason: None,
        }
    }

    #[test]
    fn neighbours_end_where_the_chunk_begins() {
        let text = "Öne twö three four";
        let mut chunks = vec![chunk(text, 0, 7), chunk(text, 4, 13), chunk(text, 14, 18)];
        let found = neighbours(&chunks);
        assert_eq!(found[0], (String::new(), "three".into()));
        assert_eq!(found[1], ("Öne".into(), "four".into()));
        assert_eq!(found[2], ("twö three".into(), String::new()));
        chunks[1].exclude_reason = Some(ExcludeReason { code: ExcludeCode::Toc, detail: "it is one".into() });
        assert_eq!(neighbours(&chunks)[0], (String::new(), String::new()));
        // One that lies within the next has nothing of its own.
        assert_eq!(neighbours(&[chunk(text, 4, 7), chunk(text, 0, 18)])[1].0, "");
    }

    #[test]
    fn neighbours_are_bounded_and_cut_between_words() {
        let words = "wörd ".repeat(300);
        let (last, first) = (last_words(&words), first_words(&words));
        for part in [last, first] {
            assert!(part.chars().count() <= NEIGHBOUR && part.chars().count() > NEIGHBOUR - 10);
            assert!(part.split(' ').all(|word| word == "wörd"), "{part}");
        }
        let unspaced = "水".repeat(900);
        assert_eq!(last_words(&unspaced).chars().count(), NEIGHBOUR);
        assert_eq!(first_words(&unspaced).chars().count(), NEIGHBOUR);
    }
}
