//! Paths, as far as they draw the straight lines that rule tables, or bullets.

use hayro_syntax::{content::ops::TypedInstruction, object::Number};

use super::super::{
    geometry::Matrix,
    glyph::Rule,
    limits::{MAX_DOTS_PER_PAGE, MAX_RULES_PER_PAGE},
};

/// A filled rectangle up to this thick, in points, is a line.
const MAX_THICKNESS: f32 = 3.0;
/// Shorter strokes are parts of drawings.
const MIN_LENGTH: f32 = 8.0;
/// How wide and high, in points, a drawing is that may be a bullet.
const DOT: std::ops::RangeInclusive<f32> = 1.0..=12.0;
/// A path with more parts is a drawing, not ruling.
const MAX_PARTS: usize = 400;

/// The path under construction and the lines painted so far.
#[derive(Debug, Default)]
pub(super) struct Paths {
    at: Option<(f64, f64)>,
    start: Option<(f64, f64)>,
    lines: Vec<Rule>,
    boxes: Vec<Rule>,
    painted: Vec<Rule>,
    /// What the path covers, control points of curves included.
    extent: Option<Rule>,
    dots: Vec<Rule>,
}

impl Paths {
    /// The number of lines and small drawings painted so far.
    pub(super) fn len(&self) -> usize {
        self.painted.len() + self.dots.len()
    }

    /// The straight lines, and the small drawings unless there are so many that they are a picture's.
    pub(super) fn into_rules_and_dots(self) -> (Vec<Rule>, Vec<Rule>) {
        let few = self.dots.len() < MAX_DOTS_PER_PAGE;
        (self.painted, if few { self.dots } else { Vec::new() })
    }

    /// Takes a path operator; others are passed over.
    pub(super) fn operator(&mut self, operator: &TypedInstruction<'_, '_>, to_page: Matrix) {
        use TypedInstruction as Op;
        let point = |x: Number, y: Number| to_page.point(x.as_f64(), y.as_f64());
        match operator {
            Op::MoveTo(to) => {
                self.start = Some(point(to.0, to.1));
                self.at = self.start;
                self.cover(rule(point(to.0, to.1), point(to.0, to.1)));
            }
            Op::CubicTo(c) => self.curve_to(point(c.0, c.1), point(c.2, c.3), point(c.4, c.5)),
            Op::CubicStartTo(c) => {
                let from = self.at.unwrap_or_default();
                self.curve_to(from, point(c.0, c.1), point(c.2, c.3));
            }
            Op::CubicEndTo(c) => self.curve_to(point(c.0, c.1), point(c.2, c.3), point(c.2, c.3)),
            Op::LineTo(to) => self.line_to(point(to.0, to.1)),
            Op::ClosePath(_) => {
                if let Some(start) = self.start {
                    self.line_to(start);
                }
            }
            Op::RectPath(rect) => {
                let (x, y, w, h) = (rect.0.as_f64(), rect.1.as_f64(), rect.2.as_f64(), rect.3.as_f64());
                let (a, b) = (to_page.point(x, y), to_page.point(x + w, y + h));
                self.cover(rule(a, b));
                if self.boxes.len() < MAX_PARTS {
                    self.boxes.push(rule(a, b));
                }
            }
            Op::StrokePath(_) | Op::CloseAndStrokePath(_) => self.paint(true),
            Op::FillPathNonZero(_) | Op::FillPathNonZeroCompatibility(_) | Op::FillPathEvenOdd(_) => {
                self.paint(false)
            }
            Op::FillAndStrokeNonZero(_)
            | Op::FillAndStrokeEvenOdd(_)
            | Op::CloseFillAndStrokeNonZero(_)
            | Op::CloseFillAndStrokeEvenOdd(_) => self.paint(true),
            Op::EndPath(_) => self.clear(),
            _ => {}
        }
    }

    fn line_to(&mut self, to: (f64, f64)) {
        if let Some(from) = self.at.replace(to)
            && self.lines.len() < MAX_PARTS
        {
            self.lines.push(rule(from, to));
        }
        self.cover(rule(to, to));
    }

    fn curve_to(&mut self, one: (f64, f64), other: (f64, f64), to: (f64, f64)) {
        self.at = Some(to);
        self.cover(rule(one, other));
        self.cover(rule(to, to));
    }

    fn cover(&mut self, part: Rule) {
        let extent = self.extent.get_or_insert(part);
        extent.x0 = extent.x0.min(part.x0);
        extent.y0 = extent.y0.min(part.y0);
        extent.x1 = extent.x1.max(part.x1);
        extent.y1 = extent.y1.max(part.y1);
    }

    fn paint(&mut self, stroked: bool) {
        if let Some(extent) = self.extent
            && is_dot(&extent)
            && self.dots.len() < MAX_DOTS_PER_PAGE
        {
            self.dots.push(extent);
        }
        if self.lines.len() < MAX_PARTS && self.boxes.len() < MAX_PARTS {
            let boxes = std::mem::take(&mut self.boxes);
            for part in boxes {
                let (width, height) = (part.x1 - part.x0, part.y1 - part.y0);
                if width <= MAX_THICKNESS || height <= MAX_THICKNESS {
                    self.keep(part);
                } else if stroked {
                    self.keep(Rule { y1: part.y0, ..part });
                    self.keep(Rule { y0: part.y1, ..part });
                    self.keep(Rule { x1: part.x0, ..part });
                    self.keep(Rule { x0: part.x1, ..part });
                }
            }
            if stroked {
                for line in std::mem::take(&mut self.lines) {
                    self.keep(line);
                }
            }
        }
        self.clear();
    }

    fn keep(&mut self, rule: Rule) {
        let (width, height) = (rule.x1 - rule.x0, rule.y1 - rule.y0);
        let straight = width.min(height) <= MAX_THICKNESS && width.max(height) >= MIN_LENGTH;
        if straight && self.painted.len() < MAX_RULES_PER_PAGE {
            self.painted.push(rule);
        }
    }

    fn clear(&mut self) {
        self.lines.clear();
        self.boxes.clear();
        self.extent = None;
        (self.at, self.start) = (None, None);
    }
}

/// Whether a drawing is small, and about as wide as high.
fn is_dot(extent: &Rule) -> bool {
    let (width, height) = (extent.x1 - extent.x0, extent.y1 - extent.y0);
    DOT.contains(&width) && DOT.contains(&height) && width.max(height) <= 1.6 * width.min(height)
}

fn rule(a: (f64, f64), b: (f64, f64)) -> Rule {
    Rule {
        x0: a.0.min(b.0) as f32,
        y0: a.1.min(b.1) as f32,
        x1: a.0.max(b.0) as f32,
        y1: a.1.max(b.1) as f32,
    }
}
