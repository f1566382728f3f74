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
/// The most lines that are looked at for a bullet.
const MAX_LINES: usize = 64;

/// Puts the mark of a bullet before each line that one is drawn before; `dots` are small drawings.
pub(super) fn mark(lines: &mut [Line], dots: &[Rule]) {
    if dots.is_empty() {
        return;
    }
    let mut by_height: Vec<(f32, usize)> = lines.iter().zip(0..).map(|(line, at)| (line.v, at)).collect();
    by_height.sort_by(|a, b| a.0.total_cmp(&b.0));
    for dot in dots {
        let middle = f32::midpoint(dot.y0, dot.y1);
        let start = by_height.partition_point(|(v, _)| *v < middle);
        let gap = |line: &Line| (line.u0 - dot.x1) / line.size;
        let near = by_height[start..]
            .iter()
            .take_while(|(v, _)| *v < middle + MAX_SIZE)
            .take(MAX_LINES)
            .map(|(_, at)| *at)
            .filter(|at| is_before(dot, middle, &lines[*at]))
            .min_by(|a, b| gap(&lines[*a]).total_cmp(&gap(&lines[*b])));
        if let Some(at) = near {
            let line = &mut lines[at];
            let tag = line.words.first().map_or(Tag::NONE, |word| word.tag);
            let mark = Word { text: "•".to_owned(), u0: dot.x0, u1: dot.x1, size: line.size, tag };
            line.u0 = dot.x0;
            line.words.insert(0, mark);
        }
    }
}

fn is_before(dot: &Rule, middle: f32, line: &Line) -> bool {
    line.direction == Direction::Right
        && HEIGHTS.contains(&((dot.y1 - dot.y0) / line.size))
        && GAPS.contains(&((line.u0 - dot.x1) / line.size))
        && RISES.contains(&((line.v - middle) / line.size))
}
