//! `data-forge score`: JSON lines of context, question and answer, scored by local measures alone.

use std::{fs, path::Path};

use anyhow::{Context, anyhow};
use model::Flag;
use serde_json::Value;
use validate::{Benchmarks, Example, ToxicWords};

use crate::{
    args::ScoreArgs,
    failure::{Exit, Failure, Outcome},
    filter::{Record, filter},
    printer::Printer,
};

/// Adds scores to each line of standard input.
pub(crate) fn run(args: &ScoreArgs, printer: &Printer) -> Outcome<Exit> {
    if !(0.0..=1.0).contains(&args.low_grounding) {
        return Err(Failure::usage(anyhow!("--low-grounding {} is not from 0 to 1", args.low_grounding)));
    }
    let checks = Checks::new(args).map_err(Failure::usage)?;
    let read = |line: &str| {
        let record = Record::read(line)?;
        let (context, question, answer) =
            (record.text("context")?, record.text("question")?, record.text("answer")?);
        let example = Example { context: &context, surroundings: &[], question: &question, answer: &answer };
        let mut scores = validate::score(&example);
        validate::flag_low_grounding(&mut scores, args.low_grounding);
        scores.flags.extend(checks.check(&question, &answer));
        record.with(&scores)
    };
    filter(printer, read, |_, scored| scored, |_, scored| Ok(scored))
}

/// What is looked for where it is asked for.
struct Checks {
    personal_data: bool,
    benchmarks: Option<Benchmarks>,
    /// Lists of words with the language that they are for, where they are for one.
    toxic: Vec<(Option<String>, ToxicWords)>,
}

impl Checks {
    fn new(args: &ScoreArgs) -> anyhow::Result<Self> {
        let mut benchmarks = Benchmarks::default();
        for path in &args.benchmark {
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
            benchmarks.add(&name, read(path)?.lines().flat_map(items));
        }
        let toxic = args.toxic_words.iter().map(|told| {
            let (language, path) = match told.split_once('=') {
                Some((language, path)) if language.len() == 2 => (Some(language.to_owned()), path),
                _ => (None, told.as_str()),
            };
            let mut words = ToxicWords::default();
            words.add(&read(Path::new(path))?);
            Ok((language, words))
        });
        Ok(Self {
            personal_data: args.personal_data,
            benchmarks: (!args.benchmark.is_empty()).then_some(benchmarks),
            toxic: toxic.collect::<anyhow::Result<_>>()?,
        })
    }

    fn check(&self, question: &str, answer: &str) -> Vec<Flag> {
        let text = format!("{question}\n{answer}");
        let mut flags = Vec::new();
        flags.extend(self.personal_data.then(|| validate::personal_data(&text)).flatten());
        flags.extend(self.benchmarks.as_ref().and_then(|benchmarks| benchmarks.check(&text)));
        let in_language = |language: &Option<String>| {
            language.is_none() || parse::language::detect(&text).as_ref() == language.as_ref()
        };
        let mut toxic = self.toxic.iter().filter(|(language, _)| in_language(language));
        flags.extend(toxic.find_map(|(_, words)| words.check(&text)));
        flags
    }
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}

/// The texts of a line of a benchmark: all strings of a JSON value, or the line itself.
fn items(line: &str) -> Vec<String> {
    fn strings(value: Value, found: &mut Vec<String>) {
        match value {
            Value::String(text) => found.push(text),
            Value::Array(values) => values.into_iter().for_each(|value| strings(value, found)),
            Value::Object(fields) => fields.into_iter().for_each(|(_, value)| strings(value, found)),
            _ => {}
        }
    }
    match serde_json::from_str(line) {
        Ok(value @ (Value::Object(_) | Value::Array(_) | Value::String(_))) => {
            let mut found = Vec::new();
            strings(value, &mut found);
            found
        }
        _ => vec![line.to_owned()],
    }
}
