//! Everything but bytes: projects, documents, chunks, generations, units of work, the ledger of
//! calls, pairs, exports.
//!
//! Methods come in two kinds. Those for users take the [`UserId`] and see what is that user's alone;
//! what is another's is as good as not there. Those for workers take a generation, which a worker
//! was started for.

mod carry;
mod export_totals;
mod generation;
mod mongo;
mod open;
mod outcome;
mod page;
mod pair;
mod recorder;
mod sqlite;
mod tally;
mod terms;
mod value;

use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use model::{
    Canary, Chunk, ChunkId, Document, DocumentId, EditMark, ExcludeCode, ExcludeReason, Export, Generation,
    GenerationId, GenerationKind, GenerationStatus, LogEntry, Pair, PairId, PairOrigin, Passage, Phase,
    Project, ProjectId, Retest, Scores, Sha256Hex, Time, Unit, UnitId, Usage, UserId, ValidationReport,
};
use serde::{Deserialize, Serialize};

pub(crate) use self::mongo::is_passing;
pub use self::open::{OpenMode, open_metadata, open_metadata_with, without_credentials};
use crate::{Library, Result};

/// Who holds a lease: a process, told apart from a later one with the same number by its start.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Owner {
    /// The machine.
    pub host: String,
    /// The process.
    pub pid: u32,
    /// When the process started, in the machine's own count.
    pub started: u64,
}

/// What a worker needs to know of its generation.
#[derive(Debug, Clone, PartialEq)]
pub struct GenerationContext {
    /// Whose it is.
    pub user: UserId,
    /// The generation.
    pub generation: Generation,
}

/// A change of a generation's state: it happens only if the generation still is in the state and
/// attempt that it was read in.
#[derive(Debug, Clone, PartialEq)]
pub struct Advance {
    /// The state it was read in.
    pub from: GenerationStatus,
    /// The attempt it was read in.
    pub attempt: u32,
    /// What it became. All of it is written but its counts and progress, which are kept up by
    /// [`Metadata::finish`] and [`Metadata::record_call`].
    pub to: Generation,
}

/// A unit and what came of it. Both are written together, or neither.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitResult {
    /// The unit.
    pub unit: UnitId,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a unit.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// A document became chunks: the document's new state, and its chunks in place of its old ones,
    /// each with the passage that a teacher will be shown.
    Parsed {
        /// `parsed`, with pages, warnings, chunk count.
        document: Box<Document>,
        /// Its chunks.
        chunks: Vec<(Chunk, Passage)>,
    },
    /// A chunk became pairs, maybe none; and the unit that follows from that.
    Generated {
        /// The pairs, each with where it comes from.
        pairs: Vec<(Pair, PairOrigin)>,
        /// Units of the next phase.
        next: Vec<Unit>,
    },
    /// Pairs were scored.
    Scored {
        /// What each pair's scores are, and the key under which equal pairs are found.
        scores: Vec<(PairId, Scores, [u8; 16])>,
        /// What was tried on the scoring itself.
        probes: Probes,
    },
    /// It failed. The document of a parse unit becomes `failed` with this reason.
    Failed(UnitFailure),
}

/// What was tried on the scoring of a unit's pairs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Probes {
    /// Pairs made wrong on purpose: they are counted by what became of them, and are no pairs.
    pub canaries: Vec<Canary>,
    /// Pairs that were judged twice.
    pub retests: Vec<Retest>,
    /// Why not all pairs could be judged: the scores that there are are written, and the unit is failed, so that it is
    /// named and can be tried again.
    pub unjudged: Option<UnitFailure>,
}

/// Why a unit failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitFailure {
    /// The reason, in words for the user.
    pub reason: String,
    /// What the model replied, where that is the reason.
    pub raw_reply: Option<String>,
}

/// A unit that failed.
#[derive(Debug, Clone, PartialEq)]
pub struct FailedUnit {
    /// The unit.
    pub unit: Unit,
    /// The document that it works on, or whose chunk it works on; `None` where the chunk has gone.
    pub document: Option<DocumentId>,
    /// Why it failed.
    pub failure: UnitFailure,
    /// When it failed; `None` where an earlier version of the program wrote it.
    pub time: Option<Time>,
}

/// What [`Metadata::finish`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Finished {
    /// Results that were written.
    pub written: usize,
    /// Results that were dropped, since the unit's lease had gone to another.
    pub lost: usize,
}

