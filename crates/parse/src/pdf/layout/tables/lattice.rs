//! Ruled lines that cross each other, and the cells between them.

use std::collections::{BTreeMap, HashMap};

use super::{Area, add, tidy};
use crate::pdf::{glyph::Rule, layout::Line};

/// Ends of lines nearer than this, in points, meet.
const TOUCH: f32 = 3.0;
/// More lines than this are a drawing.
const MAX_LINES: usize = 1_500;
/// The most rows and columns of a table.
const MAX_CELLS: usize = 5_000;

/// The lattices of a page, and the bands between lines that no other crosses.
#[derive(Debug, Default)]
pub(super) struct Ruling {
    pub(super) grids: Vec<Grid>,
    pub(super) bands: Vec<Band>,
}

/// At least three flat lines of the same extent, below each other.
#[derive(Debug)]
pub(super) struct Band {
    pub(super) x0: f32,
    pub(super) x1: f32,
    /// Where the lines are, from the top.
    pub(super) edges: Vec<f32>,
}

impl Band {
    /// What lies between two neighbouring lines, from the top.
    pub(super) fn slots(&self) -> impl Iterator<Item = Area> {
        self.edges.windows(2).map(|edges| Area { x0: self.x0, y0: edges[0], x1: self.x1, y1: edges[1] })
    }
}

/// A straight line: `at` is its place across, `from` and `to` its ends along.
#[derive(Debug, Clone, Copy)]
struct Segment {
    at: f32,
    from: f32,
    to: f32,
}

/// A lattice.
#[derive(Debug)]
pub(super) struct Grid {
    horizontal: Vec<Segment>,
    vertical: Vec<Segment>,
    xs: Vec<f32>,
    ys: Vec<f32>,
}

impl Ruling {
    pub(super) fn of(rules: &[Rule]) -> Self {
        let is_flat = |rule: &&Rule| rule.x1 - rule.x0 > rule.y1 - rule.y0;
        let (flat, upright): (Vec<&Rule>, Vec<&Rule>) = rules.iter().partition(is_flat);
        let horizontal =
            merged(flat.iter().map(|r| Segment { at: f32::midpoint(r.y0, r.y1), from: r.x0, to: r.x1 }));
        let vertical =
            merged(upright.iter().map(|r| Segment { at: f32::midpoint(r.x0, r.x1), from: r.y0, to: r.y1 }));
        if horizontal.len() + vertical.len() > MAX_LINES {
            return Self::default();
        }
        let mut groups = Groups::new(horizontal.len() + vertical.len());
        for (h, flat) in horizontal.iter().enumerate() {
            for (v, upright) in vertical.iter().enumerate() {
                if crosses(*flat, *upright) {
                    groups.join(h, horizontal.len() + v);
                }
            }
        }
        let mut ruling = Self::default();
        let mut lone: Vec<Segment> = Vec::new();
        for group in groups.members() {
            let horizontals: Vec<_> = group.iter().filter_map(|at| horizontal.get(*at)).copied().collect();
            let verticals: Vec<_> = group
                .iter()
                .filter_map(|at| vertical.get(at.checked_sub(horizontal.len())?))
                .copied()
                .collect();
            if verticals.is_empty() {
                lone.extend(&horizontals);
            }
            ruling.grids.extend(Grid::new(horizontals, verticals));
        }
        ruling.bands = bands(&lone);
        ruling
    }
}

impl Grid {
    fn new(horizontal: Vec<Segment>, vertical: Vec<Segment>) -> Option<Self> {
        let (xs, ys) = (places(&vertical), places(&horizontal));
        let fits = xs.len() >= 3 && ys.len() >= 3 && xs.len() * ys.len() <= MAX_CELLS;
        fits.then_some(Self { horizontal, vertical, xs, ys })
    }

    pub(super) fn area(&self) -> Area {
        let (Some(x0), Some(x1)) = (self.xs.first(), self.xs.last()) else { return Area::default() };
        let (Some(y0), Some(y1)) = (self.ys.first(), self.ys.last()) else { return Area::default() };
        Area { x0: *x0, y0: *y0, x1: *x1, y1: *y1 }
    }

