//! Examples that say the same: exactly, by a key, and nearly, by what their words share.
//!
//! Nearly the same is what shares most of its content words, whatever holds them together, in whatever
//! order, with letters swapped; but never what differs in a number, a name, a denial or what is asked
//! for ([`similarity()`]). Candidates are found by bands of a MinHash ([`Sketch::bands`]), so that time
//! is near-linear, and each is then compared exactly.

mod index;
mod key;
mod similarity;
mod sketch;

pub use index::{Duplicates, Repeats};
pub use key::duplicate_key;
pub use similarity::similarity;
pub use sketch::{BANDS, Sketch};

/// Examples that share so much of their words, 0 to 1, count as the same unless told otherwise.
pub const DUPLICATE_SIMILARITY: f64 = 0.62;
