//! Which bytes of an object are asked for: `Range` (RFC 9110, section 14).

/// The bytes that are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// All of them: what is no single range of bytes is passed over.
    All,
    /// From the first to the last, both with it.
    Some {
        /// Less than the size.
        first: u64,
        /// Likewise, and not before the first.
        last: u64,
    },
    /// The object has none of those that are asked for.
    Nothing,
}

/// The part of an object of that size that a header asks for.
pub(super) fn part(header: &[u8], size: u64) -> Part {
    read(header, size).unwrap_or(Part::All)
}

fn read(header: &[u8], size: u64) -> Option<Part> {
    let header = str::from_utf8(header).ok()?;
    let (unit, range) = header.split_once('=')?;
    if !unit.eq_ignore_ascii_case("bytes") {
        return None;
    }
    let (first, last) = range.trim().split_once('-')?;
    let end = size.checked_sub(1);
    let (first, last) = match (number(first)?, number(last)?) {
        (Some(first), Some(last)) if first > last => return None,
        (Some(first), last) => (first, last),
        (None, Some(0)) => return Some(Part::Nothing),
        (None, Some(count)) => (size.saturating_sub(count), None),
        (None, None) => return None,
    };
    Some(match end {
        Some(end) if first <= end => Part::Some { first, last: last.unwrap_or(end).min(end) },
        _ => Part::Nothing,
    })
}

/// A number or nothing; `None` for what is neither. What is beyond all sizes is the greatest.
fn number(text: &str) -> Option<Option<u64>> {
    if text.is_empty() {
        return Some(None);
    }
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| Some(text.parse().unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("bytes=0-0", Part::Some { first: 0, last: 0 })]
    #[case("bytes=2-5", Part::Some { first: 2, last: 5 })]
    #[case("Bytes=2-", Part::Some { first: 2, last: 9 })]
    #[case("bytes=-3", Part::Some { first: 7, last: 9 })]
    #[case("bytes=-30", Part::Some { first: 0, last: 9 })]
    #[case("bytes=5-99999999999999999999999", Part::Some { first: 5, last: 9 })]
    #[case("bytes=10-", Part::Nothing)]
    #[case("bytes=99999999999999999999999-", Part::Nothing)]
    #[case("bytes=-0", Part::Nothing)]
    #[case("bytes=5-2", Part::All)]
    #[case("bytes=0-1,3-4", Part::All)]
    #[case("bytes=-", Part::All)]
    #[case("bytes=+1-2", Part::All)]
    #[case("chars=1-2", Part::All)]
    #[case("", Part::All)]
    fn ranges_of_ten_bytes(#[case] header: &str, #[case] expected: Part) {
        assert_eq!(part(header.as_bytes(), 10), expected);
    }

    #[test]
    fn of_nothing_there_is_no_part() {
        for header in ["bytes=0-", "bytes=-1", "bytes=0-0"] {
            assert_eq!(part(header.as_bytes(), 0), Part::Nothing);
        }
    }

    proptest! {
        #[test]
        fn a_part_is_within_the_object(header in "bytes=[0-9]{0,3}-[0-9]{0,3}", size in 0_u64..300) {
            if let Part::Some { first, last } = part(header.as_bytes(), size) {
                prop_assert!(first <= last && last < size);
            }
        }

        #[test]
        fn anything_can_be_sent(header: Vec<u8>, size: u64) {
            part(&header, size);
        }
    }
}
