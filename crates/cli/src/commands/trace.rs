//! `data-forge trace FILE:LINE`.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::{Path, PathBuf},
};

use ::export::{LINEAGE_FILE, Lineage, MANIFEST_FILE, Manifest, all_files};
use anyhow::{Context, anyhow};
use jobs::Environment;
use model::UserId;
use serde_json::json;
use sha2::{Digest, Sha256};
use store::PairSource;

use crate::{
    args::{Common, FileLine, TraceArgs},
    failure::{Exit, Failure, Outcome},
    printer::Printer,
    settings::Settings,
    wiring,
};

/// Prints where a line of an exported file comes from.
pub(crate) async fn run(args: &TraceArgs, common: &Common, printer: &Printer) -> Outcome<Exit> {
    let FileLine { file, line } = &args.place;
    let beside = Beside::find(file)?;
    let row = beside.row(*line)?.ok_or_else(|| {
        Failure::usage(anyhow!("{} has no line {line}", file.display()))
            .hint(format!("lines are those of {}", beside.lineage.display()))
    })?;
    if beside.is_changed(file)? {
        printer.note(format!(
            "warning: {} is not as it was exported: what stands on its line {line} now may come from elsewhere",
            file.display()
        ));
    }
    let settings = Settings::load(common)?;
    let source = match wiring::environment(&settings).await {
        Ok(environment) => source(&environment, &row).await?,
        // The lineage says where a line comes from without a store too.
        Err(_) => None,
    };
    if args.json {
        let passage = source.as_ref().map(|source| &source.passage);
        printer.data(json!({"lineage": row, "passage": passage}).to_string())?;
    } else {
        print(printer, file, &row, source.as_ref())?;
    }
    Ok(Exit::Done)
}

/// What lies beside a data file.
struct Beside {
    lineage: PathBuf,
    manifest: PathBuf,
    /// The name of the data file in the export; `None` where there is just the one.
    name: Option<&'static str>,
}

impl Beside {
    /// Finds it by the name of a data file: `FILE.lineage.jsonl`, or `lineage.jsonl` in the folder of an export, both with
    /// `v3-` before them or not.
    fn find(file: &Path) -> Outcome<Self> {
        let own = |ending: &str| PathBuf::from(format!("{}.{ending}", file.display()));
        let beside = Self { lineage: own(LINEAGE_FILE), manifest: own(MANIFEST_FILE), name: None };
        if beside.lineage.exists() {
            return Ok(beside);
        }
        let named = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let known = all_files().find_map(|name| Some((name, named.strip_suffix(name)?)));
        if let Some((name, start)) = known {
            let of = |other: &str| file.with_file_name(format!("{start}{other}"));
            let beside = Self { lineage: of(LINEAGE_FILE), manifest: of(MANIFEST_FILE), name: Some(name) };
            if beside.lineage.exists() {
                return Ok(beside);
            }
        }
        Err(Failure::usage(anyhow!("the lineage of {} is not beside it", file.display())).hint(format!(
            "it is {} of `run`, or lineage.jsonl of a downloaded version",
            beside.lineage.display()
        )))
    }

    /// The lineage of a line.
    fn row(&self, line: u64) -> Outcome<Option<Lineage>> {
        let unreadable = || format!("{} cannot be read", self.lineage.display());
        let reader = BufReader::new(File::open(&self.lineage).with_context(unreadable)?);
        for (number, text) in (1_u64..).zip(reader.lines()) {
            let text = text.with_context(unreadable)?;
            let row: Lineage = serde_json::from_str(&text).with_context(|| {
                format!("line {number} of {} is not one of a lineage", self.lineage.display())
            })?;
            if row.line == line && self.name.is_none_or(|name| name == row.file) {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    /// Whether a data file is another than the manifest says, as far as there is one.
    fn is_changed(&self, file: &Path) -> Outcome<bool> {
        let Ok(text) = std::fs::read_to_string(&self.manifest) else { return Ok(false) };
        let Ok(manifest) = serde_json::from_str::<Manifest>(&text) else { return Ok(false) };
        let names = manifest.data_files();
        let name = self.name.or_else(|| names.first().copied());
        let known = manifest.files.iter().find(|known| Some(known.name.as_str()) == name);
        let found = sha256(file).with_context(|| format!("{} cannot be read", file.display()))?;
        Ok(known.is_some_and(|known| known.info.sha256 != found))
    }
}

fn sha256(file: &Path) -> io::Result<String> {
    let (mut file, mut hash, mut buffer) = (File::open(file)?, Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()),
            read => hash.update(&buffer[..read]),
        }
    }
}

/// What the pair was made from, if it is still stored.
async fn source(environment: &Environment, row: &Lineage) -> Outcome<Option<PairSource>> {
    Ok(environment.metadata.pair_source(&UserId::local(), row.pair_id).await?)
}

fn print(printer: &Printer, file: &Path, row: &Lineage, source: Option<&PairSource>) -> io::Result<()> {
    let say = |what: &str, text: String| printer.data(format!("{what:<11} {text}"));
    let score = |score: Option<f64>| score.map_or("not measured".into(), |score| format!("{score:.2}"));
    printer.data(format!("{}:{}", file.display(), row.line))?;
    say("document", format!("{}{} ({})", row.filename, pages(row), row.document_id))?;
    if let Some(source) = source.filter(|source| !source.passage.heading_path.is_empty()) {
        say("headings", source.passage.heading_path.join(" › "))?;
    }
    let Lineage { position, char_start, char_end, .. } = row;
    say(
        "chunk",
        format!("{}, number {position} of the document, characters {char_start} to {char_end}", row.chunk_id),
    )?;
    say("pair", format!("{}, slot {} of the chunk, revision {}", row.pair_id, row.slot, row.revision))?;
    say("generation", format!("{} ({})", row.generation_id, row.generation_type.as_str()))?;
    say("teacher", format!("{}, prompt {}", row.teacher_model, short(&row.prompt_hash)))?;
    say("scores", format!("quality {}, grounding {}", score(row.quality_score), score(row.grounding_score)))?;
    say("review", review(row))?;
    for model::EditMark { revision, at, by } in &row.edits {
        say("edit", format!("revision {revision} by {by} at {at}"))?;
    }
    if let Some(original) = row.duplicate_of {
        say("repeats", original.to_string())?;
    }
    if let Some(rejected) = row.rejected_pair {
        say("rejected", rejected.to_string())?;
    }
    match source {
        Some(source) => printer.data(format!("\n{}", source.passage.text)),
        None => printer.data("\nThe passage is not stored here: --data-dir names another data directory."),
    }
}

fn pages(row: &Lineage) -> String {
    match (row.page_start, row.page_end) {
        (Some(start), Some(end)) if start != end => format!(", pages {start} to {end}"),
        (Some(page), _) => format!(", page {page}"),
        _ => String::new(),
    }
}

fn review(row: &Lineage) -> String {
    let status = serde_json::to_value(row.review_status).unwrap_or_default();
    let status = status.as_str().unwrap_or_default().to_owned();
    let by = row.reviewed_by.as_ref().map_or(String::new(), |user| format!(" by {user}"));
    let at = row.reviewed_at.map_or(String::new(), |time| format!(" at {time}"));
    let edited = if row.edited { ", changed by a person" } else { "" };
    format!("{status}{by}{at}{edited}")
}

fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}
