//! Text to records. Forgiving: a quote that is never closed is a character like any other.

/// The longest cell in quotes. A quote without its partner would otherwise swallow all rows up to
/// the next quote somewhere in the file.
const MAX_QUOTED_BYTES: usize = 1024 * 1024;

/// The most columns: as many as the usual spreadsheets can have.
const MAX_COLUMNS: usize = 16_384;

/// The most cells of a table: each takes memory beside its text.
const MAX_CELLS: usize = 40_000_000;

/// How the cells of a CSV are set apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    /// Stands between cells; ASCII.
    pub(super) delimiter: u8,
    /// Stands around cells; ASCII.
    pub(super) quote: u8,
    /// Whether a backslash takes the meaning from a quote behind it.
    pub(super) backslash: bool,
}

/// A record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    /// The line it starts on, from 1.
    pub(super) line: u64,
    /// Its cells, as they read without their quotes.
    pub(super) cells: Vec<String>,
}

/// Reads the records of a text, empty lines left out.
#[derive(Debug)]
pub(super) struct Reader<'t> {
    text: &'t str,
    dialect: Dialect,
    at: usize,
    line: u64,
    cells: usize,
    /// How many bytes may still be looked through for closing quotes in vain, so that a file full of
    /// lone quotes is read in linear time.
    search: usize,
    /// The lines of quotes that are never closed.
    pub(super) unclosed: Vec<u64>,
    /// The lines with more columns than a table may have.
    pub(super) too_wide: Vec<u64>,
    /// The line from which on the text was not read, as there are too many cells.
    pub(super) cut_at: Option<u64>,
}

impl<'t> Reader<'t> {
    /// Reads from the start of the text.
    pub(super) fn new(text: &'t str, dialect: Dialect) -> Self {
        Self {
            text,
            dialect,
            at: 0,
            line: 1,
            cells: 0,
            search: text.len().max(MAX_QUOTED_BYTES),
            unclosed: Vec::new(),
            too_wide: Vec::new(),
            cut_at: None,
        }
    }

    /// Reads one record and the end of its line; the reader stands on neither an end of a line nor
    /// of the text.
    fn record(&mut self) -> Record {
        let mut record = Record { line: self.line, cells: Vec::new() };
        loop {
            let cell = self.quoted().unwrap_or_else(|| self.plain().to_owned());
            if record.cells.len() < MAX_COLUMNS {
                record.cells.push(cell);
            } else if self.too_wide.last() != Some(&record.line) {
                self.too_wide.push(record.line);
            }
            if self.byte() != Some(self.dialect.delimiter) {
                return record;
            }
            self.at += 1;
        }
    }

    /// A cell without quotes, up to the next delimiter or end of a line.
    fn plain(&mut self) -> &'t str {
        let rest = &self.text[self.at..];
        let delimiter = self.dialect.delimiter;
        let ends = |byte: u8| byte == delimiter || byte == b'\n' || byte == b'\r';
        let length = rest.bytes().position(ends).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    /// A cell in quotes; the reader stays where it is if there is none. A quote closes the cell only
    /// where the cell may end: before a delimiter or the end of a line.
    fn quoted(&mut self) -> Option<String> {
        let Dialect { delimiter, quote, backslash } = self.dialect;
        let bytes = self.text.as_bytes();
        if self.byte() != Some(quote) {
            return None;
        }
        let start = self.at + 1;
        let last = bytes.len().min(start + MAX_QUOTED_BYTES.min(self.search));
        let mut at = start;
        let mut lines = 0;
        let mut cell = String::new();
        let mut from = start;
        while at < last {
            match bytes[at] {
                b'\n' => lines += 1,
                b'\\' if backslash && bytes.get(at + 1) == Some(&quote) => {
                    cell.push_str(&self.text[from..at]);
                    from = at + 1;
                    at += 1;
                }
                byte if byte == quote => match bytes.get(at + 1) {
                    Some(next) if *next == quote => {
                        cell.push_str(&self.text[from..=at]);
                        from = at + 2;
                        at += 1;
                    }
                    next if next.is_none_or(|next| *next == delimiter || matches!(next, b'\n' | b'\r')) => {
                        cell.push_str(&self.text[from..at]);
                        self.at = at + 1;
                        self.line += lines;
                        return Some(cell);
                    }
                    _ => {}
                },
                _ => {}
            }
            at += 1;
        }
        self.search = self.search.saturating_sub(at - start);
        self.unclosed.push(self.line);
        None
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }
}

impl Iterator for Reader<'_> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        while let Some(end @ (b'\n' | b'\r')) = self.byte() {
            let is_pair = end == b'\r' && self.text.as_bytes().get(self.at + 1) == Some(&b'\n');
            self.at += if is_pair { 2 } else { 1 };
            self.line += 1;
        }
        self.byte()?;
        if self.cells >= MAX_CELLS {
            self.cut_at.get_or_insert(self.line);
            return None;
        }
        let record = self.record();
        self.cells += record.cells.len();
        Some(record)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const COMMA: Dialect = Dialect { delimiter: b',', quote: b'"', backslash: false };

    fn read(text: &str, dialect: Dialect) -> (Vec<(u64, Vec<String>)>, Vec<u64>) {
        let mut reader = Reader::new(text, dialect);
        let records = reader.by_ref().map(|record| (record.line, record.cells)).collect();
        (records, reader.unclosed)
    }

    #[rstest]
    #[case::line_ends("a\r\nb\rc\n\n\nd", &[(1, &["a"][..]), (2, &["b"]), (3, &["c"]), (6, &["d"])])]
    #[case::quoted("\"a,\n\"\"b\"\"\",c\nd", &[(1, &["a,\n\"b\"", "c"][..]), (3, &["d"])])]
    #[case::empty_cells(",\"\",\n", &[(1, &["", "", ""][..])])]
    #[case::quotes_within("5\" pipe,\"a \"b\" c\"", &[(1, &["5\" pipe", "a \"b\" c"][..])])]
    fn records_are_read(#[case] text: &str, #[case] expected: &[(u64, &[&str])]) {
        let expected: Vec<(u64, Vec<String>)> = expected
            .iter()
            .map(|(line, cells)| (*line, cells.iter().map(|cell| (*cell).to_owned()).collect()))
            .collect();
        assert_eq!(read(text, COMMA), (expected, vec![]));
    }

    #[test]
    fn a_backslash_escapes_where_the_dialect_says_so() {
        let (records, _) = read("\"a \\\",b\",c", Dialect { backslash: true, ..COMMA });
        assert_eq!(records[0].1, ["a \",b", "c"]);
    }

    #[test]
    fn an_unclosed_quote_takes_its_own_cell_alone() {
        let (records, unclosed) = read("a,b\n1,\"x\n2,y\n", COMMA);
        assert_eq!(records[1].1, ["1", "\"x"]);
        assert_eq!(records[2].1, ["2", "y"]);
        assert_eq!(unclosed, [2]);
    }

    #[test]
    fn lone_quotes_are_looked_through_once() {
        let text = "\"x\n".repeat(400_000);
        let mut reader = Reader::new(&text, COMMA);
        assert_eq!(reader.by_ref().count(), 400_000);
        assert_eq!(reader.search, 0);
    }

    #[test]
    fn columns_are_bounded() {
        let text = ",".repeat(MAX_COLUMNS + 9) + "\na";
        let mut reader = Reader::new(&text, COMMA);
        assert_eq!(reader.next().unwrap().cells.len(), MAX_COLUMNS);
        assert_eq!(reader.too_wide, [1]);
        assert_eq!(reader.next().unwrap().cells, ["a"]);
    }
}
