//! What a judge says of a pair, and how it was held against the source.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::FlagCode;

/// What a judge says of a pair. All scores are 0.0 to 1.0; `None` means that nothing could be read.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Judgement {
    /// The model that judged.
    pub model: String,
    /// How far the answer rests on the source, as the judge has it: 0.7 of the mean and 0.3 of the least over its
    /// sentences, a supported one counted as 1, a partial one as 0.5.
    pub grounding_score: Option<f64>,
    /// The same as the local measure has it.
    pub local_grounding_score: Option<f64>,
    /// How good an example it is, as the local measure has it.
    pub local_quality_score: Option<f64>,
    /// What is said of each sentence of the answer, in order.
    pub sentences: Vec<JudgedSentence>,
    /// What is said of the pair as an example.
    #[schema(value_type = BTreeMap<String, ItemAnswer>)]
    pub items: BTreeMap<QualityItem, ItemAnswer>,
    /// What the local measure found hard to believe, where the judge saw nothing wrong and was asked once more.
    pub doubts: Vec<Doubt>,
    /// Why nothing, or not all, is said.
    pub error: Option<String>,
}

/// What a judge says of one sentence of an answer. Offsets count Unicode scalar values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct JudgedSentence {
    /// The exchange whose answer it is of, from 1; always 1 where there is no conversation.
    pub exchange: u32,
    /// Where it starts in that answer.
    pub answer_start: usize,
    /// Where it ends.
    pub answer_end: usize,
    /// The verdict that holds; `None` where none could be read.
    pub verdict: Option<Verdict>,
    /// What the judge quotes, in the source's own words where they stand there.
    pub quote: Option<String>,
    /// Where the quote starts in the chunk's text, if it stands there.
    pub chunk_start: Option<usize>,
    /// Where it ends.
    pub chunk_end: Option<usize>,
    /// Whether the judge said `supported` and quoted nothing that the source holds, so that it counts as partial.
    pub capped: bool,
}

/// How far the source holds a sentence.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It says other things, or nothing of it.
    Unsupported,
    /// It says some of it.
    Partial,
    /// It says all of it.
    Supported,
}

/// What is asked about a pair as an example; each can be answered by yes, no or not applicable, and yes is good.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum QualityItem {
    /// The answer answers what is asked.
    Answers,
    /// It gives all that the source has to say to that.
    Complete,
    /// Nothing of it is at odds with the source.
    Accurate,
    /// It holds nothing that was not asked for.
    ToThePoint,
    /// The question can be understood without the source.
    StandsAlone,
    /// It asks for one thing, and says for what.
    Specific,
    /// Somebody who uses what the source is about might ask it.
    Natural,
    /// The answer can be understood by itself.
    Understandable,
    /// The answer has the form that the question asks for.
    Form,
    /// Spelling, grammar and marks are right.
    WellWritten,
    /// Knowing the answer is of use.
    Useful,
    /// The answer takes more than spotting a word of the question in the source.
    TakesThought,
}

impl QualityItem {
    /// All of them, in the order in which they are asked.
    pub const ALL: [Self; 12] = [
        Self::Answers,
        Self::Complete,
        Self::Accurate,
        Self::ToThePoint,
        Self::StandsAlone,
        Self::Specific,
        Self::Natural,
        Self::Understandable,
        Self::Form,
        Self::WellWritten,
        Self::Useful,
        Self::TakesThought,
    ];

    /// The item as it is written in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answers => "answers",
            Self::Complete => "complete",
            Self::Accurate => "accurate",
            Self::ToThePoint => "to_the_point",
            Self::StandsAlone => "stands_alone",
            Self::Specific => "specific",
            Self::Natural => "natural",
            Self::Understandable => "understandable",
            Self::Form => "form",
            Self::WellWritten => "well_written",
            Self::Useful => "useful",
            Self::TakesThought => "takes_thought",
        }
    }
}

/// An answer to an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ItemAnswer {
    /// It is so.
    Yes,
    /// It is not.
    No,
    /// The item does not go with this pair.
    NotApplicable,
}

/// Something that the local measure found hard to believe, and what the judge made of it when asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Doubt {
    /// The flag it is about.
    pub code: FlagCode,
    /// Whether the judge showed where the source says so. Else the judge's grounding score is 0.5 at the most.
    pub cleared: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_written_by_their_names() {
        for item in QualityItem::ALL {
            assert_eq!(serde_json::to_value(item).unwrap(), item.as_str());
        }
    }
}
