//! A look at a font's tables of widths before they are read: some claim billions of entries.

use hayro_syntax::object::{Array, Dict, Object};

/// The most entries that the ranges of a `W` or `W2` array may span.
const MAX_SPAN: i64 = 1 << 20;
/// The greatest `FirstChar`.
const MAX_FIRST_CHAR: f32 = 65_535.0;

/// Whether a font's tables of widths are of a size that a font can have.
pub(super) fn are_bounded(dict: &Dict<'_>) -> bool {
    let first = dict.get::<f32>("FirstChar").unwrap_or(0.0);
    let descendants = dict.get::<Array<'_>>("DescendantFonts");
    let descendant = descendants.and_then(|fonts| fonts.iter::<Dict<'_>>().next()).unwrap_or_default();
    (0.0..=MAX_FIRST_CHAR).contains(&first)
        && [("W", 1), ("W2", 3)].into_iter().all(|(key, values)| {
            descendant.get::<Array<'_>>(key).is_none_or(|widths| span(&widths, values) <= MAX_SPAN)
        })
}

/// How many codes the ranges `first last value…` of an array span; `first [value…]` may stand
/// between them.
fn span(widths: &Array<'_>, values: usize) -> i64 {
    let mut objects = widths.iter::<Object<'_>>();
    let mut total: i64 = 0;
    while let Some(Object::Number(first)) = objects.next() {
        if let Some(Object::Number(last)) = objects.next() {
            total = total.saturating_add(last.as_i64().saturating_sub(first.as_i64()).max(0));
            objects.by_ref().take(values).for_each(drop);
        }
    }
    total
}
