//! Pairs for all chunks that have none under the run's settings: an interrupted generation is ended
//! first, then what is left gets a generation of its own.

use std::{collections::HashSet, sync::Arc};

use ::generate::BUILTIN;
use anyhow::anyhow;
use jobs::{ClassCounts, JobsError, Launch, Pick, class_counts};
use model::{GenerateSettings, Generation, GenerationId, GenerationStatus, Usage, ValidationReport};
use store::{Budget, FailedUnit, UnitFailure};

use super::{Session, ingest::Ingested};
use crate::{
    failure::{Failure, Outcome},
    settings::Settings,
    wiring,
};

/// What generation came to.
#[derive(Debug, Default)]
pub(crate) struct Generated {
    /// All generations of the project that were made under these settings, oldest first.
    pub(crate) generations: Vec<GenerationId>,
    /// Pairs that the generations of this run made.
    pub(crate) pairs: u64,
    /// Pairs that these asked a model for: the offline teacher is asked for what there is.
    pub(crate) asked_for: u64,
    /// The same by class, with what was made of them.
    pub(crate) classes: ClassCounts,
    /// Chunks that these worked on.
    pub(crate) chunks: u64,
    /// Chunks that gave no pairs since they failed, or whose pairs could not be judged: file name and position, and
    /// why.
    pub(crate) failures: Vec<(String, UnitFailure)>,
    /// What the calls of this run's generations came to.
    pub(crate) usage: Usage,
    /// How far the scores of the newest of these can be believed.
    pub(crate) validation: Option<ValidationReport>,
}

/// Makes the pairs that are missing. `None` where that was interrupted.
pub(crate) async fn pairs(
    session: &mut Session,
    settings: &Settings,
    request: &GenerateSettings,
    ingested: &Ingested,
) -> Outcome<Option<Generated>> {
    let mut generated = Generated::default();
    let mut connected = false;
    let mut tried = HashSet::new();
    for earlier in same_settings(session, request).await? {
        if session.is_unfinished(&earlier).await? {
            connect(session, settings, request, &mut connected).await?;
            let Some(ended) = session.drive(earlier.id).await? else { return Ok(None) };
            tried.extend(take(session, &mut generated, ended).await?);
        }
    }
    let documents = ingested.parsed();
    let Session { environment, user, project, .. } = session;
    let pick = Pick::Missing { documents, except: tried };
    let created =
        jobs::create_generate(environment, user, project.id, request.clone(), &pick, Launch::Here).await;
    match created {
        Ok(created) => {
            connect(session, settings, request, &mut connected).await?;
            let Some(ended) = session.drive(created.id).await? else { return Ok(None) };
            take(session, &mut generated, ended).await?;
        }
        Err(JobsError::NothingToDo(_)) => {}
        Err(error) => return Err(error.into()),
    }
    generated.generations =
        same_settings(session, request).await?.iter().map(|generation| generation.id).collect();
    Ok(Some(generated))
}

/// The generations of the project under the run's settings, oldest first.
async fn same_settings(session: &Session, request: &GenerateSettings) -> Outcome<Vec<Generation>> {
    let Session { environment, user, project, .. } = session;
    Ok(jobs::generations_like(environment, user, project.id, request).await?)
}

