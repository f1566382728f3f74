//! CSV: one table. Delimiter, quoting, the lines above the table and its header row are told from
//! the data.

mod records;

use model::Format;

use crate::{Draft, encoding};
use records::{Dialect, Reader, Record};

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// How many records decide on the dialect.
const SAMPLE_RECORDS: usize = 100;

/// How much of the text is looked at for that.
const SAMPLE_BYTES: usize = 256 * 1024;

/// How many records may stand above a table.
const MAX_PREAMBLE: usize = 20;

/// How many rows of a kind are named; the rest are counted.
const NAMED_ROWS: usize = 5;

/// Parses a CSV.
pub(crate) fn parse(bytes: &[u8]) -> Draft {
    let mut draft = Draft::new(Format::Csv);
    let decoded = encoding::decode(bytes, None);
    draft.warnings.extend(decoded.warning);
    let (text, first_line, dialect) = match declared_delimiter(&decoded.text) {
        Some((delimiter, rest)) => (rest, 1, sniff(rest, &[delimiter])),
        None => (decoded.text.as_str(), 0, sniff(&decoded.text, &DELIMITERS)),
    };
    let mut reader = Reader::new(text, dialect);
    let mut rows: Vec<Record> = reader.by_ref().collect();
    for row in &mut rows {
        row.line += first_line;
    }
    let body = rows.split_off(preamble(&rows));
    for title in rows {
        let cells: Vec<_> = title.cells.into_iter().filter(|cell| !cell.trim().is_empty()).collect();
        draft.paragraph(&cells.join(", "), None);
    }
    let header = has_header(&body);
    warn_of_ragged_rows(&body, &mut draft);
    let name = |lines: &[u64], what: &str, draft: &mut Draft| {
        for line in lines.iter().take(NAMED_ROWS) {
            draft.warnings.push(format!("line {} {what}", line + first_line));
        }
        if lines.len() > NAMED_ROWS {
            draft.warnings.push(format!("the same holds for {} more lines", lines.len() - NAMED_ROWS));
        }
    };
    name(&reader.unclosed, "opens a quote that is not closed; it was read as a character", &mut draft);
    name(&reader.too_wide, "has too many fields; those at its end were left out", &mut draft);
    if let Some(line) = reader.cut_at {
        let line = line + first_line;
        draft.warnings.push(format!("the table has too many cells; it was read up to line {line}"));
    }
    draft.records(header, body.into_iter().map(|row| row.cells).collect(), None);
    draft
}

/// Whether a text without a telling name is clearly CSV: several records of the same several short
/// fields.
pub(crate) fn looks_like(text: &str) -> bool {
    let rows = sample(text, sniff(text, &DELIMITERS));
    let width = rows.first().map_or(0, |row| row.cells.len());
    // The sample may end inside of the last record.
    let whole = &rows[..rows.len().saturating_sub(usize::from(rows.len() > 3))];
    let mut cells = whole.iter().flat_map(|row| &row.cells);
    width >= 2
        && whole.len() >= 3
        && whole.iter().all(|row| row.cells.len() == width)
        && cells.clone().all(|cell| cell.chars().count() <= 200)
        && (width >= 3 || whole.len() >= 10 || has_header(&rows))
        && !cells.by_ref().skip(1).all(|cell| cell.starts_with(' '))
}

/// A first line `sep=;` is how Excel is told the delimiter.
fn declared_delimiter(text: &str) -> Option<(u8, &str)> {
    let (line, rest) = text.split_once('\n')?;
    let value = line.trim_end_matches('\r').trim_matches('"').strip_prefix("sep=")?;
    match value.as_bytes() {
        [delimiter] if DELIMITERS.contains(delimiter) => Some((*delimiter, rest)),
        _ => None,
    }
}

/// The dialect under which most records have the same number of fields, and that more than one.
fn sniff(text: &str, delimiters: &[u8]) -> Dialect {
    let backslash = escapes_by_backslash(text);
    let score = |dialect: &Dialect| {
        let rows = sample(text, *dialect);
        // Lines above the table count against a dialect: under a wrong one, the header row may
        // look like a title.
        let usual = usual_width(&rows[preamble(&rows)..]);
        if usual < 2 {
            return (0, 0);
        }
        let alike = rows.iter().filter(|row| row.cells.len() == usual).count();
        (alike * 100 / rows.len(), usual)
    };
    // On a tie the last one wins: the double quote, then the comma. A single quote more often is an
    // apostrophe.
    let dialects = [b'\'', b'"'].into_iter().flat_map(|quote| {
        delimiters.iter().rev().map(move |delimiter| Dialect { delimiter: *delimiter, quote, backslash })
    });
    dialects.max_by_key(score).unwrap_or(Dialect { delimiter: b',', quote: b'"', backslash })
}

