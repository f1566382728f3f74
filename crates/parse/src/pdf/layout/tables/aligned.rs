//! Tables without ruled lines: texts that stand in columns, with space between them from top to bottom.
//!
//! A run of lines starts where one has a wide gap, and goes on as long as some of the space between its
//! texts stays free. It is a table if that makes several rows of several short texts that are aligned.

mod rows;

use std::ops::Range;

use super::{
    Rows,
    columns::{CLEAR_GAP, MIN_ROWS, Part, RULED_GAP, has_parts, parts},
    tidy,
};
use crate::pdf::{
    geometry::Direction,
    layout::{Line, blocks::starts_item},
};

/// The most lines of a table.
const MAX_LINES: usize = 600;
/// The next line is at most so many font sizes below the lowest one, and above it: the lines of a cell
/// come before those of the cell beside it.
const MAX_BELOW: f32 = 2.6;
const MAX_ABOVE: f32 = 7.0;
/// The font sizes of lines, by that of the first: code is set smaller.
const SIZES: std::ops::RangeInclusive<f32> = 0.7..=1.4;
/// The least share of cells that hold something.
const MIN_FILLED: f32 = 0.6;
/// The least share of a column's texts that have an edge or their middle in common.
const MIN_ALIGNED: f32 = 0.7;
/// How near edges are that are the same, in font sizes.
const SAME_EDGE: f32 = 0.4;
/// The most characters of a part, on average: more are the columns of a page.
const MAX_CHARACTERS: usize = 45;

/// Of a run that is no table with fewer lines, a later one may be the start of a table.
const MAX_OTHER: usize = 12;
/// The most spaces in a row of texts.
const MAX_SPACES: usize = 200;

/// The least characters of a line of prose, on average, and the least share of lines that are full but for
/// a share of their column's width.
const MIN_PROSE: usize = 18;
const MIN_FULL: f32 = 0.6;
const MAX_SHORT: f32 = 0.12;

/// A part of a line that stands alone, within a run.
struct Piece {
    /// The line's place on the page.
    at: usize,
    v: f32,
    part: Part,
}

/// The tables among the lines that no other table has taken: their lines, ascending, and their rows.
pub(super) fn tables(lines: &[Line], taken: &[bool]) -> Vec<(Vec<usize>, Rows)> {
    let mut tables = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        if taken[at] || !is_start(&lines[at]) {
            at += 1;
            continue;
        }
        let (end, spaces) = run(lines, taken, at);
        match table(lines, at..end, &spaces) {
            Ok(table) => {
                at = table.0.last().map_or(at, |last| *last) + 1;
                tables.push(table);
            }
            // What comes after a few lines of another kind may be one.
            Err(No::Lines) if end - at < MAX_OTHER => at += 1,
            Err(No::Lines | No::Text) => at = end,
        }
    }
    tables
}

fn is_start(line: &Line) -> bool {
    has_parts(line, CLEAR_GAP) && can_be_row(line) && !starts_item(line)
}

fn can_be_row(line: &Line) -> bool {
    line.direction == Direction::Right && !line.has_leader()
}

/// Why a run of lines is no table.
enum No {
    Lines,
    /// It is a table of contents or prose in columns, and so is its every part.
    Text,
}

/// The table of a run of lines, if it is one; `spaces` are those between its columns.
fn table(lines: &[Line], run: Range<usize>, spaces: &[(f32, f32)]) -> Result<(Vec<usize>, Rows), No> {
    let mono = lines[run.clone()].iter().filter(|line| line.style.mono).count();
    if run.len() < MIN_ROWS || mono * 2 > run.len() {
        return Err(No::Lines);
    }
    let size = lines[run.start].size;
    let mut pieces: Vec<Piece> = run
        .flat_map(|at| {
            parts(&lines[at], RULED_GAP).into_iter().map(move |part| Piece { at, v: lines[at].v, part })
        })
        .collect();
    pieces.sort_by(|a, b| a.v.total_cmp(&b.v).then(a.part.u0.total_cmp(&b.part.u0)));
    let columns = spaces.len() + 1;
    let column = |piece: &Piece| spaces.partition_point(|(_, to)| *to <= piece.part.u0 + 0.1);
    let mut rows = rows::rows(pieces, &column, size);
    while rows.last().is_some_and(|row| rows::filled(row, &column) < 2) {
        rows.pop();
    }
    if is_contents(&rows) || is_prose(&rows, columns, &column) {
        return Err(No::Text);
    }
    if !is_table(&rows, columns, &column, size) {
        return Err(No::Lines);
    }
    let mut run: Vec<usize> = rows.iter().flatten().map(|piece| piece.at).collect();
    run.sort_unstable();
    run.dedup();
    let cells = rows.iter().map(|row| rows::cells(row, columns, &column)).collect();
    Ok((run, tidy(cells).ok_or(No::Lines)?))
}

