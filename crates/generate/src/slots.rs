//! How hard each pair of a passage should be.

use model::{Difficulty, DifficultyWeights, Sha256Hex, sha256_hex};

/// The difficulty of each of `count` slots, easiest first.
///
/// Each difficulty gets its share of the slots rounded down or up. What is left over by rounding
/// goes where the seed and the passage's hash point (systematic sampling), so that over a whole run
/// the shares come out as the weights say, even with one pair a passage.
///
/// Weights are taken as checked by [`model::GenerateSettings::check`]; where none is positive, all
/// count the same.
pub(crate) fn difficulties(
    weights: DifficultyWeights,
    count: u32,
    seed: u64,
    passage: &Sha256Hex,
) -> Vec<Difficulty> {
    let weighted = [
        (Difficulty::Easy, weights.easy),
        (Difficulty::Medium, weights.medium),
        (Difficulty::Hard, weights.hard),
    ];
    let total: f64 = weighted.iter().map(|(_, weight)| weight).sum();
    if !(total.is_finite() && total > 0.0) {
        return difficulties(DifficultyWeights::default(), count, seed, passage);
    }
    let start = fraction(&sha256_hex(format!("{seed}:{passage}")));
    let most = weighted.iter().fold(weighted[0], |most, next| if next.1 > most.1 { *next } else { most }).0;
    (0..count)
        .map(|slot| {
            let point = (start + f64::from(slot)) / f64::from(count) * total;
            let mut end = 0.0;
            weighted
                .iter()
                .find(|(_, weight)| {
                    end += weight;
                    point < end
                })
                .map_or(most, |(difficulty, _)| *difficulty)
        })
        .collect()
}

/// A hash as a number from 0 (inclusive) to 1 (exclusive).
fn fraction(hash: &str) -> f64 {
    // 13 hexadecimal digits are 52 bits, which a double holds exactly.
    let bits = hash.get(..13).and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or_default();
    bits as f64 / (1_u64 << 52) as f64
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn counts(weights: DifficultyWeights, per_passage: u32, passages: u32) -> [usize; 3] {
        let mut counts = [0; 3];
        for passage in 0..passages {
            for difficulty in difficulties(weights, per_passage, 7, &sha256_hex(passage.to_string())) {
                counts[difficulty as usize] += 1;
            }
        }
        counts
    }

    #[rstest]
    #[case(1.0, 1.0, 1.0, 3, [1, 1, 1])]
    #[case(1.0, 0.0, 1.0, 4, [2, 0, 2])]
    #[case(0.0, 0.0, 0.2, 2, [0, 0, 2])]
    #[case(2.0, 1.0, 1.0, 8, [4, 2, 2])]
    fn whole_shares_are_met_in_each_passage(
        #[case] easy: f64,
        #[case] medium: f64,
        #[case] hard: f64,
        #[case] count: u32,
        #[case] expected: [usize; 3],
    ) {
        let weights = DifficultyWeights { easy, medium, hard };
        for _ in 0..20 {
            assert_eq!(counts(weights, count, 1), expected);
        }
    }

    #[test]
    fn a_run_of_single_pairs_meets_the_distribution() {
        let counts = counts(DifficultyWeights { easy: 2.0, medium: 1.0, hard: 1.0 }, 1, 2000);
        for (count, expected) in counts.into_iter().zip([1000.0_f64, 500.0, 500.0]) {
            assert!((count as f64 - expected).abs() < 100.0, "{counts:?}");
        }
    }

    #[test]
    fn the_seed_decides_what_is_left_over() {
        let hash = sha256_hex("passage");
        let picks: Vec<_> =
            (0..20).map(|seed| difficulties(DifficultyWeights::default(), 1, seed, &hash)).collect();
        assert!(picks.iter().any(|pick| *pick != picks[0]));
        assert_eq!(picks[3], difficulties(DifficultyWeights::default(), 1, 3, &hash));
    }
}
