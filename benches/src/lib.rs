//! What benchmarks share.

mod fill;

pub use fill::{Filled, fill};
