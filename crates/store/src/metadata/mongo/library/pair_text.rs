//! What of a pair's row follows from its text.

use model::{Pair, PairText, Scores};
use mongodb::bson::Binary;
use uuid::Uuid;

use super::super::{
    chunks::split,
    pairs::{binary, codes},
    rows::PairRow,
};
use crate::{
    Result, StoreError,
    metadata::{
        pair::{Edit, Validation, text},
        terms,
        value::{parse_json, word},
    },
};

impl PairRow {
    /// Puts what a person wrote, or nothing, in place of what a person wrote before, and brings all that follows from the text
    /// in line with it. Whether those that nearly repeated it are to be compared anew comes back: see [`PairRow::put_key`].
    pub(super) fn put_edit(&mut self, edit: Option<String>) -> Result<bool> {
        let made: Pair = parse_json(&self.body)?;
        // While nothing is written in its place, the key is that of what was made.
        let generated = if self.edit.is_some() { self.generated_key.take() } else { self.dup_key.clone() };
        self.edit = edit;
        let (text, key, scores) = match &self.edit {
            Some(edit) => {
                let edit: Edit<PairText, Scores> = parse_json(edit)?;
                self.generated_key = generated;
                self.token_count = edit.token_count;
                (edit.text, Some(read_key(&edit.key)?), Some(edit.scores))
            }
            None => {
                self.token_count = made.token_count;
                let validation =
                    self.validation.as_deref().map(parse_json::<Validation<Scores>>).transpose()?;
                (text(&made), generated, validation.map(|validation| validation.scores))
            }
        };
        match &scores {
            Some(scores) => {
                self.put_scores(scores.quality_score, scores.grounding_score);
                self.put_flags(codes(scores.flags.iter().map(|flag| flag.code))?);
            }
            None => {
                self.put_scores(made.quality_score, made.grounding_score);
                self.put_flags(codes(made.flags.iter().map(|flag| flag.code))?);
            }
        }
        // Scores that do not say what kind of question it is leave that as it was made.
        let (kind, difficulty) =
            scores.map_or((None, None), |scores| (scores.question_type, scores.difficulty));
        self.question_type = kind.or(made.question_type).as_ref().map(word).transpose()?;
        self.difficulty = difficulty.or(made.difficulty).as_ref().map(word).transpose()?;
        self.terms = split(&terms::of_pair(&text));
        Ok(self.put_key(key))
    }
}

/// The key among equals, from its hexadecimal digits.
fn read_key(digits: &str) -> Result<Binary> {
    let key = Uuid::try_parse(digits).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    Ok(binary(key.as_bytes()))
}
