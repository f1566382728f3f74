//! The array of `TJ`: strings, and numbers that move the place of the next one.
//!
//! Nearly all of a text is in such arrays. The forms that programs write are read here at once; whatever
//! else may stand in an array is left to the general reader of objects, which reads each part twice.

use hayro_syntax::object::{self, Array, FromBytes as _, Object};

/// More digits than this do not fit into the number that they are gathered in.
const MAX_DIGITS: usize = 18;

/// The parts of an array, in memory that the next array takes over.
#[derive(Debug, Default)]
pub(super) struct Shown {
    bytes: Vec<u8>,
    parts: Vec<Extent>,
}

#[derive(Debug)]
enum Extent {
    /// Where a string ends among the bytes; it starts where the one before it ends.
    Text(usize),
    Move(f64),
}

/// A part of an array.
#[derive(Debug, PartialEq)]
pub(super) enum Part<'s> {
    /// The bytes of a string.
    Text(&'s [u8]),
    /// A number, in thousandths of the font size, that goes off the place of the next string.
    Move(f64),
}

impl Shown {
    /// Takes in an array; what is neither string nor number is passed over.
    pub(super) fn read(&mut self, array: &Array<'_>) {
        self.clear();
        if self.read_usual(array.data()).is_none() {
            self.clear();
            for object in array.iter::<Object<'_>>() {
                match object {
                    Object::String(text) => self.text(text.as_bytes()),
                    Object::Number(number) => self.parts.push(Extent::Move(number.as_f64())),
                    _ => {}
                }
            }
        }
    }

    /// The parts, in order.
    pub(super) fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        let mut start = 0;
        self.parts.iter().map(move |part| match part {
            Extent::Text(end) => Part::Text(&self.bytes[std::mem::replace(&mut start, *end)..*end]),
            Extent::Move(by) => Part::Move(*by),
        })
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.parts.clear();
    }

    fn text(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        self.parts.push(Extent::Text(self.bytes.len()));
    }

    /// Reads plain numbers and well-formed strings; nothing where there is something else.
    fn read_usual(&mut self, data: &[u8]) -> Option<()> {
        let mut rest = data;
        while let Some(first) = rest.first() {
            rest = match first {
                b'\0' | b'\t' | b'\n' | b'\x0c' | b'\r' | b' ' => &rest[1..],
                b'(' => self.literal(rest)?,
                b'<' => self.hexadecimal(rest)?,
                _ => self.number(rest)?,
            };
        }
        Some(())
    }

    fn literal<'d>(&mut self, data: &'d [u8]) -> Option<&'d [u8]> {
        let (mut depth, mut plain, mut at) = (0, true, 0);
        loop {
            match data.get(at)? {
                b'\\' => {
                    plain = false;
                    at += 1;
                }
                b'\r' | b'\n' => plain = false,
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => {}
            }
            at += 1;
            if depth == 0 {
                break;
            }
        }
        let (string, rest) = data.split_at_checked(at)?;
        if plain {
            self.text(&string[1..at - 1]);
        } else {
            self.text(object::String::from_bytes(string)?.as_bytes());
        }
        Some(rest)
    }

    fn hexadecimal<'d>(&mut self, data: &'d [u8]) -> Option<&'d [u8]> {
        let end = data.iter().position(|byte| *byte == b'>')?;
        let (pairs, odd) = data[1..end].as_chunks::<2>();
        for [high, low] in pairs {
            self.bytes.push(digit(*high)? << 4 | digit(*low)?);
        }
        if let [high] = odd {
            self.bytes.push(digit(*high)? << 4);
        }
        self.parts.push(Extent::Text(self.bytes.len()));
        Some(&data[end + 1..])
    }

    fn number<'d>(&mut self, data: &'d [u8]) -> Option<&'d [u8]> {
        let signed = usize::from(matches!(data[0], b'-' | b'+'));
        let (mut mantissa, mut digits, mut point, mut at) = (0_u64, 0, None, signed);
        loop {
            match data.get(at) {
                Some(digit @ b'0'..=b'9') => {
                    mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
                    digits += 1;
                }
                Some(b'.') if point.is_none() => point = Some(digits),
                None | Some(b'\0' | b'\t' | b'\n' | b'\x0c' | b'\r' | b' ' | b'(' | b'<') => break,
                Some(_) => return None,
            }
            at += 1;
        }
        if !(1..=MAX_DIGITS).contains(&digits) {
            return None;
        }
        let behind_point = point.map_or(0, |point| digits - point);
        let value = mantissa as f64 / 10_f64.powi(i32::try_from(behind_point).ok()?);
        // Taken from nothing, so that there is no negative nothing.
        self.parts.push(Extent::Move(if data[0] == b'-' { 0.0 - value } else { value }));
        Some(&data[at..])
    }
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn of(data: &[u8], usual: bool) -> Option<Vec<String>> {
        let mut shown = Shown::default();
        if usual {
            shown.read_usual(data)?;
        } else {
            let array = [b"[", data, b"]"].concat();
            shown.read(&Array::from_bytes(&array)?);
        }
        Some(shown.parts().map(|part| format!("{part:?}")).collect())
    }

    #[rstest]
    #[case(b"(A) -120 (B(c)) <4a4B5> 12.5(D)", &["Text([65])", "Move(-120.0)", "Text([66, 40, 99, 41])", "Text([74, 75, 80])", "Move(12.5)", "Text([68])"])]
    #[case(b"(\\101\\))", &["Text([65, 41])"])]
    #[case(b"", &[])]
    fn usual_parts_are_read_at_once(#[case] data: &[u8], #[case] expected: &[&str]) {
        assert_eq!(of(data, true).unwrap(), expected);
    }

    #[rstest]
    #[case(b"(A) /Name (B)", &["Text([65])", "Text([66])"])]
    #[case(b"(A) % remark\n(B)", &["Text([65])", "Text([66])"])]
    #[case(b"<41 42>", &["Text([65, 66])"])]
    fn others_are_left_to_the_general_reader(#[case] data: &[u8], #[case] expected: &[&str]) {
        assert_eq!(of(data, true), None);
        assert_eq!(of(data, false).unwrap(), expected);
    }

    proptest! {
        #[test]
        fn both_readers_agree(parts in prop::collection::vec("[-+]?[0-9]{0,4}\\.?[0-9]{0,3} ?|\\(([a-z\n\r]|\\\\[0-9n()]{1,3}|\\([a-z]\\))*\\)|<[0-9a-fA-F]*>", 0..6)) {
            let data = parts.concat();
            if let Some(usual) = of(data.as_bytes(), true) {
                let array = format!("[{data}]");
                let general: Vec<String> = Array::from_bytes(array.as_bytes()).unwrap().iter::<Object<'_>>().filter_map(|object| match object {
                    Object::String(text) => Some(format!("{:?}", Part::Text(text.as_bytes()))),
                    // There nothing can be negative.
                    Object::Number(number) => Some(format!("{:?}", Part::Move(number.as_f64() + 0.0))),
                    _ => None,
                }).collect();
                prop_assert_eq!(usual, general);
            }
        }
    }
}
