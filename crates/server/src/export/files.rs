//! The files of a version, put into the object store.

use std::path::Path;

use ::export::{
    CARD_FILE, Counts, FORMAT_VERSION, FileInfo, LINEAGE_FILE, MANIFEST_FILE, Manifest, ManifestFile,
    ManifestProject, Models, ScoreSummary, all_files, card, recipes,
};
use jobs::Environment;
use model::{Export, GenerateSettings, Project, UserId, sha256_hex};
use store::{Keys, StoreError};

use super::{ExportError, draft::Draft};

/// A folder with a draft, and whose it is.
#[derive(Clone, Copy)]
pub(super) struct Folder<'a> {
    pub(super) environment: &'a Environment,
    pub(super) user: &'a UserId,
    pub(super) path: &'a Path,
    pub(super) draft: &'a Draft,
}

impl Folder<'_> {
    /// Stores the files, and only then makes the version known.
    pub(super) async fn put(
        &self,
        project: &Project,
        export: &Export,
        settings: &[GenerateSettings],
    ) -> Result<(), ExportError> {
        let Environment { metadata, objects, .. } = self.environment;
        let keys = Keys::new(self.user, export.project_id);
        let key = |name| keys.export_file(export.version, name);
        let data = self.draft.files.iter().map(|(_, name)| *name);
        for name in data.chain([LINEAGE_FILE]) {
            objects.put_file(&key(name), &self.path.join(name)).await?;
        }
        let texts = self.texts(project, export, settings);
        for (name, text) in &texts {
            objects.put(&key(name), text.as_bytes()).await?;
        }
        let added = metadata.add_export(self.user, export).await;
        if let Err(StoreError::NotFound(_)) = added {
            // The project was removed meanwhile, and its folder before these files were in it.
            for name in all_files() {
                objects.delete(&key(name)).await?;
            }
        }
        Ok(added?)
    }

    /// The small files: configurations, the card, and the manifest that names them all.
    fn texts(
        &self,
        project: &Project,
        export: &Export,
        settings: &[GenerateSettings],
    ) -> Vec<(&'static str, String)> {
        let Draft { files, history, languages, .. } = self.draft;
        let mut manifest = self.manifest(project, export, settings);
        let mut texts = recipes(export.format, *history, files);
        texts.push((CARD_FILE, card(&manifest, languages, files)));
        manifest.files.extend(texts.iter().map(|(name, text)| of_text(name, text)));
        texts.push((MANIFEST_FILE, manifest.to_json()));
        texts
    }

    /// The manifest, with data and lineage as its files.
    fn manifest(&self, project: &Project, export: &Export, settings: &[GenerateSettings]) -> Manifest {
        let Draft { written, left_out, splits, history, .. } = self.draft;
        let files = written.data.iter().map(|(name, info)| (*name, info.clone()));
        let files = files.chain([(LINEAGE_FILE, written.lineage.clone())]);
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
            history: *history,
            counts: Counts::new(written, left_out.clone()),
            splits: splits.clone(),
            models: Models::from(written),
            settings: settings.to_vec(),
            scores: ScoreSummary::from(written),
            files: files.map(|(name, info)| ManifestFile { name: name.into(), info }).collect(),
        }
    }
}

fn of_text(name: &str, text: &str) -> ManifestFile {
    let info =
        FileInfo { bytes: text.len() as u64, sha256: sha256_hex(text), lines: text.lines().count() as u64 };
    ManifestFile { name: name.into(), info }
}
