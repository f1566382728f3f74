//! A new version of a project's dataset: what the command line and the API share.
//!
//! Pairs go a page at a time into a temporary folder; the files are stored first, and the version is
//! made known last, so that a version that is known is whole.

mod chooser;
mod compare;
mod draft;
mod estimate;
mod files;
mod replay;
mod walk;

use std::{collections::BTreeMap, io};

use ::export::{LeftOut, Written};
use jobs::{Environment, JobsError};
use model::{
    DocumentId, Export, ExportFilters, ExportFormat, ExportSplit, GenerateSettings, GenerationId, Project,
    Splitting, UserId,
};
use store::{Keys, StoreError};

pub use self::replay::{ReplayError, Replayed, replay};
pub(crate) use self::{
    compare::{CompareError, Comparison, Difference, Differences, Place, compare},
    estimate::{Estimate, estimate},
};
use self::{draft::Draft, files::Folder};
use crate::turn::{Turn, TurnError};

/// Which pairs are exported, before any filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// All but those that a person rejected and those that repeat another.
    NotRejected,
    /// Those that a person accepted, edited ones included; one that repeats another only by that.
    Accepted,
}

/// What is to be exported, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportRequest {
    /// The form of the lines.
    pub format: ExportFormat,
    /// Whether the lines hold the user's system prompt.
    pub include_system_prompts: bool,
    /// Which pairs, before the filters.
    pub rule: Rule,
    /// The least quality score; a pair that was not measured does not pass one.
    pub min_quality: Option<f64>,
    /// Made by one of these; empty: by any.
    pub generations: Vec<GenerationId>,
    /// From one of these; empty: from any.
    pub documents: Vec<DocumentId>,
    /// How it is split; `None`: not.
    pub splitting: Option<Splitting>,
    /// The settings that the manifest names; empty: those of the generations that made the pairs.
    pub settings: Vec<GenerateSettings>,
    /// Whether a version that has the same bytes by the same filters is as good as a new one.
    pub reuse_unchanged: bool,
}

/// What was exported.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// The version.
    pub export: Export,
    /// What is in it.
    pub written: Written,
    /// Pairs in it that a reviewer should look at.
    pub flagged: u64,
    /// Pairs that are not in it, by the reason.
    pub left_out: BTreeMap<LeftOut, u64>,
}

/// Why nothing was exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// No pair is left: so many were left out, by the reason.
    #[error("no pair is left to export")]
    Nothing(BTreeMap<LeftOut, u64>),
    /// All pairs are of one passage or repeat each other, so that none can be kept for validation.
    #[error("the pairs cannot be split: all are from one passage or repeat each other; export them whole")]
    Inseparable,
    /// Another export of the project was being published, for longer than one waits.
    #[error("another export of the project is being published; try again")]
    Busy,
    /// Whether another export is being published could not be found out.
    #[error(transparent)]
    Turn(JobsError),
    /// The store failed, or the project is gone.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No temporary folder can be made, or no file in it.
    #[error("a temporary folder cannot be made")]
    Folder(#[source] io::Error),
    /// A file in it cannot be written.
    #[error(transparent)]
    Write(#[from] ::export::ExportError),
}

impl From<TurnError> for ExportError {
    fn from(error: TurnError) -> Self {
        match error {
            TurnError::Busy => Self::Busy,
            TurnError::Jobs(error) => Self::Turn(error),
        }
    }
}

/// Exports a user's pairs of a project.
///
/// # Errors
/// Why nothing was exported; no version is taken then.
pub async fn publish(
    environment: &Environment,
    user: &UserId,
    project: &Project,
    request: &ExportRequest,
) -> Result<Published, ExportError> {
    let folder = tempfile::tempdir().map_err(ExportError::Folder)?;
    let draft = draft::write(environment, user, project.id, request, folder.path()).await?;
    if draft.written.lines() == 0 {
        return Err(ExportError::Nothing(draft.left_out));
    }
    // Two that publish at once would put their files in each other's place.
    let turn = Turn::wait(environment, format!("export/{}", project.id)).await?;
    let folder = Folder { environment, user, path: folder.path(), draft: &draft };
    let export = store(&folder, project, request).await;
    turn.end().await;
    let Draft { written, flagged, left_out, .. } = draft;
    Ok(Published { export: export?, written, flagged, left_out })
}

/// Stores a draft as the next version, or finds it.
async fn store(
    folder: &Folder<'_>,
    project: &Project,
    request: &ExportRequest,
) -> Result<Export, ExportError> {
    let Folder { environment, user, draft, .. } = *folder;
    let filters = ExportFilters {
        reviewed: request.rule == Rule::Accepted,
        min_quality_score: request.min_quality,
        generation_ids: request.generations.clone(),
    };
    let settings = settings(environment, user, request, draft).await?;
    let Some((first, data)) = draft.written.data.first() else {
        return Err(ExportError::Nothing(draft.left_out.clone()));
    };
    loop {
        let known = environment.metadata.exports(user, project.id).await?;
        let same = |export: &&Export| {
            export.sha256 == data.sha256
                && export.format == request.format
                && export.include_system_prompts == request.include_system_prompts
                && export.filters == filters
                && export.splitting == request.splitting
        };
        if request.reuse_unchanged
            && let Some(export) = known.iter().find(same)
        {
            return Ok(export.clone());
        }
        let version = known.first().map_or(1, |newest| newest.version + 1);
        let export = Export {
            version,
            project_id: project.id,
            format: request.format,
            filters: filters.clone(),
            include_system_prompts: request.include_system_prompts,
            splitting: request.splitting,
            pairs: draft.written.lines(),
            bytes: draft.written.bytes(),
            sha256: data.sha256.clone(),
            storage_key: Keys::new(user, project.id).export_file(version, first).to_string(),
            splits: splits(draft),
            created_at: environment.now(),
        };
        match folder.put(project, &export, &settings).await {
            // Whoever took the number published it; the next one is free.
            Err(ExportError::Store(StoreError::Exists(_))) => {}
            done => return done.map(|()| export),
        }
    }
}

/// The parts of a draft that is split.
fn splits(draft: &Draft) -> Vec<ExportSplit> {
    let parts = draft.files.iter().zip(&draft.written.data);
    let parts = parts.filter_map(|((split, _), (file, info))| {
        let (pairs, bytes, sha256) = (info.lines, info.bytes, info.sha256.clone());
        split.map(|name| ExportSplit { name, file: (*file).to_owned(), pairs, bytes, sha256 })
    });
    parts.collect()
}

/// The settings that the pairs were made with, each once.
async fn settings(
    environment: &Environment,
    user: &UserId,
    request: &ExportRequest,
    draft: &Draft,
) -> Result<Vec<GenerateSettings>, StoreError> {
    if !request.settings.is_empty() {
        return Ok(request.settings.clone());
    }
    let mut settings = BTreeMap::new();
    for generation in &draft.generations {
        let generation = environment.metadata.generation(user, *generation).await?;
        if let Some(made_with) = generation.and_then(|generation| generation.settings) {
            settings.insert(made_with.fingerprint(), made_with);
        }
    }
    Ok(settings.into_values().collect())
}
