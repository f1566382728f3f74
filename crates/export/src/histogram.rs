//! How scores are spread.

use serde::{Deserialize, Serialize};

const BINS: usize = 20;

/// Scores from 0.0 to 1.0, counted in 20 bins of equal width.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Histogram {
    counts: [u64; BINS],
}

/// One bin of a histogram: scores from `from` to `to`, the last bin's end included, the others' not.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// Where it starts.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// How many scores are in it.
    pub count: u64,
}

impl Histogram {
    /// Counts a score; one outside of 0.0 to 1.0 counts in the nearest bin.
    pub fn add(&mut self, score: f64) {
        // A cast of a float stops at the bounds of the type.
        let bin = (score * BINS as f64) as usize;
        self.counts[bin.min(BINS - 1)] += 1;
    }

    /// Counts so many scores in a bin, from 0; one beyond the last counts there.
    pub fn add_many(&mut self, bin: usize, count: u64) {
        self.counts[bin.min(BINS - 1)] += count;
    }

    /// The bins, lowest scores first.
    pub fn bins(&self) -> Vec<Bin> {
        let edge = |bin: usize| bin as f64 / BINS as f64;
        let bin = |(at, &count): (usize, &u64)| Bin { from: edge(at), to: edge(at + 1), count };
        self.counts.iter().enumerate().map(bin).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_hold_their_start_and_the_last_one_its_end() {
        let mut histogram = Histogram::default();
        for score in [-0.5, 0.0, 0.049, 0.05, 0.95, 1.0, 1.5] {
            histogram.add(score);
        }
        let bins = histogram.bins();
        let counts: Vec<_> = bins.iter().map(|bin| bin.count).collect();
        assert_eq!(counts[..2], [3, 1]);
        assert_eq!(counts[2..19].iter().sum::<u64>(), 0);
        assert_eq!(counts[19], 3);
        assert_eq!((bins[3].from, bins[3].to), (0.15, 0.2));
        assert_eq!(bins[19].to, 1.0);
    }
}