/// Adds up what a generation came to; gives back the chunks that failed in it.
async fn take(session: &Session, generated: &mut Generated, ended: Generation) -> Outcome<Vec<String>> {
    generated.pairs += ended.pairs_generated;
    generated.chunks += ended.chunks_total;
    if let Some(settings) = ended.settings.as_ref().filter(|settings| settings.teacher_model != BUILTIN) {
        generated.asked_for += ended.chunks_total * u64::from(settings.config.pairs_per_chunk);
    }
    generated.usage += ended.usage;
    generated.validation = ended.validation.clone().or(generated.validation.take());
    if let Some(classes) = class_counts(&session.environment, &session.user, &ended).await? {
        generated.classes.add(&classes);
    }
    let failures = session.failures(ended.id).await?;
    if ended.status == GenerationStatus::Failed {
        let error = ended.error.clone().unwrap_or_default();
        let mut failure = Failure::failed(anyhow!("generation stopped: {error}"));
        if let Some(first) = failures.first() {
            let reason = &first.failure.reason;
            failure.error = anyhow!("generation stopped: {error}; the first of them: {reason}");
        }
        let Generation { chunks_processed, chunks_total, usage, .. } = &ended;
        let hint = match error.as_str() {
            "budget_reached" => {
                let spent = usage.cost_usd.unwrap_or_default();
                format!(
                    "{chunks_processed} of {chunks_total} chunks are done and kept, for ${spent:.4}; one more call might cost \
                     more than what is left: run the same command with a higher --max-cost-usd to go on"
                )
            }
            _ => {
                "what is done is kept; run the same command again to go on; `data-forge doctor` checks the gateway".to_owned()
            }
        };
        return Err(failure.hint(hint));
    }
    let mut subjects = Vec::with_capacity(failures.len());
    for FailedUnit { unit, failure, .. } in failures {
        let place = place(session, &unit.subject).await?;
        generated.failures.push((place, failure));
        subjects.push(unit.subject);
    }
    Ok(subjects)
}

/// Where a chunk stands, in words.
async fn place(session: &Session, chunk: &str) -> Outcome<String> {
    let Session { environment, user, .. } = session;
    let Ok(id) = chunk.parse() else { return Ok(chunk.to_owned()) };
    let Some(chunk) = environment.metadata.chunk(user, id).await? else { return Ok(chunk.to_owned()) };
    let document = environment.metadata.document(user, chunk.document_id).await?;
    let name = document.map_or_else(|| chunk.document_id.to_string(), |document| document.filename);
    Ok(format!("{name}, chunk {}", chunk.position))
}

/// Reaches for the gateway only when there is something to ask it.
async fn connect(
    session: &mut Session,
    settings: &Settings,
    request: &GenerateSettings,
    connected: &mut bool,
) -> Outcome<()> {
    if *connected {
        return Ok(());
    }
    *connected = true;
    let environment = Arc::make_mut(&mut session.environment);
    // An earlier generation that goes on may spend what this run may.
    let budget = Budget { max_cost_usd: request.config.max_cost_usd, max_tokens_total: None };
    environment.limits.budget = Some(budget);
    if request.teacher_model == BUILTIN {
        session.printer.note(format!(
            "{BUILTIN} cuts pairs out of the text by rules: for trying out, smoke tests and CI, not for training. \
             For training, name a model of a gateway with --model."
        ));
    }
    let teacher = Some(&*request.teacher_model).filter(|model| *model != BUILTIN);
    let Some(model) = teacher.or(request.judge()) else { return Ok(()) };
    let Some(gateway) = wiring::gateway(settings).await? else {
        return Err(Failure::usage(anyhow!("the model `{model}` needs a gateway, and none is set")).hint(format!(
            "set DATA_FORGE_GATEWAY_URL (and DATA_FORGE_GATEWAY_API_KEY), or try out with --model {BUILTIN}"
        )));
    };
    for (model, limit) in
        [(teacher, &mut environment.limits.price), (request.judge(), &mut environment.limits.judge_price)]
    {
        let Some(model) = model else { continue };
        *limit = wiring::price(settings, &gateway, model).await;
        if limit.is_none() && budget.max_cost_usd.is_some() {
            return Err(Failure::usage(anyhow!(
                "--max-cost-usd is set, and what `{model}` costs is not known"
            ))
            .hint(format!(
                "add to data-forge.toml: [prices.\"{model}\"] with prompt and completion in USD per million"
            )));
        }
    }
    environment.chat = Some(gateway);
    Ok(())
}
