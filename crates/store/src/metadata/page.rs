//! Parts of lists. Where a part ended is told by the key of its last item, so that the next one starts
//! there at once, and stays where it is whatever is added before it.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::value::json;
use crate::{Page, PageRequest, Result, StoreError};

#[derive(Serialize, Deserialize)]
struct Cursor<L, K>(L, K);

/// The key behind which a page of this list starts.
pub(super) fn after<K: DeserializeOwned>(list: &str, page: &PageRequest) -> Result<Option<K>> {
    let Some(text) = &page.after else { return Ok(None) };
    let Cursor(of, key): Cursor<String, K> = serde_json::from_str(text).map_err(|_| StoreError::Cursor)?;
    if of == list { Ok(Some(key)) } else { Err(StoreError::Cursor) }
}

/// How many rows to read for a page: one more shows that there is a next one.
pub(super) fn rows(page: &PageRequest) -> i64 {
    i64::from(page.limit) + 1
}

/// A page of what was read, each item with its key.
pub(super) fn page<K: Serialize, T>(
    list: &str,
    request: &PageRequest,
    mut found: Vec<(K, T)>,
    total: u64,
) -> Result<Page<T>> {
    let limit = usize::try_from(request.limit).unwrap_or(usize::MAX);
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|(key, _)| json(&Cursor(list, key))).transpose()?;
    Ok(Page { items: found.into_iter().map(|(_, item)| item).collect(), total, next })
}