/// Whether quotes within cells have a backslash before them: one stands
/// before a letter, where no cell can end.
fn escapes_by_backslash(text: &str) -> bool {
    let sample = head(text);
    sample.split("\\\"").skip(1).any(|behind| behind.starts_with(char::is_alphanumeric))
}

/// The start of a text, to a whole line where it has lines.
fn head(text: &str) -> &str {
    if text.len() <= SAMPLE_BYTES {
        return text;
    }
    let start = &text[..text.floor_char_boundary(SAMPLE_BYTES)];
    start.rfind('\n').map_or(start, |end| &start[..end])
}

fn sample(text: &str, dialect: Dialect) -> Vec<Record> {
    Reader::new(head(text), dialect).take(SAMPLE_RECORDS).collect()
}

/// The median of the numbers of fields.
fn usual_width(rows: &[Record]) -> usize {
    let mut widths: Vec<_> = rows.iter().take(SAMPLE_RECORDS).map(|row| row.cells.len()).collect();
    widths.sort_unstable();
    widths.get(widths.len() / 2).copied().unwrap_or(0)
}

/// How many records stand above the table: titles, which fill one cell of several, and comments.
fn preamble(rows: &[Record]) -> usize {
    let usual = usual_width(rows);
    let is_above = |row: &&Record| {
        let filled = row.cells.iter().filter(|cell| !cell.trim().is_empty()).count();
        let is_comment = row.cells[0].starts_with('#');
        (row.cells.len() != usual && (filled <= 1 || is_comment)) || (usual >= 3 && filled <= 1)
    };
    let above = rows.iter().take(MAX_PREAMBLE).take_while(is_above).count();
    // A table has at least a header and a row.
    if usual >= 2 && above + 2 <= rows.len() { above } else { 0 }
}

/// Whether the first row names the columns: every cell is there, none twice, none a number where the
/// rows below have other things. Files of names and data in words alone cannot be told apart; most
/// of those have a header.
fn has_header(rows: &[Record]) -> bool {
    let [Record { cells: first, .. }, below @ ..] = rows else { return false };
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
        below.iter().all(|row| row.cells.get(column).is_none_or(|cell| like(cell)))
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

fn warn_of_ragged_rows(rows: &[Record], draft: &mut Draft) {
    let Some(width) = rows.first().map(|row| row.cells.len()) else { return };
    let mut ragged = rows.iter().filter(|row| row.cells.len() != width);
    for row in ragged.by_ref().take(NAMED_ROWS) {
        let count = row.cells.len();
        let fields = if count == 1 { "1 field".to_owned() } else { format!("{count} fields") };
        draft.warnings.push(format!("line {} has {fields}, the first row has {width}", row.line));
    }
    let more = ragged.count();
    if more > 0 {
        draft.warnings.push(format!("{more} more rows have another number of fields"));
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

    #[rstest]
    #[case::titles("Sales of 2024\n\nname,sold,left\na,1,2\nb,3,4\n", "Sales of 2024")]
    #[case::filled_up("Sales of 2024,,\n,,\nname,sold,left\na,1,2\nb,3,4\n", "Sales of 2024")]
    #[case::comments("# by hand, in 2024\nname,sold,left\na,1,2\nb,3,4\n", "# by hand,  in 2024")]
    fn lines_above_a_table_are_text(#[case] csv: &str, #[case] above: &str) {
        let document = parse(csv.as_bytes()).finish().unwrap();
        assert_eq!(document.blocks[0].text, crate::draft::one_line(above));
        let BlockKind::Table { rows, header } = &document.blocks[1].kind else { panic!("no table") };
        assert!(header);
        assert_eq!(rows[0], ["name", "sold", "left"]);
        assert_eq!(rows.len(), 3);
    }

    #[rstest]
    #[case::single("id,note\n1,'a, b'\n2,'c, d'\n", "a, b")]
    #[case::apostrophes("id,note\n1,'b'\n2,c\n", "'b'")]
    #[case::backslash("id,note\n1,\"say \\\"hi\\\", ok\"\n2,c\n", "say \"hi\", ok")]
    fn quoting_is_told(#[case] csv: &str, #[case] cell: &str) {
        assert_eq!(table(csv).1[1][1], cell);
    }

    #[test]
    fn an_unclosed_quote_is_named() {
        let (_, rows, warnings) = table("a,b\n1,2\n3,\"4\n5,6\n");
        assert_eq!(rows.len(), 4);
        assert_eq!(warnings, ["line 3 opens a quote that is not closed; it was read as a character"]);
    }
}