    /// The texts of its cells; a cell that spans several has its text in the first.
    pub(super) fn rows<'l>(&self, lines: impl Iterator<Item = &'l Line>) -> Option<Vec<Vec<String>>> {
        let mut rows = vec![vec![String::new(); self.xs.len() - 1]; self.ys.len() - 1];
        let mut anchors: HashMap<(usize, usize), (usize, usize)> = HashMap::new();
        let mut words = 0;
        for line in lines {
            let y = line.v - 0.3 * line.size;
            let row = cell(&self.ys, y);
            for word in &line.words {
                let column = cell(&self.xs, f32::midpoint(word.u0, word.u1));
                let (row, column) = *anchors.entry((row, column)).or_insert_with(|| self.anchor(row, column));
                add(&mut rows[row][column], &word.text);
                words += 1;
            }
        }
        let filled = rows.iter().flatten().filter(|cell| !cell.is_empty()).count();
        // Boxes around prose are no tables.
        (filled >= 3 && words < filled * 60).then(|| tidy(rows)).flatten()
    }

    /// The first cell of those that no line parts from this one.
    fn anchor(&self, mut row: usize, mut column: usize) -> (usize, usize) {
        let parted = |lines: &[Segment], at: f32, along: f32| {
            lines.iter().any(|line| (line.at - at).abs() <= TOUCH && line.from <= along && line.to >= along)
        };
        let middle = |edges: &[f32], at: usize| f32::midpoint(edges[at], edges[at + 1]);
        while column > 0 && !parted(&self.vertical, self.xs[column], middle(&self.ys, row)) {
            column -= 1;
        }
        while row > 0 && !parted(&self.horizontal, self.ys[row], middle(&self.xs, column)) {
            row -= 1;
        }
        (row, column)
    }
}

/// Which of the intervals between ascending edges holds a place.
fn cell(edges: &[f32], at: f32) -> usize {
    edges.partition_point(|edge| *edge <= at).saturating_sub(1).min(edges.len().saturating_sub(2))
}

fn crosses(flat: Segment, upright: Segment) -> bool {
    (flat.from - TOUCH..=flat.to + TOUCH).contains(&upright.at)
        && (upright.from - TOUCH..=upright.to + TOUCH).contains(&flat.at)
}

/// The distinct places of segments, ascending.
fn places(segments: &[Segment]) -> Vec<f32> {
    let mut places: Vec<f32> = segments.iter().map(|segment| segment.at).collect();
    places.sort_by(f32::total_cmp);
    places.dedup_by(|next, before| (*next - *before).abs() <= TOUCH);
    places
}

/// Segments on one line that touch, made one.
fn merged(segments: impl Iterator<Item = Segment>) -> Vec<Segment> {
    let mut segments: Vec<Segment> = segments.collect();
    segments.sort_by(|a, b| a.at.round().total_cmp(&b.at.round()).then(a.from.total_cmp(&b.from)));
    let mut out: Vec<Segment> = Vec::new();
    for next in segments {
        match out.last_mut() {
            Some(last) if (last.at - next.at).abs() <= 1.5 && next.from <= last.to + TOUCH => {
                last.to = last.to.max(next.to)
            }
            _ => out.push(next),
        }
    }
    out
}

fn bands(lines: &[Segment]) -> Vec<Band> {
    let mut waiting: Vec<Segment> = lines.to_vec();
    waiting.sort_by(|a, b| a.at.total_cmp(&b.at));
    let mut bands = Vec::new();
    while let Some(first) = waiting.first().copied() {
        let alike =
            |line: &Segment| (line.from - first.from).abs() <= TOUCH && (line.to - first.to).abs() <= TOUCH;
        let band: Vec<Segment> = waiting.iter().copied().filter(alike).collect();
        waiting.retain(|line| !alike(line));
        if band.len() >= 3 {
            let edges = band.iter().map(|line| line.at).collect();
            bands.push(Band { x0: first.from - TOUCH, x1: first.to + TOUCH, edges });
        }
    }
    bands
}

/// Sets of indices that grow together.
struct Groups(Vec<usize>);

impl Groups {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn root(&mut self, mut at: usize) -> usize {
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }

    fn members(mut self) -> Vec<Vec<usize>> {
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for at in 0..self.0.len() {
            groups.entry(self.root(at)).or_default().push(at);
        }
        groups.into_values().collect()
    }
}
