//! Checks of a text that are made where they are asked for. Each gives a flag with its reason.

mod contamination;
mod personal;
mod toxic;

pub use contamination::Benchmarks;
pub use personal::personal_data;
pub use toxic::ToxicWords;
