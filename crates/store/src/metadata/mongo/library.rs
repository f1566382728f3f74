//! The side of people: what they list, edit, decide, undo and count.

use async_trait::async_trait;
use model::{
    Analytics, Chunk, ChunkId, Document, DocumentId, DocumentStatus, Edition, Export, FineTuneJob,
    Generation, GenerationId, GenerationKind, GenerationStatus, LogLevel, LogLine, Pair, PairId, Passage,
    Project, ProjectId, Time, UndoId, UnitId, UserId,
};

mod analytics;
mod chunk_bulk;
mod chunk_filter;
mod chunks;
mod documents;
mod export_totals;
mod exports;
mod failures;
mod fine_tune;
mod generations;
mod logs;
mod numbers;
pub(super) mod page;
mod pair_bulk;
mod pair_change;
pub(super) mod pair_edits;
mod pair_filter;
mod pair_text;
mod pair_undo;
mod pairs;
mod projects;
mod requests;
mod search;
mod undo;

#[cfg(test)]
pub(super) use self::{
    chunks::ORDER as CHUNKS, documents::ORDER as DOCUMENTS, exports::ORDER as EXPORTS,
    failures::ORDER as FAILURES, fine_tune::ORDER as FINE_TUNE_JOBS, generations::ORDER as GENERATIONS,
    pair_filter::order as pair_order, projects::ORDER as PROJECTS,
};
use super::{Mongo, select, work};
use crate::{
    BulkOutcome, ChunkAction, ChunkChange, ChunkFilter, ChunkSelection, ChunkTotals, ExportTotals, Facets,
    FailedUnit, Holdings, KnownRequest, Library, Page, PageRequest, PairAction, PairChange, PairEdit,
    PairFilter, PairOrder, PairSelection, PairSource, ProjectChange, Result, Selection, StoredReply, Undone,
};

#[async_trait]
impl Library for Mongo {
    async fn page_projects(
        &self,
        user: &UserId,
        q: Option<&str>,
        page: &PageRequest,
    ) -> Result<Page<Project>> {
        projects::list(self, user, q, page).await
    }

    async fn update_project(
        &self,
        user: &UserId,
        id: ProjectId,
        change: &ProjectChange,
        now: Time,
    ) -> Result<Option<Project>> {
        projects::update(self, user, id, change, now).await
    }

    async fn holdings(&self, user: &UserId) -> Result<Holdings> {
        projects::holdings(self, user).await
    }

    async fn page_documents(
        &self,
        user: &UserId,
        project: ProjectId,
        statuses: &[DocumentStatus],
        page: &PageRequest,
    ) -> Result<Option<Page<Document>>> {
        documents::list(self, user, project, statuses, page).await
    }

    async fn delete_document(
        &self,
        user: &UserId,
        project: ProjectId,
        id: DocumentId,
    ) -> Result<Option<Document>> {
        documents::delete(self, user, project, id).await
    }

    async fn page_chunks(
        &self,
        user: &UserId,
        project: ProjectId,
        filter: &ChunkFilter,
        page: &PageRequest,
    ) -> Result<Option<Page<Chunk>>> {
        chunks::list(self, user, project, filter, page).await
    }

    async fn chunk_facets(&self, user: &UserId, project: ProjectId, filter: &ChunkFilter) -> Result<Facets> {
        chunks::facets(self, user, project, filter).await
    }

    async fn update_chunk(
        &self,
        user: &UserId,
        project: ProjectId,
        id: ChunkId,
        change: &ChunkChange,
        now: Time,
    ) -> Result<Option<Chunk>> {
        chunks::update(self, user, project, id, change, now).await
    }

    async fn change_chunks(
        &self,
        user: &UserId,
        project: ProjectId,
        action: ChunkAction,
        which: &Selection<ChunkId, ChunkFilter>,
        undo: UndoId,
        now: Time,
    ) -> Result<Option<BulkOutcome>> {
        chunk_bulk::change(self, user, project, action, which, undo, now).await
    }

    async fn undo_chunks(
        &self,
        user: &UserId,
        project: ProjectId,
        undo: UndoId,
        now: Time,
    ) -> Result<Option<Undone>> {
        chunk_bulk::undo(self, user, project, undo, now).await
    }

    async fn chunk_totals(
        &self,
        user: &UserId,
        project: ProjectId,
        which: &ChunkSelection,
    ) -> Result<ChunkTotals> {
        select::totals(self, user, project, which).await
    }

    async fn chunk_passage(&self, user: &UserId, id: ChunkId) -> Result<Option<(Chunk, Passage, String)>> {
        work::chunk_passage(self, user, id).await
    }

