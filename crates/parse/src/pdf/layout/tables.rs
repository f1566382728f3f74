//! Tables: what is tagged as one, stands in a lattice of ruled lines, between ruled lines, or in columns.

mod aligned;
mod columns;
mod lattice;
mod ruled;
mod tagged;

use super::{Line, PageLines, tagged::Tagged};
use crate::pdf::{geometry::Direction, script::is_rtl};

/// The texts of cells, row by row.
type Rows = Vec<Vec<String>>;

/// A table found on a page.
#[derive(Debug)]
pub(super) struct Table {
    /// Where its first line stands among the page's lines.
    pub(super) at: usize,
    pub(super) rows: Vec<Vec<String>>,
}

/// The area of a table on its page, in points from the top left.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Area {
    x0: f32,
    y0: f32,
    x1: f32,
    y1: f32,
}

impl Area {
    /// Whether a line lies in it: by the middle of its letters.
    fn holds(&self, line: &Line) -> bool {
        let (x, y) = (f32::midpoint(line.u0, line.u1), line.v - 0.3 * line.size);
        line.direction == Direction::Right
            && (self.x0..=self.x1).contains(&x)
            && (self.y0..=self.y1).contains(&y)
    }
}

/// The tables of a page, by where they start, and for each line whether it belongs to one.
pub(super) fn tables(page: &PageLines, tagged: &Tagged) -> (Vec<Table>, Vec<bool>) {
    let mut taken = vec![false; page.lines.len()];
    let mut tables = Vec::new();
    let mut take = |lines: Vec<usize>, rows: Option<Rows>, taken: &mut Vec<bool>| {
        if let (Some(at), Some(rows)) = (lines.first(), rows) {
            tables.push(Table { at: *at, rows });
            lines.iter().for_each(|line| taken[*line] = true);
        }
    };
    for (lines, rows) in tagged::tables(&page.lines, tagged) {
        take(lines, rows, &mut taken);
    }
    let free = |area: Area, taken: &[bool]| -> Vec<usize> {
        (0..page.lines.len()).filter(|at| !taken[*at] && area.holds(&page.lines[*at])).collect()
    };
    let ruling = lattice::Ruling::of(&page.rules);
    for grid in &ruling.grids {
        let lines = free(grid.area(), &taken);
        let rows = grid.rows(lines.iter().map(|at| &page.lines[*at]));
        take(lines, rows, &mut taken);
    }
    for band in &ruling.bands {
        let slots: Vec<Vec<usize>> = band.slots().map(|area| free(area, &taken)).collect();
        for (run, evidence) in ruled::runs(band, &page.lines, &slots) {
            let rows = columns::rows(run.iter().map(|at| &page.lines[*at]), evidence);
            take(run, rows, &mut taken);
        }
    }
    for (lines, rows) in aligned::tables(&page.lines, &taken) {
        take(lines, Some(rows), &mut taken);
    }
    tables.sort_by_key(|table| table.at);
    (tables, taken)
}

/// Rows in reading order, without the empty rows and columns, if a table is left.
fn tidy(rows: Rows) -> Option<Rows> {
    let mut rows = compact(rows)?;
    let rtl = rows.iter().flatten().filter(|cell| is_rtl(cell)).count();
    if rtl * 2 > rows.iter().flatten().filter(|cell| !cell.is_empty()).count() {
        rows.iter_mut().for_each(|row| row.reverse());
    }
    Some(rows)
}

/// Rows without the empty rows and columns, if a table is left.
fn compact(mut rows: Rows) -> Option<Rows> {
    rows.retain(|row| row.iter().any(|cell| !cell.is_empty()));
    let width = rows.iter().map(Vec::len).max().unwrap_or_default();
    let used: Vec<bool> = (0..width)
        .map(|at| rows.iter().any(|row| row.get(at).is_some_and(|cell| !cell.is_empty())))
        .collect();
    for row in &mut rows {
        let mut at = 0;
        row.retain(|_| {
            at += 1;
            used[at - 1]
        });
    }
    let columns = used.iter().filter(|used| **used).count();
    let several = rows.iter().filter(|row| row.iter().filter(|cell| !cell.is_empty()).count() > 1).count();
    if rows.len() < 2 || columns < 2 || several < 2 {
        return None;
    }
    Some(rows)
}

/// Adds to a cell, behind a blank if it holds something.
fn add(cell: &mut String, text: &str) {
    if !cell.is_empty() {
        cell.push(' ');
    }
    cell.push_str(text);
}
