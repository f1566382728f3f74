//! Personal data and secrets, by their form and by their check digits.

use std::{borrow::Cow, sync::LazyLock};

use model::{Flag, FlagCode};
use regex::Regex;

/// What to look for: its name, its form, and what else has to hold of a match.
struct Kind {
    name: &'static str,
    form: Regex,
    holds: fn(&str) -> bool,
}

/// The first personal data of each kind in a text, as one flag that shows them masked; `None` where there
/// are none.
pub fn personal_data(text: &str) -> Option<Flag> {
    static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(kinds);
    let mut text = Cow::from(text);
    let mut found = Vec::new();
    for kind in KINDS.iter() {
        let first = kind.form.find_iter(&text).map(|found| found.as_str()).find(|found| (kind.holds)(found));
        found.extend(first.map(|first| format!("{} ({})", kind.name, masked(first))));
        // What has one form has no other: the digits of an IBAN may pass for a card.
        if kind.form.is_match(&text) {
            text = kind.form.replace_all(&text, " ").into_owned().into();
        }
    }
    (!found.is_empty()).then(|| Flag {
        code: FlagCode::PersonalData,
        detail: format!("It seems to hold {}.", found.join(", ")),
    })
}

fn kinds() -> Vec<Kind> {
    let any: fn(&str) -> bool = |_| true;
    let kinds = [
        ("a mail address", r"(?i)\b[a-z0-9][a-z0-9._%+-]*@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,24}\b", any),
        (
            "a key or token",
            r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bsk-[A-Za-z0-9_-]{20,}|\bgh[pousr]_[A-Za-z0-9]{36}\b|\bgithub_pat_[A-Za-z0-9_]{22,}|\bglpat-[A-Za-z0-9_-]{20,}|\bxox[abprs]-[A-Za-z0-9-]{10,}|\bAIza[A-Za-z0-9_-]{35}|\bhf_[A-Za-z0-9]{30,}|\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}|-----BEGIN [A-Z ]*PRIVATE KEY-----",
            any,
        ),
        ("an IBAN", r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]){11,30}\b", is_iban as fn(&str) -> bool),
        ("a card number", r"\b[2-6][0-9]{3}(?:[ -]?[0-9]){9,15}\b", is_card),
        (
            "a phone number",
            r"\+[1-9][0-9]{0,2}(?:[ ./-]?\(?[0-9]{1,5}\)?){2,6}\b|(?:\(\d{3}\) ?|\b\d{3}[-.])\d{3}[-.]\d{4}\b",
            is_phone,
        ),
    ];
    kinds
        .into_iter()
        .filter_map(|(name, form, holds)| Some(Kind { name, form: Regex::new(form).ok()?, holds }))
        .collect()
}

/// The first and last two characters at most, so that it can be found and not be read.
fn masked(found: &str) -> String {
    let chars: Vec<char> = found.chars().collect();
    let shown = if chars.len() >= 8 { 2 } else { 1 };
    let part = |range: &[char]| range.iter().collect::<String>();
    format!("{}…{}", part(&chars[..shown]), part(&chars[chars.len() - shown..]))
}

fn digits(text: &str) -> Vec<u32> {
    text.chars().filter_map(|char| char.to_digit(10)).collect()
}

/// By Luhn.
fn is_card(text: &str) -> bool {
    let digits = digits(text);
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| match (at % 2, digit * 2) {
            (0, _) => *digit,
            (_, double) => double / 10 + double % 10,
        })
        .sum();
    (13..=19).contains(&digits.len())
        && sum.is_multiple_of(10)
        && digits.iter().any(|digit| *digit != digits[0])
}

/// By ISO 7064, MOD 97-10. What follows an IBAN in capitals may have been taken for a part of it.
fn is_iban(text: &str) -> bool {
    let chars: Vec<char> = text.chars().filter(|char| *char != ' ').collect();
    (15..=chars.len().min(34)).any(|length| {
        let number = chars[4..length].iter().chain(&chars[..4]);
        let rest = number
            .filter_map(|char| char.to_digit(36))
            .fold(0, |rest, value| (if value > 9 { rest * 100 } else { rest * 10 } + value) % 97);
        rest == 1
    })
}

fn is_phone(text: &str) -> bool {
    (9..=15).contains(&digits(text).len())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn all_kinds_are_looked_for() {
        assert_eq!(kinds().len(), 5);
    }

    #[rstest]
    #[case("Write to ada.lovelace@example.co.uk today.", "a mail address (ad…uk)")]
    #[case("Pay with 4111 1111 1111 1111.", "a card number (41…11)")]
    #[case("To DE89 3704 0044 0532 0130 00 please", "an IBAN (DE…00)")]
    #[case("To GB29NWBK60161331926819.", "an IBAN (GB…19)")]
    #[case("Call +49 30 1234567 now", "a phone number (+4…67)")]
    #[case("Call (555) 123-4567", "a phone number ((5…67)")]
    #[case("key AKIAIOSFODNN7EXAMPLE", "a key or token (AK…LE)")]
    #[case("-----BEGIN RSA PRIVATE KEY-----", "a key or token (--…--)")]
    fn is_found_and_masked(#[case] text: &str, #[case] said: &str) {
        let flag = personal_data(text).unwrap();
        assert_eq!(flag.detail, format!("It seems to hold {said}."));
    }

    #[rstest]
    #[case::not_luhn("Part 4111 1111 1111 1112 of the plan")]
    #[case::not_iban("DE89 3704 0044 0532 0130 01")]
    #[case::years("from 1998 to 2004, 1,200,000 people")]
    #[case::code("user@host runs v1.2.3-4567")]
    #[case::date("2024-05-03 12:30:45")]
    #[case::range("pages 100-200 and 300-400")]
    #[case::decorator("@property def x(self)")]
    fn is_not_seen_where_there_is_none(#[case] text: &str) {
        assert_eq!(personal_data(text), None);
    }
}
