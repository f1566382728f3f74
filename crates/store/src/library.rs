//! What people do with what is stored: list, search, edit, decide, undo, count.
//!
//! Every method here takes the [`UserId`] and sees what is that user's alone; what is another's is as
//! good as not there. A list of a project that is not the user's is `None`.

use std::collections::BTreeMap;

use async_trait::async_trait;
use model::{
    Analytics, Chunk, ChunkId, ContentType, Difficulty, Document, DocumentId, DocumentStatus, Edition,
    Export, FineTuneJob, Generation, GenerationId, GenerationKind, GenerationStatus, LogLevel, LogLine, Pair,
    PairId, PairText, Passage, Project, ProjectId, QuestionType, ReviewStatus, Scores, Time, UndoId, UnitId,
    UserId,
};
use serde::{Deserialize, Serialize};

use crate::{ChunkSelection, ChunkTotals, FailedUnit, PairSelection, Result};

/// Which part of a list is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// Where the page before it ended, as its [`Page::next`] said; `None` for the first page. It is
    /// good for the same list in the same order alone.
    pub after: Option<String>,
    /// How many items at the most.
    pub limit: u32,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// How many there are in the whole list, now.
    pub total: u64,
    /// Where the next page goes on; `None` where there is nothing more.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// The page with other items in place of its own.
    pub fn map<U>(self, item: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(item).collect(), total: self.total, next: self.next }
    }
}

/// What is changed of a project; `None` stays as it is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ProjectChange {
    /// Its name.
    pub name: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// Defaults for its generations, whole.
    pub config: Option<serde_json::Map<String, serde_json::Value>>,
}

/// What a user has, for limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Holdings {
    /// Projects.
    pub projects: u64,
    /// The sizes of all documents, in bytes.
    pub document_bytes: u64,
    /// Generations that have not ended.
    pub running: u64,
}

/// Which chunks are meant. Of each list one has to match; an empty list matches all.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ChunkFilter {
    /// Of one of these documents.
    pub documents: Vec<DocumentId>,
    /// Whether they are left out of generation.
    pub excluded: Option<bool>,
    /// What they mostly hold.
    pub content_types: Vec<ContentType>,
    /// Words of their text or headings.
    pub q: Option<String>,
}

/// The counts of a list by the values of its filters: filter, value, count. Each filter's own
/// setting is left out of its own counts, so that the other values can be seen.
pub type Facets = BTreeMap<String, BTreeMap<String, u64>>;

/// What is changed of a chunk; `None` stays as it is. The passage that a teacher will be shown changes with it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChunkChange {
    /// Its text, and the number of tokens (`o200k_base`) of that.
    pub text: Option<(String, u32)>,
    /// Whether it is left out of generation: by the user, with `user` as its reason.
    pub excluded: Option<bool>,
    /// The headings above it.
    pub heading_path: Option<Vec<String>>,
}

/// Which things a change of many means.
#[derive(Debug, Clone, PartialEq)]
pub enum Selection<Id, Filter> {
    /// These; what is not the project's is passed over.
    Ids(Vec<Id>),
    /// All that match.
    Filter(Filter),
}

/// A change of many chunks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChunkAction {
    /// Leave them out of generation.
    Exclude,
    /// Take them in again.
    Include,
}

/// What a change of many did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BulkOutcome {
    /// How many were meant.
    pub matched: u64,
    /// How many were not so already, and are now.
    pub changed: u64,
}

/// What an undoing did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Undone {
    /// How many are as they were before.
    pub changed: u64,
    /// Those that were changed since, and stay as they are: at most 1,000 of them.
    pub kept: Vec<String>,
}

