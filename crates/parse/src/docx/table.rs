//! Tables: rows and cells, with merged cells repeated so that every cell of the grid has its text.

use super::xml::Element;

/// More columns than any real table has; a cell cannot claim to span more.
const MAX_SPAN: usize = 256;

/// The most cells that a table's cells may span beyond their own.
const MAX_SPANNED_CELLS: usize = 1_000_000;

/// A table's cells by row and column.
pub(super) struct Grid<'e> {
    /// The cells as they are written, each with its content.
    pub(super) cells: Vec<&'e Element>,
    /// The rows, of indices into `cells`; a merged cell is there several times.
    pub(super) rows: Vec<Vec<Option<usize>>>,
    /// Whether the first row is marked as naming the columns.
    pub(super) header: bool,
}

impl<'e> Grid<'e> {
    /// Reads a `tbl`.
    pub(super) fn read(table: &'e Element) -> Self {
        let mut written = Vec::new();
        let mut rows: Vec<Vec<Option<usize>>> = Vec::new();
        let mut spanned = 0;
        let mut marked = false;
        each(table, "tr", &mut |row| {
            let properties = row.child("trPr");
            if properties.is_some_and(|properties| properties.child("del").is_some()) {
                return;
            }
            marked |= rows.is_empty() && properties.is_some_and(|properties| properties.is_on("tblHeader"));
            let skipped = |name| {
                properties
                    .and_then(|properties| properties.value_of(name))
                    .and_then(|count| count.parse().ok())
                    .unwrap_or(0)
            };
            let mut within_bounds = |cells: usize| {
                spanned += cells;
                if spanned <= MAX_SPANNED_CELLS { cells } else { 0 }
            };
            let mut cells = vec![None; within_bounds(skipped("gridBefore").min(MAX_SPAN))];
            each(row, "tc", &mut |cell| {
                let properties = cell.child("tcPr");
                if properties.is_some_and(|properties| properties.child("cellDel").is_some()) {
                    return;
                }
                let span = properties
                    .and_then(|properties| properties.value_of("gridSpan"))
                    .and_then(|span| span.parse().ok())
                    .unwrap_or(1)
                    .clamp(1, MAX_SPAN);
                let continues = properties
                    .and_then(|properties| properties.child("vMerge"))
                    .is_some_and(|merge| merge.attribute("val").unwrap_or("continue") == "continue");
                let above = rows.last().and_then(|row| row.get(cells.len()).copied().flatten());
                let content = above.filter(|_| continues).unwrap_or_else(|| {
                    written.push(cell);
                    written.len() - 1
                });
                cells.extend(std::iter::repeat_n(Some(content), 1 + within_bounds(span - 1)));
            });
            rows.push(cells);
        });
        let look = table.child("tblPr").and_then(|properties| properties.child("tblLook"));
        let look_says = look.is_none_or(|look| match (look.attribute("firstRow"), look.attribute("val")) {
            (Some(value), _) => matches!(value, "1" | "true" | "on"),
            (None, Some(bits)) => u32::from_str_radix(bits, 16).is_ok_and(|bits| bits & 0x20 != 0),
            (None, None) => true,
        });
        let header = rows.len() > 1 && (marked || look_says);
        Self { cells: written, rows, header }
    }

    /// The content of a table that is one cell: a frame around text rather than a table.
    pub(super) fn only_cell(&self) -> Option<&'e Element> {
        match (self.rows.as_slice(), self.cells.as_slice()) {
            ([row], [cell]) if row.len() == 1 => Some(cell),
            _ => None,
        }
    }
}

/// The elements of a name in a table or row, through the wrappers that may stand between.
fn each<'e>(element: &'e Element, name: &str, found: &mut dyn FnMut(&'e Element)) {
    for child in element.children() {
        match child.name.as_str() {
            child_name if child_name == name => found(child),
            "sdt" | "sdtContent" | "ins" | "customXml" | "moveTo" | "smartTag" => each(child, name, found),
            _ => {}
        }
    }
}
