//! Chance that repeats: numbers out of hashes.

use std::time::Duration;

use sha2::{Digest, Sha256};

/// The hash of a request's body.
pub(super) type BodyHash = [u8; 32];

pub(super) fn body_hash(body: &[u8]) -> BodyHash {
    Sha256::digest(body).into()
}

/// A number that depends on all the parts and on where one ends and the next begins.
pub(super) fn number(parts: &[&[u8]]) -> u64 {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    let digest: [u8; 32] = hasher.finalize().into();
    digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// The number as a fraction, 0 included and 1 not.
pub(super) fn fraction(number: u64) -> f64 {
    (number >> 11) as f64 / (1u64 << 53) as f64
}

/// The latency of one body: log-normal around the median.
pub(super) fn latency(seed: u64, body: &BodyHash, median_ms: u64, sigma: f64) -> Duration {
    let draw = |part: &[u8]| fraction(number(&[&seed.to_le_bytes(), body, part]));
    // Box and Muller's transform makes a normal number out of two uniform ones.
    let radius = (-2.0 * (1.0 - draw(b"radius")).ln()).sqrt();
    let normal = radius * (std::f64::consts::TAU * draw(b"angle")).cos();
    let factor = if sigma > 0.0 { (sigma * normal).exp() } else { 1.0 };
    Duration::from_millis((median_ms as f64 * factor).min(3_600_000.0) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(number(&[b"ab", b"c"]), number(&[b"a", b"bc"]));
    }

    #[test]
    fn latencies_spread_around_their_median() {
        let latencies: Vec<u64> = (0..1000u32)
            .map(|at| latency(1, &body_hash(&at.to_le_bytes()), 100, 0.5).as_millis() as u64)
            .collect();
        let below = latencies.iter().filter(|&&ms| ms < 100).count();
        assert!((430..570).contains(&below), "{below} of 1000 below the median");
        assert!(latencies.iter().any(|&ms| ms > 200) && latencies.iter().any(|&ms| ms < 50));
        assert_eq!(latency(1, &body_hash(b"x"), 100, 0.0), Duration::from_millis(100));
    }
}
