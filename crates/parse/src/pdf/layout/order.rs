//! Reading order where the content stream has none.
//!
//! Nearly all programs write text in the order in which it is read, columns included, and know
//! better than geometry does. Some write it as it fell out of a database of boxes: such a page
//! jumps back up within a column again and again, and only such a page is put into order.

use super::Line;
use crate::pdf::geometry::Direction;

/// A page is out of order once this share of its lines stands above the one before, in one column.
const MAX_JUMPS: f32 = 0.2;
/// With fewer jumps than this nothing is touched.
const MIN_JUMPS: usize = 4;
/// Shorter lines do not show the order of a page.
const MIN_CHARACTERS: usize = 20;
/// How many lines before it a line is compared to, to find one of its own column.
const LOOK_BACK: usize = 3;
/// The least clear space between columns, as a share of the font size.
const GUTTER: f32 = 0.9;
/// The least number of lines on each side of a gutter.
const MIN_COLUMN: usize = 4;
/// How deep areas are cut.
const MAX_DEPTH: usize = 24;

/// Puts the lines of a page into reading order, if they are not.
pub(super) fn restore(lines: &mut Vec<Line>) {
    if !is_out_of_order(lines) {
        return;
    }
    let taken = std::mem::take(lines);
    let (mut upright, turned): (Vec<Line>, Vec<Line>) =
        taken.into_iter().partition(|line| line.direction == Direction::Right);
    upright.sort_by(|a, b| a.v.total_cmp(&b.v));
    cut(upright, MAX_DEPTH, lines);
    lines.extend(turned);
}

fn is_out_of_order(lines: &[Line]) -> bool {
    // The labels of figures and the cells of tables go up and down as they please.
    let long: Vec<&Line> = lines.iter().filter(|line| line.characters() >= MIN_CHARACTERS).collect();
    let jumps = (1..long.len())
        .filter(|at| {
            let next = long[*at];
            let before = long[at.saturating_sub(LOOK_BACK)..*at]
                .iter()
                .rev()
                .find(|before| are_above_each_other(before, next));
            before.is_some_and(|before| next.v < before.v - 0.5 * before.size)
        })
        .count();
    jumps >= MIN_JUMPS && jumps as f32 > MAX_JUMPS * long.len() as f32
}

/// Whether two lines share most of the narrower one's width.
fn are_above_each_other(a: &Line, b: &Line) -> bool {
    a.u1.min(b.u1) - a.u0.max(b.u0) > 0.5 * (a.u1 - a.u0).min(b.u1 - b.u0)
}

/// Cuts an area, its lines sorted from the top, at a gutter or else at the widest space between
/// lines that lets a gutter show, until nothing is left to cut.
fn cut(lines: Vec<Line>, depth: usize, out: &mut Vec<Line>) {
    if depth == 0 || lines.len() < 2 * MIN_COLUMN {
        out.extend(rows(lines));
        return;
    }
    if let Some(gutter) = gutter(&lines) {
        let (left, right) = lines.into_iter().partition(|line| f32::midpoint(line.u0, line.u1) < gutter);
        cut(left, depth - 1, out);
        cut(right, depth - 1, out);
        return;
    }
    match widest_space(&lines) {
        Some(at) => {
            let mut above = lines;
            let below = above.split_off(at);
            cut(above, depth - 1, out);
            cut(below, depth - 1, out);
        }
        None => out.extend(rows(lines)),
    }
}

/// The middle of the widest clear space from top to bottom.
fn gutter(lines: &[Line]) -> Option<f32> {
    let size = lines.iter().map(|line| line.size).sum::<f32>() / lines.len().max(1) as f32;
    let mut spans: Vec<(f32, f32)> = lines.iter().map(|line| (line.u0, line.u1)).collect();
    spans.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut reach = f32::NEG_INFINITY;
    let mut best: Option<(f32, f32)> = None;
    for (at, (u0, u1)) in spans.iter().enumerate() {
        let width = u0 - reach;
        let sides = at >= MIN_COLUMN && spans.len() - at >= MIN_COLUMN;
        if sides && width >= GUTTER * size && best.is_none_or(|(widest, _)| width > widest) {
            best = Some((width, f32::midpoint(reach, *u0)));
        }
        reach = reach.max(*u1);
    }
    best.map(|(_, middle)| middle)
}

/// Where the widest space between two lines is, if one stands out.
fn widest_space(lines: &[Line]) -> Option<usize> {
    let space = |at: &usize| lines[*at].v - lines[*at - 1].v;
    let at = (1..lines.len()).max_by(|a, b| space(a).total_cmp(&space(b)))?;
    (space(&at) > 1.6 * lines[at].size).then_some(at)
}

/// Lines from the top, the parts of a row made one line from the left.
fn rows(lines: Vec<Line>) -> Vec<Line> {
    let mut rows: Vec<Vec<Line>> = Vec::new();
    for line in lines {
        match rows.last_mut() {
            Some(row) if (line.v - row[0].v).abs() < 0.3 * line.size => row.push(line),
            _ => rows.push(vec![line]),
        }
    }
    rows.into_iter().flat_map(joined).collect()
}

fn joined(mut row: Vec<Line>) -> Vec<Line> {
    row.sort_by(|a, b| a.u0.total_cmp(&b.u0));
    let mut out: Vec<Line> = Vec::new();
    for line in row {
        match out.last_mut() {
            Some(last) if line.u0 > last.u1 - 0.3 * line.size => {
                last.u1 = last.u1.max(line.u1);
                last.words.extend(line.words);
            }
            _ => out.push(line),
        }
    }
    out
}
