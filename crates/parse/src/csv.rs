//! CSV: one table. Delimiter, quoting and header row are told from the data.

use ::csv::{ReaderBuilder, StringRecord};
use model::Format;

use crate::{Draft, encoding};

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// How many records decide on the delimiter.
const SAMPLE_RECORDS: usize = 50;

/// How many ragged rows are named; the rest are counted.
const NAMED_ROWS: usize = 5;

/// Parses a CSV.
pub(crate) fn parse(bytes: &[u8]) -> Draft {
    let mut draft = Draft::new(Format::Csv);
    let decoded = encoding::decode(bytes, None);
    draft.warnings.extend(decoded.warning);
    let (text, delimiter) = match declared_delimiter(&decoded.text) {
        Some((delimiter, rest)) => (rest, delimiter),
        None => (decoded.text.as_str(), sniff(&decoded.text)),
    };
    let rows = read(text, delimiter, usize::MAX);
    let header = has_header(&rows);
    warn_of_ragged_rows(&rows, &mut draft);
    let rows = rows.into_iter().map(|(_, row)| row).collect();
    draft.records(header, rows, None);
    draft
}

/// Whether a text without a telling name is clearly CSV: several records of the same several short
/// fields.
pub(crate) fn looks_like(text: &str) -> bool {
    let rows = read(text, sniff(text), SAMPLE_RECORDS);
    let width = rows.first().map_or(0, |(_, row)| row.len());
    // The sample may end inside of the last record.
    let whole = &rows[..rows.len().saturating_sub(usize::from(rows.len() > 3))];
    width >= 2
        && whole.len() >= 3
        && whole.iter().all(|(_, row)| row.len() == width)
        && whole.iter().flat_map(|(_, row)| row).all(|cell| cell.chars().count() <= 200)
        && (width >= 3 || whole.len() >= 10 || has_header(&rows))
        && !whole.iter().flat_map(|(_, row)| row).skip(1).all(|cell| cell.starts_with(' '))
}

/// A first line `sep=;` is how Excel is told the delimiter.
fn declared_delimiter(text: &str) -> Option<(u8, &str)> {
    let (line, rest) = text.split_once('\n')?;
    let value = line.trim_end_matches('\r').strip_prefix("sep=")?;
    match value.as_bytes() {
        [delimiter] if DELIMITERS.contains(delimiter) => Some((*delimiter, rest)),
        _ => None,
    }
}

/// The delimiter under which most records have the same number of fields, and that more than one.
fn sniff(text: &str) -> u8 {
    let score = |delimiter: u8| {
        let widths: Vec<usize> =
            read(text, delimiter, SAMPLE_RECORDS).iter().map(|(_, row)| row.len()).collect();
        let mut sorted = widths.clone();
        sorted.sort_unstable();
        let usual = sorted.get(sorted.len() / 2).copied().unwrap_or(0);
        if usual < 2 {
            return (0, 0);
        }
        let alike = widths.iter().filter(|width| **width == usual).count();
        (alike * 100 / widths.len(), usual)
    };
    // On a tie the first one wins: the comma.
    DELIMITERS.into_iter().rev().max_by_key(|delimiter| score(*delimiter)).unwrap_or(b',')
}

/// The records with the lines they start on.
fn read(text: &str, delimiter: u8, most: usize) -> Vec<(u64, Vec<String>)> {
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let mut record = StringRecord::new();
    while rows.len() < most && matches!(reader.read_record(&mut record), Ok(true)) {
        let line = record.position().map_or(0, ::csv::Position::line);
        rows.push((line, record.iter().map(str::to_owned).collect()));
    }
    rows
}

