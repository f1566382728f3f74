//! Things to store: small, told apart by a number, and the same in every run.

use std::{sync::Arc, time::Duration};

use model::{
    Chunk, ChunkId, ChunkSource, ContentType, Document, DocumentId, DocumentStatus, Format, GenerateConfig,
    GenerateSettings, Generation, GenerationId, GenerationKind, GenerationStatus, GenerationType, Pair,
    PairId, PairOrigin, PairProvenance, Passage, Phase, Project, ProjectId, ProjectStats, Quality,
    ReviewStatus, Scores, SourceType, Time, Unit, UnitId, UserId, sha256_hex,
};

use crate::{Advance, Finished, Metadata, Outcome, Owner, Result, UnitFailure, UnitResult};

/// How long leases are held.
pub(super) const LEASE: Duration = Duration::from_secs(60);

/// A time, finer than a second so that what is cut off shows.
pub(super) fn at(second: u64) -> Time {
    Time::UNIX_EPOCH + Duration::new(second, 123_456_789)
}

/// The user whose things they are.
pub(super) fn ada() -> UserId {
    UserId::new("ada")
}

/// Another user, who must not see them.
pub(super) fn bob() -> UserId {
    UserId::new("bob")
}

pub(super) fn owner(number: u32) -> Owner {
    Owner { host: "host".into(), pid: number, started: u64::MAX - u64::from(number) }
}

pub(super) fn project(number: u8) -> Project {
    let id = ProjectId::new(at(number.into()), [number; 10]);
    Project {
        id,
        user_id: ada(),
        name: format!("project {number}"),
        description: "“quoted”, \u{2028} and \0".into(),
        source_type: SourceType::Documents,
        config: serde_json::Map::from_iter([("seed".into(), 0.1.into())]),
        storage_prefix: format!("data-forge/ada/{id}"),
        current_version: 0,
        stats: ProjectStats::default(),
        created_at: at(number.into()),
        updated_at: at(number.into()),
    }
}

pub(super) fn document(project: ProjectId, number: u8, filename: &str) -> Document {
    let id = DocumentId::new(at(number.into()), [number; 10]);
    Document {
        id,
        project_id: project,
        filename: filename.into(),
        format: Format::Pdf,
        size_bytes: 1 << 33,
        sha256: sha256_hex([number]),
        storage_key: format!("data-forge/ada/{project}/sources/{id}"),
        status: DocumentStatus::Uploaded,
        error: None,
        pages: None,
        chunk_count: 0,
        warnings: Vec::new(),
        parsing: None,
        created_at: at(number.into()),
        source_url: None,
        parsed_at: None,
    }
}

pub(super) fn chunk(document: &Document, position: u32) -> Chunk {
    let text = format!("Chunk {position} of {}.", document.filename);
    let id = ChunkId::derive([
        document.id.as_uuid().as_bytes().as_slice(),
        &position.to_be_bytes(),
        text.as_bytes(),
    ]);
    Chunk {
        id,
        project_id: document.project_id,
        document_id: document.id,
        position,
        heading_path: vec!["Heading".into()],
        content_type: ContentType::Prose,
        text,
        table_header: Vec::new(),
        token_count: 7,
        source: ChunkSource { page_start: Some(1), page_end: Some(2), char_start: 10, char_end: 20 },
        language: None,
        topic: None,
        edited: false,
        excluded: false,
        exclude_reason: None,
        created_at: at(1),
        updated_at: at(1),
    }
}

pub(super) fn passage(chunk: &Chunk) -> Passage {
    Passage {
        document: "Title".into(),
        heading_path: chunk.heading_path.clone(),
        content_type: chunk.content_type,
        text: chunk.text.clone(),
        table_header: Vec::new(),
        language: Some("en".into()),
        before: String::new(),
        after: String::new(),
        imported: None,
    }
}

