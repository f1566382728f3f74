//! A chunk to pairs.

use generate::{BUILTIN, Draft, Lesson, Place as RunPlace, TeachError, Teacher, teach};
use llm::ChatError;
use model::{
    Chunk, GenerateSettings, Pair, PairId, PairOrigin, PairProvenance, Passage, Phase, Quality, ReviewStatus,
    Sha256Hex, Unit,
};
use store::{Outcome, UnitFailure};

use super::{Work, Worked};
use crate::{JobsError, LOG_TARGET, ledger::LedgeredModel, scoring::pair_tokens};

/// Works on one chunk.
pub(super) async fn unit(work: &Work, unit: &Unit) -> Result<Worked, JobsError> {
    let Some(settings) = &work.generation.settings else {
        return Ok(Worked::Stop("the generation has no settings".into()));
    };
    let metadata = &work.environment.metadata;
    let Some((chunk, passage, filename)) = metadata.work_passage(work.generation.id, unit).await? else {
        return Ok(failed(&Place { filename: "", position: None, unit }, "the chunk was deleted", None));
    };
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
            budget: &work.budget,
        };
        teach(Teacher::Model(&model), &passage, settings, in_run).await
    };
    let place = Place { filename: &filename, position: Some(chunk.position), unit };
    match taught {
        Ok(lesson) => Ok(Worked::Outcome(generated(work, unit, settings, chunk, passage, filename, lesson))),
        Err(TeachError::Chat(error @ ChatError::Unreachable { .. })) => Ok(Worked::Stop(format!(
            "{error}; what is done is kept, and the run can be resumed when it is back"
        ))),
        Err(TeachError::Chat(error)) if error.stops_the_run() => Ok(Worked::Stop(error.to_string())),
        Err(TeachError::Unreadable { raw_reply, .. }) if raw_reply.is_empty() => {
            Ok(failed(&place, "the model's reply was empty", None))
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
    let pairs: Vec<_> = (0_u32..)
        .zip(lesson.drafts)
        .map(|(slot, draft)| {
            (pair(work, settings, &chunk, &passage, &lesson.prompt_hash, slot, draft), origin.clone())
        })
        .collect();
    let next = if pairs.is_empty() {
        Vec::new()
    } else {
        vec![Unit::new(work.generation.id, Phase::Validate, chunk.id, unit.ordinal, Some(passage))]
    };
    Outcome::Generated { pairs, next }
}

fn pair(
    work: &Work,
    settings: &GenerateSettings,
    chunk: &Chunk,
    passage: &Sha256Hex,
    prompt_hash: &Sha256Hex,
    slot: u32,
    draft: Draft,
) -> Pair {
    let generation_id = work.generation.id;
    let now = work.environment.now();
    let token_count = pair_tokens(&draft.question, &draft.answer, &draft.context, &draft.turns);
    let id = PairId::derive([
        generation_id.as_uuid().as_bytes().as_slice(),
        chunk.id.as_uuid().as_bytes(),
        &slot.to_be_bytes(),
    ]);
    Pair {
        id,
        project_id: chunk.project_id,
        generation_id,
        document_id: chunk.document_id,
        chunk_id: chunk.id,
        chunk_ids: vec![chunk.id],
        slot,
        generation_type: settings.generation_type,
        question: draft.question,
        answer: draft.answer,
        context: draft.context,
        reasoning: draft.reasoning,
        turns: draft.turns,
        system_prompt: settings.system_prompt.clone(),
        question_type: draft.question_type,
        difficulty: draft.difficulty,
        topic: chunk.topic.clone(),
        quality_score: None,
        quality: Quality::default(),
        grounding_score: None,
        evidence: Vec::new(),
        unsupported: Vec::new(),
        flags: Vec::new(),
        duplicate_of: None,
        review_status: ReviewStatus::Pending,
        reviewed_by: None,
        reviewed_at: None,
        edited: false,
        original: None,
        revision: 1,
        token_count,
        provenance: PairProvenance {
            teacher_model: settings.teacher_model.clone(),
            prompt_hash: prompt_hash.clone(),
            quote: draft.quote,
            turn_quotes: draft.turn_quotes,
            passage: passage.clone(),
        },
        created_at: now,
        updated_at: now,
    }
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
