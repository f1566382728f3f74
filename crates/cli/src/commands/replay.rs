//! `data-forge replay MANIFEST`.

use std::path::{Path, PathBuf};

use ::export::{LINEAGE_FILE, MANIFEST_FILE, Manifest};
use anyhow::{Context, anyhow};
use model::{UserId, sha256_hex};
use server::export::{Replayed, replay};
use store::{Keys, Objects};
use tokio::io::AsyncRead;

use crate::{
    args::{Common, ReplayArgs},
    failure::{Exit, Failure, Outcome},
    printer::Printer,
    settings::Settings,
    wiring,
};

/// Makes an export again from what is stored, and holds it against its manifest.
pub(crate) async fn run(args: &ReplayArgs, common: &Common, printer: &Printer) -> Outcome<Exit> {
    let manifest = read_manifest(&args.manifest)?;
    let environment = wiring::environment(&Settings::load(common)?).await?;
    let user = UserId::local();
    let lineage = lineage(&args.manifest, &manifest, &*environment.objects, &user).await?;
    let unwritable = || format!("{} cannot be written to", args.output.display());
    std::fs::create_dir_all(&args.output).with_context(unwritable)?;
    let folder = tempfile::tempdir_in(&args.output).with_context(unwritable)?;
    let Replayed { files, missing } = replay(&environment, &user, &manifest, lineage, folder.path()).await?;
    if !missing.is_empty() {
        let total: u64 = missing.values().sum();
        for (reason, lines) in &missing {
            printer.note(format!("{lines} lines: {reason}"));
        }
        return Err(Failure::failed(anyhow!(
            "{total} of {} lines cannot be made again",
            manifest.counts.pairs
        ))
        .hint("is this the data directory that the export was made in? --data-dir names another"));
    }
    for (name, made) in files {
        let known = manifest.files.iter().find(|file| file.name == name);
        if known.is_none_or(|known| known.info != made) {
            return Err(Failure::failed(anyhow!(
                "{name} was made again, but is not the same: its SHA-256 is {}",
                made.sha256
            )));
        }
        put_in_place(&folder.path().join(name), &args.output.join(name), &made.sha256)?;
        printer.data(format!(
            "{}  {} lines  sha256 {}",
            args.output.join(name).display(),
            made.lines,
            made.sha256
        ))?;
    }
    Ok(Exit::Done)
}

fn read_manifest(path: &Path) -> Outcome<Manifest> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()));
    let manifest = serde_json::from_str(&text.map_err(Failure::usage)?);
    manifest.map_err(|error| {
        Failure::usage(anyhow!(error).context(format!("{} is not the manifest of an export", path.display())))
            .hint("beside a dataset.jsonl of `run` it is dataset.jsonl.manifest.json")
    })
}

/// The lineage beside the manifest, else the one that is stored.
async fn lineage(
    path: &Path,
    manifest: &Manifest,
    objects: &dyn Objects,
    user: &UserId,
) -> Outcome<Box<dyn AsyncRead + Send + Unpin>> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if let Some(start) = name.strip_suffix(MANIFEST_FILE) {
        let beside = path.with_file_name(format!("{start}{LINEAGE_FILE}"));
        if let Ok(file) = tokio::fs::File::open(&beside).await {
            return Ok(Box::new(file));
        }
    }
    let key = Keys::new(user, manifest.project.id).export_file(manifest.version, LINEAGE_FILE);
    let stored = objects.open(&key).await?;
    stored.ok_or_else(|| {
        Failure::failed(anyhow!("the lineage is neither beside the manifest nor stored: {key}"))
            .hint("put the export's lineage.jsonl beside its manifest, or name its --data-dir")
    })
}

/// Moves a file where there is none, or the same.
fn put_in_place(made: &Path, target: &PathBuf, sha256: &str) -> Outcome<()> {
    if let Ok(there) = std::fs::read(target) {
        if sha256_hex(there) == sha256 {
            return Ok(());
        }
        return Err(Failure::usage(anyhow!("{} is there already, and is another file", target.display()))
            .hint("choose another folder with -o"));
    }
    std::fs::rename(made, target).with_context(|| format!("{} cannot be written", target.display()))?;
    Ok(())
}
