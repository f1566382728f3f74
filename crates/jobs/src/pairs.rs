//! What a teacher wrote to pairs.

use generate::{Draft, Lesson};
use model::{
    Chunk, GenerateSettings, GenerationId, Pair, PairId, PairProvenance, Quality, ReviewStatus, Sha256Hex,
    Time,
};

use crate::scoring::pair_tokens;

/// The pairs of a lesson, not scored yet; `passage` is the hash of what was taught of the chunk.
pub(crate) fn of_lesson(
    generation: GenerationId,
    settings: &GenerateSettings,
    chunk: &Chunk,
    passage: &Sha256Hex,
    lesson: Lesson,
    now: Time,
) -> Vec<Pair> {
    let Lesson { drafts, prompt_hash, .. } = lesson;
    let making = Making { generation, settings, chunk, passage, prompt_hash: &prompt_hash, now };
    (0_u32..).zip(drafts).map(|(slot, draft)| pair(&making, slot, draft)).collect()
}

/// What the pairs of a lesson have in common.
struct Making<'a> {
    generation: GenerationId,
    settings: &'a GenerateSettings,
    chunk: &'a Chunk,
    passage: &'a Sha256Hex,
    prompt_hash: &'a Sha256Hex,
    now: Time,
}

fn pair(making: &Making<'_>, slot: u32, draft: Draft) -> Pair {
    let Making { generation, settings, chunk, passage, prompt_hash, now } = *making;
    let token_count = pair_tokens(&draft.question, &draft.answer, &draft.context, &draft.turns);
    let id = PairId::derive([
        generation.as_uuid().as_bytes().as_slice(),
        chunk.id.as_uuid().as_bytes(),
        &slot.to_be_bytes(),
    ]);
    Pair {
        id,
        project_id: chunk.project_id,
        generation_id: generation,
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
        judgement: None,
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
