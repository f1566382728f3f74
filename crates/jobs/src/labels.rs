//! The labels of a classification that names none: proposed once for the project, then fixed.

use std::{sync::Arc, time::Duration};

use ::generate::{MAX_SAMPLES, TeachError, propose_labels};
use model::{Generation, GenerationKind, GenerationType, UnitId, UserId};

use crate::{
    Environment, JobsError, LOG_TARGET,
    ledger::{Allowance, LedgeredModel},
    lock::NamedLock,
};

/// How often a process looks whether another has the labels that it waits for.
const OTHERS: Duration = Duration::from_millis(500);

/// Puts labels into the settings of a classification that names none: those that are fixed, those of
/// an earlier generation of the project, or what the teacher proposes. Gives back why there are none,
/// where that stops the run.
pub(crate) async fn settle(
    environment: &Arc<Environment>,
    user: &UserId,
    generation: &mut Generation,
    allowance: &Allowance,
) -> Result<Option<String>, JobsError> {
    let needs = |generation: &Generation| {
        generation.settings.as_ref().is_some_and(|settings| {
            settings.generation_type == GenerationType::Classification && settings.config.labels.is_empty()
        })
    };
    if !needs(generation) {
        return Ok(None);
    }
    let metadata = &environment.metadata;
    let labels = loop {
        if let Some(labels) = fixed(environment, user, generation).await? {
            break labels;
        }
        // One process asks, so that nobody pays for it twice.
        let Some(lock) = NamedLock::labels(environment, generation.project_id).await? else {
            tokio::time::sleep(OTHERS).await;
            continue;
        };
        let proposed = match fixed(environment, user, generation).await? {
            Some(labels) => Ok(labels),
            None => propose(environment, generation, allowance).await?,
        };
        let settled = match proposed {
            Ok(labels) => Ok(metadata.fix_labels(generation.id, &labels).await?),
            Err(reason) => Err(reason),
        };
        lock.release().await?;
        match settled {
            Ok(labels) => break labels,
            Err(reason) => return Ok(Some(reason)),
        }
    };
    if let Some(settings) = &mut generation.settings {
        settings.config.labels = labels;
    }
    Ok(None)
}

/// The labels of the generation, or else those of the project's first one, which become its own.
async fn fixed(
    environment: &Environment,
    user: &UserId,
    generation: &Generation,
) -> Result<Option<Vec<String>>, JobsError> {
    let Environment { metadata, .. } = environment;
    let all = metadata.generations(user, generation.project_id, GenerationKind::Generate).await?;
    let mut labelled = all.iter().filter(|other| !other.labels.is_empty());
    if let Some(own) = labelled.clone().find(|other| other.id == generation.id) {
        return Ok(Some(own.labels.clone()));
    }
    // They come newest first.
    let Some(first) = labelled.next_back() else { return Ok(None) };
    Ok(Some(metadata.fix_labels(generation.id, &first.labels).await?))
}

async fn propose(
    environment: &Environment,
    generation: &Generation,
    allowance: &Allowance,
) -> Result<Result<Vec<String>, String>, JobsError> {
    let Some(settings) = &generation.settings else {
        return Ok(Err("the generation has no settings".into()));
    };
    let inner = environment.chat.as_deref();
    let inner = inner.ok_or_else(|| JobsError::NoGateway(settings.teacher_model.clone()))?;
    let limit = u32::try_from(MAX_SAMPLES).unwrap_or(u32::MAX);
    let samples = environment.metadata.sample_passages(generation.id, limit).await?;
    let unit = UnitId::derive([generation.id.as_uuid().as_bytes().as_slice(), b"labels"]);
    let price = environment.limits.price;
    let model =
        LedgeredModel { environment, inner, generation: generation.id, unit, again: true, allowance, price };
    Ok(match propose_labels(&model, settings, &samples).await {
        Ok(labels) => {
            tracing::info!(target: LOG_TARGET, labels = labels.join("; "), "the teacher proposed labels");
            Ok(labels)
        }
        Err(TeachError::Chat(error)) => Err(error.to_string()),
        Err(error) => Err(format!("the teacher proposed no labels, so that they have to be given: {error}")),
    })
}
