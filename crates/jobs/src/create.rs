//! New generations with their units, which are fixed from then on.

use std::collections::HashSet;

use model::{
    DocumentId, GenerateSettings, Generation, GenerationId, GenerationKind, Phase, ProjectId, Unit, UserId,
};

use crate::{Environment, JobsError, random_bytes};

/// A new generation and how many units it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Created {
    /// Its id.
    pub id: GenerationId,
    /// The number of its units.
    pub units: u64,
}

/// A parse of some documents of a project.
///
/// # Errors
/// [`JobsError::NothingToDo`] where there are none.
pub async fn create_parse(
    environment: &Environment,
    user: &UserId,
    project: ProjectId,
    documents: &[DocumentId],
) -> Result<Created, JobsError> {
    let units = documents.iter().map(|document| (document.to_string(), None)).collect();
    create(environment, user, project, GenerationKind::Parse, None, units).await
}

/// A generation of pairs from those chunks of some documents that have none yet under the same
/// settings, and are not among `except`.
///
/// # Errors
/// [`JobsError::NothingToDo`] where there are none.
pub async fn create_generate(
    environment: &Environment,
    user: &UserId,
    project: ProjectId,
    settings: GenerateSettings,
    documents: &[DocumentId],
    except: &HashSet<String>,
) -> Result<Created, JobsError> {
    settings.check()?;
    let same = generations_like(environment, user, project, &settings).await?;
    let same: Vec<GenerationId> = same.iter().map(|generation| generation.id).collect();
    let chunks = environment.metadata.chunks_to_generate(user, project, documents, &same).await?;
    let units = chunks
        .into_iter()
        .map(|(chunk, passage)| (chunk.to_string(), Some(passage)))
        .filter(|(chunk, _)| !except.contains(chunk))
        .collect();
    create(environment, user, project, GenerationKind::Generate, Some(settings), units).await
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

async fn create(
    environment: &Environment,
    user: &UserId,
    project: ProjectId,
    kind: GenerationKind,
    settings: Option<GenerateSettings>,
    subjects: Vec<(String, Option<String>)>,
) -> Result<Created, JobsError> {
    let (phase, verb) = match kind {
        GenerationKind::Parse => (Phase::Parse, "parse"),
        GenerationKind::Generate => (Phase::Generate, "generate from"),
    };
    if subjects.is_empty() {
        return Err(JobsError::NothingToDo(verb));
    }
    let now = environment.now();
    let id = GenerationId::new(now, random_bytes());
    let mut generation = Generation::new(id, project, kind, settings, now);
    generation.chunks_total = subjects.len() as u64;
    let units: Vec<Unit> = (0_u64..)
        .zip(subjects)
        .map(|(ordinal, (subject, passage))| Unit::new(id, phase, subject, ordinal, passage))
        .collect();
    environment.metadata.create_generation(user, &generation, &units).await?;
    Ok(Created { id, units: generation.chunks_total })
}