/// Which pairs are meant. Of each list one has to match; an empty list matches all. What was not
/// measured passes no bound.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct PairFilter {
    /// What a person decided.
    pub review_statuses: Vec<ReviewStatus>,
    /// The least quality score.
    pub min_quality: Option<f64>,
    /// The greatest quality score.
    pub max_quality: Option<f64>,
    /// The least grounding score.
    pub min_grounding: Option<f64>,
    /// The greatest grounding score.
    pub max_grounding: Option<f64>,
    /// Whether a reviewer should look at them: whether they have flags.
    pub flagged: Option<bool>,
    /// Made by one of these.
    pub generations: Vec<GenerationId>,
    /// From one of these.
    pub documents: Vec<DocumentId>,
    /// From one of these.
    pub chunks: Vec<ChunkId>,
    /// What their question asks for.
    pub question_types: Vec<QuestionType>,
    /// How hard they are.
    pub difficulties: Vec<Difficulty>,
    /// Words of their question or answer.
    pub q: Option<String>,
}

/// What pairs are ordered by; the id decides between equals, in the same direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum PairSort {
    /// When they were made.
    #[default]
    CreatedAt,
    /// Their quality; what was not measured comes first ascending, last descending.
    Quality,
    /// Their grounding; likewise.
    Grounding,
}

/// An order of pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PairOrder {
    /// What they are ordered by.
    pub by: PairSort,
    /// Whether the greatest comes first.
    pub descending: bool,
}

/// What a pair was made from.
#[derive(Debug, Clone, PartialEq)]
pub struct PairSource {
    /// What the chunk said when the pair was made: evidence offsets count in its text.
    pub passage: Passage,
    /// The document's file name.
    pub filename: String,
    /// The chunk as it is now, if it is still there.
    pub chunk: Option<Chunk>,
    /// The chunk before it in its document.
    pub previous: Option<Chunk>,
    /// The chunk behind it.
    pub next: Option<Chunk>,
}

/// A person's change of a pair; `None` stays as it is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PairChange {
    /// What it says now, with the scores, the key among equals and the tokens of that. The pair becomes
    /// `edited` by it, unless `review_status` says otherwise.
    pub text: Option<RescoredText>,
    /// What is decided. `pending` takes the decision back and leaves the text.
    pub review_status: Option<ReviewStatus>,
}

/// A text of a pair, and what follows from it.
#[derive(Debug, Clone, PartialEq)]
pub struct RescoredText {
    /// The text.
    pub text: PairText,
    /// Its scores.
    pub scores: Scores,
    /// The key under which equal pairs are found.
    pub key: [u8; 16],
    /// Its tokens.
    pub token_count: u32,
}

/// Some pairs in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportTotals {
    /// What a person decided on them.
    pub review_status: ReviewStatus,
    /// Whether they are pending and repeat another.
    pub duplicates: bool,
    /// Whether they have the least quality.
    pub passes: bool,
    /// In which of 20 bins of quality they are, from 0; `None` where it was not measured.
    pub quality_bin: Option<usize>,
    /// How many they are.
    pub pairs: u64,
    /// Their tokens (`o200k_base`).
    pub tokens: u64,
}

/// What became of a change of one pair.
#[derive(Debug, Clone, PartialEq)]
pub enum PairEdit {
    /// It is made; this is the pair now.
    Done(Box<Pair>),
    /// The pair is at another revision than was expected: at this one.
    Stale(u32),
    /// The user has no such pair.
    NotFound,
}

/// A change of many pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PairAction {
    /// Accept them; those picked by a filter only if they repeat no other.
    Accept,
    /// Reject them.
    Reject,
    /// Remove them.
    Delete,
    /// Undecided and as they were made.
    Reset,
}

/// A reply that is kept to be given again, by the key of its request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredReply {
    /// The HTTP status.
    pub status: u16,
    /// Headers that belong to it, by name.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// What is known of a request by its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KnownRequest {
    /// Nothing: it is noted now, and may be carried out.
    New,
    /// It is being carried out.
    UnderWay,
    /// The key stands for another request.
    Other,
    /// It was carried out; this was the reply.
    Done(StoredReply),
}

/// What people do with what is stored.
#[async_trait]
pub trait Library: Send + Sync {
    // --- projects ---

    /// A user's projects whose name or description holds `q` (letter case aside), newest first.
    async fn page_projects(
        &self,
        user: &UserId,
        q: Option<&str>,
        page: &PageRequest,
    ) -> Result<Page<Project>>;

