//! Which chunks are meant, as SQL.

use model::ProjectId;
use sqlx::QueryBuilder;

use super::super::{Database, row::json, terms};
use crate::{ChunkFilter, Result};

/// Chunks of a project that match, as a table `c`.
pub(in super::super) struct Matching<'a> {
    project: ProjectId,
    filter: &'a ChunkFilter,
    /// What the full-text table has to match; `Some(None)` matches nothing.
    search: Option<Option<String>>,
}

/// A filter that can be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Facet {
    Document,
    Excluded,
    ContentType,
}

impl<'a> Matching<'a> {
    /// `number` is the project's, for search terms.
    pub(in super::super) fn new(project: ProjectId, number: i64, filter: &'a ChunkFilter) -> Self {
        let search = filter.q.as_deref().map(|q| terms::matching(q, number));
        Self { project, filter, search }
    }

    /// Whether all chunks of the project match.
    pub(super) fn all(&self) -> bool {
        *self.filter == ChunkFilter::default()
    }

    /// Whether the list is read in its own order, and not from what a search finds.
    pub(super) fn in_order(&self) -> bool {
        self.search.is_none()
    }

    /// `FROM … WHERE …` of chunks alone, one filter left out.
    pub(super) fn push(&self, query: &mut QueryBuilder<Database>, without: Option<Facet>) -> Result<()> {
        if let Some(Some(search)) = &self.search {
            query.push(" FROM chunk_terms CROSS JOIN chunks c ON c.seq = chunk_terms.rowid");
            query.push(" WHERE chunk_terms MATCH ").push_bind(search.clone()).push(" AND c.project_id = ");
        } else {
            query.push(" FROM chunks c INDEXED BY chunks_by_project WHERE c.project_id = ");
        }
        query.push_bind(*self.project.as_uuid());
        self.push_conditions(query, without)
    }

    /// `FROM … WHERE …` with documents `d`, so that the order is that of the list.
    pub(in super::super) fn push_list(&self, query: &mut QueryBuilder<Database>) -> Result<()> {
        if let Some(Some(search)) = &self.search {
            query.push(" FROM chunk_terms CROSS JOIN chunks c ON c.seq = chunk_terms.rowid");
            query.push(" CROSS JOIN documents d ON d.id = c.document_id");
            query.push(" WHERE chunk_terms MATCH ").push_bind(search.clone()).push(" AND c.project_id = ");
        } else {
            query.push(" FROM documents d INDEXED BY documents_by_name");
            query.push(" CROSS JOIN chunks c INDEXED BY chunks_in_order ON c.document_id = d.id");
            query.push(" WHERE d.project_id = ");
        }
        query.push_bind(*self.project.as_uuid());
        self.push_conditions(query, None)
    }

    fn push_conditions(&self, query: &mut QueryBuilder<Database>, without: Option<Facet>) -> Result<()> {
        if self.search == Some(None) {
            query.push(" AND 0");
        }
        let ChunkFilter { documents, excluded, content_types, q: _ } = self.filter;
        if !documents.is_empty() && without != Some(Facet::Document) {
            query.push(" AND c.document_id IN (SELECT unhex(value, '-') FROM json_each(");
            query.push_bind(json(documents)?).push("))");
        }
        if let Some(excluded) = excluded.filter(|_| without != Some(Facet::Excluded)) {
            query.push(" AND c.excluded = ").push_bind(excluded);
        }
        if !content_types.is_empty() && without != Some(Facet::ContentType) {
            query.push(" AND c.content_type IN (SELECT value FROM json_each(");
            query.push_bind(json(content_types)?).push("))");
        }
        Ok(())
    }
}
