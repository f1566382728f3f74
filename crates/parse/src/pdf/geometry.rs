//! Affine maps from a content stream's coordinates to the page.

/// An affine map `[a b c d e f]`: `x' = a·x + c·y + e`, `y' = b·x + d·y + f`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Matrix(pub(super) [f64; 6]);

impl Matrix {
    pub(super) const IDENTITY: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    pub(super) fn translation(x: f64, y: f64) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y])
    }

    /// This map first, then `next`.
    pub(super) fn then(self, next: Self) -> Self {
        let ([a, b, c, d, e, f], [na, nb, nc, nd, ne, nf]) = (self.0, next.0);
        Self([
            a * na + b * nc,
            a * nb + b * nd,
            c * na + d * nc,
            c * nb + d * nd,
            e * na + f * nc + ne,
            e * nb + f * nd + nf,
        ])
    }

    /// A translation first, then this map.
    pub(super) fn moved(self, x: f64, y: f64) -> Self {
        let [a, b, c, d, ..] = self.0;
        let (e, f) = self.point(x, y);
        Self([a, b, c, d, e, f])
    }

    pub(super) fn point(self, x: f64, y: f64) -> (f64, f64) {
        let [a, b, c, d, e, f] = self.0;
        (a * x + c * y + e, b * x + d * y + f)
    }

    /// Where a vector goes, translation left out.
    pub(super) fn vector(self, x: f64, y: f64) -> (f64, f64) {
        let [a, b, c, d, ..] = self.0;
        (a * x + c * y, b * x + d * y)
    }

    pub(super) fn is_finite(self) -> bool {
        self.0.iter().all(|value| value.is_finite())
    }
}

/// The direction that text runs in, in quarter turns clockwise from left-to-right.
///
/// Positions of text are given in its own frame: `u` grows along the writing direction, `v` from
/// line to line, so that layout need not know how a page is turned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(super) enum Direction {
    #[default]
    Right,
    Down,
    Left,
    Up,
}

impl Direction {
    /// The quarter turn nearest to a vector on the page (`y` grows downwards).
    pub(super) fn of(x: f64, y: f64) -> Self {
        match (x.abs() >= y.abs(), x >= 0.0, y >= 0.0) {
            (true, true, _) => Self::Right,
            (true, false, _) => Self::Left,
            (false, _, true) => Self::Down,
            (false, _, false) => Self::Up,
        }
    }

    /// A point on the page as `(u, v)` of text that runs in this direction.
    pub(super) fn frame(self, x: f64, y: f64) -> (f64, f64) {
        match self {
            Self::Right => (x, y),
            Self::Down => (y, -x),
            Self::Left => (-x, -y),
            Self::Up => (-y, x),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_apply_in_order() {
        let scale = Matrix([2.0, 0.0, 0.0, 2.0, 0.0, 0.0]);
        assert_eq!(scale.then(Matrix::translation(1.0, 3.0)).point(1.0, 1.0), (3.0, 5.0));
        assert_eq!(Matrix::translation(1.0, 3.0).then(scale).point(1.0, 1.0), (4.0, 8.0));
    }

    #[test]
    fn lines_of_turned_text_follow_each_other_downwards_in_their_frame() {
        // Text running down the page has its next line to the left.
        let (u, v) = Direction::Down.frame(100.0, 50.0);
        let (next_u, next_v) = Direction::Down.frame(80.0, 60.0);
        assert!(next_u > u && next_v > v);
    }
}