/// How many units of a phase stand where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UnitCounts {
    /// Nobody works on them.
    pub pending: u64,
    /// Somebody does.
    pub leased: u64,
    /// Done.
    pub done: u64,
    /// Failed.
    pub failed: u64,
}

impl UnitCounts {
    /// All of them.
    pub fn total(&self) -> u64 {
        self.pending + self.leased + self.done + self.failed
    }

    /// Those that are not to be worked on any more.
    pub fn ended(&self) -> u64 {
        self.done + self.failed
    }
}

/// What a look at all chunks of a project found out about one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChunkMark {
    /// The chunk.
    pub chunk: ChunkId,
    /// What it is about, where that was found out.
    pub topic: Option<String>,
    /// Why it is to be left out of generation, if it is.
    pub exclude: Option<ExcludeReason>,
}

/// A paid call and its reply. The key is generation, unit and the hash of the request's body.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerEntry {
    /// The generation that paid.
    pub generation: GenerationId,
    /// The unit that asked.
    pub unit: UnitId,
    /// The SHA-256 of the request's body.
    pub request: Sha256Hex,
    /// The reply, as JSON.
    pub reply: String,
    /// What it came to.
    pub usage: Usage,
    /// When it came.
    pub time: Time,
}

/// What a call may come to at the most, set aside for it before it is made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reservation {
    /// The generation that will pay.
    pub generation: GenerationId,
    /// The unit that asks: it has one call at a time.
    pub unit: UnitId,
    /// Tokens of prompt and reply.
    pub tokens: u64,
    /// Their price in USD; 0 where it is not known.
    pub cost_usd: f64,
}

/// What a generation may spend.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Budget {
    /// What its calls may cost, in USD.
    pub max_cost_usd: Option<f64>,
    /// How many tokens they may use, prompt and completion together.
    pub max_tokens_total: Option<u64>,
}

/// Whether a call may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reserved {
    /// It may.
    Granted,
    /// Not while other calls under way might come to what is left.
    Wait,
    /// It might come to more than is left.
    Exhausted,
}

/// Which pairs of a project are meant.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PairSelection {
    /// Made by one of these; empty: by any.
    pub generations: Vec<GenerationId>,
    /// From one of these; empty: from any.
    pub documents: Vec<DocumentId>,
    /// With at least this quality; what was not measured does not pass.
    pub min_quality: Option<f64>,
    /// Without those that a person rejected.
    pub without_rejected: bool,
    /// Those alone that a person accepted or edited.
    pub reviewed_only: bool,
}

/// Which chunks of a project a generation is to work on. Excluded ones are never among them, whoever
/// names them; what is not the project's is passed over.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChunkSelection {
    /// Of one of these documents; `None`: of any.
    pub documents: Option<Vec<DocumentId>>,
    /// One of these; `None`: any.
    pub chunks: Option<Vec<ChunkId>>,
    /// What must not have been made of them yet.
    pub scope: ChunkScope,
}

/// Some chunks in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ChunkTotals {
    /// How many they are.
    pub chunks: u64,
    /// How many tokens (`o200k_base`) they have.
    pub tokens: u64,
}

/// Which chunks are worked on, by the pairs that there are of them, whichever generation made these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChunkScope {
    /// All.
    #[default]
    All,
    /// Those that no pair is from.
    WithoutPairs,
    /// Those that no pair is from which a person accepted: whose review status is `accepted` or `edited`.
    WithoutAcceptedPairs,
}

/// Where a walk over pairs stands: the last one seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PairCursor {
    /// Its document's file name.
    pub filename: String,
    /// Its document.
    pub document: DocumentId,
    /// Its chunk's position.
    pub position: u32,
    /// Its generation.
    pub generation: GenerationId,
    /// Its slot.
    pub slot: u32,
}

/// A pair on its way out.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportRow {
    /// The pair.
    pub pair: Pair,
    /// Where it comes from.
    pub origin: PairOrigin,
    /// When a person changed its text.
    pub edits: Vec<EditMark>,
}

impl ExportRow {
    /// Where a walk stands that has just seen this row.
    pub fn cursor(&self) -> PairCursor {
        PairCursor {
            filename: self.origin.filename.clone(),
            document: self.pair.document_id,
            position: self.origin.position,
            generation: self.pair.generation_id,
            slot: self.pair.slot,
        }
    }
}

/// Something of a user's that changed, for those who watch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its number: later changes have greater ones.
    pub seq: u64,
    /// Whose it is.
    pub user: UserId,
    /// The project it is in.
    pub project: ProjectId,
    /// What changed.
    pub subject: ChangedSubject,
}

