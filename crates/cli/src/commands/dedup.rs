//! `data-forge dedup`: JSON lines of examples, with which earlier line each repeats.

use anyhow::{anyhow, bail};
use serde::{Deserialize, Serialize};
use validate::{Duplicates, Sketch};

use crate::{
    args::DedupArgs,
    failure::{Exit, Failure, Outcome},
    filter::{Record, filter},
    printer::Printer,
};

/// What a line gains.
#[derive(Serialize)]
struct Found {
    duplicate_of: Option<usize>,
    similarity: Option<f64>,
}

/// Marks each line of standard input that repeats an earlier one.
pub(crate) fn run(args: &DedupArgs, printer: &Printer) -> Outcome<Exit> {
    if !(args.threshold > 0.0 && args.threshold <= 1.0) {
        return Err(Failure::usage(anyhow!("--threshold {} is not above 0 and at most 1", args.threshold)));
    }
    let mut known = Duplicates::new(args.threshold);
    let read = |line: &str| {
        let sketch = sketch(&Record::read(line)?)?;
        let bands = sketch.bands();
        Ok((sketch, bands))
    };
    let decide = |number, (sketch, bands): (Sketch, _)| {
        let repeats = known.add(number, &sketch, bands);
        Found {
            duplicate_of: repeats.map(|repeats| repeats.of),
            similarity: repeats.map(|repeats| (repeats.similarity * 1000.0).round() / 1000.0),
        }
    };
    filter(printer, read, decide, |line, found| Record::read(line)?.with(&found))
}

#[derive(Deserialize)]
struct Message {
    role: String,
    content: String,
}

/// Of an example in one of the common forms. What the system is told is part of no example.
fn sketch(record: &Record<'_>) -> anyhow::Result<Sketch> {
    Ok(if record.has("question") {
        Sketch::of_pair(&record.text("question")?, &record.text("answer")?)
    } else if record.has("text") {
        Sketch::new(&record.text("text")?)
    } else if record.has("messages") {
        let messages: Vec<Message> = record.field("messages")?;
        let said = messages.into_iter().filter(|message| message.role != "system");
        Sketch::new(&said.map(|message| message.content).collect::<Vec<_>>().join("\n"))
    } else if record.has("instruction") {
        let input = if record.has("input") { record.text("input")? } else { "".into() };
        Sketch::of_pair(&format!("{}\n{input}", record.text("instruction")?), &record.text("output")?)
    } else {
        bail!("it has none of the fields `question`, `text`, `messages`, `instruction`");
    })
}
