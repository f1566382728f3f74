//! Pairs for the tests of this crate.

use model::{
    ChunkId, Difficulty, DocumentId, Flag, FlagCode, GenerationId, GenerationType, Pair, PairId, PairOrigin,
    PairProvenance, ProjectId, Quality, QuestionType, ReviewStatus, Time, sha256_hex,
};

const NOW: i64 = 1_750_000_000;

fn now() -> Time {
    Time::from_second(NOW).unwrap()
}

/// The document of that number.
pub(crate) fn document(n: u8) -> DocumentId {
    DocumentId::new(now(), [n; 10])
}

/// A scored pair, one of several of the same chunk.
pub(crate) fn pair(slot: u32) -> Pair {
    let chunk_id = ChunkId::derive([b"chunk".as_slice()]);
    let generation_id = GenerationId::new(now(), [3; 10]);
    Pair {
        id: PairId::derive([chunk_id.as_uuid().as_bytes().as_slice(), &slot.to_be_bytes()]),
        project_id: ProjectId::new(now(), [1; 10]),
        generation_id,
        document_id: document(1),
        chunk_id,
        chunk_ids: vec![chunk_id],
        slot,
        generation_type: GenerationType::Qa,
        question: "Which port does replication use?".into(),
        answer: "TCP port 7420, over TLS 1.3.".into(),
        context: String::new(),
        reasoning: None,
        turns: Vec::new(),
        system_prompt: Some("You answer questions on Dunnock.".into()),
        question_type: Some(QuestionType::HowTo),
        difficulty: Some(Difficulty::Easy),
        topic: None,
        quality_score: Some(0.875),
        quality: Quality::default(),
        grounding_score: Some(1.0),
        evidence: Vec::new(),
        unsupported: Vec::new(),
        flags: vec![Flag { code: FlagCode::ShortAnswer, detail: "5 words".into() }],
        judgement: None,
        duplicate_of: None,
        review_status: ReviewStatus::Pending,
        reviewed_by: None,
        reviewed_at: None,
        edited: false,
        original: None,
        revision: 1,
        token_count: 0,
        provenance: PairProvenance {
            teacher_model: "teacher".into(),
            prompt_hash: sha256_hex("prompt"),
            quote: None,
            turn_quotes: Vec::new(),
            passage: sha256_hex("passage"),
        },
        created_at: now(),
        updated_at: now(),
    }
}

/// Where these pairs come from.
pub(crate) fn origin() -> PairOrigin {
    PairOrigin {
        filename: "user-guide.pdf".into(),
        position: 4,
        page_start: Some(2),
        page_end: Some(3),
        char_start: 1200,
        char_end: 2034,
    }
}
