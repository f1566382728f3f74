//! Parts of lists, read along the index that has their order.
//!
//! A list goes on behind its last row by ranges of that index, one for each field of the order: what is equal in all but the
//! last field, then what is equal in all but the last two, and so on. Each is entered at its place.

use mongodb::{
    Collection,
    bson::{Bson, Document, doc},
};
use serde::de::DeserializeOwned;

use super::super::row::{all, index};
pub(super) use crate::metadata::page::{after, page, rows};
use crate::{Result, metadata::value::integer};

/// The order of a list.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Order<'a> {
    /// The index that has it.
    pub(in super::super) index: &'a str,
    /// The fields that rows are ordered by: no two rows are equal in all of them.
    pub(in super::super) fields: &'a [&'a str],
    /// Whether the greatest comes first.
    pub(in super::super) descending: bool,
}

impl Order<'_> {
    /// The rows that match a filter behind a place, in order, at most `limit`.
    pub(in super::super) async fn read<T: DeserializeOwned + Send + Sync + Unpin + 'static>(
        &self,
        collection: &Collection<T>,
        filter: &Document,
        after: Option<&[Bson]>,
        without: Document,
        limit: i64,
    ) -> Result<Vec<T>> {
        let mut found = Vec::new();
        for filter in self.ranges(filter, after) {
            let left = limit - integer(found.len());
            if left <= 0 {
                break;
            }
            let rows = collection
                .find(filter)
                .sort(self.sort())
                .hint(index(self.index))
                .projection(without.clone())
                .limit(left);
            found.extend(all(rows.await?).await?);
        }
        Ok(found)
    }

    /// The filters that find, one behind the other, what matches behind a place.
    pub(in super::super) fn ranges(&self, filter: &Document, after: Option<&[Bson]>) -> Vec<Document> {
        let Some(after) = after else { return vec![filter.clone()] };
        let behind = if self.descending { "$lt" } else { "$gt" };
        let places: Vec<(&str, &Bson)> = self.fields.iter().copied().zip(after).collect();
        (0..places.len())
            .rev()
            .map(|last| {
                let (equal, greater) = (&places[..last], places[last]);
                let mut range: Document =
                    equal.iter().map(|(field, value)| ((*field).to_owned(), (*value).clone())).collect();
                range.insert(greater.0, doc! { behind: greater.1 });
                doc! { "$and": [filter.clone(), range] }
            })
            .collect()
    }

    /// The order as the database takes it.
    pub(in super::super) fn sort(&self) -> Document {
        let direction = if self.descending { -1 } else { 1 };
        self.fields.iter().map(|field| ((*field).to_owned(), Bson::Int32(direction))).collect()
    }
}

/// How many rows match, counted in an index.
pub(super) async fn total<T: Send + Sync>(
    collection: &Collection<T>,
    filter: &Document,
    by: &str,
) -> Result<u64> {
    Ok(collection.count_documents(filter.clone()).hint(index(by)).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_goes_on_by_ranges_of_its_index() {
        let order = Order { index: "by_name", fields: &["a", "b", "c"], descending: false };
        let filter = doc! { "project": 1 };
        let found = order.ranges(&filter, Some(&["x".into(), 2.into(), 3.into()]));
        let expected = [
            doc! { "a": "x", "b": 2, "c": { "$gt": 3 } },
            doc! { "a": "x", "b": { "$gt": 2 } },
            doc! { "a": { "$gt": "x" } },
        ];
        assert_eq!(found, expected.map(|range| doc! { "$and": [filter.clone(), range] }));
        assert_eq!(order.ranges(&filter, None), [filter]);
        assert_eq!(order.sort(), doc! { "a": 1, "b": 1, "c": 1 });
    }
}