    /// Changes a user's project; gives it back as it is now.
    async fn update_project(
        &self,
        user: &UserId,
        id: ProjectId,
        change: &ProjectChange,
        now: Time,
    ) -> Result<Option<Project>>;

    /// What a user has.
    async fn holdings(&self, user: &UserId) -> Result<Holdings>;

    // --- documents and chunks ---

    /// The documents of a project in one of these states (empty: in any), oldest first.
    async fn page_documents(
        &self,
        user: &UserId,
        project: ProjectId,
        statuses: &[DocumentStatus],
        page: &PageRequest,
    ) -> Result<Option<Page<Document>>>;

    /// Removes a document of a project with its chunks; its pairs stay. Gives it back as it was.
    async fn delete_document(
        &self,
        user: &UserId,
        project: ProjectId,
        id: DocumentId,
    ) -> Result<Option<Document>>;

    /// Chunks of a project by file name, document and position.
    async fn page_chunks(
        &self,
        user: &UserId,
        project: ProjectId,
        filter: &ChunkFilter,
        page: &PageRequest,
    ) -> Result<Option<Page<Chunk>>>;

    /// The chunks of a project counted by `document_id`, `excluded` and `content_type`.
    async fn chunk_facets(&self, user: &UserId, project: ProjectId, filter: &ChunkFilter) -> Result<Facets>;

    /// Changes a chunk of a project; gives it back as it is now. Its text or headings changed make it
    /// `edited`.
    async fn update_chunk(
        &self,
        user: &UserId,
        project: ProjectId,
        id: ChunkId,
        change: &ChunkChange,
        now: Time,
    ) -> Result<Option<Chunk>>;

    /// Changes many chunks of a project, so that it can be undone by `undo`.
    async fn change_chunks(
        &self,
        user: &UserId,
        project: ProjectId,
        action: ChunkAction,
        which: &Selection<ChunkId, ChunkFilter>,
        undo: UndoId,
        now: Time,
    ) -> Result<Option<BulkOutcome>>;

    /// Takes a change of many chunks back. `None` where there is no such change in the project, or it was
    /// made more than 24 hours before `now`, or was undone already.
    async fn undo_chunks(
        &self,
        user: &UserId,
        project: ProjectId,
        undo: UndoId,
        now: Time,
    ) -> Result<Option<Undone>>;

    /// How many chunks of a project a selection means, excluded ones left out, and how many tokens they have.
    async fn chunk_totals(
        &self,
        user: &UserId,
        project: ProjectId,
        which: &ChunkSelection,
    ) -> Result<ChunkTotals>;

    /// A chunk, the passage that a teacher is shown of it, and its document's file name.
    async fn chunk_passage(&self, user: &UserId, id: ChunkId) -> Result<Option<(Chunk, Passage, String)>>;

    // --- generations ---

    /// Generations of a project of these kinds and in these states (empty: of any), newest first.
    async fn page_generations(
        &self,
        user: &UserId,
        project: ProjectId,
        kinds: &[GenerationKind],
        statuses: &[GenerationStatus],
        page: &PageRequest,
    ) -> Result<Option<Page<Generation>>>;

    /// The failed units of a generation: parse, generate and validate units, each in order of work.
    async fn page_failures(
        &self,
        user: &UserId,
        generation: GenerationId,
        page: &PageRequest,
    ) -> Result<Option<Page<FailedUnit>>>;

    /// Those of these units that have failed in a generation.
    async fn failed_among(
        &self,
        user: &UserId,
        generation: GenerationId,
        units: &[UnitId],
    ) -> Result<Vec<UnitId>>;

    /// The lines of a generation's log behind number `after`, of at least this level, in order.
    async fn logs(
        &self,
        user: &UserId,
        generation: GenerationId,
        after: u64,
        least: LogLevel,
        limit: u32,
    ) -> Result<Vec<LogLine>>;

    // --- pairs ---

    /// Pairs of a project.
    async fn page_pairs(
        &self,
        user: &UserId,
        project: ProjectId,
        filter: &PairFilter,
        order: PairOrder,
        page: &PageRequest,
    ) -> Result<Option<Page<Pair>>>;