/// How far the lines from one on leave space between columns, and that space: from where, to where.
fn run(lines: &[Line], taken: &[bool], start: usize) -> (usize, Vec<(f32, f32)>) {
    let first = &lines[start];
    let mut free = Free(vec![(f32::NEG_INFINITY, f32::INFINITY)]);
    let (mut left, mut right) = (f32::INFINITY, f32::NEG_INFINITY);
    let mut lowest = first.v;
    let mut spaces = Vec::new();
    let mut end = start;
    for line in lines[start..].iter().take(MAX_LINES) {
        let near = (lowest - MAX_ABOVE * first.size..=lowest + MAX_BELOW * first.size).contains(&line.v)
            && line.v > first.v - 0.8 * first.size
            && SIZES.contains(&(line.size / first.size));
        if taken[end] || !near || !can_be_row(line) || starts_item(line) {
            break;
        }
        let mut next = Free(free.0.clone());
        let parts = parts(line, RULED_GAP);
        for part in &parts {
            next.without(part.u0, part.u1);
        }
        let extent = (left.min(line.u0), right.max(line.u1));
        let between = next.between(extent, RULED_GAP * first.size);
        let is_kept = |space: &(f32, f32)| between.iter().any(|new| new.0 < space.1 && new.1 > space.0);
        // What bridges columns that show clearly is no row of them.
        let clear = parts.len() == 1 || end - start >= MIN_ROWS;
        let heads_a_section = parts.len() == 1 && end > start && is_other_face(line, &lines[end - 1]);
        if between.is_empty()
            || next.0.len() > MAX_SPACES
            || heads_a_section
            || (clear && !spaces.iter().all(is_kept))
        {
            break;
        }
        (free, spaces, (left, right)) = (next, between, extent);
        lowest = lowest.max(line.v);
        end += 1;
    }
    (end, spaces)
}

/// Whether a line is set larger or bolder than the one before it.
fn is_other_face(line: &Line, before: &Line) -> bool {
    line.size > 1.1 * before.size || (line.style.bold && !before.style.bold)
}

/// Free space along a line: ascending intervals.
struct Free(Vec<(f32, f32)>);

impl Free {
    fn without(&mut self, u0: f32, u1: f32) {
        self.0 = self
            .0
            .iter()
            .flat_map(|(from, to)| [(*from, to.min(u0)), (from.max(u1), *to)])
            .filter(|(from, to)| from < to)
            .collect();
        self.0.dedup();
    }

    /// The intervals of a width at least that lie within an extent.
    fn between(&self, extent: (f32, f32), width: f32) -> Vec<(f32, f32)> {
        let within = |(from, to): &&(f32, f32)| *from >= extent.0 && *to <= extent.1 && to - from >= width;
        self.0.iter().filter(within).copied().collect()
    }
}

fn is_table(rows: &[Vec<Piece>], columns: usize, column: &impl Fn(&Piece) -> usize, size: f32) -> bool {
    let filled: Vec<usize> = rows.iter().map(|row| rows::filled(row, column)).collect();
    let several = filled.iter().filter(|filled| **filled > 1).count();
    several >= MIN_ROWS
        && several * 2 > rows.len()
        && filled.iter().sum::<usize>() as f32 >= MIN_FILLED * (rows.len() * columns) as f32
        && (0..columns).all(|at| is_aligned(rows.iter().flatten().filter(|piece| column(piece) == at), size))
}

/// Whether rows are the lines of columns of prose: long, or most of them full in several columns.
fn is_prose(rows: &[Vec<Piece>], columns: usize, column: &impl Fn(&Piece) -> usize) -> bool {
    let pieces: usize = rows.iter().map(Vec::len).sum();
    let characters = |piece: &Piece| piece.part.text.chars().count();
    if rows.iter().flatten().map(characters).sum::<usize>() >= pieces * MAX_CHARACTERS {
        return true;
    }
    let is_full = |at: usize| {
        let parts: Vec<&Piece> = rows.iter().flatten().filter(|piece| column(piece) == at).collect();
        let left = parts.iter().map(|piece| piece.part.u0).fold(f32::INFINITY, f32::min);
        let right = parts.iter().map(|piece| piece.part.u1).fold(f32::NEG_INFINITY, f32::max);
        let full = parts.iter().filter(|piece| right - piece.part.u1 < MAX_SHORT * (right - left)).count();
        parts.iter().map(|piece| characters(piece)).sum::<usize>() >= parts.len() * MIN_PROSE
            && full as f32 >= MIN_FULL * parts.len() as f32
    };
    // Cells of several lines are full lines too, but for their last.
    let lines_are_rows = rows.len() * columns * 4 >= pieces * 3;
    lines_are_rows && rows.len() >= MIN_ROWS && (0..columns).filter(|at| is_full(*at)).count() > 1
}

/// Whether most of a column's texts start, end or have their middle at one place.
fn is_aligned<'p>(pieces: impl Iterator<Item = &'p Piece>, size: f32) -> bool {
    let pieces: Vec<&Part> = pieces.map(|piece| &piece.part).collect();
    let alike = |edge: fn(&Part) -> f32| {
        let mut edges: Vec<f32> = pieces.iter().map(|part| edge(part)).collect();
        edges.sort_by(f32::total_cmp);
        let near = |at: usize| edges.partition_point(|edge| *edge <= edges[at] + SAME_EDGE * size) - at;
        (0..edges.len()).map(near).max().unwrap_or_default()
    };
    let most =
        alike(|part| part.u0).max(alike(|part| part.u1)).max(alike(|part| f32::midpoint(part.u0, part.u1)));
    most as f32 >= MIN_ALIGNED * pieces.len() as f32
}

/// Whether rows are the entries of a table of contents: each ends in a page number, and those ascend.
fn is_contents(rows: &[Vec<Piece>]) -> bool {
    let number =
        |row: &Vec<Piece>| row.iter().max_by(|a, b| a.part.u0.total_cmp(&b.part.u0))?.part.text.parse().ok();
    let numbers: Option<Vec<u32>> = rows.iter().map(number).collect();
    rows.len() >= MIN_ROWS
        && numbers.is_some_and(|numbers| numbers.is_sorted() && numbers.first() < numbers.last())
        && rows.iter().all(|row| row.iter().any(|piece| piece.part.text.contains(char::is_alphabetic)))
}
