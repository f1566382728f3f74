//! Which of the text between flat ruled lines is a table.
//!
//! Lines of one extent part the rows of tables, but also run below the head of a page and above its
//! foot, with headings, running text and further tables between them.

use super::{
    columns::{Evidence, widths},
    lattice::Band,
};
use crate::pdf::layout::Line;

/// A row between two lines is no higher than this many font sizes.
const MAX_ROW: f32 = 2.5;

/// What stands between two neighbouring ruled lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    Empty,
    /// Rows of several cells.
    Cells,
    /// One text in a row of its own, which may head a group of rows.
    Label,
    Prose,
}

/// The lines of each table in a band, and what speaks for it; `slots` are the lines between
/// neighbouring rules.
pub(super) fn runs(band: &Band, lines: &[Line], slots: &[Vec<usize>]) -> Vec<(Vec<usize>, Evidence)> {
    let kinds: Vec<Slot> =
        slots.iter().zip(band.edges.windows(2)).map(|(slot, edges)| kind(lines, slot, edges)).collect();
    let mut runs = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for (at, kind) in kinds.iter().enumerate() {
        let next = kinds[at + 1..].iter().find(|kind| **kind != Slot::Empty);
        let belongs = match kind {
            Slot::Empty => !open.is_empty(),
            Slot::Cells => true,
            Slot::Label => !open.is_empty() && next == Some(&Slot::Cells),
            Slot::Prose => false,
        };
        if belongs {
            open.push(at);
        } else {
            runs.push(std::mem::take(&mut open));
        }
    }
    runs.push(open);
    runs.retain(|run| !run.is_empty());
    runs.into_iter().map(|run| (of_run(lines, slots, &run), evidence(&run))).collect()
}

/// Two lines alone may be the rules of head and foot.
fn evidence(run: &[usize]) -> Evidence {
    if run.len() > 1 { Evidence::Ruled } else { Evidence::Alignment }
}

fn kind(lines: &[Line], slot: &[usize], edges: &[f32]) -> Slot {
    let widths = widths(slot.iter().map(|at| &lines[*at]), Evidence::Ruled);
    let several = widths.iter().filter(|(.., parts)| *parts > 1).count();
    match widths.as_slice() {
        [] => Slot::Empty,
        [(_, size, 1)] if edges[1] - edges[0] <= MAX_ROW * size => Slot::Label,
        // A cell may run over several lines, beside which nothing stands.
        _ if several * 4 >= widths.len() => Slot::Cells,
        _ => Slot::Prose,
    }
}

/// The lines of a run of slots, in their order on the page, without the rows at its start that are
/// no rows of several cells.
fn of_run(lines: &[Line], slots: &[Vec<usize>], run: &[usize]) -> Vec<usize> {
    let mut all: Vec<usize> = run.iter().flat_map(|slot| &slots[*slot]).copied().collect();
    all.sort_unstable();
    let widths = widths(all.iter().map(|at| &lines[*at]), Evidence::Ruled);
    if let Some((first, size, _)) = widths.iter().find(|(.., parts)| *parts > 1) {
        all.retain(|at| lines[*at].v > first - 0.4 * size);
    }
    all
}