    async fn page_generations(
        &self,
        user: &UserId,
        project: ProjectId,
        kinds: &[GenerationKind],
        statuses: &[GenerationStatus],
        page: &PageRequest,
    ) -> Result<Option<Page<Generation>>> {
        generations::list(self, user, project, kinds, statuses, page).await
    }

    async fn page_failures(
        &self,
        user: &UserId,
        generation: GenerationId,
        page: &PageRequest,
    ) -> Result<Option<Page<FailedUnit>>> {
        failures::list(self, user, generation, page).await
    }

    async fn failed_among(
        &self,
        user: &UserId,
        generation: GenerationId,
        units: &[UnitId],
    ) -> Result<Vec<UnitId>> {
        failures::among(self, user, generation, units).await
    }

    async fn logs(
        &self,
        user: &UserId,
        generation: GenerationId,
        after: u64,
        least: LogLevel,
        limit: u32,
    ) -> Result<Vec<LogLine>> {
        logs::list(self, user, generation, after, least, limit).await
    }

    async fn page_pairs(
        &self,
        user: &UserId,
        project: ProjectId,
        filter: &PairFilter,
        order: PairOrder,
        page: &PageRequest,
    ) -> Result<Option<Page<Pair>>> {
        pairs::list(self, user, project, filter, order, page).await
    }

    async fn pair(&self, user: &UserId, id: PairId) -> Result<Option<Pair>> {
        pairs::get(self, user, id).await
    }

    async fn pair_source(&self, user: &UserId, id: PairId) -> Result<Option<PairSource>> {
        pairs::source(self, user, id).await
    }

    async fn update_pair(
        &self,
        user: &UserId,
        id: PairId,
        expected: Option<u32>,
        change: &PairChange,
        now: Time,
    ) -> Result<PairEdit> {
        pair_change::update(self, user, id, expected, change, now).await
    }

    async fn pair_edits(&self, user: &UserId, id: PairId) -> Result<Vec<Edition>> {
        pair_edits::list(self, user, id).await
    }

    async fn change_pairs(
        &self,
        user: &UserId,
        project: ProjectId,
        action: PairAction,
        which: &Selection<PairId, PairFilter>,
        undo: UndoId,
        now: Time,
    ) -> Result<Option<BulkOutcome>> {
        pair_bulk::change(self, user, project, action, which, undo, now).await
    }

    async fn undo_pairs(
        &self,
        user: &UserId,
        project: ProjectId,
        undo: UndoId,
        now: Time,
    ) -> Result<Option<Undone>> {
        pair_undo::undo(self, user, project, undo, now).await
    }

    async fn page_exports(
        &self,
        user: &UserId,
        project: ProjectId,
        page: &PageRequest,
    ) -> Result<Option<Page<Export>>> {
        exports::list(self, user, project, page).await
    }

    async fn export_totals(
        &self,
        user: &UserId,
        project: ProjectId,
        which: &PairSelection,
        least: Option<f64>,
    ) -> Result<Vec<ExportTotals>> {
        export_totals::totals(self, user, project, which, least).await
    }

    async fn export(&self, user: &UserId, project: ProjectId, version: u32) -> Result<Option<Export>> {
        exports::get(self, user, project, version).await
    }

    async fn add_fine_tune_job(
        &self,
        user: &UserId,
        project: ProjectId,
        key: &str,
        job: &FineTuneJob,
    ) -> Result<FineTuneJob> {
        fine_tune::add(self, user, project, key, job).await
    }

    async fn fine_tune_job(
        &self,
        user: &UserId,
        project: ProjectId,
        version: u32,
        key: &str,
    ) -> Result<Option<FineTuneJob>> {
        fine_tune::get(self, user, project, version, key).await
    }

    async fn update_fine_tune_job(
        &self,
        user: &UserId,
        project: ProjectId,
        key: &str,
        job: &FineTuneJob,
    ) -> Result<()> {
        fine_tune::update(self, user, project, key, job).await
    }

    async fn page_fine_tune_jobs(
        &self,
        user: &UserId,
        project: ProjectId,
        version: u32,
        page: &PageRequest,
    ) -> Result<Option<Page<(String, FineTuneJob)>>> {
        fine_tune::list(self, user, project, version, page).await
    }

    async fn analytics(
        &self,
        user: &UserId,
        project: ProjectId,
        generation: Option<GenerationId>,
    ) -> Result<Option<Analytics>> {
        analytics::compute(self, user, project, generation).await
    }

    async fn begin_request(
        &self,
        user: &UserId,
        key: &str,
        fingerprint: &str,
        now: Time,
    ) -> Result<KnownRequest> {
        requests::begin(self, user, key, fingerprint, now).await
    }

    async fn end_request(&self, user: &UserId, key: &str, reply: Option<&StoredReply>) -> Result<()> {
        requests::end(self, user, key, reply).await
    }
}
