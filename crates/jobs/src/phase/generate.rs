//! A chunk to pairs.

use generate::{BUILTIN, Lesson, Place as RunPlace, TeachError, Teacher, teach};
use model::{Chunk, GenerateSettings, ImportFormat, PairOrigin, Passage, Phase, Unit};
use store::{Outcome, UnitFailure};

use super::{Work, Worked, stopped};
use crate::{JobsError, LOG_TARGET, import, ledger::LedgeredModel, pairs};

/// Works on one chunk.
pub(super) async fn unit(work: &Work, unit: &Unit) -> Result<Worked, JobsError> {
    let Some(settings) = &work.generation.settings else {
        return Ok(Worked::Stop("the generation has no settings".into()));
    };
    let metadata = &work.environment.metadata;
    let Some((chunk, passage, filename)) = metadata.work_passage(work.generation.id, unit).await? else {
        return Ok(failed(&Place { filename: "", position: None, unit }, "the chunk was deleted", None));
    };
    if let Some(format) = ImportFormat::of_teacher(&settings.teacher_model) {
        let place = Place { filename: &filename, position: Some(chunk.position), unit };
        return Ok(match import::imported(&passage, format, settings) {
            Ok((lesson, settings)) => {
                Worked::Outcome(generated(work, unit, &settings, chunk, passage, filename, lesson))
            }
            Err(reason) => failed(&place, &reason, passage.imported.clone()),
        });
    }
    let in_run = RunPlace { passage: unit.ordinal, passages: work.generation.chunks_total };
    let taught = if settings.teacher_model == BUILTIN {
        teach(Teacher::Builtin, &passage, settings, in_run).await
    } else {
        let inner = work.environment.chat.as_deref();
        let inner = inner.ok_or_else(|| JobsError::NoGateway(settings.teacher_model.clone()))?;
        let model = LedgeredModel {
            environment: &work.environment,
            inner,
            generation: work.generation.id,
            unit: unit.id,
            // A claim counts as an attempt.
            again: unit.attempts > 1,
            allowance: &work.allowance,
            price: work.environment.limits.price,
        };
        teach(Teacher::Model(&model), &passage, settings, in_run).await
    };
    let place = Place { filename: &filename, position: Some(chunk.position), unit };
    match taught {
        Ok(lesson) => Ok(Worked::Outcome(generated(work, unit, settings, chunk, passage, filename, lesson))),
        Err(TeachError::Chat(error)) if error.stops_the_run() => Ok(stopped(&error)),
        Err(TeachError::Unreadable { raw_reply, .. }) if raw_reply.is_empty() => {
            Ok(failed(&place, "the model's reply was empty", Some(raw_reply)))
        }
        Err(TeachError::Unreadable { reason, raw_reply }) => {
            Ok(failed(&place, &format!("the model's reply could not be read: {reason}"), Some(raw_reply)))
        }
        Err(error) => Ok(failed(&place, &error.to_string(), None)),
    }
}

fn generated(
    work: &Work,
    unit: &Unit,
    settings: &GenerateSettings,
    chunk: Chunk,
    passage: Passage,
    filename: String,
    lesson: Lesson,
) -> Outcome {
    for remark in &lesson.remarks {
        tracing::info!(target: LOG_TARGET, document = filename, position = chunk.position, remark, "reply");
    }
    let origin = PairOrigin {
        filename,
        position: chunk.position,
        page_start: chunk.source.page_start,
        page_end: chunk.source.page_end,
        char_start: chunk.source.char_start as u64,
        char_end: chunk.source.char_end as u64,
    };
    let passage = passage.sha256();
    let (generation, now) = (work.generation.id, work.environment.now());
    let pairs: Vec<_> = pairs::of_lesson(generation, settings, &chunk, &passage, lesson, now)
        .into_iter()
        .map(|pair| (pair, origin.clone()))
        .collect();
    let next = if pairs.is_empty() {
        Vec::new()
    } else {
        vec![Unit::new(work.generation.id, Phase::Validate, chunk.id, unit.ordinal, Some(passage))]
    };
    Outcome::Generated { pairs, next }
}

/// Where a chunk stands, for the log.
struct Place<'a> {
    filename: &'a str,
    position: Option<u32>,
    unit: &'a Unit,
}

fn failed(place: &Place<'_>, reason: &str, raw_reply: Option<String>) -> Worked {
    let Place { filename: document, position, unit } = place;
    tracing::warn!(target: LOG_TARGET, document, position, chunk_id = unit.subject, reason, "a chunk failed");
    Worked::Outcome(Outcome::Failed(UnitFailure { reason: reason.into(), raw_reply }))
}
