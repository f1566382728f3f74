//! Metadata in MongoDB.
//!
//! What is written is acknowledged by a majority of the replica set, and what is read was so: it outlives any one of its
//! members. A change of one document is one write, and says itself in which state it may find the document; a change
//! of several is a transaction. Where two fail on each other, one is begun anew.

mod changes;
mod chunks;
mod collections;
mod documents;
mod duplicates;
mod exports;
mod finish;
mod generations;
mod leases;
mod ledger;
mod library;
mod logs;
mod marks;
mod pairs;
#[cfg(test)]
mod plans;
mod probes;
mod projects;
mod row;
mod rows;
mod schema;
mod select;
mod totals;
mod transaction;
mod turns;
mod units;
mod work;

use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use model::{
    Chunk, ChunkId, Document, DocumentId, ExcludeCode, Export, Generation, GenerationId, GenerationKind,
    LogEntry, Pair, Passage, Phase, Project, ProjectId, Sha256Hex, Time, Unit, UnitId, Usage, UserId,
    ValidationReport,
};
use mongodb::{
    Client, Database,
    error::Error,
    options::{ClientOptions, ReadConcern, ReadConcernLevel, WriteConcern},
};

pub(crate) use self::row::is_passing;
use self::{ledger::Calls, transaction::Tx, turns::Turns};
use super::{
    Advance, Budget, Change, ChunkSelection, ChunkTotals, Compared, ExportRow, Finished, GenerationContext,
    LedgerEntry, Metadata, OpenMode, Owner, PairCursor, PairSelection, Reservation, Reserved, Sketched,
    UnitCounts, UnitResult, recorder::Recorder, without_credentials,
};
use crate::{ChunkMark, Result, StoreError};

/// The database, where the URL names none.
const DATABASE: &str = "data_forge";

/// Connections of a process at most, where the URL says nothing else.
const CONNECTIONS: u32 = 32;

/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long is waited for a server that may be written to: a replica set takes some seconds to elect another. Who has longer
/// asks again.
const SELECTION_TIMEOUT: Duration = Duration::from_secs(15);

/// How long a connection that nobody uses is kept.
const IDLE: Duration = Duration::from_secs(300);

/// A database of a MongoDB replica set.
pub(super) struct Mongo {
    db: Database,
    turns: Turns,
    recorder: Recorder<Calls>,
}

impl Mongo {
    /// Opens the database that a `mongodb://` or `mongodb+srv://` URL names.
    pub(super) async fn open(url: &str, mode: OpenMode) -> Result<Self> {
        Self::open_with(options(url).await?, without_credentials(url), mode).await
    }

    async fn open_with(options: ClientOptions, shown: String, mode: OpenMode) -> Result<Self> {
        let name = options.default_database.clone().unwrap_or_else(|| DATABASE.to_owned());
        let db = Client::with_options(options)?.database(&name);
        // That nothing answers, or not what is needed, is said now, not at the first use.
        schema::check_server(&db, &shown).await?;
        let turns = Turns::new();
        let recorder = Recorder::new(Calls { db: db.clone(), turns: turns.clone() });
        let mongo = Self { db, turns, recorder };
        match mode {
            OpenMode::Migrate => {
                schema::migrate(&mongo.db).await?;
                projects::remove_left(&mongo).await?;
            }
            OpenMode::Require => schema::require(&mongo.db).await?,
        }
        Ok(mongo)
    }
}

/// What the URL says, and ours where it says nothing.
async fn options(url: &str) -> Result<ClientOptions> {
    let wrong =
        |error: Error| StoreError::Settings { url: without_credentials(url), reason: error.to_string() };
    let mut options = ClientOptions::parse(url).await.map_err(wrong)?;
    options.app_name.get_or_insert_with(|| "data-forge".to_owned());
    options.connect_timeout.get_or_insert(CONNECT_TIMEOUT);
    options.server_selection_timeout.get_or_insert(SELECTION_TIMEOUT);
    options.max_pool_size.get_or_insert(CONNECTIONS);
    options.max_idle_time.get_or_insert(IDLE);
    options.retry_writes = Some(true);
    options.retry_reads = Some(true);
    // What a URL says of these is not asked for: the store rests on them.
    options.selection_criteria = None;
    options.write_concern = Some(WriteConcern::majority());
    options.read_concern = Some(ReadConcern::from(ReadConcernLevel::Majority));
    Ok(options)
}

#[async_trait]
impl Metadata for Mongo {
    async fn create_project(&self, project: &Project) -> Result<()> {
        projects::create(self, project).await
    }

    async fn project(&self, user: &UserId, id: ProjectId) -> Result<Option<Project>> {
        projects::get(self, user, id).await
    }

