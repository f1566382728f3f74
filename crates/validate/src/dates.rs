//! Dates and large numbers, written in several ways: `3 May 2024` and `2024-05-03`, `1.2 million` and
//! `1,200,000`.

use crate::tokens::{Kind, Token, number_key};

/// Gives names of months beside a number their own number as another reading, and numbers before
/// `million` and the like what they come to.
pub(crate) fn mark(text: &str, tokens: &mut [Token]) {
    for at in 0..tokens.len() {
        let token = tokens[at];
        if token.kind != Kind::Word || !may_count(token) {
            continue;
        }
        let is_number = |at: usize| tokens.get(at).is_some_and(|near| near.kind == Kind::Number);
        let before = at.checked_sub(1).filter(|before| is_number(*before));
        let word = &text[token.start..token.end];
        if let Some(month) = month(word)
            && (before.is_some() || is_number(at + 1))
        {
            tokens[at].alias = number_key(&month.to_string(), false);
        } else if let (Some(before), Some(zeros)) = (before, zeros(word)) {
            let number = &text[tokens[before].start..tokens[before].end];
            if let Some(value) = times(number, zeros) {
                tokens[before].alias = number_key(&value, false);
            }
        }
    }
}

/// Lengths of the names of months and of large numbers, in bytes.
fn may_count(token: Token) -> bool {
    (3..=20).contains(&(token.end - token.start))
}

/// The number of a month, by its name in a larger language of Europe.
fn month(word: &str) -> Option<usize> {
    let word = word.to_lowercase();
    MONTHS.iter().position(|names| names.contains(&word.as_str())).map(|at| at + 1)
}

fn zeros(word: &str) -> Option<usize> {
    Some(match word.to_lowercase().as_str() {
        "hundred" => 2,
        "thousand" | "tausend" | "mille" | "mil" | "тысяч" | "тысячи" => 3,
        "million" | "millions" | "millionen" | "millón" | "millones" | "milhão" | "milhões" | "milioni"
        | "miljoen" | "миллион" | "миллиона" | "миллионов" => 6,
        "billion"
        | "billions"
        | "milliarde"
        | "milliarden"
        | "milliard"
        | "milliards"
        | "miljard"
        | "миллиард"
        | "миллиардов" => 9,
        "trillion" | "trillions" | "billionen" => 12,
        _ => return None,
    })
}

/// A number as written, times a power of ten.
fn times(number: &str, zeros: usize) -> Option<String> {
    let (whole, after) = number.split_once(['.', ',']).unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(after) || whole.is_empty() || after.len() > zeros {
        return None;
    }
    let value = format!("{whole}{after}{}", "0".repeat(zeros - after.len()));
    Some(value.trim_start_matches('0').to_owned()).filter(|value| !value.is_empty())
}

/// Names of each month in small letters: English, German, French, Spanish, Portuguese, Italian, Dutch, Russian.
#[rustfmt::skip]
const MONTHS: [&[&str]; 12] = [
    &["january", "jan", "januar", "jänner", "janvier", "enero", "janeiro", "gennaio", "januari", "января", "январь"],
    &["february", "feb", "februar", "février", "febrero", "fevereiro", "febbraio", "februari", "февраля", "февраль"],
    &["march", "mar", "märz", "mars", "marzo", "março", "maart", "марта", "март"],
    &["april", "apr", "avril", "abril", "aprile", "апреля", "апрель"],
    &["may", "mai", "mayo", "maio", "maggio", "mei", "мая", "май"],
    &["june", "jun", "juni", "juin", "junio", "junho", "giugno", "июня", "июнь"],
    &["july", "jul", "juli", "juillet", "julio", "julho", "luglio", "июля", "июль"],
    &["august", "aug", "août", "agosto", "augustus", "августа", "август"],
    &["september", "sep", "sept", "septembre", "septiembre", "setembro", "settembre", "сентября", "сентябрь"],
    &["october", "oct", "oktober", "okt", "octobre", "octubre", "outubro", "ottobre", "октября", "октябрь"],
    &["november", "nov", "novembre", "noviembre", "novembro", "ноября", "ноябрь"],
    &["december", "dec", "dezember", "dez", "décembre", "diciembre", "dezembro", "dicembre", "декабря", "декабрь"],
];

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::tokens::tokens;

    #[rstest]
    #[case("on 3 May 2024", "2024-05-03", 2, 1)]
    #[case("am 3. Mai 2024", "03.05.2024", 2, 1)]
    #[case("May 3, 2024", "2024-05-03", 0, 1)]
    #[case("1.2 million people", "1,200,000 people", 0, 0)]
    #[case("2 million", "2000000", 0, 0)]
    fn are_read_in_both_ways(
        #[case] one: &str,
        #[case] other: &str,
        #[case] at: usize,
        #[case] there: usize,
    ) {
        let (one, other) = (tokens(one, None), tokens(other, None));
        assert_eq!(one[at].alias, other[there].key);
    }

    #[rstest]
    #[case("It may be 5")]
    #[case("May is warm")]
    fn months_are_beside_numbers(#[case] text: &str) {
        assert!(tokens(text, None).iter().all(|token| token.alias == token.key));
    }
}
