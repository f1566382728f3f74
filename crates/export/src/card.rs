//! The dataset card: what people and hubs read first.

use std::{collections::BTreeMap, fmt::Write as _};

use model::{ExportFormat, GenerationType, Split};

use crate::{Bin, DataFile, LeftOut, Manifest, SplitReport, recipes::part};

/// The name of the card in an export's folder.
pub const CARD_FILE: &str = "README.md";

/// The widest bar of a histogram, in characters.
const BAR: u64 = 40;

/// A dataset card in Markdown with the metadata of Hugging Face's hub, of an export's manifest and of how many documents are in
/// which language (ISO 639-1).
pub fn card(manifest: &Manifest, languages: &BTreeMap<String, u64>, files: &[DataFile]) -> String {
    let mut card = String::new();
    metadata(&mut card, manifest, languages, files);
    // Writing to a string does not fail.
    let _ = body(&mut card, manifest, languages);
    card
}

fn metadata(card: &mut String, manifest: &Manifest, languages: &BTreeMap<String, u64>, files: &[DataFile]) {
    // A JSON string is one of YAML too.
    let name = serde_json::Value::from(format!("{}, version {}", manifest.project.name, manifest.version));
    *card += &format!("---\npretty_name: {name}\n");
    if !languages.is_empty() {
        *card += "language:\n";
        languages.keys().for_each(|language| *card += &format!("- {language}\n"));
    }
    *card += "# Set the licence of your documents: it is not known from them.\nlicense: unknown\ntask_categories:\n";
    tasks(manifest).iter().for_each(|task| *card += &format!("- {task}\n"));
    *card += &format!("size_categories:\n- {}\n", size_category(manifest.counts.pairs));
    *card += "tags:\n- synthetic\n- data-forge\nconfigs:\n- config_name: default\n  data_files:\n";
    for (split, file) in files {
        *card += &format!("  - split: {}\n    path: {file}\n", part(*split));
    }
    *card += "---\n\n";
}

fn tasks(manifest: &Manifest) -> Vec<&'static str> {
    let task = |kind| match kind {
        GenerationType::Qa => "question-answering",
        GenerationType::Instruction | GenerationType::Conversation => "text-generation",
        GenerationType::Summary => "summarization",
        GenerationType::Classification => "text-classification",
    };
    let mut tasks: Vec<_> = manifest.settings.iter().map(|settings| task(settings.generation_type)).collect();
    if manifest.format == ExportFormat::Dpo || tasks.is_empty() {
        tasks.push("text-generation");
    }
    tasks.sort_unstable();
    tasks.dedup();
    tasks
}

fn size_category(pairs: u64) -> &'static str {
    match pairs {
        0..1_000 => "n<1K",
        1_000..10_000 => "1K<n<10K",
        10_000..100_000 => "10K<n<100K",
        100_000..1_000_000 => "100K<n<1M",
        1_000_000..10_000_000 => "1M<n<10M",
        _ => "10M<n<100M",
    }
}

