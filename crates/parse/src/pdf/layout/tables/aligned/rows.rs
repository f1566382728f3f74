//! The lines of a table without ruled lines to its rows.

use super::{super::add, Piece};

/// Baselines nearer than this, in font sizes, are one.
const SAME_BASELINE: f32 = 0.3;
/// Lines of a cell are about so far apart; what is farther starts a row.
const SLACK: f32 = 1.12;
/// Lines nearer than this share of a cell's are of cells beside each other.
const BETWEEN: f32 = 0.75;
/// A line without a first cell that is nearer than this, in font sizes, goes on with the row above.
const GOES_ON: f32 = 1.35;
/// Above this share of full lines among those that are close below others, they are rows of their own.
const MAX_FULL: f32 = 0.6;

/// Pieces, from the top, to the rows of a table.
///
/// Where rows have more space between them than the lines of a cell, that space parts them, so that
/// cells of one and of several lines go together, wherever they are aligned. Else each line is a row,
/// but for those without a first cell.
pub(super) fn rows(pieces: Vec<Piece>, column: &impl Fn(&Piece) -> usize, size: f32) -> Vec<Vec<Piece>> {
    let leading = leading(&pieces, column, size);
    let lines = lines(pieces, size);
    let distance = |at: usize| lines[at][0].v - lines[at - 1][0].v;
    let is_full =
        |at: usize| filled(&lines[at], column) > 1 && lines[at].iter().any(|piece| column(piece) == 0);
    let close: Vec<usize> = (1..lines.len()).filter(|at| distance(*at) <= SLACK * leading).collect();
    let full = close.iter().filter(|at| is_full(**at)).count();
    let parted_by_space = close.len() + 1 < lines.len() && full as f32 <= MAX_FULL * close.len() as f32;
    // A cell may stand beside the middle of one of several lines.
    let is_between = |at: usize| at < lines.len() && distance(at) < BETWEEN * leading;
    let starts = |at: usize| {
        if at == 0 || parted_by_space {
            at == 0 || distance(at) > SLACK * leading
        } else {
            let has_first = lines[at].iter().any(|piece| column(piece) == 0);
            !is_between(at) && (has_first || is_between(at + 1) || distance(at) >= GOES_ON * size)
        }
    };
    let starts: Vec<bool> = (0..lines.len()).map(starts).collect();
    let mut rows: Vec<Vec<Piece>> = Vec::new();
    for (line, starts) in lines.into_iter().zip(starts) {
        match rows.last_mut() {
            Some(row) if !starts => row.extend(line),
            _ => rows.push(line),
        }
    }
    rows
}

/// The number of cells of a row that hold something.
pub(super) fn filled(row: &[Piece], column: &impl Fn(&Piece) -> usize) -> usize {
    let mut columns: Vec<usize> = row.iter().map(column).collect();
    columns.sort_unstable();
    columns.dedup();
    columns.len()
}

/// The texts of a row's cells.
pub(super) fn cells(row: &[Piece], columns: usize, column: &impl Fn(&Piece) -> usize) -> Vec<String> {
    let mut cells = vec![String::new(); columns];
    for piece in row {
        add(&mut cells[column(piece).min(columns - 1)], &piece.part.text);
    }
    cells
}

/// Pieces on one baseline.
fn lines(pieces: Vec<Piece>, size: f32) -> Vec<Vec<Piece>> {
    let mut lines: Vec<Vec<Piece>> = Vec::new();
    for piece in pieces {
        match lines.last_mut() {
            Some(line) if piece.v - line[0].v < SAME_BASELINE * size => line.push(piece),
            _ => lines.push(vec![piece]),
        }
    }
    lines
}

/// The least distance of lines in a column.
fn leading(pieces: &[Piece], column: &impl Fn(&Piece) -> usize, size: f32) -> f32 {
    let mut last: Vec<Option<f32>> = Vec::new();
    let mut least = f32::INFINITY;
    for piece in pieces {
        let at = column(piece);
        if last.len() <= at {
            last.resize(at + 1, None);
        }
        if let Some(above) = last[at].replace(piece.v) {
            let distance = piece.v - above;
            if distance >= SAME_BASELINE * size {
                least = least.min(distance);
            }
        }
    }
    least
}
