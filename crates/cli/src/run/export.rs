//! The run's pairs as a new version of the dataset, and that version as a file.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use ::export::{LINEAGE_FILE, LeftOut, MANIFEST_FILE, Written, data_file};
use anyhow::{Context, anyhow};
use model::{Export, GenerateSettings};
use server::export::{ExportError, ExportRequest, Published, Rule};
use store::{Keys, ObjectKey};

use super::{Session, generate::Generated, ingest::Ingested};
use crate::{
    args::RunArgs,
    failure::{Failure, Outcome},
};

/// What was exported.
#[derive(Debug)]
pub(crate) struct Exported {
    /// The export.
    pub(crate) version: u32,
    /// What is in it.
    pub(crate) written: Written,
    /// Pairs in it that a reviewer should look at.
    pub(crate) flagged: u64,
    /// Pairs that are not in it, by the reason.
    pub(crate) left_out: BTreeMap<LeftOut, u64>,
}

/// Exports the run's pairs; where nothing changed, the version that is there already.
pub(crate) async fn dataset(
    session: &Session,
    args: &RunArgs,
    settings: &GenerateSettings,
    ingested: &Ingested,
    generated: &Generated,
) -> Outcome<Exported> {
    // No generation under these settings means no pair; an empty list would mean all of them.
    if generated.generations.is_empty() {
        return Err(nothing(settings, &BTreeMap::new()));
    }
    let request = ExportRequest {
        format: args.format.into(),
        include_system_prompts: false,
        rule: Rule::NotRejected,
        min_quality: args.min_quality,
        generations: generated.generations.clone(),
        documents: ingested.parsed(),
        splitting: None,
        settings: vec![settings.clone()],
        reuse_unchanged: true,
    };
    let Session { environment, user, project, .. } = session;
    let published = server::export::publish(environment, user, project, &request).await;
    let Published { export, written, flagged, left_out } = published.map_err(|error| match error {
        ExportError::Nothing(left_out) => nothing(settings, &left_out),
        other => other.into(),
    })?;
    copy(session, args, &export).await?;
    Ok(Exported { version: export.version, written, flagged, left_out })
}

/// Copies a version to where the user wants it: whole or not at all.
async fn copy(session: &Session, args: &RunArgs, export: &Export) -> Outcome<()> {
    let keys = Keys::new(&session.user, session.project.id);
    let key = |name| keys.export_file(export.version, name);
    let (output, data_file) = (args.output(), data_file(export.format, None));
    if output.as_os_str() == "-" {
        let mut data = open(session, &key(data_file)).await?;
        tokio::io::copy(&mut data, &mut tokio::io::stdout()).await.context("standard output")?;
        return Ok(());
    }
    let beside = |ending: &str| PathBuf::from(format!("{}.{ending}", output.display()));
    for (name, target) in [
        (LINEAGE_FILE, beside(LINEAGE_FILE)),
        (MANIFEST_FILE, beside(MANIFEST_FILE)),
        (data_file, output.clone()),
    ] {
        let mut source = open(session, &key(name)).await?;
        put_in_place(&mut source, &target)
            .await
            .with_context(|| format!("{} cannot be written", target.display()))
            .map_err(|error| {
                Failure::failed(error).hint("the dataset is stored; choose another -o and run again")
            })?;
    }
    Ok(())
}

async fn open(session: &Session, key: &ObjectKey) -> Outcome<Box<dyn tokio::io::AsyncRead + Send + Unpin>> {
    let object = session.environment.objects.open(key).await?;
    object.ok_or_else(|| Failure::failed(anyhow!("{key} is not in the object store")))
}

async fn put_in_place(source: &mut (impl tokio::io::AsyncRead + Unpin), target: &Path) -> anyhow::Result<()> {
    let folder = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let temporary = tempfile::Builder::new().prefix(".data-forge-").tempfile_in(folder)?;
    let mut file = tokio::fs::File::from_std(temporary.reopen()?);
    tokio::io::copy(source, &mut file).await?;
    file.sync_all().await?;
    make_readable(&temporary)?;
    temporary.persist(target)?;
    Ok(())
}

/// Temporary files are their owner's alone; a dataset is a file like any other.
#[cfg(unix)]
fn make_readable(file: &tempfile::NamedTempFile) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_readable(_: &tempfile::NamedTempFile) -> std::io::Result<()> {
    Ok(())
}

fn nothing(settings: &GenerateSettings, left_out: &BTreeMap<LeftOut, u64>) -> Failure {
    if left_out.is_empty() {
        return Failure::failed(anyhow!("`{}` made no pair from these documents", settings.teacher_model))
            .hint("try another --model, or look at the chunks with `data-forge parse`");
    }
    let reasons: Vec<_> = left_out.iter().map(|(reason, count)| format!("{count} {reason:?}")).collect();
    Failure::failed(anyhow!("every pair was left out: {}", reasons.join(", "))).hint("lower --min-quality")
}
