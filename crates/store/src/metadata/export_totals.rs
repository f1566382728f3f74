//! What an export would hold, from pairs that were counted by what decides that.

use model::ReviewStatus;

use crate::ExportTotals;

/// Counts so many of the pending pairs apart. Whichever they are: pending pairs are told apart by nothing else.
pub(super) fn part_duplicates(totals: &mut Vec<ExportTotals>, mut duplicates: u64) {
    let mut parted = Vec::new();
    for total in totals.iter_mut().filter(|total| total.review_status == ReviewStatus::Pending) {
        let pairs = total.pairs.min(duplicates);
        duplicates -= pairs;
        total.pairs -= pairs;
        if pairs > 0 {
            parted.push(ExportTotals { duplicates: true, pairs, tokens: 0, ..*total });
        }
    }
    totals.retain(|total| total.pairs > 0);
    totals.extend(parted);
}
