//! The run's pairs as a new version of the dataset, and that version as a file.

use std::{
    collections::BTreeMap,
    fs::File,
    io::BufWriter,
    path::{Path, PathBuf},
};

use ::export::{
    Counts, DATA_FILE, DatasetWriter, FORMAT_VERSION, LINEAGE_FILE, LeftOut, MANIFEST_FILE, Manifest,
    ManifestFile, ManifestProject, Models, OncePerCluster, ScoreSummary, Written,
};
use anyhow::{Context, anyhow};
use model::{Export, ExportFilters, GenerateSettings, Pair, ReviewStatus};
use store::{Keys, ObjectKey, PairSelection};
use tempfile::TempDir;

use super::{Session, generate::Generated, ingest::Ingested};
use crate::{
    args::RunArgs,
    failure::{Failure, Outcome},
};

/// Rows read from the store at once.
const PAGE: u32 = 1000;

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

/// Data and lineage as written, before they are a version.
struct Files {
    written: Written,
    flagged: u64,
    left_out: BTreeMap<LeftOut, u64>,
}

/// Exports the run's pairs; where nothing changed, the version that is there already.
pub(crate) async fn dataset(
    session: &Session,
    args: &RunArgs,
    settings: &GenerateSettings,
    ingested: &Ingested,
    generated: &Generated,
) -> Outcome<Exported> {
    let folder = tempfile::tempdir().context("a temporary folder cannot be made")?;
    let Files { written, flagged, left_out } = write(session, args, ingested, generated, &folder).await?;
    if written.data.lines == 0 {
        return Err(nothing(settings, &left_out));
    }
    let filters = ExportFilters {
        reviewed: false,
        min_quality_score: args.min_quality,
        generation_ids: generated.generations.clone(),
    };
    let known = session.environment.metadata.exports(&session.user, session.project.id).await?;
    let same = |export: &&Export| {
        export.sha256 == written.data.sha256
            && export.format == args.format.into()
            && export.filters.min_quality_score == filters.min_quality_score
            && export.filters.generation_ids == filters.generation_ids
    };
    let export = match known.iter().find(same) {
        Some(export) => export.clone(),
        None => {
            let version = known.first().map_or(1, |newest| newest.version + 1);
            publish(session, args, settings, filters, version, &written, &left_out, &folder).await?
        }
    };
    copy(session, args, &export).await?;
    Ok(Exported { version: export.version, written, flagged, left_out })
}

/// Writes data and lineage into a folder, a page of pairs at a time.
async fn write(
    session: &Session,
    args: &RunArgs,
    ingested: &Ingested,
    generated: &Generated,
    folder: &TempDir,
) -> Outcome<Files> {
    let create = |name| File::create(folder.path().join(name)).map(BufWriter::new);
    let mut writer = DatasetWriter::new(args.format.into(), false, create(DATA_FILE)?, create(LINEAGE_FILE)?);
    let selection = PairSelection {
        generations: generated.generations.clone(),
        documents: ingested.parsed(),
        ..PairSelection::default()
    };
    let (mut flagged, mut left_out) = (0, BTreeMap::new());
    let mut clusters = OncePerCluster::default();
    let mut after = None;
    // No generation under these settings means no pair; an empty list would mean all of them.
    while !selection.generations.is_empty() {
        let Session { environment, user, project, .. } = session;
        let rows =
            environment.metadata.export_rows(user, project.id, &selection, after.as_ref(), PAGE).await?;
        let Some(last) = rows.last() else { break };
        after = Some(last.cursor());
        for row in &rows {
            match reason_to_leave_out(&row.pair, args.min_quality, &mut clusters) {
                Some(reason) => *left_out.entry(reason).or_default() += 1,
                None => {
                    flagged += u64::from(!row.pair.flags.is_empty());
                    writer.push(&row.pair, &row.origin)?;
                }
            }
        }
    }
    Ok(Files { written: writer.finish()?, flagged, left_out })
}

fn reason_to_leave_out(
    pair: &Pair,
    min_quality: Option<f64>,
    clusters: &mut OncePerCluster,
) -> Option<LeftOut> {
    // Asked first: what repeats a rejected pair must not come in for it.
    let first_of_its_kind = clusters.admit(pair);
    let too_low = |least: f64| pair.quality_score.is_none_or(|score| score < least);
    if pair.review_status == ReviewStatus::Rejected {
        Some(LeftOut::Rejected)
    } else if !first_of_its_kind {
        Some(LeftOut::Duplicate)
    } else if min_quality.is_some_and(too_low) {
        Some(LeftOut::BelowMinQuality)
    } else {
        None
    }
}

/// Stores the files, and only then makes the version known.
#[expect(clippy::too_many_arguments, reason = "each is a separate fact of the version that is published")]
async fn publish(
    session: &Session,
    args: &RunArgs,
    settings: &GenerateSettings,
    filters: ExportFilters,
    version: u32,
    written: &Written,
    left_out: &BTreeMap<LeftOut, u64>,
    folder: &TempDir,
) -> Outcome<Export> {
    let Session { environment, user, project, .. } = session;
    let keys = Keys::new(user, project.id);
    let now = environment.now();
    let manifest = Manifest {
        format_version: FORMAT_VERSION,
        data_forge: env!("CARGO_PKG_VERSION").into(),
        project: ManifestProject { id: project.id, name: project.name.clone() },
        version,
        created_at: now,
        reviewed: false,
        format: args.format.into(),
        filters: filters.clone(),
        include_system_prompts: false,
        counts: Counts::new(written, left_out.clone()),
        models: Models::from(written),
        settings: vec![settings.clone()],
        scores: ScoreSummary::from(written),
        files: vec![
            ManifestFile { name: DATA_FILE.into(), info: written.data.clone() },
            ManifestFile { name: LINEAGE_FILE.into(), info: written.lineage.clone() },
        ],
    };
    for name in [DATA_FILE, LINEAGE_FILE] {
        environment.objects.put_file(&keys.export_file(version, name), &folder.path().join(name)).await?;
    }
    environment.objects.put(&keys.export_file(version, MANIFEST_FILE), manifest.to_json().as_bytes()).await?;
    let export = Export {
        version,
        project_id: project.id,
        format: args.format.into(),
        filters,
        include_system_prompts: false,
        pairs: written.data.lines,
        bytes: written.data.bytes,
        sha256: written.data.sha256.clone(),
        storage_key: keys.export_file(version, DATA_FILE).to_string(),
        splits: Vec::new(),
        created_at: now,
    };
    environment.metadata.add_export(user, &export).await?;
    Ok(export)
}

/// Copies a version to where the user wants it: whole or not at all.
async fn copy(session: &Session, args: &RunArgs, export: &Export) -> Outcome<()> {
    let keys = Keys::new(&session.user, session.project.id);
    let key = |name| keys.export_file(export.version, name);
    if args.output.as_os_str() == "-" {
        let mut data = open(session, &key(DATA_FILE)).await?;
        tokio::io::copy(&mut data, &mut tokio::io::stdout()).await.context("standard output")?;
        return Ok(());
    }
    let beside = |ending: &str| PathBuf::from(format!("{}.{ending}", args.output.display()));
    for (name, target) in [
        (LINEAGE_FILE, beside(LINEAGE_FILE)),
        (MANIFEST_FILE, beside(MANIFEST_FILE)),
        (DATA_FILE, args.output.clone()),
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
