//! What a run says at its end.

use std::{collections::BTreeMap, path::Path, time::Duration};

use ::export::LeftOut;
use jobs::in_words;
use model::{CanaryReport, ExcludeCode, JudgeReport, ValidationReport};
use serde::Serialize;

use super::{discover::Found, export::Exported, generate::Generated, ingest::Ingested};
use crate::{
    failure::{Exit, Outcome},
    printer::Printer,
};

/// Failures that are named one by one for people; JSON names all.
const NAMED: usize = 20;

/// What a run came to.
#[derive(Debug, Serialize)]
pub(crate) struct Summary {
    output: String,
    version: u32,
    documents: Documents,
    chunks: Chunks,
    pairs: Pairs,
    average_quality: Option<f64>,
    average_grounding: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    validation: Option<ValidationReport>,
    usage: model::Usage,
    seconds: f64,
}

#[derive(Debug, Serialize)]
struct Documents {
    total: usize,
    parsed: usize,
    failed: Vec<Failed>,
    skipped: u64,
    warnings: Vec<Failed>,
}

#[derive(Debug, Serialize)]
struct Chunks {
    total: u64,
    excluded: BTreeMap<ExcludeCode, u64>,
    generated_now: u64,
    failed: Vec<Failed>,
}

#[derive(Debug, Serialize)]
struct Pairs {
    exported: u64,
    flagged: u64,
    generated_now: u64,
    asked_for_now: u64,
    #[serde(flatten)]
    classes: jobs::ClassCounts,
    duplicates: u64,
    rejected: u64,
    below_min_quality: u64,
}

/// A document or chunk, and what is to be said of it.
#[derive(Debug, Serialize)]
struct Failed {
    name: String,
    reason: String,
}

impl Summary {
    /// Adds up what the steps came to.
    pub(crate) fn new(
        found: &Found,
        ingested: &Ingested,
        generated: &Generated,
        exported: &Exported,
        output: &Path,
        time: Duration,
    ) -> Self {
        let failed = |name: &str, reason: &str| Failed { name: name.into(), reason: reason.into() };
        let left_out = |reason| exported.left_out.get(&reason).copied().unwrap_or_default();
        let unreadable = found.unreadable.iter().map(|reason| failed("a folder", reason));
        let warnings = ingested
            .documents
            .iter()
            .flat_map(|document| document.warnings.iter().map(|warning| failed(&document.filename, warning)));
        Self {
            output: output.display().to_string(),
            version: exported.version,
            documents: Documents {
                total: ingested.documents.len() + ingested.failed.len(),
                parsed: ingested.parsed().len(),
                failed: ingested.failures().map(|(name, why)| failed(name, why)).chain(unreadable).collect(),
                skipped: found.skipped.len() as u64 + ingested.skipped,
                warnings: warnings.collect(),
            },
            chunks: Chunks {
                total: ingested.documents.iter().map(|document| document.chunk_count).sum(),
                excluded: ingested.excluded.clone(),
                generated_now: generated.chunks,
                failed: generated.failures.iter().map(|(place, why)| failed(place, &why.reason)).collect(),
            },
            pairs: Pairs {
                exported: exported.written.lines(),
                flagged: exported.flagged,
                generated_now: generated.pairs,
                asked_for_now: generated.asked_for,
                classes: generated.classes.clone(),
                duplicates: left_out(LeftOut::Duplicate),
                rejected: left_out(LeftOut::Rejected),
                below_min_quality: left_out(LeftOut::BelowMinQuality),
            },
            average_quality: exported.written.average_quality,
            average_grounding: exported.written.average_grounding,
            validation: generated.validation.clone(),
            usage: generated.usage,
            seconds: time.as_secs_f64(),
        }
    }

    /// Done, or done in part.
    pub(crate) fn exit(&self) -> Exit {
        let gaps = !self.documents.failed.is_empty() || !self.chunks.failed.is_empty();
        if gaps { Exit::Partial } else { Exit::Done }
    }

    /// Prints it: JSON on standard output, or lines for people on standard error.
    pub(crate) fn print(&self, printer: &Printer, json: bool) -> Outcome<()> {
        if json {
            printer.data(serde_json::to_string(self)?)?;
            return Ok(());
        }
        list(printer, "failed", &self.documents.failed);
        list(printer, "failed", &self.chunks.failed);
        list(printer, "warning", &self.documents.warnings);
        for line in self.lines() {
            printer.note(line);
        }
        Ok(())
    }

