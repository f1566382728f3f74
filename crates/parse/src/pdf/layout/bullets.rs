//! Bullets that are drawn, not set: browsers and some word processors paint a disc or square.

use super::{Line, Word};
use crate::pdf::{geometry::Direction, glyph::Rule, tags::Tag};

/// How high a bullet can be, in font sizes of the text behind it.
const HEIGHTS: std::ops::RangeInclusive<f32> = 0.1..=0.75;
/// How far before its text it can end, in font sizes.
const GAPS: std::ops::RangeInclusive<f32> = 0.15..=2.2;
/// How far above the baseline its middle can be, in font sizes.
const RISES: std::ops::RangeInclusive<f32> = 0.05..=0.7;
/// Larger type has no bullets that are looked for, so that few lines are looked at.
const MAX_SIZE: f32 = 40.0;
/// How far, in points, the distances of bullets from their texts differ, and their heights: those of
/// lists within lists have another shape.
const SAME_GAP: f32 = 0.75;
const SAME_HEIGHT: f32 = 1.5;
/// The least characters of the texts behind several bullets, on average, and behind a single one.
const MIN_CHARACTERS: usize = 3;
const MIN_CHARACTERS_ALONE: usize = 12;
/// The most lines that are looked at for a bullet.
const MAX_LINES: usize = 64;

/// Puts the mark of a bullet before each line that one is drawn before; `dots` are small drawings.
pub(super) fn mark(lines: &mut [Line], dots: &[Rule]) {
    if dots.is_empty() {
        return;
    }
    let mut by_height: Vec<(f32, usize)> = lines.iter().zip(0..).map(|(line, at)| (line.v, at)).collect();
    by_height.sort_by(|a, b| a.0.total_cmp(&b.0));
    let marks: Vec<(Rule, usize)> = dots
        .iter()
        .filter_map(|dot| {
            let middle = f32::midpoint(dot.y0, dot.y1);
            let start = by_height.partition_point(|(v, _)| *v < middle);
            let gap = |line: &Line| (line.u0 - dot.x1) / line.size;
            by_height[start..]
                .iter()
                .take_while(|(v, _)| *v < middle + MAX_SIZE)
                .take(MAX_LINES)
                .map(|(_, at)| *at)
                .filter(|at| is_before(dot, middle, &lines[*at]))
                .min_by(|a, b| gap(&lines[*a]).total_cmp(&gap(&lines[*b])))
                .map(|at| (*dot, at))
        })
        .collect();
    for (dot, at) in marks_of_lists(marks, lines) {
        let line = &mut lines[at];
        let tag = line.words.first().map_or(Tag::NONE, |word| word.tag);
        let mark = Word { text: "•".into(), u0: dot.x0, u1: dot.x1, size: line.size, tag };
        line.u0 = dot.x0;
        line.words.insert(0, mark);
    }
}

/// Those of the drawings that are bullets: as far from their texts as others of one size, or before a long
/// text. The points of a figure stand anywhere, and their labels are short.
fn marks_of_lists(marks: Vec<(Rule, usize)>, lines: &[Line]) -> Vec<(Rule, usize)> {
    let gap = |(dot, at): &(Rule, usize)| lines[*at].u0 - dot.x1;
    let height = |(dot, _): &(Rule, usize)| dot.y1 - dot.y0;
    let is_mark = |mark: &&(Rule, usize)| {
        let alike = |other: &&(Rule, usize)| {
            (gap(other) - gap(mark)).abs() < SAME_GAP && (height(other) - height(mark)).abs() < SAME_HEIGHT
        };
        let (count, characters) = marks
            .iter()
            .filter(alike)
            .fold((0, 0), |(count, characters), (_, at)| (count + 1, characters + lines[*at].characters()));
        characters >= count * if count > 1 { MIN_CHARACTERS } else { MIN_CHARACTERS_ALONE }
    };
    marks.iter().filter(is_mark).copied().collect()
}

fn is_before(dot: &Rule, middle: f32, line: &Line) -> bool {
    line.direction == Direction::Right
        && HEIGHTS.contains(&((dot.y1 - dot.y0) / line.size))
        && GAPS.contains(&((line.u0 - dot.x1) / line.size))
        && RISES.contains(&((line.v - middle) / line.size))
}
