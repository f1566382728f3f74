//! Lists a page at a time.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use model::sha256_hex;
use serde::Serialize;
use store::{Page, PageRequest};
use utoipa::ToSchema;

use crate::problem::{Checks, Problem};

/// How many items a page has where nothing is said.
pub(crate) const DEFAULT_LIMIT: u32 = 50;
/// The most items a page may have.
pub(crate) const MAX_LIMIT: u32 = 500;

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ListOf<T> {
    /// The items.
    pub(crate) items: Vec<T>,
    /// How many there are in the whole list.
    pub(crate) total: u64,
    /// The `cursor` of the next page; null on the last one.
    pub(crate) next_cursor: Option<String>,
}

/// One list with its filters and order: a cursor of another one is refused.
#[derive(Debug)]
pub(crate) struct Paging {
    list: String,
    /// Which page of it.
    pub(crate) request: PageRequest,
}

impl Paging {
    /// Reads `limit` and `cursor` of a list that is told apart by its name, the id it is under, filters and order.
    pub(crate) fn new(
        list: impl Serialize,
        limit: Option<u32>,
        cursor: Option<&str>,
    ) -> Result<Self, Problem> {
        let list = serde_json::to_string(&list).map_err(|error| Problem::internal(&error))?;
        let list = sha256_hex(list)[..16].to_owned();
        let limit = limit.unwrap_or(DEFAULT_LIMIT);
        let mut checks = Checks::default();
        checks.require(
            (1..=MAX_LIMIT).contains(&limit),
            "/limit",
            format!("it is {limit}; it has to be from 1 to {MAX_LIMIT}"),
        );
        let after = cursor.map(|cursor| open(&list, cursor));
        checks.require(
            after != Some(None),
            "/cursor",
            "it is no cursor of this list; leave it out to begin anew",
        );
        checks.done()?;
        Ok(Self { list, request: PageRequest { after: after.flatten(), limit } })
    }

    /// The page as it is answered.
    pub(crate) fn answer<T>(&self, page: Page<T>) -> ListOf<T> {
        let next_cursor = page.next.map(|next| URL_SAFE_NO_PAD.encode(format!("{}{next}", self.list)));
        ListOf { items: page.items, total: page.total, next_cursor }
    }
}

fn open(list: &str, cursor: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    String::from_utf8(bytes).ok()?.strip_prefix(list).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_good_for_its_own_list_alone() {
        let pairs = Paging::new(("pairs", 1), None, None).unwrap();
        let page = Page { items: vec![1], total: 2, next: Some("[7]".into()) };
        let cursor = pairs.answer(page).next_cursor.unwrap();
        let next = Paging::new(("pairs", 1), None, Some(&cursor)).unwrap();
        assert_eq!(next.request.after.as_deref(), Some("[7]"));
        for (list, cursor) in [(("pairs", 2), cursor.as_str()), (("pairs", 1), "x"), (("pairs", 1), "")] {
            let problem = Paging::new(list, None, Some(cursor)).unwrap_err();
            assert_eq!(problem.errors[0].pointer, "/cursor");
        }
    }

    #[test]
    fn limits_are_bounded() {
        assert_eq!(Paging::new("x", Some(0), None).unwrap_err().status, 422);
        assert_eq!(Paging::new("x", Some(501), None).unwrap_err().errors[0].pointer, "/limit");
        assert_eq!(Paging::new("x", Some(500), None).unwrap().request.limit, 500);
    }
}
