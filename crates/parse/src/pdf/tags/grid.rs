//! Where the cells of a tagged table stand, told from the order of its rows and the spans of its cells.

use hayro_syntax::object::{Dict, Object};

/// The most columns of a table; cells beyond share the last one.
const MAX_COLUMNS: u32 = 400;

/// A table while its elements are walked.
#[derive(Debug)]
pub(super) struct Grid {
    pub(super) table: u32,
    /// The number of rows begun.
    rows: u32,
    column: u32,
    /// For each column, how many rows from the current one on a cell covers.
    covered: Vec<u32>,
}

impl Grid {
    pub(super) fn new(table: u32) -> Self {
        Self { table, rows: 0, column: 0, covered: Vec::new() }
    }

    pub(super) fn begin_row(&mut self) {
        self.rows = self.rows.saturating_add(1);
        self.column = 0;
        self.covered.iter_mut().for_each(|rows| *rows = rows.saturating_sub(1));
    }

    /// Takes the next free place for a cell: its row and column.
    pub(super) fn place(&mut self, element: &Dict<'_>) -> (u32, u32) {
        let (rows, columns) = spans(element);
        while self.covered.get(self.column as usize).is_some_and(|rows| *rows > 0) {
            self.column += 1;
        }
        let first = self.column.min(MAX_COLUMNS);
        let end = self.column.saturating_add(columns).min(MAX_COLUMNS);
        if self.covered.len() < end as usize {
            self.covered.resize(end as usize, 0);
        }
        self.covered[first.min(end) as usize..end as usize].fill(rows);
        self.column = end;
        (self.rows.saturating_sub(1), first)
    }
}

/// How many rows and columns a cell covers, by its attributes for tables.
fn spans(element: &Dict<'_>) -> (u32, u32) {
    const MAX_ATTRIBUTES: usize = 16;
    let mut spans = (1, 1);
    let mut take = |attributes: &Dict<'_>| {
        let span = |name: &str| attributes.get::<u32>(name).filter(|span| *span > 0);
        spans = (span("RowSpan").unwrap_or(spans.0), span("ColSpan").unwrap_or(spans.1));
    };
    match element.get::<Object<'_>>("A") {
        Some(Object::Dict(attributes)) => take(&attributes),
        Some(Object::Array(several)) => {
            several
                .iter::<Object<'_>>()
                .take(MAX_ATTRIBUTES)
                .filter_map(Object::into_dict)
                .for_each(|one| take(&one));
        }
        _ => {}
    }
    spans
}