/// What changed. What is deleted changed too, and is not found any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangedSubject {
    /// A generation: its state or its counts.
    Generation(GenerationId),
    /// A document: its state.
    Document(DocumentId),
    /// An export, by its version: it was published.
    Export(u32),
}

/// A pair by what others are compared with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sketched {
    /// The pair.
    pub pair: PairId,
    /// Its sketch, as it was put.
    pub sketch: Vec<u8>,
}

/// A pair that was compared with others.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// The pair.
    pub pair: PairId,
    /// Its revision when it was compared.
    pub revision: u32,
    /// Which pair it nearly repeats, and how similar they are, 0 to 1.
    pub near: Option<(PairId, f64)>,
    /// What later pairs are compared with; empty with the bands.
    pub sketch: Vec<u8>,
    /// The bands under which it is found; none where it repeats another, or has no words.
    pub bands: Vec<u32>,
}

/// The store of metadata.
#[async_trait]
pub trait Metadata: Library {
    // --- for users: projects and documents ---

    /// Adds a project.
    async fn create_project(&self, project: &Project) -> Result<()>;

    /// A user's project, its stats counted now.
    async fn project(&self, user: &UserId, id: ProjectId) -> Result<Option<Project>>;

    /// A user's oldest project of that name.
    async fn project_by_name(&self, user: &UserId, name: &str) -> Result<Option<Project>>;

    /// A user's projects, newest first.
    async fn projects(&self, user: &UserId) -> Result<Vec<Project>>;

    /// Removes a project and all rows that belong to it; `false` where there is none.
    async fn delete_project(&self, user: &UserId, id: ProjectId) -> Result<bool>;

    /// Adds a document to a user's project.
    async fn add_document(&self, user: &UserId, document: &Document) -> Result<()>;

    /// A user's document.
    async fn document(&self, user: &UserId, id: DocumentId) -> Result<Option<Document>>;

    /// The document of a project with that name and content.
    async fn find_document(
        &self,
        user: &UserId,
        project: ProjectId,
        filename: &str,
        sha256: &str,
    ) -> Result<Option<Document>>;

    /// The documents of a project by file name, then id; at most `limit` behind `after`.
    async fn documents(
        &self,
        user: &UserId,
        project: ProjectId,
        after: Option<(String, DocumentId)>,
        limit: u32,
    ) -> Result<Vec<Document>>;

    /// Adds chunks to documents of the user's, each with the passage that a teacher will be shown. One that is there
    /// already stays as it is.
    ///
    /// # Errors
    /// [`crate::StoreError::Conflict`] where a chunk is of no document of the user's: none is added then.
    async fn add_chunks(&self, user: &UserId, chunks: Vec<(Chunk, Passage)>) -> Result<()>;

    /// The chunks of a document by position; at most `limit` from position `from` on.
    async fn chunks(&self, user: &UserId, document: DocumentId, from: u32, limit: u32) -> Result<Vec<Chunk>>;

    /// A user's chunk.
    async fn chunk(&self, user: &UserId, id: ChunkId) -> Result<Option<Chunk>>;

    // --- for users: generations ---

    /// Adds a generation with its units, all at once: `chunks_total` is the number of these, whatever
    /// the generation says. A parse moves no document yet.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`] where the project is not the user's, [`crate::StoreError::Exists`]
    /// where the generation or one of the units is there already, [`crate::StoreError::Busy`] for a parse
    /// while another parse of the project has not ended.
    async fn create_generation(&self, user: &UserId, generation: &Generation, units: &[Unit]) -> Result<()>;

    /// A user's generation.
    async fn generation(&self, user: &UserId, id: GenerationId) -> Result<Option<Generation>>;

    /// The generations of a project of a kind, newest first.
    async fn generations(
        &self,
        user: &UserId,
        project: ProjectId,
        kind: GenerationKind,
    ) -> Result<Vec<Generation>>;

    /// Chunks of these documents that are not excluded and have no unit that is done in any of these
    /// generations, by file name, document and position: each with its document and passage.
    async fn chunks_to_generate(
        &self,
        user: &UserId,
        project: ProjectId,
        documents: &[DocumentId],
        generations: &[GenerationId],
    ) -> Result<Vec<(ChunkId, Sha256Hex)>>;

    /// How many chunks of these documents are excluded, by the reason why.
    async fn excluded_chunks(
        &self,
        user: &UserId,
        documents: &[DocumentId],
    ) -> Result<BTreeMap<ExcludeCode, u64>>;

