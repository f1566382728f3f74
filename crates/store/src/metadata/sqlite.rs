//! Metadata in a SQLite file.
//!
//! One connection a process writes, in transactions that take the write lock at their beginning, so
//! that none has to be tried again; writers of other processes wait for it up to the busy time-out.
//! Readers have connections of their own and wait for nobody (write-ahead log). Nothing but the
//! database is waited for inside a transaction.
//!
//! With `synchronous=NORMAL` what was committed outlives the process, however it ends; a loss of
//! power may take the last transactions, never a part of one.

mod carry;
mod changes;
mod chunks;
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
mod recorder;
mod row;
mod schema;
mod select;
mod terms;
mod units;
mod work;

use std::{collections::BTreeMap, path::Path, time::Duration};

use async_trait::async_trait;
use model::{
    Chunk, ChunkId, Document, DocumentId, ExcludeCode, Export, Generation, GenerationId, GenerationKind,
    LogEntry, Pair, Passage, Phase, Project, ProjectId, Sha256Hex, Time, Unit, UnitId, Usage, UserId,
    ValidationReport,
};
use sqlx::{
    ConnectOptions as _, Connection as _, Sqlite as Database, SqlitePool, Transaction,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous},
};

use super::recorder::Recorder;
use super::{
    Advance, Budget, Change, ChunkSelection, ChunkTotals, Compared, ExportRow, Finished, GenerationContext,
    LedgerEntry, Metadata, OpenMode, Owner, PairCursor, PairSelection, Reservation, Reserved, Sketched,
    UnitCounts, UnitResult,
};
use crate::{ChunkMark, Result, StoreError};

/// How long a writer waits for those of other processes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// Rows that SQLite's thread reads before it waits for who takes them: a page, so that the two do not wait for each other at
/// every row.
const ROWS_AHEAD: usize = 512;

/// How long a task waits for a connection: behind all other tasks of its process, each of which may
/// have to wait for other processes.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(300);

const READERS: u32 = 4;

/// Rows that one statement inserts at most.
const BATCH: usize = 128;

/// The writer's page cache, in KiB behind a minus sign: it changes a dozen indexes of pairs in as many places.
const WRITER_CACHE: &str = "-32768";

type Tx = Transaction<'static, Database>;

/// A SQLite file, or a database in memory.
pub(super) struct Sqlite {
    writer: SqlitePool,
    reader: SqlitePool,
    recorder: Recorder<SqlitePool>,
}

impl Sqlite {
    /// Opens a file.
    pub(super) async fn open(path: &Path, mode: OpenMode) -> Result<Self> {
        let options = options().filename(path).create_if_missing(false);
        match mode {
            OpenMode::Migrate => {
                if let Some(folder) = path.parent() {
                    tokio::fs::create_dir_all(folder)
                        .await
                        .map_err(|error| StoreError::Database(Box::new(error)))?;
                }
                let mut connection = options.clone().create_if_missing(true).connect().await?;
                schema::migrate(&mut connection).await?;
                schema::write_ahead(&mut connection).await?;
                connection.close().await?;
            }
            OpenMode::Require => {
                if !path.exists() {
                    return Err(schema::older(0));
                }
                let mut connection = options.connect().await?;
                schema::require(&mut connection).await?;
                connection.close().await?;
            }
        }
        let reader = pool(READERS).connect_with(options.clone().pragma("query_only", "ON")).await?;
        let writer = pool(1).connect_with(options.pragma("cache_size", WRITER_CACHE)).await?;
        Ok(Self { recorder: Recorder::new(writer.clone()), writer, reader })
    }

    /// Opens a new database in memory. It has one connection alone, since each would see another
    /// database.
    pub(super) async fn in_memory() -> Result<Self> {
        let only = pool(1).connect_with(options().in_memory(true)).await?;
        schema::migrate(&mut *only.acquire().await?).await?;
        Ok(Self { recorder: Recorder::new(only.clone()), writer: only.clone(), reader: only })
    }

    /// A transaction that holds the write lock from now on; dropped, it changes nothing.
    async fn write(&self) -> Result<Tx> {
        begin(&self.writer).await
    }
}

async fn begin(writer: &SqlitePool) -> Result<Tx> {
    const BEGIN: &str = "BEGIN IMMEDIATE";
    match writer.begin_with(BEGIN).await {
        // SQLite itself has rolled back what the disk had no room for, and the connection believes that it is still at it.
        Err(sqlx::Error::InvalidSavePointStatement) => {
            writer.acquire().await?.close().await?;
            Ok(writer.begin_with(BEGIN).await?)
        }
        begun => Ok(begun?),
    }
}

/// Rows in batches of powers of two, so that there are few statements to insert them, each prepared once.
fn batches<T>(rows: &[T]) -> impl Iterator<Item = &[T]> {
    let mut rest = rows;
    std::iter::from_fn(move || {
        let size = 1 << rest.len().min(BATCH).checked_ilog2()?;
        let batch;
        (batch, rest) = rest.split_at(size);
        Some(batch)
    })
}

fn options() -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .foreign_keys(true)
        .synchronous(SqliteSynchronous::Normal)
        .busy_timeout(BUSY_TIMEOUT)
        .row_buffer_size(ROWS_AHEAD)
}

/// Connections are kept for good: a database in memory goes with its last one. None goes stale, as one over a network may,
/// so that asking before each use whether it is there would be a turn of its thread for nothing.
fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .min_connections(1)
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}

#[async_trait]
impl Metadata for Sqlite {
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
