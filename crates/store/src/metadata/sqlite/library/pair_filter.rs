//! Which pairs are meant, as SQL.
//!
//! A list is read along an index that holds its order and all it is filtered by, so that rows which
//! are passed over are never read; the indexes are named, since the planner knows nothing of how
//! many rows pass. A search starts from what it finds.

use model::ProjectId;
use serde::Serialize;
use sqlx::QueryBuilder;

use super::super::{Database, row::json, terms};
use crate::{PairFilter, PairOrder, PairSort, Result};

/// How many pairs are sorted sooner than all of the project's are walked in their order.
const SORTED: u64 = 10_000;

/// Pairs of a project that match, as a table `p`.
pub(in super::super) struct Matching<'a> {
    project: ProjectId,
    filter: &'a PairFilter,
    /// What the full-text table has to match; `Some(None)` matches nothing.
    search: Option<Option<String>>,
    /// Whether so few match that they are best found first and then sorted.
    few: bool,
}

impl<'a> Matching<'a> {
    /// `number` is the project's, for search terms.
    pub(in super::super) fn new(project: ProjectId, number: i64, filter: &'a PairFilter) -> Self {
        let search = filter.q.as_deref().map(|q| terms::matching(q, number));
        Self { project, filter, search, few: false }
    }

    /// The same, now that it is known how many match.
    pub(in super::super) fn counted(self, total: u64) -> Self {
        Self { few: total <= SORTED, ..self }
    }

    /// Whether all pairs of the project match.
    pub(super) fn all(&self) -> bool {
        *self.filter == PairFilter::default()
    }

    /// `FROM … WHERE …`, to be read in an order if one is given; whether from a place on, which bounds
    /// the order at one end by itself.
    pub(in super::super) fn push(
        &self,
        query: &mut QueryBuilder<Database>,
        order: Option<PairOrder>,
        onward: bool,
    ) -> Result<()> {
        if let Some(Some(search)) = &self.search {
            query.push(
                " FROM pair_terms CROSS JOIN pairs p ON p.seq = pair_terms.rowid WHERE pair_terms MATCH ",
            );
            query.push_bind(search.clone()).push(" AND p.project_id = ");
        } else {
            query.push(" FROM pairs p INDEXED BY ").push(self.index(order)).push(" WHERE p.project_id = ");
        }
        query.push_bind(*self.project.as_uuid());
        if self.search == Some(None) {
            query.push(" AND 0");
        }
        self.push_lists(query)?;
        for (column, by, least, greatest) in [
            ("quality_rank", PairSort::Quality, self.filter.min_quality, self.filter.max_quality),
            ("grounding_rank", PairSort::Grounding, self.filter.min_grounding, self.filter.max_grounding),
        ] {
            // The index is entered at one place: where the list goes on, and not at the bound again.
            let entered = order.filter(|order| onward && order.by == by).map(|order| order.descending);
            let hidden = |end: bool| if entered == Some(end) { "+" } else { "" };
            if least.is_some() || greatest.is_some() {
                // What was not measured has a rank under all scores.
                query.push(format_args!(" AND {}p.{column} >= ", hidden(false)));
                query.push_bind(least.unwrap_or(0.0).max(0.0));
            }
            if let Some(greatest) = greatest {
                query.push(format_args!(" AND {}p.{column} <= ", hidden(true))).push_bind(greatest);
            }
        }
        if let Some(flagged) = self.filter.flagged {
            query.push(if flagged { " AND p.flagged" } else { " AND NOT p.flagged" });
        }
        Ok(())
    }

    fn push_lists(&self, query: &mut QueryBuilder<Database>) -> Result<()> {
        let filter = self.filter;
        one_of(query, "review_status", &filter.review_statuses, Stored::Word)?;
        one_of(query, "question_type", &filter.question_types, Stored::Word)?;
        one_of(query, "difficulty", &filter.difficulties, Stored::Word)?;
        one_of(query, "generation_id", &filter.generations, Stored::Id)?;
        one_of(query, "document_id", &filter.documents, Stored::Id)?;
        one_of(query, "chunk_id", &filter.chunks, Stored::Id)
    }

    fn index(&self, order: Option<PairOrder>) -> &'static str {
        let filter = self.filter;
        if !filter.chunks.is_empty() {
            // A chunk has few pairs: they are sorted at once.
            return "pairs_by_source";
        }
        // Those of one document stand in it by age.
        let by_age =
            matches!(&filter.documents[..], [_]) && order.is_some_and(|o| o.by == PairSort::CreatedAt);
        if !filter.documents.is_empty() && (order.is_none() || self.few || by_age) {
            return "pairs_by_document";
        }
        match order.map(|order| order.by) {
            Some(PairSort::CreatedAt) => "pairs_by_age",
            Some(PairSort::Quality) => "pairs_by_quality",
            Some(PairSort::Grounding) => "pairs_by_grounding",
            None if filter.min_quality.is_some() || filter.max_quality.is_some() => "pairs_by_quality",
            None if filter.min_grounding.is_some() || filter.max_grounding.is_some() => "pairs_by_grounding",
            None => "pairs_by_age",
        }
    }
}

/// How a column holds what JSON says as a string.
#[derive(Clone, Copy)]
enum Stored {
    Word,
    Id,
}

/// A column that has to be one of a list, if the list names any. Of a single one it says so: an index that
/// begins with the column then gives its rows in the order that they are listed in.
fn one_of<T: Serialize>(
    query: &mut QueryBuilder<Database>,
    column: &str,
    list: &[T],
    stored: Stored,
) -> Result<()> {
    let (open, close) = match stored {
        Stored::Word => ("", ""),
        Stored::Id => ("unhex(", ", '-')"),
    };
    match list {
        [] => {}
        [one] => {
            query.push(format_args!(" AND p.{column} = {open}"));
            query.push_bind(json(one)?).push(format_args!(" ->> '$'{close}"));
        }
        several => {
            query.push(format_args!(" AND p.{column} IN (SELECT {open}value{close} FROM json_each("));
            query.push_bind(json(&several)?).push("))");
        }
    }
    Ok(())
}
