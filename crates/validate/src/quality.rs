//! How good an example a pair is, without a model.
//!
//! Four dimensions, each a product of graded items between 0 and 1, so that one bad item shows:
//!
//! | dimension | weight | items |
//! | --- | --- | --- |
//! | completeness | .40 | the answer is as long as its kind of question needs, ends, answers at all, is no copy of the question |
//! | clarity | .25 | the question stands alone, is one question in the form of one, is neither cryptic nor endless; both are in one language |
//! | formatting | .15 | fences and marks are closed, nothing of the prompt leaks in, long and stepwise answers have structure |
//! | difficulty | .20 | the places of the source it takes, the distance of its words, the length of the reasoning, its kind |
//!
//! The score is their weighted geometric mean. A dimension under [`FAILS`] caps it at one half, and
//! the grounding caps it too, so that no pair is called better than its evidence allows.

mod clarity;
mod completeness;
mod formatting;

use model::{Flag, FlagCode, Quality, QuestionType};

use crate::{grounding::Grounding, sentences::Text};

/// What completeness, clarity, formatting and difficulty count for.
const WEIGHTS: [f64; 4] = [0.40, 0.25, 0.15, 0.20];

/// A dimension under this caps the score at one half.
const FAILS: f64 = 0.34;

/// The most that is said of a pair whose grounding cannot be measured.
const UNMEASURED: f64 = 0.75;

/// A pair with all that is known of it.
#[derive(Clone, Copy)]
pub(crate) struct Rated<'a> {
    pub(crate) question: &'a Text<'a>,
    pub(crate) answer: &'a Text<'a>,
    pub(crate) kind: QuestionType,
    pub(crate) grounding: &'a Grounding,
    /// What follows the answer in the source, where that holds the answer as it is.
    pub(crate) goes_on: Option<&'a str>,
    /// See [`crate::effort`].
    pub(crate) effort: f64,
}

impl Rated<'_> {
    /// The answer's length in words; in scripts without spaces two characters are one.
    pub(crate) fn words(&self) -> usize {
        crate::effort::words(self.answer)
    }

    /// Whether the answer is code, a cell or a list rather than sentences.
    pub(crate) fn is_prose(&self) -> bool {
        let text = self.answer.raw.trim();
        let last = text.lines().next_back().unwrap_or("").trim_start();
        let item = last.starts_with(['-', '*', '+', '|', '•', '#'])
            || last.trim_start_matches(|char: char| char.is_ascii_digit()).starts_with(['.', ')'])
                && !last.starts_with(['.', ')']);
        !item && !text.ends_with("```") && !text.ends_with(['}', ';', '`', '>']) && self.words() > 5
    }
}

/// An item of a dimension that can also be a flag.
pub(crate) struct Item {
    pub(crate) value: f64,
    pub(crate) flag: Option<Flag>,
}

impl Item {
    pub(crate) fn graded(value: f64) -> Self {
        Self { value, flag: None }
    }

    pub(crate) fn failed(value: f64, code: FlagCode, detail: &str) -> Self {
        Self { value, flag: Some(Flag { code, detail: detail.to_owned() }) }
    }
}

/// The dimensions, the score over them, and flags for what failed.
pub(crate) fn rate(pair: &Rated<'_>) -> (Quality, f64, Vec<Flag>) {
    let mut flags = Vec::new();
    let mut dimension = |items: Vec<Item>| {
        items.into_iter().fold(1.0_f64, |product, item| {
            flags.extend(item.flag);
            product * item.value
        })
    };
    let completeness = dimension(completeness::items(pair));
    let clarity = dimension(clarity::items(pair));
    let formatting = dimension(formatting::items(pair));
    // Taking no effort at all is still something; failing is left to what teaches nothing.
    let difficulty = if pair.effort > 0.0 { 0.4 + 0.6 * pair.effort } else { 0.2 };
    let score = overall([completeness, clarity, formatting, difficulty].map(Some), pair.grounding.score);
    let quality = Quality {
        completeness: Some(rounded(completeness)),
        clarity: Some(rounded(clarity)),
        formatting: Some(rounded(formatting)),
        difficulty: Some(rounded(difficulty)),
        judged: false,
    };
    (quality, score.unwrap_or_default(), flags)
}

/// The score over the dimensions (completeness, clarity, formatting, difficulty) that were measured, as far as the
/// grounding allows; `None` where none was.
pub(crate) fn overall(dimensions: [Option<f64>; 4], grounding: Option<f64>) -> Option<f64> {
    let measured = || dimensions.iter().zip(WEIGHTS).filter_map(|(value, weight)| Some(((*value)?, weight)));
    let all: f64 = measured().map(|(_, weight)| weight).sum();
    if all <= 0.0 {
        return None;
    }
    let mean: f64 = measured().map(|(value, weight)| value.max(0.01).powf(weight / all)).product();
    let cap = if measured().any(|(value, _)| value < FAILS) { 0.5 } else { 1.0 };
    let allowed = grounding.map_or(UNMEASURED, |grounding| 0.5 + 0.5 * grounding);
    Some(rounded(mean.min(cap).min(allowed)))
}

/// Three places after the point: more would only seem exact, and fewer platforms would agree on them.
pub(crate) fn rounded(value: f64) -> f64 {
    (value.clamp(0.0, 1.0) * 1000.0).round() / 1000.0
}