pub(super) fn generation(project: ProjectId, number: u8, kind: GenerationKind) -> Generation {
    let settings = (kind == GenerationKind::Generate).then(|| GenerateSettings {
        teacher_model: "teacher".into(),
        generation_type: GenerationType::Qa,
        temperature: 0.1,
        system_prompt: None,
        config: GenerateConfig::default(),
    });
    let id = GenerationId::new(at(number.into()), [number; 10]);
    Generation::new(id, project, kind, settings, at(number.into()))
}

pub(super) fn pair(generation: GenerationId, chunk: &Chunk, filename: &str, slot: u32) -> (Pair, PairOrigin) {
    let id = PairId::derive([
        generation.as_uuid().as_bytes().as_slice(),
        chunk.id.as_uuid().as_bytes(),
        &slot.to_be_bytes(),
    ]);
    let pair = Pair {
        id,
        project_id: chunk.project_id,
        generation_id: generation,
        document_id: chunk.document_id,
        chunk_id: chunk.id,
        chunk_ids: vec![chunk.id],
        slot,
        generation_type: GenerationType::Qa,
        question: format!("Question {slot}?"),
        answer: "Answer.".into(),
        context: String::new(),
        reasoning: None,
        turns: Vec::new(),
        system_prompt: None,
        question_type: None,
        difficulty: Some(model::Difficulty::Hard),
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
        token_count: 0,
        provenance: PairProvenance { passage: passage(chunk).sha256(), ..PairProvenance::default() },
        created_at: at(5),
        updated_at: at(5),
    };
    let origin = PairOrigin {
        filename: filename.into(),
        position: chunk.position,
        page_start: Some(1),
        page_end: None,
        char_start: 10,
        char_end: 1 << 33,
    };
    (pair, origin)
}

pub(super) fn scores(quality: Option<f64>, grounding: Option<f64>) -> Scores {
    Scores { quality_score: quality, grounding_score: grounding, ..Scores::default() }
}

pub(super) fn failed(reason: &str) -> Outcome {
    Outcome::Failed(UnitFailure { reason: reason.into(), raw_reply: Some("{".into()) })
}

/// A store with a project of Ada's in it.
pub(super) struct World {
    pub(super) store: Arc<dyn Metadata>,
    pub(super) project: ProjectId,
}

impl World {
    pub(super) async fn new(store: Arc<dyn Metadata>) -> Result<Self> {
        let project = project(1);
        store.create_project(&project).await?;
        Ok(Self { store, project: project.id })
    }

    pub(super) async fn document(&self, number: u8, filename: &str) -> Result<Document> {
        let document = document(self.project, number, filename);
        self.store.add_document(&ada(), &document).await?;
        Ok(document)
    }

    /// A parse of documents, nothing of it done yet.
    pub(super) async fn parse(&self, number: u8, documents: &[&Document]) -> Result<(Generation, Vec<Unit>)> {
        let generation = generation(self.project, number, GenerationKind::Parse);
        let units: Vec<Unit> = (0..)
            .zip(documents)
            .map(|(ordinal, document)| Unit::new(generation.id, Phase::Parse, document.id, ordinal, None))
            .collect();
        self.store.create_generation(&ada(), &generation, &units).await?;
        Ok((generation, units))
    }

    /// Ends a generation that has not been started, so that another parse may follow it.
    pub(super) async fn stop(&self, generation: &Generation) -> Result<()> {
        let to = Generation { status: GenerationStatus::Cancelled, ..generation.clone() };
        let change = Advance { from: generation.status, attempt: generation.attempt, to };
        self.store.advance(&ada(), &change).await.map(drop)
    }

