//! What is searched for, in the terms of rows.

use mongodb::bson::{Bson, doc};

use crate::search;

/// Behind all characters that a term may go on with.
const LAST: char = char::MAX;

/// That rows have all terms of a query; `None` where the query has none, and nothing is found.
pub(super) fn matching(query: &str) -> Option<Bson> {
    let terms = search::query(query);
    let conditions: Vec<Bson> = terms
        .into_iter()
        .map(|search::QueryTerm { term, prefix }| {
            if !prefix {
                return doc! { "terms": term }.into();
            }
            // One and the same term has to be within the bounds.
            let end = format!("{term}{LAST}");
            doc! { "terms": { "$elemMatch": { "$gte": term, "$lt": end } } }.into()
        })
        .collect();
    (!conditions.is_empty()).then(|| Bson::Array(conditions))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_terms_are_looked_for_and_the_last_one_as_a_prefix() {
        let found = matching("Foo $where");
        let last = doc! { "terms": { "$elemMatch": { "$gte": "where", "$lt": "where\u{10FFFF}" } } };
        assert_eq!(found, Some(Bson::Array(vec![doc! { "terms": "foo" }.into(), last.into()])));
        assert_eq!(matching("!"), None);
    }
}
