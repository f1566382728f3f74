//! Pairs that were made elsewhere: each line of their file becomes a chunk that nothing is generated from, and a unit
//! of work that takes the pair out of it. What cannot be read is a unit that failed, and no more.

mod lines;

use ::generate::{
    Lesson,
    import::{Imported, MAX_LINE, read},
};
use model::{
    Chunk, ChunkId, ChunkSource, ContentType, Document, DocumentId, DocumentStatus, ExcludeCode,
    ExcludeReason, Format, GenerateConfig, GenerateSettings, GenerationType, ImportFormat, Passage,
    ProjectId, UserId, scalar_count, sha256_hex,
};
use store::{Keys, ObjectKey, StoreError};

use self::lines::Lines;
use crate::{
    Created, Environment, JobsError, Launch,
    create::{Subjects, create_import_of},
};

/// How many lines are stored together.
const BATCH: usize = 1_000;

/// Why nothing is imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Nothing was uploaded under that key.
    #[error("nothing was uploaded there: PUT the file to its upload_url first")]
    Missing,
    /// It has no lines.
    #[error("it holds nothing but white space")]
    Empty,
    /// That upload is a document.
    #[error("the upload is registered already, as a document that is not imported")]
    Taken,
    /// What is made of it failed.
    #[error(transparent)]
    Jobs(#[from] JobsError),
}

impl From<StoreError> for ImportError {
    fn from(error: StoreError) -> Self {
        Self::Jobs(error.into())
    }
}

/// A generation that takes the pairs out of an uploaded file, a unit a line. The file becomes a document, its lines
/// chunks of it, all read as streams; asked for again after it failed half-way, it goes on with what is there.
///
/// # Errors
/// Those of [`ImportError`].
pub async fn create_import(
    environment: &Environment,
    user: &UserId,
    project: ProjectId,
    (document_key, filename): (&str, &str),
    format: ImportFormat,
    launch: Launch,
) -> Result<Created, ImportError> {
    let id = document_key.rsplit('/').next().and_then(|id| id.parse().ok()).ok_or(ImportError::Missing)?;
    let key = Keys::new(user, project).source(id);
    if key.as_str() != document_key {
        return Err(ImportError::Missing);
    }
    let document = document(environment, user, project, &key, id, filename).await?;
    let mut subjects = Subjects::new();
    let mut lines = open(environment, &key).await?;
    let mut batch = Vec::with_capacity(BATCH);
    let (mut position, mut at) = (0, 0);
    loop {
        let line = lines.next().await.map_err(|source| unreadable(&key, source))?;
        if let Some(line) = &line {
            let (chunk, passage) = chunk(environment, &document, format, (position, at), line);
            (position, at) = (position + 1, chunk.source.char_end + 1);
            subjects.push((chunk.id.to_string(), Some(passage.sha256())));
            batch.push((chunk, passage));
        }
        if batch.len() == BATCH || (line.is_none() && !batch.is_empty()) {
            environment.metadata.add_chunks(user, std::mem::take(&mut batch)).await?;
        }
        if line.is_none() {
            break;
        }
    }
    Ok(create_import_of(environment, user, project, settings(format), subjects, launch).await?)
}

/// The pair of a line, with the settings that it is made under: its type and system prompt are its own.
pub(crate) fn imported(
    passage: &Passage,
    format: ImportFormat,
    settings: &GenerateSettings,
) -> Result<(Lesson, GenerateSettings), String> {
    let line = passage.imported.as_deref().ok_or("it is no line of an imported file")?;
    let Imported { draft, system_prompt } = read(line, format)?;
    let generation_type =
        if draft.turns.is_empty() { settings.generation_type } else { GenerationType::Conversation };
    let prompt_hash = sha256_hex(format.teacher());
    let lesson = Lesson { drafts: vec![draft], prompt_hash, ..Lesson::default() };
    Ok((lesson, GenerateSettings { generation_type, system_prompt, ..settings.clone() }))
}

