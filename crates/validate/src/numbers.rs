//! Numbers as written to numbers as meant.

/// A number at the start of a word.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Number {
    /// The bytes it takes of the word.
    pub(crate) length: usize,
    /// Its value in a form of its own: no grouping, a point for decimals, no idle zeros.
    pub(crate) value: String,
    /// Its value in the other reading, where there are two: `1,234` and `1.234` are a thousand to
    /// some and about one to others.
    pub(crate) other: Option<String>,
}

/// Reads the number that a word starts with.
pub(crate) fn read(word: &str) -> Option<Number> {
    let mut plain = String::new();
    let mut length = 0;
    for (at, char) in word.char_indices() {
        if let Some(digit) = digit(char) {
            plain.push(digit);
            length = at + char.len_utf8();
        } else if !plain.is_empty() && matches!(char, '.' | ',' | '\'' | '’' | '_' | '٫' | '٬') {
            plain.push(match char {
                '٫' => '.',
                '٬' => ',',
                '’' => '\'',
                other => other,
            });
        } else {
            break;
        }
    }
    if length == 0 {
        return None;
    }
    let plain = plain.trim_end_matches(|char: char| !char.is_ascii_digit());
    let (value, other) = readings(plain);
    Some(Number { length, value, other })
}

/// Whether letters written onto a number do not change it: `19th`, `1990s`.
pub(crate) fn is_ending(rest: &str) -> bool {
    matches!(rest.to_ascii_lowercase().as_str(), "st" | "nd" | "rd" | "th" | "s" | "'s" | "’s")
}

/// Whether a word is a date as `3.5.2024`.
pub(crate) fn is_date(word: &str) -> bool {
    let mut parts = word.split('.').map(|part| (part.len(), part.parse::<u16>().unwrap_or(0)));
    let day =
        |part: Option<(usize, u16)>| part.is_some_and(|(length, day)| length < 3 && (1..=31).contains(&day));
    word.bytes().filter(|byte| *byte == b'.').count() == 2
        && day(parts.next())
        && day(parts.next())
        && parts.next().is_some_and(|(length, year)| length == 4 && (1000..=2999).contains(&year))
}

fn readings(plain: &str) -> (String, Option<String>) {
    let marks: Vec<char> = plain.chars().filter(|char| !char.is_ascii_digit()).collect();
    let whole = || plain.chars().filter(char::is_ascii_digit).collect::<String>();
    let grouped = |text: &str, mark: char| {
        let mut groups = text.split(mark);
        groups.next().is_some_and(|first| (1..=3).contains(&first.len()) && !first.starts_with('0'))
            && groups.all(|group| group.len() == 3)
    };
    match marks.as_slice() {
        [] => (tidy(plain, ""), None),
        [mark @ (',' | '.')] => {
            let (before, after) = plain.split_once(*mark).unwrap_or((plain, ""));
            let decimal = tidy(before, after);
            if !grouped(plain, *mark) {
                (decimal, None)
            } else if *mark == ',' {
                (tidy(&whole(), ""), Some(decimal))
            } else {
                (decimal, Some(tidy(&whole(), "")))
            }
        }
        [first, .., last] if first != last && marks.iter().rev().skip(1).all(|mark| mark == first) => {
            // Groups and a decimal mark: `1,234.5` or `1.234,5`.
            let (before, after) = plain.rsplit_once(*last).unwrap_or((plain, ""));
            if grouped(before, *first) {
                let digits: String = before.chars().filter(char::is_ascii_digit).collect();
                (tidy(&digits, after), None)
            } else {
                (plain.to_owned(), None)
            }
        }
        [mark, ..] if marks.iter().all(|other| other == mark) && grouped(plain, *mark) => {
            (tidy(&whole(), ""), None)
        }
        marks if marks.iter().all(|mark| *mark == '_') => (tidy(&whole(), ""), None),
        // A version, a date or a list: as written.
        _ => (plain.to_owned(), None),
    }
}

fn tidy(before: &str, after: &str) -> String {
    let before = before.trim_start_matches('0');
    let after = after.trim_end_matches('0');
    let before = if before.is_empty() { "0" } else { before };
    if after.is_empty() { before.to_owned() } else { format!("{before}.{after}") }
}

/// The ASCII digit of a decimal digit of the scripts that have their own.
fn digit(char: char) -> Option<char> {
    const ZEROS: [u32; 8] = [0x30, 0x660, 0x6F0, 0x966, 0x9E6, 0xE50, 0xED0, 0xFF10];
    let code = u32::from(char);
    let zero = ZEROS.into_iter().find(|zero| (*zero..zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("1000", "1000", None)]
    #[case("1,000", "1000", Some("1"))]
    #[case("1.000", "1", Some("1000"))]
    #[case("1,000,000", "1000000", None)]
    #[case("1.000.000", "1000000", None)]
    #[case("1,2", "1.2", None)]
    #[case("1.2", "1.2", None)]
    #[case("1.20", "1.2", None)]
    #[case("0.5", "0.5", None)]
    #[case("0.125", "0.125", None)]
    #[case("1,234.5", "1234.5", None)]
    #[case("1.234,5", "1234.5", None)]
    #[case("1.2.3", "1.2.3", None)]
    #[case("007", "7", None)]
    #[case("1_000", "1000", None)]
    #[case("12'345", "12345", None)]
    #[case("٣٤", "34", None)]
    #[case("5km", "5", None)]
    fn read_as_meant(#[case] word: &str, #[case] value: &str, #[case] other: Option<&str>) {
        let number = read(word).unwrap();
        assert_eq!((number.value.as_str(), number.other.as_deref()), (value, other));
    }

    #[rstest]
    #[case("five")]
    #[case("x86")]
    #[case("")]
    fn no_number(#[case] word: &str) {
        assert_eq!(read(word), None);
    }

    proptest! {
        #[test]
        fn the_length_is_a_boundary(word in "[0-9.,'’_a-zé٣½]{0,12}") {
            if let Some(number) = read(&word) {
                prop_assert!(word.is_char_boundary(number.length));
                prop_assert!(!number.value.is_empty());
            }
        }
    }
}
