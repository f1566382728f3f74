//! Which pairs are meant, and the index that finds them.
//!
//! A list is read along an index that holds its order and all it is filtered by, so that rows which
//! are passed over are never read; the indexes are named, since the planner knows nothing of how
//! many rows pass. A search starts from what it finds.

use model::{PairId, ProjectId};
use mongodb::bson::{Document, doc};
use serde::Serialize;
use uuid::Uuid;

use super::{
    super::row::{any_of, key, one_of},
    page::Order,
    search,
};
use crate::{PairAction, PairFilter, PairOrder, PairSort, Result, Selection, metadata::value::word};

/// How many pairs are sorted sooner than all of the project's are walked in their order.
const SORTED: u64 = 10_000;

/// Pairs of a project that match.
#[derive(Debug)]
pub(in super::super) struct Matching {
    pub(in super::super) filter: Document,
    /// The index that counts them, and that finds them in no order.
    pub(in super::super) index: &'static str,
}

impl Matching {
    /// What a filter means; `None`: nothing.
    pub(in super::super) fn new(project: ProjectId, filter: &PairFilter) -> Result<Option<Self>> {
        let mut found = doc! { "project": key(project.as_uuid()) };
        if let Some(q) = &filter.q {
            let Some(terms) = search::matching(q) else { return Ok(None) };
            found.insert("$and", terms);
        }
        one_of_words(&mut found, "review_status", &filter.review_statuses)?;
        one_of_words(&mut found, "question_type", &filter.question_types)?;
        one_of_words(&mut found, "difficulty", &filter.difficulties)?;
        one_of_ids(&mut found, "generation", filter.generations.iter().map(|id| id.as_uuid()));
        one_of_ids(&mut found, "document", filter.documents.iter().map(|id| id.as_uuid()));
        one_of_ids(&mut found, "chunk", filter.chunks.iter().map(|id| id.as_uuid()));
        within(&mut found, "quality_rank", filter.min_quality, filter.max_quality);
        within(&mut found, "grounding_rank", filter.min_grounding, filter.max_grounding);
        if let Some(flagged) = filter.flagged {
            found.insert("flagged", flagged);
        }
        Ok(Some(Self { filter: found, index: index(filter) }))
    }

    /// What a change of many means; `None`: nothing.
    pub(super) fn selected(
        project: ProjectId,
        action: PairAction,
        which: &Selection<PairId, PairFilter>,
    ) -> Result<Option<Self>> {
        match which {
            Selection::Ids(ids) => {
                let filter = doc! { "_id": one_of(ids.iter().map(PairId::as_uuid)), "project": key(project.as_uuid()) };
                Ok(Some(Self { filter, index: "_id_" }))
            }
            Selection::Filter(filter) => {
                let mut meant = Self::new(project, filter)?;
                if let Some(meant) = meant.as_mut().filter(|_| action == PairAction::Accept) {
                    meant.filter.insert("duplicate_of", doc! { "$exists": false });
                }
                Ok(meant)
            }
        }
    }
}

/// The index that finds what a filter means, in no order.
fn index(filter: &PairFilter) -> &'static str {
    if filter.q.is_some() {
        "by_terms"
    } else if !filter.chunks.is_empty() {
        "by_source"
    } else if !filter.documents.is_empty() {
        "by_document"
    } else if filter.min_quality.is_some() || filter.max_quality.is_some() {
        "by_quality"
    } else if filter.min_grounding.is_some() || filter.max_grounding.is_some() {
        "by_grounding"
    } else {
        "by_age"
    }
}

/// The order in which pairs are listed, of which so many match.
pub(in super::super) fn order(filter: &PairFilter, order: PairOrder, total: u64) -> Order<'static> {
    let (own, fields): (_, &[_]) = match order.by {
        PairSort::CreatedAt => ("by_age", &["created_at", "_id"]),
        PairSort::Quality => ("by_quality", &["quality_rank", "_id"]),
        PairSort::Grounding => ("by_grounding", &["grounding_rank", "_id"]),
    };
    let found = index(filter);
    let sorted = match found {
        // What a search finds, and the few pairs of a chunk, are sorted at once.
        "by_terms" | "by_source" => true,
        // Those of one document stand in it by age.
        "by_document" => total <= SORTED || (filter.documents.len() == 1 && order.by == PairSort::CreatedAt),
        _ => false,
    };
    Order { index: if sorted { found } else { own }, fields, descending: order.descending }
}

fn one_of_words<T: Serialize>(filter: &mut Document, field: &str, list: &[T]) -> Result<()> {
    match list {
        [] => {}
        [one] => {
            filter.insert(field, word(one)?);
        }
        several => {
            filter.insert(field, any_of(several.iter().map(word).collect::<Result<Vec<_>>>()?));
        }
    }
    Ok(())
}

/// A field that has to be one of a list, if the list names any. Of a single one it says so: an index that begins with the
/// field then gives its rows in the order that they are listed in.
fn one_of_ids<'a>(filter: &mut Document, field: &str, list: impl ExactSizeIterator<Item = &'a Uuid>) {
    match list.len() {
        0 => {}
        1 => filter.extend(list.map(|id| (field.to_owned(), key(id).into()))),
        _ => {
            filter.insert(field, one_of(list));
        }
    }
}

fn within(filter: &mut Document, rank: &str, least: Option<f64>, greatest: Option<f64>) {
    if least.is_none() && greatest.is_none() {
        return;
    }
    // What was not measured has a rank under all scores.
    let mut bounds = doc! { "$gte": least.unwrap_or(0.0).max(0.0) };
    if let Some(greatest) = greatest {
        bounds.insert("$lte", greatest);
    }
    filter.insert(rank, bounds);
}