    /// Documents with that many chunks each.
    pub(super) async fn parsed(
        &self,
        number: u8,
        documents: &[&Document],
        chunks: u32,
    ) -> Result<Vec<Chunk>> {
        let (generation, units) = self.parse(number, documents).await?;
        self.claim(&generation, Phase::Parse, 1, u32::MAX).await?;
        let mut all = Vec::new();
        let mut results = Vec::new();
        for (document, unit) in documents.iter().zip(units) {
            let made: Vec<Chunk> = (0..chunks).map(|position| chunk(document, position)).collect();
            results.push(UnitResult { unit: unit.id, outcome: into_chunks(document, &made) });
            all.extend(made);
        }
        self.store.finish(generation.id, &owner(1), at(3), results).await?;
        self.stop(&generation).await?;
        Ok(all)
    }

    /// A generate with a unit for each chunk, nothing of it done yet.
    pub(super) async fn generate(&self, number: u8, chunks: &[Chunk]) -> Result<(Generation, Vec<Unit>)> {
        let generation = generation(self.project, number, GenerationKind::Generate);
        let units: Vec<Unit> = (0..)
            .zip(chunks)
            .map(|(ordinal, chunk)| {
                Unit::new(generation.id, Phase::Generate, chunk.id, ordinal, Some(passage(chunk).sha256()))
            })
            .collect();
        self.store.create_generation(&ada(), &generation, &units).await?;
        Ok((generation, units))
    }

    /// A generate that has made and scored that many pairs of each chunk, all of the file of that name.
    pub(super) async fn generated(
        &self,
        number: u8,
        chunks: &[Chunk],
        filename: &str,
        pairs: u32,
        key: impl Fn(&Pair) -> [u8; 16],
    ) -> Result<Generation> {
        let (generation, units) = self.generate(number, chunks).await?;
        self.claim(&generation, Phase::Generate, 1, u32::MAX).await?;
        for (chunk, unit) in chunks.iter().zip(&units) {
            let pairs: Vec<_> = (0..pairs).map(|slot| pair(generation.id, chunk, filename, slot)).collect();
            let scored =
                pairs.iter().map(|(pair, _)| (pair.id, scores(Some(0.5), Some(0.25)), key(pair))).collect();
            let next = validation(unit);
            let next_id = next.id;
            self.finish(&generation, 1, unit.id, Outcome::Generated { pairs, next: vec![next] }).await?;
            self.claim(&generation, Phase::Validate, 1, u32::MAX).await?;
            self.finish(
                &generation,
                1,
                next_id,
                Outcome::Scored { scores: scored, probes: crate::Probes::default() },
            )
            .await?;
        }
        Ok(generation)
    }

    /// Claims units, a lease from second 10 on.
    pub(super) async fn claim(
        &self,
        generation: &Generation,
        phase: Phase,
        by: u32,
        limit: u32,
    ) -> Result<Vec<Unit>> {
        self.store.claim(generation.id, phase, &owner(by), at(10), LEASE, limit).await
    }

    pub(super) async fn finish(
        &self,
        generation: &Generation,
        by: u32,
        unit: UnitId,
        outcome: Outcome,
    ) -> Result<Finished> {
        self.store.finish(generation.id, &owner(by), at(20), vec![UnitResult { unit, outcome }]).await
    }

    /// The generation as it is now.
    pub(super) async fn now(&self, generation: &Generation) -> std::result::Result<Generation, super::Error> {
        Ok(self.store.generation(&ada(), generation.id).await?.ok_or("the generation is not there")?)
    }
}

/// The unit that validates what a generate unit makes.
pub(super) fn validation(unit: &Unit) -> Unit {
    Unit::new(unit.generation_id, Phase::Validate, &unit.subject, unit.ordinal, unit.passage.clone())
}

/// The document, parsed into these chunks.
pub(super) fn into_chunks(document: &Document, chunks: &[Chunk]) -> Outcome {
    let document = Document {
        status: DocumentStatus::Parsed,
        chunk_count: chunks.len() as u64,
        pages: Some(2),
        warnings: vec!["unsure".into()],
        parsed_at: Some(at(3)),
        ..document.clone()
    };
    Outcome::Parsed {
        document: Box::new(document),
        chunks: chunks.iter().map(|chunk| (chunk.clone(), passage(chunk))).collect(),
    }
}
