//! Which pairs of those that repeat each other are exported.

use std::collections::HashSet;

use model::{Pair, PairId};

/// Lets the first pair of each cluster of duplicates through.
///
/// A pair that names the one it repeats is in that one's cluster, so that a cluster is still
/// exported once where its first pair is not among those that are asked for. Remembers 16 bytes a
/// cluster.
#[derive(Debug, Clone, Default)]
pub struct OncePerCluster {
    seen: HashSet<PairId>,
}

impl OncePerCluster {
    /// Whether no pair of this one's cluster has come before.
    pub fn admit(&mut self, pair: &Pair) -> bool {
        self.seen.insert(pair.duplicate_of.unwrap_or(pair.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::pair;

    #[test]
    fn the_first_of_a_cluster_is_admitted() {
        let (first, other) = (pair(0), pair(1));
        let repeats = |slot| Pair { duplicate_of: Some(first.id), ..pair(slot) };
        let mut once = OncePerCluster::default();
        let admitted = [&first, &repeats(2), &other, &repeats(3)].map(|pair| once.admit(pair));
        assert_eq!(admitted, [true, false, true, false]);
    }

    #[test]
    fn a_duplicate_stands_in_for_a_first_that_is_not_asked_for() {
        let gone = pair(0).id;
        let repeats = |slot| Pair { duplicate_of: Some(gone), ..pair(slot) };
        let mut once = OncePerCluster::default();
        assert!(once.admit(&repeats(1)));
        assert!(!once.admit(&repeats(2)));
    }
}
