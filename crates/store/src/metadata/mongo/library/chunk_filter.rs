//! Which chunks are meant, and the index that finds them.

use model::{ChunkId, ProjectId};
use mongodb::bson::{Document, doc};

use super::{
    super::row::{any_of, key, one_of},
    search,
};
use crate::{ChunkFilter, Result, Selection, metadata::value::word};

/// Chunks of a project that match.
#[derive(Debug)]
pub(in super::super) struct Matching {
    pub(in super::super) filter: Document,
    /// The index that counts them, and that finds them in no order.
    pub(in super::super) index: &'static str,
    /// Whether they are those that a search finds.
    pub(in super::super) searched: bool,
}

/// A filter that can be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Facet {
    Document,
    Excluded,
    ContentType,
}

impl Matching {
    /// What a filter means, one part of it left out; `None`: nothing.
    pub(in super::super) fn new(
        project: ProjectId,
        filter: &ChunkFilter,
        without: Option<Facet>,
    ) -> Result<Option<Self>> {
        let ChunkFilter { documents, excluded, content_types, q } = filter;
        let mut found = doc! { "project": key(project.as_uuid()) };
        if let Some(q) = q {
            let Some(terms) = search::matching(q) else { return Ok(None) };
            found.insert("$and", terms);
        }
        if !documents.is_empty() && without != Some(Facet::Document) {
            found.insert("document", one_of(documents.iter().map(|id| id.as_uuid())));
        }
        if let Some(excluded) = excluded.filter(|_| without != Some(Facet::Excluded)) {
            found.insert("excluded", excluded);
        }
        if !content_types.is_empty() && without != Some(Facet::ContentType) {
            found.insert("content_type", any_of(content_types.iter().map(word).collect::<Result<Vec<_>>>()?));
        }
        let searched = q.is_some();
        Ok(Some(Self { filter: found, index: if searched { "by_terms" } else { "by_project" }, searched }))
    }

    /// What a change of many means; `None`: nothing.
    pub(super) fn selected(
        project: ProjectId,
        which: &Selection<ChunkId, ChunkFilter>,
    ) -> Result<Option<Self>> {
        match which {
            Selection::Ids(ids) => {
                let filter = doc! { "_id": one_of(ids.iter().map(ChunkId::as_uuid)), "project": key(project.as_uuid()) };
                Ok(Some(Self { filter, index: "_id_", searched: false }))
            }
            Selection::Filter(filter) => Self::new(project, filter, None),
        }
    }
}