fn settings(format: ImportFormat) -> GenerateSettings {
    let generation_type = match format {
        ImportFormat::Alpaca => GenerationType::Instruction,
        ImportFormat::Chatml | ImportFormat::Sharegpt => GenerationType::Qa,
    };
    GenerateSettings {
        teacher_model: format.teacher().into(),
        generation_type,
        temperature: 0.0,
        system_prompt: None,
        config: GenerateConfig { pairs_per_chunk: 1, ..GenerateConfig::default() },
    }
}

/// The file as a document, which nothing is left to be done on.
async fn document(
    environment: &Environment,
    user: &UserId,
    project: ProjectId,
    key: &ObjectKey,
    id: DocumentId,
    filename: &str,
) -> Result<Document, ImportError> {
    if let Some(known) = environment.metadata.document(user, id).await? {
        return if known.format == Format::Jsonl { Ok(known) } else { Err(ImportError::Taken) };
    }
    let mut lines = open(environment, key).await?;
    let mut count = 0;
    while lines.next().await.map_err(|source| unreadable(key, source))?.is_some() {
        count += 1;
    }
    if count == 0 {
        return Err(ImportError::Empty);
    }
    let now = environment.now();
    let (size_bytes, sha256) = lines.read();
    let document = Document {
        id,
        project_id: project,
        filename: filename.to_owned(),
        format: Format::Jsonl,
        size_bytes,
        sha256,
        storage_key: key.to_string(),
        source_url: None,
        status: DocumentStatus::Parsed,
        error: None,
        pages: None,
        chunk_count: count,
        warnings: Vec::new(),
        parsing: None,
        created_at: now,
        parsed_at: Some(now),
    };
    match environment.metadata.add_document(user, &document).await {
        // Another request for the same upload was faster.
        Err(StoreError::Exists(_)) => Ok(document),
        added => Ok(added.map(|()| document)?),
    }
}

async fn open(environment: &Environment, key: &ObjectKey) -> Result<Lines, ImportError> {
    let object = environment.objects.open(key).await?.ok_or(ImportError::Missing)?;
    Ok(Lines::new(object, MAX_LINE))
}

fn unreadable(key: &ObjectKey, source: std::io::Error) -> StoreError {
    StoreError::Objects { key: key.to_string(), source }
}

/// A line as a chunk, with what its answer can be held against.
fn chunk(
    environment: &Environment,
    document: &Document,
    format: ImportFormat,
    (position, char_start): (u32, usize),
    line: &lines::Line,
) -> (Chunk, Passage) {
    let context = read(&line.text, format).map(|read| read.draft.context).unwrap_or_default();
    let passage = Passage {
        document: String::new(),
        heading_path: Vec::new(),
        content_type: ContentType::Prose,
        text: context,
        table_header: Vec::new(),
        language: None,
        before: String::new(),
        after: String::new(),
        imported: Some(line.text.clone()),
    };
    let id = ChunkId::derive([
        document.id.as_uuid().as_bytes().as_slice(),
        &position.to_be_bytes(),
        line.text.as_bytes(),
    ]);
    let detail =
        format!("line {} of a file of pairs: its pair is taken from it, and none is made", line.number);
    let now = environment.now();
    let chunk = Chunk {
        id,
        project_id: document.project_id,
        document_id: document.id,
        position,
        heading_path: Vec::new(),
        content_type: ContentType::Code,
        text: line.text.clone(),
        table_header: Vec::new(),
        token_count: parse::count_tokens(&line.text),
        source: ChunkSource {
            page_start: None,
            page_end: None,
            char_start,
            char_end: char_start + scalar_count(&line.text),
        },
        language: None,
        topic: None,
        edited: false,
        excluded: true,
        exclude_reason: Some(ExcludeReason { code: ExcludeCode::Imported, detail }),
        created_at: now,
        updated_at: now,
    };
    (chunk, passage)
}