    /// The chunks of a project that are not excluded and that the selection means, by file name, document
    /// and position: each with its passage. None where the project is not the user's.
    async fn select_chunks(
        &self,
        user: &UserId,
        project: ProjectId,
        which: &ChunkSelection,
    ) -> Result<Vec<(ChunkId, Sha256Hex)>>;

    /// Changes a generation's state, if it is still as it was read; `false` if it is not.
    ///
    /// # Errors
    /// [`crate::StoreError::Conflict`] where the change follows no arrow of the contract, or the attempt
    /// does not count starts; [`crate::StoreError::NotFound`] where the user has no such generation.
    async fn advance(&self, user: &UserId, change: &Advance) -> Result<bool>;

    // --- for workers ---

    /// A generation and whose it is.
    async fn generation_context(&self, id: GenerationId) -> Result<Option<GenerationContext>>;

    /// The generations that have not ended and that jobs work on (`job_names` is not empty), oldest first.
    async fn unended(&self) -> Result<Vec<GenerationContext>>;

    /// How many units of generations that have not ended stand where, by phase.
    async fn workload(&self) -> Result<Vec<(Phase, UnitCounts)>>;

    /// What the calls of all generations that there are came to.
    async fn spent(&self) -> Result<Usage>;

    /// Writes lines into a generation's log, numbered on from what is there.
    async fn append_logs(&self, generation: GenerationId, entries: &[LogEntry]) -> Result<()>;

    /// The changes of all users behind number `after`, in order; at most `limit`. The last 10,000 are kept.
    async fn changes(&self, after: u64, limit: u32) -> Result<Vec<Change>>;

    /// The number of the newest change; 0 where there is none.
    async fn last_change(&self) -> Result<u64>;

    /// Takes up to `limit` units that nobody holds, or whose lease has run out by `now`, in order of
    /// work, until `now + lease`. A parse unit's document becomes `parsing`.
    async fn claim(
        &self,
        generation: GenerationId,
        phase: Phase,
        owner: &Owner,
        now: Time,
        lease: Duration,
        limit: u32,
    ) -> Result<Vec<Unit>>;

    /// Holds all leases of an owner in a generation until `now + lease`; says how many there are.
    async fn heartbeat(
        &self,
        generation: GenerationId,
        owner: &Owner,
        now: Time,
        lease: Duration,
    ) -> Result<u64>;

    /// Who holds leases in a generation.
    async fn owners(&self, generation: GenerationId) -> Result<Vec<Owner>>;

    /// Gives back all units that an owner holds in a generation; says how many.
    async fn release(&self, generation: GenerationId, owner: &Owner) -> Result<u64>;

    /// Gives back failed units of a generation, all or these, to be worked on again, and takes them off its
    /// counts. Calls of units that failed on a reply stay counted, and are not found any more by
    /// [`Metadata::recorded_call`]: they are to be made again. Says how many there were.
    async fn reopen_failed(&self, generation: GenerationId, units: Option<&[UnitId]>) -> Result<u64>;

    /// Writes results and that their units are done or failed, in one transaction, with the
    /// generation's counts. What an owner holds no lease for any more is dropped and counted as lost; a
    /// lease that has run out is still held until another claims the unit.
    ///
    /// # Errors
    /// [`crate::StoreError::Conflict`] where an outcome is not of its unit's phase, generation or subject,
    /// or would leave a document's state along no arrow; then nothing of the call is written.
    async fn finish(
        &self,
        generation: GenerationId,
        owner: &Owner,
        now: Time,
        results: Vec<UnitResult>,
    ) -> Result<Finished>;

    /// How many units of a phase stand where.
    async fn unit_counts(&self, generation: GenerationId, phase: Phase) -> Result<UnitCounts>;

    /// The chunks whose generate units are done in a generation, as far as they are still there.
    async fn taught_chunks(&self, generation: GenerationId) -> Result<ChunkTotals>;

    /// What a generation of the user's worked on for a chunk: its unit and the passage that the teacher was shown, whether
    /// or not the chunk is still there.
    async fn taught_passage(
        &self,
        user: &UserId,
        generation: GenerationId,
        chunk: ChunkId,
    ) -> Result<Option<(Unit, Passage)>>;

    /// The document that a parse unit works on.
    async fn work_document(&self, generation: GenerationId, unit: &Unit) -> Result<Option<Document>>;

    /// The chunk and passage that a generate unit works on, and the document's file name.
    async fn work_passage(
        &self,
        generation: GenerationId,
        unit: &Unit,
    ) -> Result<Option<(Chunk, Passage, String)>>;

