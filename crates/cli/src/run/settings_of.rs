//! What a run asks of its generation: from the arguments, checked.

use std::{fs, path::Path};

use ::generate::BUILTIN;
use anyhow::{Context, anyhow};
use model::{GenerateConfig, GenerateSettings};

use crate::{
    args::RunArgs,
    failure::{Failure, Outcome},
    printer::Printer,
    settings::Settings,
    wiring,
};

/// Reads the arguments of a run.
pub(crate) async fn generation(
    args: &RunArgs,
    settings: &Settings,
    printer: &Printer,
) -> Outcome<GenerateSettings> {
    if let Some(least) = args.min_quality
        && !(0.0..=1.0).contains(&least)
    {
        return Err(Failure::usage(anyhow!("--min-quality is {least}; it has to be from 0 to 1")));
    }
    let output = args.output();
    let to_stdout = output.as_os_str() == "-";
    if to_stdout && args.json {
        return Err(
            Failure::usage(anyhow!("-o - and --json both write to standard output")).hint("choose one")
        );
    }
    if !to_stdout {
        check_output(&output)?;
    }
    let teacher_model = teacher(args, settings, printer).await?;
    let generation = GenerateSettings {
        generation_type: args.generation_type.into(),
        temperature: args.temperature,
        system_prompt: args.system_prompt.as_deref().map(system_prompt).transpose()?,
        config: GenerateConfig {
            pairs_per_chunk: args.pairs_per_chunk,
            difficulty_distribution: args.difficulty.0,
            style_template: args.style.into(),
            // Said in full, so that a run goes on with what runs without a judge have made.
            judge_model: args.judge.clone().or((teacher_model == BUILTIN).then(|| "none".into())),
            seed: args.seed,
            max_cost_usd: args.max_cost_usd,
            labels: args.labels.iter().map(|label| label.trim().to_owned()).collect(),
            turns: args.turns,
            ..GenerateConfig::default()
        },
        teacher_model,
    };
    ::generate::check(&generation).map_err(Failure::usage)?;
    Ok(generation)
}

/// Found out now rather than after hours of work.
fn check_output(output: &Path) -> Outcome<()> {
    let folder = match output.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let wrong = if output.is_dir() {
        format!("{} is a folder; -o takes a file", output.display())
    } else if !folder.is_dir() {
        format!("there is no folder {} for the dataset", folder.display())
    } else if let Err(error) = tempfile::tempfile_in(folder) {
        format!("the folder {} cannot be written to: {error}", folder.display())
    } else {
        return Ok(());
    };
    Err(Failure::usage(anyhow!(wrong)).hint("choose another file with -o"))
}

async fn teacher(args: &RunArgs, settings: &Settings, printer: &Printer) -> Outcome<String> {
    if let Some(model) = args.model.clone().or_else(|| settings.model.clone()) {
        return Ok(model);
    }
    let Some(gateway) = wiring::gateway(settings).await? else {
        printer.note(format!("no gateway is set and no Ollama answers: the teacher is {BUILTIN}"));
        return Ok(BUILTIN.into());
    };
    let models = gateway.models().await?;
    let names: Vec<_> = models.iter().map(|model| model.id.as_str()).chain([BUILTIN]).collect();
    Err(Failure::usage(anyhow!("no model is chosen; there are:\n  {}", names.join("\n  ")))
        .hint("choose one with --model ID, or for good with DATA_FORGE_MODEL"))
}

/// The text itself, or of `@FILE` what the file holds.
fn system_prompt(text: &str) -> Outcome<String> {
    let Some(file) = text.strip_prefix('@') else { return Ok(text.to_owned()) };
    fs::read_to_string(file)
        .with_context(|| format!("the system prompt's file {file} cannot be read"))
        .map_err(Failure::usage)
}
