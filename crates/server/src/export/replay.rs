//! A version made again from what is stored: teachers' replies from the ledger, what people wrote from the pairs.

use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    io::{self, BufWriter},
    path::Path,
};

use ::export::{
    DatasetWriter, Example, FileInfo, LineForm, Lineage, Manifest, Rejected, content_of, file_named,
};
use jobs::{Environment, JobsError, Made, Missing};
use model::{
    ChunkId, Generation, GenerationId, Pair, PairOrigin, PairProvenance, PairText, ProjectId, Quality, UserId,
};
use store::StoreError;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};

/// What has come of making a version again.
#[derive(Debug)]
pub struct Replayed {
    /// The data files as they were made again, by their names.
    pub files: Vec<(&'static str, FileInfo)>,
    /// Why lines could not be made again, and how many; the files are of no use where there is any.
    pub missing: BTreeMap<String, u64>,
}

/// Why a version cannot be made again.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A generation could not be looked into.
    #[error(transparent)]
    Jobs(#[from] JobsError),
    /// A file cannot be read or written.
    #[error("a file cannot be read or written")]
    File(#[from] io::Error),
    /// A data file cannot be written.
    #[error(transparent)]
    Write(#[from] ::export::ExportError),
    /// The lineage is not one that was written by this program.
    #[error("line {0} of the lineage cannot be read")]
    Lineage(u64, #[source] serde_json::Error),
    /// The manifest names a file that no export has.
    #[error("the manifest names the data file `{0}`, which is none of an export's")]
    Unknown(String),
}

/// Makes the data files of a version again, into a folder, by its manifest and lineage.
///
/// # Errors
/// Why that could not be tried; what is not stored any more is told in the result.
pub async fn replay(
    environment: &Environment,
    user: &UserId,
    manifest: &Manifest,
    lineage: impl AsyncRead + Unpin,
    folder: &Path,
) -> Result<Replayed, ReplayError> {
    let mut lines = BufReader::new(lineage).lines();
    let mut replay = Replay::new(environment, user, manifest, folder)?;
    let mut number = 0;
    while let Some(line) = lines.next_line().await? {
        number += 1;
        let row = serde_json::from_str(&line).map_err(|error| ReplayError::Lineage(number, error))?;
        replay.line(&row).await?;
    }
    Ok(Replayed { files: replay.writer.finish()?.data, missing: replay.missing })
}

struct Replay<'a> {
    environment: &'a Environment,
    user: &'a UserId,
    project: ProjectId,
    names: Vec<&'static str>,
    writer: DatasetWriter<BufWriter<File>, io::Sink>,
    generations: HashMap<GenerationId, Option<Generation>>,
    /// What was made of the last chunk.
    last: Option<(GenerationId, ChunkId, Result<Vec<Made>, Missing>)>,
    missing: BTreeMap<String, u64>,
}

impl<'a> Replay<'a> {
    fn new(
        environment: &'a Environment,
        user: &'a UserId,
        manifest: &Manifest,
        folder: &Path,
    ) -> Result<Self, ReplayError> {
        let names = manifest.data_files();
        let names =
            names.iter().map(|name| file_named(name).ok_or_else(|| ReplayError::Unknown((*name).into())));
        let names = names.collect::<Result<Vec<_>, _>>()?;
        let outs = names.iter().map(|name| Ok((*name, BufWriter::new(File::create(folder.join(name))?))));
        let outs = outs.collect::<io::Result<Vec<_>>>()?;
        let form = LineForm {
            format: manifest.format,
            include_system_prompts: manifest.include_system_prompts,
            history: manifest.history,
        };
        Ok(Self {
            environment,
            user,
            project: manifest.project.id,
            names,
            writer: DatasetWriter::new(form, outs, io::sink())?,
            generations: HashMap::new(),
            last: None,
            missing: BTreeMap::new(),
        })
    }

    async fn line(&mut self, row: &Lineage) -> Result<(), ReplayError> {
        let made = self.example(row).await?;
        let Some(file) = self.names.iter().position(|name| *name == row.file) else {
            return Err(ReplayError::Unknown(row.file.clone()));
        };
        match made {
            Ok((pair, rejected)) => {
                let origin = origin(row);
                let edits = &row.edits;
                let example = Example { pair: &pair, origin: &origin, edits, rejected: rejected.as_ref() };
                self.writer.push(example, file)?;
            }
            Err(reason) => *self.missing.entry(reason).or_default() += 1,
        }
        Ok(())
    }

    /// What stood on a line; the inner error says what is missing.
    async fn example(
        &mut self,
        row: &Lineage,
    ) -> Result<Result<(Pair, Option<Rejected>), String>, ReplayError> {
        let Some(generation) = self.generation(row.generation_id).await? else {
            return Ok(Err(Missing::Generation.to_string()));
        };
        let system_prompt =
            generation.settings.as_ref().and_then(|made_with| made_with.system_prompt.clone());
        let (text, system_prompt) = if row.edited {
            match self.written_by_people(row, system_prompt).await? {
                Some(found) => found,
                None => return Ok(Err("a text that a person wrote is not stored any more".into())),
            }
        } else {
            match self.made(&generation, row.chunk_id, row.slot).await? {
                Ok(Made { text, system_prompt }) => (text, system_prompt),
                Err(missing) => return Ok(Err(missing)),
            }
        };
        if content_of(&text, system_prompt.as_deref()) != row.content {
            return Ok(Err("what is stored says something else than was exported".into()));
        }
        let rejected = match self.rejected(row, &generation).await? {
            Ok(rejected) => rejected,
            Err(missing) => return Ok(Err(missing)),
        };
        Ok(Ok((pair(self.project, row, text, system_prompt), rejected)))
    }

    async fn generation(&mut self, id: GenerationId) -> Result<Option<Generation>, ReplayError> {
        if let Some(known) = self.generations.get(&id) {
            return Ok(known.clone());
        }
        let found = self.environment.metadata.generation(self.user, id).await?;
        self.generations.insert(id, found.clone());
        Ok(found)
    }

    /// What a teacher made, by the ledger.
    async fn made(
        &mut self,
        generation: &Generation,
        chunk: ChunkId,
        slot: u32,
    ) -> Result<Result<Made, String>, ReplayError> {
        let known = self.last.as_ref().is_some_and(|(by, of, _)| (*by, *of) == (generation.id, chunk));
        if !known {
            let made = jobs::replay(self.environment, self.user, generation, chunk).await?;
            self.last = Some((generation.id, chunk, made));
        }
        let texts = self.last.as_ref().map(|(_, _, made)| made);
        Ok(match texts {
            Some(Ok(texts)) => texts
                .get(slot as usize)
                .cloned()
                .ok_or_else(|| "the teacher's replies hold fewer pairs than were made".into()),
            Some(Err(missing)) => Err(missing.to_string()),
            None => Err(Missing::Passage.to_string()),
        })
    }

    /// A text as a person wrote it, if it is still stored, and the system prompt that it is under.
    async fn written_by_people(
        &self,
        row: &Lineage,
        system_prompt: Option<String>,
    ) -> Result<Option<(PairText, Option<String>)>, ReplayError> {
        let Some(pair) = self.environment.metadata.pair(self.user, row.pair_id).await? else {
            return Ok(None);
        };
        let system_prompt = pair.system_prompt.clone().or(system_prompt);
        // What it says now, and what it has said before.
        let mut texts = vec![text_of(pair)];
        let before = self.environment.metadata.pair_edits(self.user, row.pair_id).await?;
        texts.extend(before.into_iter().rev().filter_map(|edition| edition.text));
        let same = |text: &PairText| content_of(text, system_prompt.as_deref()) == row.content;
        Ok(texts.into_iter().find(same).map(|text| (text, system_prompt.clone())))
    }

    /// What a line of preferences prefers its pair to.
    async fn rejected(
        &mut self,
        row: &Lineage,
        generation: &Generation,
    ) -> Result<Result<Option<Rejected>, String>, ReplayError> {
        if !row.is_preference {
            return Ok(Ok(None));
        }
        let Some(id) = row.rejected_pair else {
            let made = self.made(generation, row.chunk_id, row.slot).await?;
            return Ok(made.map(|made| Some(Rejected { pair: None, text: made.text })));
        };
        let Some(other) = self.environment.metadata.pair(self.user, id).await? else {
            return Ok(Err("a pair that was rejected has been deleted".into()));
        };
        if other.edited {
            return Ok(Ok(Some(Rejected { pair: Some(id), text: text_of(other) })));
        }
        let Some(by) = self.generation(other.generation_id).await? else {
            return Ok(Err(Missing::Generation.to_string()));
        };
        let made = self.made(&by, other.chunk_id, other.slot).await?;
        Ok(made.map(|made| Some(Rejected { pair: Some(id), text: made.text })))
    }
}

fn text_of(pair: Pair) -> PairText {
    let Pair { question, answer, context, turns, .. } = pair;
    PairText { question, answer, context, turns }
}

fn origin(row: &Lineage) -> PairOrigin {
    PairOrigin {
        filename: row.filename.clone(),
        position: row.position,
        page_start: row.page_start,
        page_end: row.page_end,
        char_start: row.char_start,
        char_end: row.char_end,
    }
}

/// A pair as far as a line and its lineage hold it.
fn pair(project: ProjectId, row: &Lineage, text: PairText, system_prompt: Option<String>) -> Pair {
    let PairText { question, answer, context, turns } = text;
    Pair {
        id: row.pair_id,
        project_id: project,
        generation_id: row.generation_id,
        document_id: row.document_id,
        chunk_id: row.chunk_id,
        chunk_ids: row.chunk_ids.clone(),
        slot: row.slot,
        generation_type: row.generation_type,
        question,
        answer,
        context,
        reasoning: None,
        turns,
        system_prompt,
        question_type: row.question_type,
        difficulty: row.difficulty,
        topic: None,
        quality_score: row.quality_score,
        quality: Quality::default(),
        grounding_score: row.grounding_score,
        evidence: Vec::new(),
        unsupported: Vec::new(),
        flags: Vec::new(),
        judgement: None,
        duplicate_of: row.duplicate_of,
        review_status: row.review_status,
        reviewed_by: row.reviewed_by.clone(),
        reviewed_at: row.reviewed_at,
        edited: row.edited,
        original: None,
        revision: row.revision,
        token_count: 0,
        provenance: PairProvenance {
            teacher_model: row.teacher_model.clone(),
            prompt_hash: row.prompt_hash.clone(),
            passage: row.passage.clone(),
            ..PairProvenance::default()
        },
        created_at: model::Time::UNIX_EPOCH,
        updated_at: model::Time::UNIX_EPOCH,
    }
}