    async fn project_by_name(&self, user: &UserId, name: &str) -> Result<Option<Project>> {
        projects::by_name(self, user, name).await
    }

    async fn projects(&self, user: &UserId) -> Result<Vec<Project>> {
        projects::list(self, user).await
    }

    async fn delete_project(&self, user: &UserId, id: ProjectId) -> Result<bool> {
        projects::delete(self, user, id).await
    }

    async fn add_document(&self, user: &UserId, document: &Document) -> Result<()> {
        documents::add(self, user, document).await
    }

    async fn document(&self, user: &UserId, id: DocumentId) -> Result<Option<Document>> {
        documents::get(self, user, id).await
    }

    async fn find_document(
        &self,
        user: &UserId,
        project: ProjectId,
        filename: &str,
        sha256: &str,
    ) -> Result<Option<Document>> {
        documents::find(self, user, project, filename, sha256).await
    }

    async fn documents(
        &self,
        user: &UserId,
        project: ProjectId,
        after: Option<(String, DocumentId)>,
        limit: u32,
    ) -> Result<Vec<Document>> {
        documents::list(self, user, project, after, limit).await
    }

    async fn add_chunks(&self, user: &UserId, chunks: Vec<(Chunk, Passage)>) -> Result<()> {
        chunks::add(self, user, chunks).await
    }

    async fn chunks(&self, user: &UserId, document: DocumentId, from: u32, limit: u32) -> Result<Vec<Chunk>> {
        chunks::list(self, user, document, from, limit).await
    }

    async fn chunk(&self, user: &UserId, id: ChunkId) -> Result<Option<Chunk>> {
        chunks::get(self, user, id).await
    }

    async fn create_generation(&self, user: &UserId, generation: &Generation, units: &[Unit]) -> Result<()> {
        generations::create(self, user, generation, units).await
    }

    async fn generation(&self, user: &UserId, id: GenerationId) -> Result<Option<Generation>> {
        generations::get(self, user, id).await
    }

    async fn generations(
        &self,
        user: &UserId,
        project: ProjectId,
        kind: GenerationKind,
    ) -> Result<Vec<Generation>> {
        generations::list(self, user, project, kind).await
    }

    async fn chunks_to_generate(
        &self,
        user: &UserId,
        project: ProjectId,
        documents: &[DocumentId],
        generations: &[GenerationId],
    ) -> Result<Vec<(ChunkId, Sha256Hex)>> {
        chunks::to_generate(self, user, project, documents, generations).await
    }

    async fn excluded_chunks(
        &self,
        user: &UserId,
        documents: &[DocumentId],
    ) -> Result<BTreeMap<ExcludeCode, u64>> {
        chunks::excluded(self, user, documents).await
    }

    async fn select_chunks(
        &self,
        user: &UserId,
        project: ProjectId,
        which: &ChunkSelection,
    ) -> Result<Vec<(ChunkId, Sha256Hex)>> {
        select::select(self, user, project, which).await
    }

    async fn advance(&self, user: &UserId, change: &Advance) -> Result<bool> {
        generations::advance(self, user, change).await
    }

    async fn generation_context(&self, id: GenerationId) -> Result<Option<GenerationContext>> {
        generations::context(self, id).await
    }

    async fn claim(
        &self,
        generation: GenerationId,
        phase: Phase,
        owner: &Owner,
        now: Time,
        lease: Duration,
        limit: u32,
    ) -> Result<Vec<Unit>> {
        units::claim(self, generation, phase, owner, now, lease, limit).await
    }

    async fn heartbeat(
        &self,
        generation: GenerationId,
        owner: &Owner,
        now: Time,
        lease: Duration,
    ) -> Result<u64> {
        units::heartbeat(self, generation, owner, now, lease).await
    }

    async fn owners(&self, generation: GenerationId) -> Result<Vec<Owner>> {
        units::owners(self, generation).await
    }

    async fn release(&self, generation: GenerationId, owner: &Owner) -> Result<u64> {
        units::release(self, generation, owner).await
    }

    async fn reopen_failed(&self, generation: GenerationId, units: Option<&[UnitId]>) -> Result<u64> {
        units::reopen_failed(self, generation, units).await
    }

    async fn finish(
        &self,
        generation: GenerationId,
        owner: &Owner,
        now: Time,
        results: Vec<UnitResult>,
    ) -> Result<Finished> {
        finish::finish(self, generation, owner, now, results).await
    }

    async fn unit_counts(&self, generation: GenerationId, phase: Phase) -> Result<UnitCounts> {
        units::counts(self, generation, phase).await
    }

