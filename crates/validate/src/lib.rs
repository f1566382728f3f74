//! A pair and its source to scores, evidence and classes; pairs to duplicates.
//!
//! All of it is local and deterministic, without a model, a clock or IO, but for [`judge`], which waits for a chat
//! model where one is asked.

mod canary;
mod checks;
mod classify;
mod dates;
mod duplicates;
mod effort;
mod grounding;
pub mod judge;
mod language;
mod numbers;
mod phrases;
mod quality;
mod sentences;
mod source;
mod tokens;
mod units;
mod words;

use model::Scores;

pub use canary::{Foreign, is_doubted, is_flagged, make_wrong};
pub use checks::{Benchmarks, ToxicWords, personal_data};
pub use classify::question_type;
pub use duplicates::{BANDS, DUPLICATE_SIMILARITY, Duplicates, Repeats, Sketch, duplicate_key, similarity};
pub use grounding::{LOW_GROUNDING, flag_low_grounding};
pub use source::Source;

/// One example to be scored.
#[derive(Debug, Clone, Copy)]
pub struct Example<'a> {
    /// The source's text: evidence offsets count in it.
    pub context: &'a str,
    /// More of the source that the answer may rest on without an offset: headings, column names.
    pub surroundings: &'a [String],
    /// What is asked.
    pub question: &'a str,
    /// What is answered.
    pub answer: &'a str,
}

/// Scores one example. Several answers over one source are faster through [`Source`].
pub fn score(example: &Example<'_>) -> Scores {
    Source::new(example.context, example.surroundings).score(example.question, example.answer)
}
