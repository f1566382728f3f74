//! New generations with their units, which are fixed from then on.

use std::collections::HashSet;

use model::{
    DocumentId, GenerateSettings, Generation, GenerationId, GenerationKind, Parsing, Phase, ProjectId,
    Sha256Hex, Unit, UserId,
};
use store::ChunkSelection;

use crate::{Environment, JobsError, random_bytes};

/// A new generation and how many units it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Created {
    /// Its id.
    pub id: GenerationId,
    /// The number of its units.
    pub units: u64,
}

/// Who works on a generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Launch {
    /// Jobs, which a [`crate::Supervisor`] starts.
    Jobs,
    /// The process that made it, through [`crate::drive()`].
    Here,
}

impl Launch {
    /// The names of the jobs that work on a generation.
    pub(crate) fn job_names(self, kind: GenerationKind, id: GenerationId) -> Vec<String> {
        let phases: &[Phase] = match (self, kind) {
            (Self::Here, _) => &[],
            (Self::Jobs, GenerationKind::Parse) => &[Phase::Parse],
            (Self::Jobs, GenerationKind::Generate) => &[Phase::Generate, Phase::Validate],
        };
        phases.iter().map(|phase| phase.job_name(id)).collect()
    }
}

/// Which chunks pairs are made from.
#[derive(Debug, Clone, PartialEq)]
pub enum Pick {
    /// Those of some documents that have no pairs yet under the same settings.
    Missing {
        /// The documents.
        documents: Vec<DocumentId>,
        /// Chunks to leave out, by their ids.
        except: HashSet<String>,
    },
    /// Those that a person means, whatever was made of them under which settings.
    Selected(ChunkSelection),
}

/// A parse of some documents of a project.
///
/// # Errors
/// [`JobsError::NothingToDo`] where there are none, [`JobsError::Settings`] for a way to cut that is
/// outside its bounds, [`store::StoreError::Busy`] while another parse of the project has not ended.
pub async fn create_parse(
    environment: &Environment,
    user: &UserId,
    project: ProjectId,
    documents: &[DocumentId],
    parsing: Parsing,
    launch: Launch,
) -> Result<Created, JobsError> {
    parsing.chunking.check()?;
    let subjects = documents.iter().map(|document| (document.to_string(), None)).collect();
    let id = GenerationId::new(environment.now(), random_bytes());
    let mut generation = Generation::new(id, project, GenerationKind::Parse, None, environment.now());
    (generation.chunking, generation.options) = (Some(parsing.chunking), Some(parsing.options));
    create(environment, user, generation, subjects, launch).await
}

/// A generation of pairs from some chunks of a project.
///
/// # Errors
/// [`JobsError::NothingToDo`] where there are none, [`JobsError::Settings`] for settings outside their
/// bounds, or that the teacher cannot meet.
pub async fn create_generate(
    environment: &Environment,
    user: &UserId,
    project: ProjectId,
    settings: GenerateSettings,
    pick: &Pick,
    launch: Launch,
) -> Result<Created, JobsError> {
    ::generate::check(&settings)?;
    let none = HashSet::new();
    let (chunks, except) = match pick {
        Pick::Missing { documents, except } => {
            let same = generations_like(environment, user, project, &settings).await?;
            let same: Vec<GenerationId> = same.iter().map(|generation| generation.id).collect();
            (environment.metadata.chunks_to_generate(user, project, documents, &same).await?, except)
        }
        Pick::Selected(which) => (environment.metadata.select_chunks(user, project, which).await?, &none),
    };
    let subjects = chunks
        .into_iter()
        .map(|(chunk, passage)| (chunk.to_string(), Some(passage)))
        .filter(|(chunk, _)| !except.contains(chunk))
        .collect();
    let id = GenerationId::new(environment.now(), random_bytes());
    let generation =
        Generation::new(id, project, GenerationKind::Generate, Some(settings), environment.now());
    create(environment, user, generation, subjects, launch).await
}

/// The generations of a project that make the same pairs as these settings would, oldest first.
///
/// # Errors
/// Where the store fails.
pub async fn generations_like(
    environment: &Environment,
    user: &UserId,
    project: ProjectId,
    settings: &GenerateSettings,
) -> Result<Vec<Generation>, JobsError> {
    let fingerprint = settings.fingerprint();
    let mut same = environment.metadata.generations(user, project, GenerationKind::Generate).await?;
    same.retain(|generation| generation.settings.as_ref().is_some_and(|s| s.fingerprint() == fingerprint));
    same.reverse();
    Ok(same)
}

/// What units work on: a document's or chunk's id, and the hash of its passage.
pub(crate) type Subjects = Vec<(String, Option<Sha256Hex>)>;

/// An import of the lines that are these chunks.
pub(crate) async fn create_import_of(
    environment: &Environment,
    user: &UserId,
    project: ProjectId,
    settings: GenerateSettings,
    lines: Subjects,
    launch: Launch,
) -> Result<Created, JobsError> {
    let id = GenerationId::new(environment.now(), random_bytes());
    let generation =
        Generation::new(id, project, GenerationKind::Generate, Some(settings), environment.now());
    create(environment, user, generation, lines, launch).await
}

async fn create(
    environment: &Environment,
    user: &UserId,
    mut generation: Generation,
    subjects: Subjects,
    launch: Launch,
) -> Result<Created, JobsError> {
    let (phase, verb) = match generation.kind {
        GenerationKind::Parse => (Phase::Parse, "parse"),
        GenerationKind::Generate => (Phase::Generate, "generate from"),
    };
    if subjects.is_empty() {
        return Err(JobsError::NothingToDo(verb));
    }
    let id = generation.id;
    generation.chunks_total = subjects.len() as u64;
    generation.job_names = launch.job_names(generation.kind, id);
    let units: Vec<Unit> = (0_u64..)
        .zip(subjects)
        .map(|(ordinal, (subject, passage))| Unit::new(id, phase, subject, ordinal, passage))
        .collect();
    environment.metadata.create_generation(user, &generation, &units).await?;
    Ok(Created { id, units: generation.chunks_total })
}