    /// A user's pair.
    async fn pair(&self, user: &UserId, id: PairId) -> Result<Option<Pair>>;

    /// What a user's pair was made from.
    async fn pair_source(&self, user: &UserId, id: PairId) -> Result<Option<PairSource>>;

    /// Changes a pair in the user's name, if it is at the expected revision or none is expected. A change
    /// that changes nothing leaves the revision as it is.
    async fn update_pair(
        &self,
        user: &UserId,
        id: PairId,
        expected: Option<u32>,
        change: &PairChange,
        now: Time,
    ) -> Result<PairEdit>;

    /// What people made of the text of a user's pair, oldest first: nothing of a pair that is not the user's.
    async fn pair_edits(&self, user: &UserId, id: PairId) -> Result<Vec<Edition>>;

    /// Changes many pairs of a project in the user's name, so that it can be undone by `undo`.
    async fn change_pairs(
        &self,
        user: &UserId,
        project: ProjectId,
        action: PairAction,
        which: &Selection<PairId, PairFilter>,
        undo: UndoId,
        now: Time,
    ) -> Result<Option<BulkOutcome>>;

    /// Takes a change of many pairs back. `None` as in [`Library::undo_chunks`].
    async fn undo_pairs(
        &self,
        user: &UserId,
        project: ProjectId,
        undo: UndoId,
        now: Time,
    ) -> Result<Option<Undone>>;

    // --- exports and numbers ---

    /// The exports of a project, newest first.
    async fn page_exports(
        &self,
        user: &UserId,
        project: ProjectId,
        page: &PageRequest,
    ) -> Result<Option<Page<Export>>>;

    /// The pairs of a project that a selection means, counted by what decides whether they are exported: `least` is the
    /// least quality that is asked for. Whether they repeat another is told of pending ones alone. Documents cannot be
    /// selected.
    async fn export_totals(
        &self,
        user: &UserId,
        project: ProjectId,
        which: &PairSelection,
        least: Option<f64>,
    ) -> Result<Vec<ExportTotals>>;

    /// An export of a project.
    async fn export(&self, user: &UserId, project: ProjectId, version: u32) -> Result<Option<Export>>;

    /// Keeps a fine-tuning job of a version under a key, unless one is kept under it; gives back the one that is.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`] where the project is not the user's.
    async fn add_fine_tune_job(
        &self,
        user: &UserId,
        project: ProjectId,
        key: &str,
        job: &FineTuneJob,
    ) -> Result<FineTuneJob>;

    /// The fine-tuning job of a version that is kept under a key.
    async fn fine_tune_job(
        &self,
        user: &UserId,
        project: ProjectId,
        version: u32,
        key: &str,
    ) -> Result<Option<FineTuneJob>>;

    /// Puts a fine-tuning job in place of the one that is kept under its key; nothing where none is.
    async fn update_fine_tune_job(
        &self,
        user: &UserId,
        project: ProjectId,
        key: &str,
        job: &FineTuneJob,
    ) -> Result<()>;

    /// The fine-tuning jobs of a version with their keys, newest first.
    async fn page_fine_tune_jobs(
        &self,
        user: &UserId,
        project: ProjectId,
        version: u32,
        page: &PageRequest,
    ) -> Result<Option<Page<(String, FineTuneJob)>>>;

    /// A project's dataset in numbers: of one generation's pairs, or of all.
    async fn analytics(
        &self,
        user: &UserId,
        project: ProjectId,
        generation: Option<GenerationId>,
    ) -> Result<Option<Analytics>>;

    // --- requests that are carried out once ---

    /// What is known of a user's request by its key; where nothing is, it is noted. `fingerprint` tells
    /// requests apart. What is older than 24 hours is forgotten; what has been under way for more than 10
    /// minutes was left by a process that died, and is new.
    async fn begin_request(
        &self,
        user: &UserId,
        key: &str,
        fingerprint: &str,
        now: Time,
    ) -> Result<KnownRequest>;

    /// Keeps the reply to a request that was begun; `None` forgets the request, so that it can be tried again.
    async fn end_request(&self, user: &UserId, key: &str, reply: Option<&StoredReply>) -> Result<()>;
}
