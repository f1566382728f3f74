//! What two texts that say nearly the same have in common, in a few bytes.

use std::{collections::HashMap, hash::Hasher};

use unicode_segmentation::UnicodeSegmentation;

/// Words that are looked at together.
const SHINGLE: usize = 3;

/// Minima that are kept. The share of equal ones estimates the share of equal shingles, by a standard
/// error of at most .0625.
const MINIMA: usize = 64;

/// Minima of one band: two texts are compared where all of any band are equal.
const BAND: usize = 4;

/// Bands, made of the first minima: of texts with nine tenths of their shingles in common they find
/// 999 in 1,000, of those with half of them 40 in 100, which are then compared.
pub(super) const BANDS: usize = 8;

/// The least number of words of a text that is compared with others word by word.
const WORDS: usize = 12;

/// What of a text is compared: see Broder, “On the resemblance and containment of documents”, 1997.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Signature {
    /// The hash of all words.
    pub(super) exact: u64,
    /// Where it may be near to others; `None` for a short text.
    pub(super) near: Option<Near>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Near {
    /// The hash of each band, the numbers of the text in each: texts with other numbers say another thing.
    pub(super) bands: [u64; BANDS],
    /// The last byte of each minimum.
    minima: [u8; MINIMA],
}

impl Signature {
    pub(super) fn of(text: &str) -> Self {
        let words: Vec<String> = text.unicode_words().map(str::to_lowercase).collect();
        let exact = hash(words.iter().map(String::as_bytes));
        if words.len() < WORDS {
            return Self { exact, near: None };
        }
        let numbers = words.iter().filter(|word| word.bytes().any(|byte| byte.is_ascii_digit()));
        let numbers = hash(numbers.map(String::as_bytes));
        let mut minima = [u64::MAX; MINIMA];
        // A shingle that comes again is another one: else a text of much alike sentences would be near to
        // one about another thing, whose name is in all of them.
        let mut seen: HashMap<u64, u64> = HashMap::with_capacity(words.len());
        for shingle in words.windows(SHINGLE) {
            let shingle = hash(shingle.iter().map(String::as_bytes));
            let times = seen.entry(shingle).or_default();
            *times += 1;
            let shingle = mix(shingle ^ *times);
            for (seed, least) in (1..).zip(&mut minima) {
                *least = (*least).min(mix(shingle ^ mix(seed)));
            }
        }
        let mut bands = [0; BANDS];
        for (band, minima) in bands.iter_mut().zip(minima.chunks(BAND)) {
            *band = minima.iter().fold(numbers, |sum, minimum| mix(sum ^ minimum));
        }
        let minima = minima.map(|minimum| minimum.to_le_bytes()[0]);
        Self { exact, near: Some(Near { bands, minima }) }
    }
}

impl Near {
    /// The share of shingles that two texts have in common, estimated.
    pub(super) fn similarity(&self, other: &Self) -> f64 {
        let equal = self.minima.iter().zip(&other.minima).filter(|(a, b)| a == b).count();
        equal as f64 / MINIMA as f64
    }
}

/// The hash of byte strings one after another. The same on every machine.
pub(super) fn hash<'a>(parts: impl Iterator<Item = &'a [u8]>) -> u64 {
    let mut hasher = Fnv(0xcbf2_9ce4_8422_2325);
    for part in parts {
        hasher.write(part);
        hasher.write_u8(0xff);
    }
    mix(hasher.finish())
}

/// FNV-1a.
struct Fnv(u64);

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// The finalizer of SplitMix64: every bit of a number decides about every bit of the result.
fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(range: std::ops::Range<u32>) -> String {
        range.map(|number| format!("w{} ", char::from_u32(0x4e00 + number).unwrap())).collect()
    }

    #[test]
    fn similarity_is_the_share_of_what_is_common() {
        let of = |text: &str| Signature::of(text).near.unwrap();
        let whole = of(&words(0..400));
        assert!((whole.similarity(&of(&words(0..400))) - 1.0).abs() < 1e-9);
        assert!(whole.similarity(&of(&words(1000..1400))) < 0.1);
        // 300 of 500 different ones.
        let some = whole.similarity(&of(&words(100..500)));
        assert!((0.4..0.8).contains(&some), "{some}");
    }

    #[test]
    fn short_texts_and_other_numbers_are_not_near() {
        assert_eq!(Signature::of("A short text.").near, None);
        let text = |number: u32| format!("{} and the valve opens at {number} bar", words(0..40));
        let (five, six) = (Signature::of(&text(5)).near.unwrap(), Signature::of(&text(6)).near.unwrap());
        assert!(five.bands.iter().zip(&six.bands).all(|(a, b)| a != b));
    }
}