    async fn taught_chunks(&self, generation: GenerationId) -> Result<ChunkTotals> {
        select::taught(self, generation).await
    }

    async fn work_document(&self, generation: GenerationId, unit: &Unit) -> Result<Option<Document>> {
        work::document(self, generation, unit).await
    }

    async fn fix_labels(&self, generation: GenerationId, labels: &[String]) -> Result<Vec<String>> {
        generations::fix_labels(self, generation, labels).await
    }

    async fn sample_passages(&self, generation: GenerationId, limit: u32) -> Result<Vec<Passage>> {
        work::sample(self, generation, limit).await
    }

    async fn taught_passage(
        &self,
        user: &UserId,
        generation: GenerationId,
        chunk: ChunkId,
    ) -> Result<Option<(Unit, Passage)>> {
        work::taught_passage(self, user, generation, chunk).await
    }

    async fn work_passage(
        &self,
        generation: GenerationId,
        unit: &Unit,
    ) -> Result<Option<(Chunk, Passage, String)>> {
        work::passage(self, generation, unit).await
    }

    async fn work_pairs(
        &self,
        generation: GenerationId,
        unit: &Unit,
    ) -> Result<Option<(Passage, Vec<Pair>)>> {
        work::pairs(self, generation, unit).await
    }

    async fn recorded_call(
        &self,
        generation: GenerationId,
        unit: UnitId,
        request: &str,
    ) -> Result<Option<LedgerEntry>> {
        ledger::get(self, generation, unit, request).await
    }

    async fn reserve(&self, reservation: &Reservation, budget: &Budget, now: Time) -> Result<Reserved> {
        ledger::reserve(self, reservation, budget, now).await
    }

    async fn unreserve(&self, unit: UnitId) -> Result<()> {
        ledger::unreserve(self, unit).await
    }

    async fn record_call(&self, entry: &LedgerEntry) -> Result<()> {
        self.recorder.record(entry.clone()).await
    }

    async fn mark_chunks(&self, user: &UserId, project: ProjectId, marks: &[ChunkMark]) -> Result<u64> {
        marks::mark(self, user, project, marks).await
    }

    async fn validation_report(&self, generation: GenerationId) -> Result<ValidationReport> {
        probes::of_generation(self, generation).await
    }

    async fn mark_duplicates(&self, generation: GenerationId) -> Result<u64> {
        duplicates::mark(self, generation).await
    }

    async fn pairs_to_compare(&self, generation: GenerationId, limit: u32) -> Result<Vec<Pair>> {
        duplicates::near::to_compare(self, generation, limit).await
    }

    async fn near_candidates(&self, generation: GenerationId, bands: &[u32]) -> Result<Vec<Sketched>> {
        duplicates::near::candidates(self, generation, bands).await
    }

    async fn put_compared(&self, generation: GenerationId, compared: &[Compared]) -> Result<()> {
        duplicates::near::put(self, generation, compared).await
    }

    async fn export_rows(
        &self,
        user: &UserId,
        project: ProjectId,
        selection: &PairSelection,
        after: Option<&PairCursor>,
        limit: u32,
    ) -> Result<Vec<ExportRow>> {
        pairs::in_order(self, user, project, selection, after, limit).await
    }

    async fn exports(&self, user: &UserId, project: ProjectId) -> Result<Vec<Export>> {
        exports::list(self, user, project).await
    }

    async fn add_export(&self, user: &UserId, export: &Export) -> Result<()> {
        exports::add(self, user, export).await
    }

    async fn lock(&self, name: &str, owner: &Owner, now: Time, lease: Duration) -> Result<Option<Owner>> {
        leases::lock(self, name, owner, now, lease).await
    }

    async fn unlock(&self, name: &str, owner: &Owner) -> Result<()> {
        leases::unlock(self, name, owner).await
    }

    async fn unended(&self) -> Result<Vec<GenerationContext>> {
        generations::unended(self).await
    }

    async fn workload(&self) -> Result<Vec<(Phase, UnitCounts)>> {
        units::workload(self).await
    }

    async fn spent(&self) -> Result<Usage> {
        generations::spent(self).await
    }

    async fn append_logs(&self, generation: GenerationId, entries: &[LogEntry]) -> Result<()> {
        logs::append(self, generation, entries).await
    }

    async fn changes(&self, after: u64, limit: u32) -> Result<Vec<Change>> {
        changes::list(self, after, limit).await
    }

    async fn last_change(&self) -> Result<u64> {
        changes::last(self).await
    }

    async fn lock_holder(&self, name: &str, now: Time) -> Result<Option<Owner>> {
        leases::holder(self, name, now).await
    }
}