    fn lines(&self) -> Vec<String> {
        let Self { documents, chunks, pairs, usage, .. } = self;
        let mut lines = vec![
            format!(
                "documents  {} parsed{}{}",
                documents.parsed,
                counted(documents.failed.len() as u64, "failed"),
                counted(documents.skipped, "of other kinds skipped")
            ),
            format!(
                "chunks     {}{}{}",
                chunks.total,
                counted(chunks.failed.len() as u64, "failed"),
                chunks
                    .excluded
                    .iter()
                    .map(|(code, count)| counted(*count, left_out_as(*code)))
                    .collect::<String>()
            ),
            format!(
                "pairs      {} in the dataset{}{}{}{}",
                pairs.exported,
                counted(pairs.flagged, "of them flagged for review"),
                counted(pairs.duplicates, "duplicates left out"),
                counted(pairs.rejected, "rejected left out"),
                counted(pairs.below_min_quality, "of lower quality left out")
            ),
            format!("quality    {}", score(self.average_quality)),
            format!("grounding  {}", score(self.average_grounding)),
        ];
        if let Some(validation) = &self.validation {
            lines.extend(judge_line(&validation.judge));
            lines.extend(canary_line(&validation.canaries));
            lines.extend(validation.alarms.iter().map(|alarm| format!("alarm      {}", alarm.detail)));
        }
        if pairs.generated_now < pairs.asked_for_now {
            let (made, asked) = (pairs.generated_now, pairs.asked_for_now);
            lines.push(format!("teacher    made {made} of {asked} pairs asked for; -v says why"));
        }
        for (name, classes) in [
            ("difficulty", in_words(&pairs.classes.difficulties)),
            ("types", in_words(&pairs.classes.question_types)),
        ] {
            if !classes.is_empty() {
                lines.push(format!("{name:<11}{classes}"));
            }
        }
        if usage.requests > 0 {
            let tokens = usage.prompt_tokens + usage.completion_tokens;
            let cost = usage.cost_usd.map_or("cost unknown".into(), |cost| format!("{cost:.4} USD"));
            lines.push(format!("calls      {}, {tokens} tokens, {cost}", usage.requests));
        }
        lines.push(format!("time       {:.1} s", self.seconds));
        lines.push(format!("dataset    {} (version {})", self.output, self.version));
        lines
    }
}

fn judge_line(judge: &JudgeReport) -> Option<String> {
    let JudgeReport { judged, unjudged, disagreements, agreement, .. } = *judge;
    let agreement = agreement
        .map(|share| format!(", asked again it says the same of {:.0} %", share * 100.0))
        .unwrap_or_default();
    (judged + unjudged > 0).then(|| {
        format!(
            "judge      {judged} judged{}{}{agreement}",
            counted(unjudged, "not"),
            counted(disagreements, "far from the local measure")
        )
    })
}

/// How many answers that were made wrong on purpose were found.
fn canary_line(canaries: &CanaryReport) -> Option<String> {
    let CanaryReport { made, caught, operators, .. } = canaries;
    let kinds: Vec<_> = operators
        .iter()
        .map(|(operator, recall)| format!("{} {}/{}", operator.as_str(), recall.caught, recall.made))
        .collect();
    (*made > 0).then(|| format!("canaries   {caught} of {made} wrong answers found: {}", kinds.join(", ")))
}

fn list(printer: &Printer, what: &str, items: &[Failed]) {
    for Failed { name, reason } in items.iter().take(NAMED) {
        printer.note(format!("{what}: {name}: {reason}"));
    }
    if items.len() > NAMED {
        printer.note(format!("{what}: and {} more, which --json names", items.len() - NAMED));
    }
}

fn left_out_as(code: ExcludeCode) -> &'static str {
    match code {
        ExcludeCode::Boilerplate => "left out as boilerplate",
        ExcludeCode::Toc => "left out as tables of contents",
        ExcludeCode::Duplicate => "left out as repetitions",
        ExcludeCode::User => "left out by hand",
        ExcludeCode::Imported => "lines of imported pairs",
    }
}

fn counted(count: u64, what: &str) -> String {
    if count > 0 { format!(", {count} {what}") } else { String::new() }
}

fn score(score: Option<f64>) -> String {
    score.map_or("not measured".into(), |score| format!("{score:.2} on average"))
}
