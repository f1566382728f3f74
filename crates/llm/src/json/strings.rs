//! Strings of JSON, as models write them.

use std::collections::BTreeSet;

use super::Repair;

/// What a string is, which decides what may come after it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum StringKind {
    /// The name of an object's member.
    Name,
    /// The value of an object's member.
    Member,
    /// An array's item.
    Item,
}

/// Reads the string that begins at `at` and moves `at` behind it; `None` where the text ends in it,
/// and then `at` is the text's end.
pub(super) fn read_string(
    text: &str,
    at: &mut usize,
    kind: StringKind,
    repairs: &mut BTreeSet<Repair>,
) -> Option<String> {
    let mut string = String::new();
    let mut position = *at + 1;
    *at = text.len();
    loop {
        let rest = &text[position..];
        let special = rest.find(|char: char| char == '"' || char == '\\' || char < ' ')?;
        string.push_str(&rest[..special]);
        position += special;
        match rest.as_bytes()[special] {
            b'"' if closes(&text[position + 1..], kind) => {
                *at = position + 1;
                return Some(string);
            }
            b'"' => {
                repairs.insert(Repair::InnerQuote);
                string.push('"');
                position += 1;
            }
            b'\\' => position += escape(&text[position..], &mut string, repairs)?,
            control => {
                repairs.insert(Repair::RawControl);
                string.push(char::from(control));
                position += 1;
            }
        }
    }
}

/// Whether a quotation mark before this ends a string, by what comes next.
fn closes(after: &str, kind: StringKind) -> bool {
    let after = after.trim_ascii_start();
    let Some(next) = after.bytes().next() else { return true };
    match (kind, next) {
        (StringKind::Name, b':') => true,
        (StringKind::Member | StringKind::Item, b'}' | b']') => true,
        // `"the words "yes", and "no""`: behind a comma of JSON stands the next member or item.
        (StringKind::Member, b',') => {
            after[1..].trim_ascii_start().bytes().next().is_none_or(|byte| matches!(byte, b'"' | b'}' | b']'))
        }
        (StringKind::Item, b',') => after[1..].trim_ascii_start().bytes().next().is_none_or(|byte| {
            matches!(byte, b'"' | b'[' | b'{' | b']' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n')
        }),
        _ => false,
    }
}

/// Adds what an escape stands for; its length, or `None` where the text ends in it.
fn escape(text: &str, string: &mut String, repairs: &mut BTreeSet<Repair>) -> Option<usize> {
    let char = text[1..].chars().next()?;
    let meant = match char {
        '"' | '\\' | '/' => char,
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => return unicode_escape(text, string, repairs),
        _ => {
            // `\(` begins a formula and `\'` is an apostrophe: the backslash is only meant in one.
            repairs.insert(Repair::BadEscape);
            if char != '\'' {
                string.push('\\');
            }
            char
        }
    };
    string.push(meant);
    Some(1 + char.len_utf8())
}

fn unicode_escape(text: &str, string: &mut String, repairs: &mut BTreeSet<Repair>) -> Option<usize> {
    let unit = |at: usize| {
        let digits =
            text.get(at..at + 4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        u16::from_str_radix(digits, 16).ok()
    };
    let Some(first) = unit(2) else {
        // Digits to come are digits that were cut off.
        if text.len() < 6 {
            return None;
        }
        repairs.insert(Repair::BadEscape);
        string.push_str("\\u");
        return Some(2);
    };
    let second = text.get(6..8).filter(|mark| *mark == "\\u").and_then(|_| unit(8));
    let pair = second
        .map(|second| [first, second])
        .filter(|pair| char::decode_utf16(*pair).next().is_some_and(|c| c.is_ok()));
    match (pair, char::from_u32(u32::from(first))) {
        (_, Some(char)) => {
            string.push(char);
            Some(6)
        }
        (Some(pair), None) => {
            string.extend(char::decode_utf16(pair).flatten());
            Some(12)
        }
        (None, None) => {
            repairs.insert(Repair::BadEscape);
            string.push(char::REPLACEMENT_CHARACTER);
            Some(6)
        }
    }
}