fn body(card: &mut String, manifest: &Manifest, languages: &BTreeMap<String, u64>) -> std::fmt::Result {
    let Manifest { project, version, counts, models, scores, .. } = manifest;
    writeln!(card, "# {}, version {version}\n", plain(&project.name))?;
    writeln!(
        card,
        "{} pairs from {} passages of {} documents, made by Data Forge {}.",
        counts.pairs, counts.chunks, counts.documents, manifest.data_forge
    )?;
    let reviewed = if manifest.reviewed {
        "A person accepted every pair of it."
    } else {
        "No person has reviewed it as a whole."
    };
    writeln!(card, "{reviewed} Where each line comes from stands in `lineage.jsonl`.\n")?;
    writeln!(card, "| | |\n| --- | --- |")?;
    writeln!(card, "| Format | {} |", manifest.format.as_str())?;
    let teachers: Vec<_> = models.teachers.iter().map(|model| format!("`{}`", plain(model))).collect();
    writeln!(card, "| Written by | {} |", teachers.join(", "))?;
    if !languages.is_empty() {
        let languages: Vec<_> = languages.iter().map(|(code, count)| format!("{code} ({count})")).collect();
        writeln!(card, "| Languages of documents | {} |", languages.join(", "))?;
    }
    for (name, mean) in [("quality", scores.average_quality), ("grounding", scores.average_grounding)] {
        let mean = mean.map_or("not measured".to_owned(), |mean| format!("{mean:.2}"));
        writeln!(card, "| Mean {name} | {mean} |")?;
    }
    if let Some(least) = manifest.filters.min_quality_score {
        writeln!(card, "| Least quality | {least:.2} |")?;
    }
    for (reason, count) in &counts.left_out {
        writeln!(card, "| Left out, {} | {count} |", words(*reason))?;
    }
    if counts.contaminated > 0 {
        writeln!(card, "| Repeat an item of a benchmark | {} |", counts.contaminated)?;
    }
    settings(card, manifest)?;
    if let Some(splits) = &manifest.splits {
        split(card, splits)?;
    }
    histogram(card, &scores.quality_histogram)?;
    writeln!(card, "\n## Files\n\n| File | Lines | Bytes | SHA-256 |\n| --- | ---: | ---: | --- |")?;
    for file in &manifest.files {
        let info = &file.info;
        writeln!(card, "| `{}` | {} | {} | `{}` |", file.name, info.lines, info.bytes, info.sha256)?;
    }
    Ok(())
}

fn settings(card: &mut String, manifest: &Manifest) -> std::fmt::Result {
    writeln!(
        card,
        "\n## Settings\n\n| Model | Type | Temperature | Pairs asked of a passage | Style | Seed |"
    )?;
    writeln!(card, "| --- | --- | ---: | ---: | --- | ---: |")?;
    for made in &manifest.settings {
        let style = serde_json::to_value(made.config.style_template).unwrap_or_default();
        writeln!(
            card,
            "| `{}` | {} | {} | {} | {} | {} |",
            plain(&made.teacher_model),
            made.generation_type.as_str(),
            made.temperature,
            made.config.pairs_per_chunk,
            style.as_str().unwrap_or_default(),
            made.config.seed,
        )?;
    }
    Ok(())
}

fn split(card: &mut String, report: &SplitReport) -> std::fmt::Result {
    let pairs = |split| report.pairs.get(&split).copied().unwrap_or_default();
    let unit = match report.grouped_by {
        crate::GroupedBy::Document => "document",
        crate::GroupedBy::Passage => "passage",
    };
    writeln!(
        card,
        "\n## Splits\n\n{} pairs to train on, {} for validation (seed {}). All pairs of a {unit} are in one part, and so are pairs that repeat each other.",
        pairs(Split::Train),
        pairs(Split::Validation),
        report.splitting.seed
    )?;
    let leakage = report.leakage;
    writeln!(
        card,
        "In both parts: {} documents, {} passages, {} pairs that repeat another, {} questions.",
        leakage.documents, leakage.passages, leakage.duplicates, leakage.questions
    )
}

fn histogram(card: &mut String, bins: &[Bin]) -> std::fmt::Result {
    let most = bins.iter().map(|bin| bin.count).max().unwrap_or_default();
    if most == 0 {
        return Ok(());
    }
    writeln!(card, "\n## Quality\n\n```text")?;
    for bin in bins {
        let bar = "#".repeat(usize::try_from((bin.count * BAR).div_ceil(most)).unwrap_or_default());
        writeln!(card, "{:.2}-{:.2} {:>8} {bar}", bin.from, bin.to, bin.count)?;
    }
    writeln!(card, "```")
}

fn words(reason: LeftOut) -> &'static str {
    match reason {
        LeftOut::Duplicate => "repeat another",
        LeftOut::Rejected => "rejected",
        LeftOut::BelowMinQuality => "below the least quality",
        LeftOut::Pending => "not reviewed",
        LeftOut::NoPreference => "preferred to nothing",
    }
}

/// A name on one line, without what means something to Markdown or HTML.
fn plain(name: &str) -> String {
    let kept = |char: char| match char {
        '<' | '>' | '`' | '|' | '[' | ']' | '*' | '_' | '#' | '\\' | '&' => ' ',
        char if char.is_control() => ' ',
        char => char,
    };
    name.chars().map(kept).collect()
}
