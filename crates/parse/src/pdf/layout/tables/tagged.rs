//! Tables by their tags.

use std::collections::{BTreeMap, BTreeSet};

use super::{Rows, add, compact};
use crate::pdf::{
    layout::{Line, tagged::Tagged},
    tags::Role,
};

/// The most cells of a table on a page.
const MAX_CELLS: usize = 50_000;
/// The most characters of a cell: more are the text of a page that tables lay out.
const MAX_CHARACTERS: usize = 1_500;
/// The least share of cells that hold something: a form laid out as a table has few.
const MIN_FILLED: f32 = 0.25;
/// The least share of rows and of cells that stand where their tags put them.
const MIN_IN_PLACE: f32 = 0.8;

/// A cell: its text and where that starts.
#[derive(Debug)]
struct Cell {
    text: String,
    u0: f32,
    v: f32,
}

/// The lines of each table of a page by their tags, with its rows if that is one by its looks too.
pub(super) fn tables(lines: &[Line], tagged: &Tagged) -> Vec<(Vec<usize>, Option<Rows>)> {
    let mut tables: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (at, line) in lines.iter().enumerate() {
        if let Some(table) = table(line, tagged) {
            tables.entry(table).or_default().push(at);
        }
    }
    tables
        .into_values()
        .map(|at| {
            let rows = rows(at.iter().map(|at| &lines[*at]), tagged);
            (at, rows)
        })
        .collect()
}

/// The table that all of a line belongs to.
fn table(line: &Line, tagged: &Tagged) -> Option<u32> {
    let mut roles = line.words.iter().map(|word| match tagged.role(word.tag) {
        Some(Role::Cell { table, .. }) => Some(table),
        _ => None,
    });
    let first = roles.next()??;
    roles.all(|table| table == Some(first)).then_some(first)
}

fn rows<'l>(lines: impl Iterator<Item = &'l Line>, tagged: &Tagged) -> Option<Rows> {
    let mut cells: BTreeMap<(u32, u32), Cell> = BTreeMap::new();
    for line in lines {
        for word in &line.words {
            let Some(Role::Cell { row, column, .. }) = tagged.role(word.tag) else { continue };
            let new = || Cell { text: String::new(), u0: word.u0, v: line.v };
            let cell = cells.entry((row, column)).or_insert_with(new);
            add(&mut cell.text, &word.text);
            if cell.text.len() > 4 * MAX_CHARACTERS {
                return None;
            }
        }
    }
    let columns: BTreeSet<u32> = cells.keys().map(|(_, column)| *column).collect();
    let columns: BTreeMap<u32, usize> = columns.into_iter().zip(0..).collect();
    let numbers: BTreeSet<u32> = cells.keys().map(|(row, _)| *row).collect();
    let places = numbers.len() * columns.len();
    let filled = cells.len() as f32 >= MIN_FILLED * places as f32;
    if places > MAX_CELLS
        || !filled
        || !is_in_place(&cells)
        || cells.values().any(|cell| cell.text.chars().count() > MAX_CHARACTERS)
    {
        return None;
    }
    let mut rows: Rows = Vec::with_capacity(numbers.len());
    let mut open = None;
    for ((row, column), cell) in cells {
        if open != Some(row) {
            rows.push(vec![String::new(); columns.len()]);
            open = Some(row);
        }
        if let (Some(texts), Some(at)) = (rows.last_mut(), columns.get(&column)) {
            texts[*at] = cell.text;
        }
    }
    compact(rows)
}

/// Whether rows stand below each other, and the cells of a row beside each other.
fn is_in_place(cells: &BTreeMap<(u32, u32), Cell>) -> bool {
    let (mut below, mut rows, mut right, mut left) = (0, 0, 0, 0);
    let mut first: Option<&Cell> = None;
    let all: Vec<_> = cells.iter().collect();
    for pair in all.windows(2) {
        let [((row, _), cell), ((next_row, _), next)] = pair else { continue };
        let first_of_row = *first.get_or_insert(cell);
        if row == next_row {
            right += usize::from(next.u0 > cell.u0);
            left += usize::from(next.u0 < cell.u0);
        } else {
            rows += 1;
            below += usize::from(next.v > first_of_row.v);
            first = Some(next);
        }
    }
    below as f32 >= MIN_IN_PLACE * rows as f32
        && right.max(left) as f32 >= MIN_IN_PLACE * (right + left) as f32
}