    /// The passage and pairs that a validate unit works on, by slot.
    async fn work_pairs(&self, generation: GenerationId, unit: &Unit)
    -> Result<Option<(Passage, Vec<Pair>)>>;

    /// The stored reply of a call, if it was paid for already.
    async fn recorded_call(
        &self,
        generation: GenerationId,
        unit: UnitId,
        request: &str,
    ) -> Result<Option<LedgerEntry>>;

    /// Sets aside what a unit's call may come to, in place of what was set aside for it before, if that fits
    /// into a budget beside all that the generation has spent and what is set aside for calls under way: those of
    /// units that are held by a lease at `now`.
    async fn reserve(&self, reservation: &Reservation, budget: &Budget, now: Time) -> Result<Reserved>;

    /// Sets nothing aside for a unit any more: its call came to nothing.
    async fn unreserve(&self, unit: UnitId) -> Result<()>;

    /// Fixes the labels that a generation's teacher proposed, unless some are fixed already; gives back
    /// those that are. A change of its state leaves them as they are.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`] where there is no such generation.
    async fn fix_labels(&self, generation: GenerationId, labels: &[String]) -> Result<Vec<String>>;

    /// The passages of some of a generation's chunks, evenly over them in order of work; at most `limit`.
    async fn sample_passages(&self, generation: GenerationId, limit: u32) -> Result<Vec<Passage>>;

    /// Stores a paid call and adds its usage to the generation's; it is durable when this returns.
    /// A call that is there already stays as it is and is not counted again. Nothing is set aside for the unit
    /// any more.
    async fn record_call(&self, entry: &LedgerEntry) -> Result<()>;

    /// Writes what was found out about chunks of a project. What a person decided about leaving a chunk
    /// out, or wrote in it, stays as it is. Says how many chunks there were.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`] where the user has no such project.
    async fn mark_chunks(&self, user: &UserId, project: ProjectId, marks: &[ChunkMark]) -> Result<u64>;

    /// What there is to tell of the scores of a generation's pairs.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`] where there is no such generation.
    async fn validation_report(&self, generation: GenerationId) -> Result<ValidationReport>;

    /// Marks each pair of the project that has the same key as an earlier one (by generation, file
    /// name, position, slot), or was found to nearly repeat one, as its duplicate, for the keys that occur
    /// in this generation; and counts those of the generation. Says how many it has.
    async fn mark_duplicates(&self, generation: GenerationId) -> Result<u64>;

    /// Scored pairs of the generation's project that repeat none by their key and were not compared with
    /// others yet: the best of the earliest generation first, at most `limit`.
    async fn pairs_to_compare(&self, generation: GenerationId, limit: u32) -> Result<Vec<Pair>>;

    /// Pairs of the generation's project that were put under one of these bands, at most 64 of each; those
    /// that a person accepted first, then in order of age.
    async fn near_candidates(&self, generation: GenerationId, bands: &[u32]) -> Result<Vec<Sketched>>;

    /// Writes which pairs were compared and what was found. One that was changed meanwhile is passed over.
    async fn put_compared(&self, generation: GenerationId, compared: &[Compared]) -> Result<()>;

    // --- exports ---

    /// Pairs of a project by file name, document, position, generation and slot: at most `limit`
    /// behind `after`.
    async fn export_rows(
        &self,
        user: &UserId,
        project: ProjectId,
        selection: &PairSelection,
        after: Option<&PairCursor>,
        limit: u32,
    ) -> Result<Vec<ExportRow>>;

    /// The exports of a project, newest first.
    async fn exports(&self, user: &UserId, project: ProjectId) -> Result<Vec<Export>>;

    /// Publishes an export and makes it the project's current version.
    ///
    /// # Errors
    /// [`crate::StoreError::Exists`] where that version is taken.
    async fn add_export(&self, user: &UserId, export: &Export) -> Result<()>;

    // --- named leases ---

    /// Takes or renews a named lease until `now + lease`; gives back who holds it, if another does.
    async fn lock(&self, name: &str, owner: &Owner, now: Time, lease: Duration) -> Result<Option<Owner>>;

    /// Who holds a named lease that has not run out by `now`.
    async fn lock_holder(&self, name: &str, now: Time) -> Result<Option<Owner>>;

    /// Gives a named lease back, if the owner holds it.
    async fn unlock(&self, name: &str, owner: &Owner) -> Result<()>;
}
