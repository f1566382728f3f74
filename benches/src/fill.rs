//! A project with many pairs, written the way that workers write them.

use std::time::Duration;

use anyhow::{Result, ensure};
use model::{
    ChunkId, Difficulty, DocumentId, Flag, FlagCode, GenerateConfig, GenerateSettings, Generation,
    GenerationId, GenerationKind, GenerationType, Pair, PairId, PairOrigin, PairProvenance, Phase, Project,
    ProjectId, ProjectStats, Quality, QuestionType, ReviewStatus, Scores, SourceType, Time, Unit, UserId,
};
use store::{Metadata, Outcome, Owner, Probes, UnitResult};

/// Pairs of a chunk.
const SLOTS: u32 = 10;
/// Chunks of a document.
const CHUNKS: u64 = 100;
/// Results written at once.
const BATCH: u32 = 200;
const LEASE: Duration = Duration::from_secs(3600);

/// What was filled in.
#[derive(Debug, Clone)]
pub struct Filled {
    /// The project, of the user `local`.
    pub project: ProjectId,
    /// The generation of all its pairs.
    pub generation: GenerationId,
    /// A document that a thousandth of the pairs or more are from.
    pub document: DocumentId,
}

/// Fills a new project with at least so many pairs, all of them scored.
///
/// # Errors
/// Where the store fails.
pub async fn fill(metadata: &dyn Metadata, pairs: u64) -> Result<Filled> {
    let now = Time::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let user = UserId::local();
    let project = ProjectId::new(now, [1; 10]);
    metadata.create_project(&new_project(project, &user, now)).await?;
    let id = GenerationId::new(now, [2; 10]);
    let settings = GenerateSettings {
        teacher_model: "bench".into(),
        generation_type: GenerationType::Qa,
        temperature: 0.7,
        system_prompt: None,
        config: GenerateConfig::default(),
    };
    let generation = Generation::new(id, project, GenerationKind::Generate, Some(settings), now);
    let chunks = pairs.div_ceil(u64::from(SLOTS));
    let units: Vec<Unit> = (0..chunks)
        .map(|number| Unit::new(id, Phase::Generate, chunk(number), number, Some(passage())))
        .collect();
    metadata.create_generation(&user, &generation, &units).await?;
    let owner = Owner { host: "bench".into(), pid: 1, started: 1 };
    let mut chance = Chance(7);
    let mut written = 0;
    loop {
        let units = metadata.claim(id, Phase::Generate, &owner, now, LEASE, BATCH).await?;
        if units.is_empty() {
            break;
        }
        let results = units.iter().map(|unit| {
            let rows = (0..SLOTS).map(|slot| pair(project, id, unit.ordinal, slot, &mut chance)).collect();
            let next = Unit::new(id, Phase::Validate, chunk(unit.ordinal), unit.ordinal, Some(passage()));
            UnitResult { unit: unit.id, outcome: Outcome::Generated { pairs: rows, next: vec![next] } }
        });
        let results = results.collect();
        metadata.finish(id, &owner, now, results).await?;
        written += units.len() as u64;
    }
    ensure!(written == chunks, "{written} of {chunks} chunks were written");
    loop {
        let units = metadata.claim(id, Phase::Validate, &owner, now, LEASE, BATCH).await?;
        if units.is_empty() {
            break;
        }
        let results = units.iter().map(|unit| {
            let scores = (0..SLOTS).map(|slot| {
                let number = unit.ordinal * u64::from(SLOTS) + u64::from(slot);
                let mut key = [0; 16];
                key[..8].copy_from_slice(&number.to_be_bytes());
                (pair_id(id, unit.ordinal, slot), scores(&mut chance), key)
            });
            UnitResult {
                unit: unit.id,
                outcome: Outcome::Scored { scores: scores.collect(), probes: Probes::default() },
            }
        });
        let results = results.collect();
        metadata.finish(id, &owner, now, results).await?;
    }
    Ok(Filled { project, generation: id, document: document(0) })
}

fn new_project(id: ProjectId, user: &UserId, now: Time) -> Project {
    Project {
        id,
        user_id: user.clone(),
        name: "a million pairs".into(),
        description: String::new(),
        source_type: SourceType::Documents,
        config: serde_json::Map::new(),
        storage_prefix: format!("data-forge/local/{id}"),
        current_version: 0,
        stats: ProjectStats::default(),
        created_at: now,
        updated_at: now,
    }
}

/// The same numbers in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn score(&mut self) -> f64 {
        self.below(1_000_001) as f64 / 1e6
    }

    /// Words as rare as words are: of a few thousand, the first far more often than the last.
    fn words(&mut self, count: usize) -> String {
        let mut text = String::new();
        for _ in 0..count {
            let word = self.below(4000) * self.below(4000) / 4000;
            text += &format!("word{word} ");
        }
        text
    }
}

fn document(number: u64) -> DocumentId {
    let mut bytes = [0; 10];
    bytes[2..].copy_from_slice(&number.to_be_bytes());
    DocumentId::new(Time::UNIX_EPOCH, bytes)
}

fn chunk(number: u64) -> ChunkId {
    ChunkId::derive([number.to_be_bytes().as_slice()])
}

fn pair_id(generation: GenerationId, chunk: u64, slot: u32) -> PairId {
    PairId::derive([generation.as_uuid().as_bytes().as_slice(), &chunk.to_be_bytes(), &slot.to_be_bytes()])
}

fn passage() -> String {
    "0".repeat(64)
}

fn pair(
    project: ProjectId,
    generation: GenerationId,
    number: u64,
    slot: u32,
    chance: &mut Chance,
) -> (Pair, PairOrigin) {
    let created = Time::UNIX_EPOCH
        + Duration::from_secs(1_700_000_000)
        + Duration::from_millis(number * 10 + u64::from(slot));
    let pair = Pair {
        id: pair_id(generation, number, slot),
        project_id: project,
        generation_id: generation,
        document_id: document(number / CHUNKS),
        chunk_id: chunk(number),
        chunk_ids: vec![chunk(number)],
        slot,
        generation_type: GenerationType::Qa,
        question: format!("What is {}?", chance.words(8)),
        answer: format!("It is {}.", chance.words(40)),
        context: String::new(),
        reasoning: None,
        turns: Vec::new(),
        system_prompt: None,
        question_type: None,
        difficulty: None,
        topic: None,
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
        token_count: 60,
        provenance: PairProvenance {
            teacher_model: "bench".into(),
            prompt_hash: passage(),
            quote: None,
            turn_quotes: Vec::new(),
            passage: passage(),
        },
        created_at: created,
        updated_at: created,
    };
    let origin = PairOrigin {
        filename: format!("document-{:05}.md", number / CHUNKS),
        position: u32::try_from(number % CHUNKS).unwrap_or_default(),
        page_start: None,
        page_end: None,
        char_start: 0,
        char_end: 100,
    };
    (pair, origin)
}

fn scores(chance: &mut Chance) -> Scores {
    use QuestionType::{Conceptual, Factual, HowTo, Troubleshooting};
    let flags = match chance.below(10) {
        0 => vec![Flag { code: FlagCode::LowGrounding, detail: "under the limit".into() }],
        _ => Vec::new(),
    };
    Scores {
        quality_score: Some(chance.score()),
        grounding_score: (chance.below(20) > 0).then(|| chance.score()),
        question_type: [Factual, HowTo, Conceptual, Troubleshooting].get(chance.below(4) as usize).copied(),
        difficulty: [Difficulty::Easy, Difficulty::Medium, Difficulty::Hard]
            .get(chance.below(3) as usize)
            .copied(),
        flags,
        ..Scores::default()
    }
}
