//! Pairs as they are kept: as they were made, and what came of them since.

use model::{Flag, FlagCode, Pair, PairId, PairText, ReviewStatus, Scores, Time};
use serde::{Deserialize, Serialize};

use super::value::{json, parse_json, word};
use crate::Result;

/// What is kept of a validation.
#[derive(Serialize, Deserialize)]
pub(super) struct Validation<S> {
    pub(super) scores: S,
    pub(super) time: Time,
}

/// What a person wrote in place of what was made.
#[derive(Serialize, Deserialize)]
pub(super) struct Edit<T, S> {
    pub(super) text: T,
    pub(super) scores: S,
    pub(super) token_count: u32,
    /// The key among equals, in hexadecimal digits.
    pub(super) key: String,
}

/// The columns that follow from the scores that hold.
pub(super) struct Derived {
    pub(super) question_type: Option<String>,
    pub(super) difficulty: Option<String>,
    pub(super) flags: String,
}

impl Derived {
    pub(super) fn new(pair: &Pair) -> Result<Self> {
        let codes: Vec<_> = pair.flags.iter().map(|flag| flag.code).collect();
        Ok(Self {
            question_type: pair.question_type.as_ref().map(word).transpose()?,
            difficulty: pair.difficulty.as_ref().map(word).transpose()?,
            flags: json(&codes)?,
        })
    }
}

/// What a score is ordered by: what was not measured stands before all others.
pub(super) fn rank(score: Option<f64>) -> f64 {
    score.unwrap_or(-1.0)
}

/// What a pair says.
pub(super) fn text(pair: &Pair) -> PairText {
    PairText {
        question: pair.question.clone(),
        answer: pair.answer.clone(),
        context: pair.context.clone(),
        turns: pair.turns.clone(),
    }
}

/// A pair as it is kept.
pub(super) struct StoredPair<'a> {
    /// As it was made, as JSON.
    pub(super) body: &'a str,
    /// Its [`Validation`], as JSON.
    pub(super) validation: Option<&'a str>,
    /// The [`Edit`] of it, as JSON.
    pub(super) edit: Option<&'a str>,
    pub(super) review_status: ReviewStatus,
    pub(super) reviewed_by: Option<String>,
    pub(super) reviewed_at: Option<Time>,
    /// When a person last changed anything of it.
    pub(super) changed_at: Option<Time>,
    pub(super) revision: u32,
    pub(super) duplicate_of: Option<PairId>,
    /// How similar it is to the pair that it nearly repeats.
    pub(super) similarity: Option<f64>,
}

impl StoredPair<'_> {
    /// The pair as it is now.
    pub(super) fn read(self) -> Result<Pair> {
        let mut pair: Pair = parse_json(self.body)?;
        pair.review_status = self.review_status;
        pair.reviewed_by = self.reviewed_by;
        pair.reviewed_at = self.reviewed_at;
        pair.revision = self.revision;
        pair.duplicate_of = self.duplicate_of;
        let made = (pair.question_type, pair.difficulty);
        if let Some(validation) = self.validation {
            let Validation { scores, time } = parse_json::<Validation<Scores>>(validation)?;
            put_scores(&mut pair, made, scores);
            pair.updated_at = pair.updated_at.max(time);
        }
        if let Some(edit) = self.edit {
            put_edit(&mut pair, made, parse_json::<Edit<PairText, Scores>>(edit)?);
        }
        if let Some(time) = self.changed_at {
            pair.updated_at = pair.updated_at.max(time);
        }
        if let Some(first) = pair.duplicate_of {
            pair.flags.push(duplicate(first, self.similarity));
        }
        Ok(pair)
    }
}

/// The reason of the mark as a flag.
fn duplicate(first: PairId, similarity: Option<f64>) -> Flag {
    let detail = match similarity {
        Some(similarity) => {
            format!("It shares {:.0}% of its content words with pair {first}.", similarity * 100.0)
        }
        None => format!("It says the same as pair {first}."),
    };
    Flag { code: FlagCode::Duplicate, detail }
}

type Kind = (Option<model::QuestionType>, Option<model::Difficulty>);

/// Scores that do not say what kind of question it is leave that as it was `made`.
fn put_scores(pair: &mut Pair, made: Kind, scores: Scores) {
    (pair.question_type, pair.difficulty) = made;
    pair.put_scores(scores);
}

fn put_edit(pair: &mut Pair, made: Kind, edit: Edit<PairText, Scores>) {
    pair.original = Some(text(pair));
    pair.edited = true;
    pair.token_count = edit.token_count;
    put_scores(pair, made, edit.scores);
    let PairText { question, answer, context, turns } = edit.text;
    (pair.question, pair.answer, pair.context, pair.turns) = (question, answer, context, turns);
}
