//! Text in columns: rows whose parts stand below each other, with clear space between them.

use super::{add, tidy};
use crate::pdf::layout::Line;

/// How many font sizes of space part two cells where nothing but alignment speaks for a table.
pub(super) const CLEAR_GAP: f32 = 1.6;
/// The same where lines are ruled around it.
pub(super) const RULED_GAP: f32 = 0.7;
/// The least number of rows that only alignment speaks for.
pub(super) const MIN_ROWS: usize = 3;

/// What speaks for a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Evidence {
    /// Ruled lines above and below.
    Ruled,
    /// Alignment alone.
    Alignment,
}

impl Evidence {
    fn gap(self) -> f32 {
        match self {
            Self::Ruled => RULED_GAP,
            Self::Alignment => CLEAR_GAP,
        }
    }
}

/// A part of a row without a wide gap.
pub(super) struct Part {
    pub(super) u0: f32,
    pub(super) u1: f32,
    pub(super) text: String,
}

/// A line of cells.
struct Row {
    v: f32,
    size: f32,
    parts: Vec<Part>,
}

/// The cells of lines, where they stand in columns.
pub(super) fn rows<'l>(
    lines: impl Iterator<Item = &'l Line>,
    evidence: Evidence,
) -> Option<Vec<Vec<String>>> {
    let rows = grouped(lines, evidence);
    let columns = columns(&rows);
    let several = rows.iter().filter(|row| row.parts.len() > 1).count();
    let enough = match evidence {
        Evidence::Ruled => several >= 2 && several * 2 >= rows.len(),
        Evidence::Alignment => several >= MIN_ROWS && is_regular(&rows, columns.len()),
    };
    if columns.len() < 2 || !enough {
        return None;
    }
    let mut cells: Vec<Vec<String>> = Vec::new();
    let mut last_v = f32::NEG_INFINITY;
    for row in &rows {
        let mut texts = vec![String::new(); columns.len()];
        for part in &row.parts {
            let column = columns.partition_point(|column| column.0 <= part.u0 + 0.1).saturating_sub(1);
            add(&mut texts[column], &part.text);
        }
        // A line without a first cell, close below, goes on with the cells above it.
        let goes_on = texts[0].is_empty() && row.v - last_v < 1.35 * row.size;
        match cells.last_mut() {
            Some(above) if goes_on => {
                for (cell, text) in above.iter_mut().zip(&texts).filter(|(_, text)| !text.is_empty()) {
                    add(cell, text);
                }
            }
            _ => cells.push(texts),
        }
        last_v = row.v;
    }
    tidy(cells)
}

/// How many texts with clear space between them each row of lines has, from the top; the mark of a
/// list item does not count as one. With its baseline and font size.
pub(super) fn widths<'l>(
    lines: impl Iterator<Item = &'l Line>,
    evidence: Evidence,
) -> Vec<(f32, f32, usize)> {
    let is_mark = |text: &str| text.chars().count() <= 4 && text.ends_with(['.', ')', '•', '–', '-', '*']);
    grouped(lines, evidence)
        .iter()
        .map(|row| {
            let marked = row.parts.first().is_some_and(|part| is_mark(&part.text));
            (row.v, row.size, row.parts.len() - usize::from(marked && row.parts.len() > 1))
        })
        .collect()
}

/// Lines to rows, from the top, their parts from the left.
fn grouped<'l>(lines: impl Iterator<Item = &'l Line>, evidence: Evidence) -> Vec<Row> {
    let mut sorted: Vec<&Line> = lines.collect();
    sorted.sort_by(|a, b| a.v.total_cmp(&b.v));
    let mut rows: Vec<Row> = Vec::new();
    for line in sorted {
        let parts = parts(line, evidence.gap());
        match rows.last_mut() {
            Some(row) if (row.v - line.v).abs() < 0.4 * line.size => row.parts.extend(parts),
            _ => rows.push(Row { v: line.v, size: line.size, parts }),
        }
    }
    for row in &mut rows {
        row.parts.sort_by(|a, b| a.u0.total_cmp(&b.u0));
    }
    rows
}

/// Whether a line has several parts with gaps of at least so many font sizes between them.
pub(super) fn has_parts(line: &Line, gap: f32) -> bool {
    let mut end = f32::INFINITY;
    line.words.iter().any(|word| {
        let parted = word.u0 - end >= gap * line.size;
        end = if end.is_finite() { end.max(word.u1) } else { word.u1 };
        parted
    })
}

/// The parts of a line with gaps of at least so many font sizes between them.
pub(super) fn parts(line: &Line, gap: f32) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for word in &line.words {
        match parts.last_mut() {
            Some(part) if word.u0 - part.u1 < gap * line.size => {
                part.u1 = part.u1.max(word.u1);
                add(&mut part.text, &word.text);
            }
            _ => parts.push(Part { u0: word.u0, u1: word.u1, text: word.text.clone().into() }),
        }
    }
    parts
}

/// The columns: where the parts of rows that have several lie, overlapping ones made one.
fn columns(rows: &[Row]) -> Vec<(f32, f32)> {
    let mut spans: Vec<(f32, f32)> = rows
        .iter()
        .filter(|row| row.parts.len() > 1)
        .flat_map(|row| &row.parts)
        .map(|part| (part.u0, part.u1))
        .collect();
    spans.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut columns: Vec<(f32, f32)> = Vec::new();
    for (u0, u1) in spans {
        match columns.last_mut() {
            Some(column) if u0 <= column.1 => column.1 = column.1.max(u1),
            _ => columns.push((u0, u1)),
        }
    }
    columns
}

/// Whether most rows fill most columns, with short texts.
fn is_regular(rows: &[Row], columns: usize) -> bool {
    let parts: usize = rows.iter().map(|row| row.parts.len()).sum();
    let characters: usize =
        rows.iter().flat_map(|row| &row.parts).map(|part| part.text.chars().count()).sum();
    parts * 10 >= rows.len() * columns * 6 && characters < parts * 45
}