/// Whether the first row names the columns: every cell is there, none twice, none a number where the
/// rows below have other things. Files of names and data in words alone cannot be told apart; most
/// of those have a header.
fn has_header(rows: &[(u64, Vec<String>)]) -> bool {
    let [(_, first), below @ ..] = rows else { return false };
    if below.is_empty() || first.iter().any(|cell| cell.trim().is_empty()) {
        return false;
    }
    let mut names: Vec<_> = first.iter().map(|cell| cell.trim().to_lowercase()).collect();
    names.sort_unstable();
    names.dedup();
    if names.len() < first.len() {
        return false;
    }
    let below = &below[..below.len().min(SAMPLE_RECORDS)];
    let all_below = |column: usize, like: fn(&str) -> bool| {
        below.iter().all(|(_, row)| row.get(column).is_none_or(|cell| like(cell)))
    };
    !first.iter().enumerate().any(|(column, name)| {
        // Years name columns as well.
        let is_name = !is_data(name) || (is_year(name) && !all_below(column, is_year));
        !is_name && all_below(column, is_data)
    })
}

fn is_year(cell: &str) -> bool {
    cell.trim().parse::<u16>().is_ok_and(|year| (1800..2200).contains(&year))
}

/// Whether a cell holds a number, a date or a time rather than a name.
fn is_data(cell: &str) -> bool {
    let cell = cell.trim();
    cell.chars().any(|c| c.is_ascii_digit()) && !cell.chars().any(char::is_alphabetic)
}

fn warn_of_ragged_rows(rows: &[(u64, Vec<String>)], draft: &mut Draft) {
    let Some(width) = rows.first().map(|(_, row)| row.len()) else { return };
    let ragged: Vec<_> = rows.iter().filter(|(_, row)| row.len() != width).collect();
    for (line, row) in ragged.iter().take(NAMED_ROWS) {
        let fields = if row.len() == 1 { "1 field".to_owned() } else { format!("{} fields", row.len()) };
        draft.warnings.push(format!("line {line} has {fields}, the first row has {width}"));
    }
    if ragged.len() > NAMED_ROWS {
        draft.warnings.push(format!("{} more rows have another number of fields", ragged.len() - NAMED_ROWS));
    }
}

#[cfg(test)]
mod tests {
    use model::BlockKind;
    use rstest::rstest;

    use super::*;

    fn table(csv: &str) -> (bool, Vec<Vec<String>>, Vec<String>) {
        let document = parse(csv.as_bytes()).finish().unwrap();
        let BlockKind::Table { rows, header } = document.blocks[0].kind.clone() else { panic!("no table") };
        (header, rows, document.warnings)
    }

    #[rstest]
    #[case::comma("a,b\n1,2\n")]
    #[case::semicolon("a;b\n1;2\n")]
    #[case::tab("a\tb\r\n1\t2\r\n")]
    #[case::pipe("a|b\n1|2")]
    #[case::declared("sep=;\r\na;b\r\n1;2\r\n")]
    fn delimiters_are_told(#[case] csv: &str) {
        assert_eq!(
            table(csv),
            (true, vec![vec!["a".into(), "b".into()], vec!["1".into(), "2".into()]], vec![])
        );
    }

    #[test]
    fn cells_stay_as_written() {
        let (_, rows, _) = table("id,note\n007,\"say \"\"hi\"\",\n  twice\"\n1e5,2024-01-31\n");
        assert_eq!(rows[1], ["007", "say \"hi\",\n  twice"]);
        assert_eq!(rows[2], ["1e5", "2024-01-31"]);
    }

    #[test]
    fn decimal_commas_do_not_win_over_semicolons() {
        let (_, rows, _) = table("name;price\nA;1,50\nB;2,75\n");
        assert_eq!(rows[1], ["A", "1,50"]);
    }

    #[rstest]
    #[case("1,2\n3,4\n", false)]
    #[case("x,y\n3,4\n", true)]
    #[case("name\nAda\n", true)]
    #[case("a,a\n1,2\n", false)]
    #[case("year,2023,2024\nsales,1,2\n", true)]
    #[case("2021,5\n2022,7\n", false)]
    fn a_header_row_is_told(#[case] csv: &str, #[case] header: bool) {
        assert_eq!(table(csv).0, header);
    }

    #[test]
    fn ragged_rows_are_filled_up_and_named() {
        let (_, rows, warnings) = table("a,b,c\n1,2\n1,2,3,4\n");
        assert_eq!(rows[1], ["1", "2", "", ""]);
        assert_eq!(
            warnings,
            ["line 2 has 2 fields, the first row has 3", "line 3 has 4 fields, the first row has 3"]
        );
    }
}
