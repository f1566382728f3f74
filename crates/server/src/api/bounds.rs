//! Bounds of what a request may hold, said in the same words everywhere.

use std::ops::RangeInclusive;

use crate::problem::Checks;

/// The most things that one request may name.
pub(super) const MAX_NAMED: usize = 10_000;
/// The most values of a filter.
const MAX_VALUES: usize = 100;
/// The most characters of what is searched for.
const MAX_SEARCH: usize = 500;

/// A text of so many characters. U+0000 is refused: databases and terminals end a text there.
pub(super) fn text(checks: &mut Checks, pointer: &str, text: &str, characters: RangeInclusive<usize>) {
    let (least, most) = (characters.start(), characters.end());
    checks.require(
        characters.contains(&text.chars().count()),
        pointer,
        format!("it has to have {least} to {most} characters"),
    );
    checks.require(!text.contains('\0'), pointer, "it may not hold the character U+0000");
}

/// A text as [`text()`], and one that says something.
pub(super) fn words(checks: &mut Checks, pointer: &str, words: &str, characters: RangeInclusive<usize>) {
    if words.trim().is_empty() {
        checks.fail(pointer, "it is blank");
    } else {
        text(checks, pointer, words, characters);
    }
}

/// A list of ids that things are done with.
pub(super) fn named<T>(checks: &mut Checks, pointer: &str, ids: Option<&Vec<T>>) {
    let fits = ids.is_none_or(|ids| (1..=MAX_NAMED).contains(&ids.len()));
    checks.require(fits, pointer, format!("it has to name 1 to {MAX_NAMED}"));
}

/// The values of a filter.
pub(super) fn values<T>(checks: &mut Checks, pointer: &str, values: &[T]) {
    let fits = values.len() <= MAX_VALUES;
    checks.require(fits, pointer, format!("it may have {MAX_VALUES} values at the most"));
}

/// What is searched for.
pub(super) fn search(checks: &mut Checks, pointer: &str, q: Option<&str>) {
    let fits = q.is_none_or(|q| q.chars().count() <= MAX_SEARCH);
    checks.require(fits, pointer, format!("it may have {MAX_SEARCH} characters at the most"));
}

/// Of a filter that is either, neither or both of yes and no: what it comes to.
pub(super) fn either(values: &[bool]) -> Option<bool> {
    let (first, rest) = values.split_first()?;
    rest.iter().all(|value| value == first).then_some(*first)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("ab", true)]
    #[case("äöü", true)]
    #[case("abcd", false)]
    #[case("a\0", false)]
    #[case("  ", false)]
    #[case("", false)]
    fn texts_are_bounded_in_characters(#[case] text: &str, #[case] fits: bool) {
        let mut checks = Checks::default();
        words(&mut checks, "/name", text, 1..=3);
        assert_eq!(checks.done().is_ok(), fits);
    }

    #[test]
    fn yes_and_no_is_either() {
        let cases: [(&[bool], _); 4] =
            [(&[], None), (&[true, true], Some(true)), (&[false], Some(false)), (&[true, false], None)];
        for (values, expected) in cases {
            assert_eq!(either(values), expected, "{values:?}");
        }
    }
}
