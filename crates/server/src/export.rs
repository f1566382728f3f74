//! A new version of a project's dataset: what the command line and the API share.
//!
//! Pairs go a page at a time into a temporary folder; the files are stored first, and the version is
//! made known last, so that a version that is known is whole.

mod draft;
mod turn;

use std::{collections::BTreeMap, io, path::Path};

use ::export::{
    Counts, DATA_FILE, FORMAT_VERSION, LINEAGE_FILE, LeftOut, MANIFEST_FILE, Manifest, ManifestFile,
    ManifestProject, Models, ScoreSummary, Written,
};
use jobs::Environment;
use model::{
    DocumentId, Export, ExportFilters, ExportFormat, GenerateSettings, GenerationId, Project, UserId,
};
use store::{Keys, StoreError};

use self::{draft::Draft, turn::Turn};

/// The names of an export's files: the data, then what belongs to it.
pub(crate) const FILES: [&str; 3] = [DATA_FILE, LINEAGE_FILE, MANIFEST_FILE];

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
    /// Another export of the project was being published, for longer than one waits.
    #[error("another export of the project is being published; try again")]
    Busy,
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
    if draft.written.data.lines == 0 {
        return Err(ExportError::Nothing(draft.left_out));
    }
    // Two that publish at once would put their files in each other's place.
    let turn = Turn::wait(environment, project.id).await?;
    let export = store(environment, user, project, request, &draft, folder.path()).await;
    turn.end().await;
    let Draft { written, flagged, left_out, .. } = draft;
    Ok(Published { export: export?, written, flagged, left_out })
}

/// Stores a draft as the next version, or finds it.
async fn store(
    environment: &Environment,
    user: &UserId,
    project: &Project,
    request: &ExportRequest,
    draft: &Draft,
    folder: &Path,
) -> Result<Export, ExportError> {
    let filters = ExportFilters {
        reviewed: request.rule == Rule::Accepted,
        min_quality_score: request.min_quality,
        generation_ids: request.generations.clone(),
    };
    let settings = settings(environment, user, request, draft).await?;
    loop {
        let known = environment.metadata.exports(user, project.id).await?;
        let same = |export: &&Export| {
            export.sha256 == draft.written.data.sha256
                && export.format == request.format
                && export.include_system_prompts == request.include_system_prompts
                && export.filters == filters
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
            pairs: draft.written.data.lines,
            bytes: draft.written.data.bytes,
            sha256: draft.written.data.sha256.clone(),
            storage_key: Keys::new(user, project.id).export_file(version, DATA_FILE).to_string(),
            splits: Vec::new(),
            created_at: environment.now(),
        };
        let manifest = manifest(project, &export, &settings, draft);
        match put(environment, user, &export, &manifest, folder).await {
            // Whoever took the number published it; the next one is free.
            Err(StoreError::Exists(_)) => {}
            done => return Ok(done.map(|()| export)?),
        }
    }
}

/// Stores the files, and only then makes the version known.
async fn put(
    environment: &Environment,
    user: &UserId,
    export: &Export,
    manifest: &Manifest,
    folder: &Path,
) -> Result<(), StoreError> {
    let Environment { metadata, objects, .. } = environment;
    let keys = Keys::new(user, export.project_id);
    for name in [DATA_FILE, LINEAGE_FILE] {
        objects.put_file(&keys.export_file(export.version, name), &folder.join(name)).await?;
    }
    objects.put(&keys.export_file(export.version, MANIFEST_FILE), manifest.to_json().as_bytes()).await?;
    let added = metadata.add_export(user, export).await;
    if let Err(StoreError::NotFound(_)) = added {
        // The project was removed meanwhile, and its folder before these files were in it.
        for name in FILES {
            objects.delete(&keys.export_file(export.version, name)).await?;
        }
    }
    added
}

fn manifest(project: &Project, export: &Export, settings: &[GenerateSettings], draft: &Draft) -> Manifest {
    let Draft { written, left_out, .. } = draft;
    Manifest {
        format_version: FORMAT_VERSION,
        data_forge: env!("CARGO_PKG_VERSION").into(),
        project: ManifestProject { id: project.id, name: project.name.clone() },
        version: export.version,
        created_at: export.created_at,
        reviewed: export.filters.reviewed,
        format: export.format,
        filters: export.filters.clone(),
        include_system_prompts: export.include_system_prompts,
        counts: Counts::new(written, left_out.clone()),
        models: Models::from(written),
        settings: settings.to_vec(),
        scores: ScoreSummary::from(written),
        files: vec![
            ManifestFile { name: DATA_FILE.into(), info: written.data.clone() },
            ManifestFile { name: LINEAGE_FILE.into(), info: written.lineage.clone() },
        ],
    }
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
