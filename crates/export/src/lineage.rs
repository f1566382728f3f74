//! Where each line of a data file comes from.

use model::{
    ChunkId, Difficulty, DocumentId, EditMark, FlagCode, GenerationId, GenerationType, Pair, PairId,
    PairText, QuestionType, ReviewStatus, Sha256Hex, Time, sha256_hex,
};
use serde::{Deserialize, Serialize};

use crate::Example;

/// One line of the lineage file: where a line of a data file comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lineage {
    /// The name of the data file.
    pub file: String,
    /// The line in it, from 1; of a Parquet file, the row.
    pub line: u64,
    /// The SHA-256 of what the pair says, whatever the format: another where a person has changed it.
    pub content: Sha256Hex,
    /// The pair on that line.
    pub pair_id: PairId,
    /// The chunk it is from.
    pub chunk_id: ChunkId,
    /// All chunks it is from.
    pub chunk_ids: Vec<ChunkId>,
    /// The document it is from.
    pub document_id: DocumentId,
    /// That document's file name.
    pub filename: String,
    /// The chunk's place in the document, from 0.
    pub position: u32,
    /// The chunk's first page, from 1, where the format has pages.
    pub page_start: Option<u32>,
    /// Its last page.
    pub page_end: Option<u32>,
    /// Where the chunk starts in the document's text, in Unicode scalar values.
    pub char_start: u64,
    /// Where it ends (exclusive).
    pub char_end: u64,
    /// The generation that made the pair.
    pub generation_id: GenerationId,
    /// What kind of example it is.
    pub generation_type: GenerationType,
    /// Its place among the pairs of its chunk, from 0.
    pub slot: u32,
    /// The model that wrote it.
    pub teacher_model: String,
    /// The SHA-256 of the prompt template; of the built-in teacher, its version.
    pub prompt_hash: Sha256Hex,
    /// The hash of the [`model::Passage`] it was made from.
    pub passage: Sha256Hex,
    /// How good an example it is, 0.0 to 1.0; `None` where that was not measured.
    pub quality_score: Option<f64>,
    /// How far the answer rests on the source, 0.0 to 1.0; `None` where that was not measured.
    pub grounding_score: Option<f64>,
    /// What the question asks for.
    pub question_type: Option<QuestionType>,
    /// How hard it is.
    pub difficulty: Option<Difficulty>,
    /// What a person decided on it.
    pub review_status: ReviewStatus,
    /// Who decided it.
    pub reviewed_by: Option<String>,
    /// When.
    pub reviewed_at: Option<Time>,
    /// Whether a person changed it.
    pub edited: bool,
    /// Which state of the pair this is: it counts changes, from 1.
    pub revision: u32,
    /// When a person changed its text, and who, oldest first.
    pub edits: Vec<EditMark>,
    /// What a reviewer should look at.
    pub flags: Vec<FlagCode>,
    /// The pair it repeats; a line has one only where a person accepted the duplicate, or where the
    /// pair that it repeats is not in the export.
    pub duplicate_of: Option<PairId>,
    /// Whether the line is a preference.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_preference: bool,
    /// In a preference: the pair whose answer a person rejected; not there where it is this pair's own answer as it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejected_pair: Option<PairId>,
}

impl Lineage {
    /// The lineage of what stands on a line (from 1) of a data file.
    pub fn new(file: &str, line: u64, example: Example<'_>) -> Self {
        let Example { pair, origin, edits, rejected } = example;
        Self {
            file: file.into(),
            line,
            content: content(pair),
            pair_id: pair.id,
            chunk_id: pair.chunk_id,
            chunk_ids: pair.chunk_ids.clone(),
            document_id: pair.document_id,
            filename: origin.filename.clone(),
            position: origin.position,
            page_start: origin.page_start,
            page_end: origin.page_end,
            char_start: origin.char_start,
            char_end: origin.char_end,
            generation_id: pair.generation_id,
            generation_type: pair.generation_type,
            slot: pair.slot,
            teacher_model: pair.provenance.teacher_model.clone(),
            prompt_hash: pair.provenance.prompt_hash.clone(),
            passage: pair.provenance.passage.clone(),
            quality_score: pair.quality_score,
            grounding_score: pair.grounding_score,
            question_type: pair.question_type,
            difficulty: pair.difficulty,
            review_status: pair.review_status,
            reviewed_by: pair.reviewed_by.clone(),
            reviewed_at: pair.reviewed_at,
            edited: pair.edited,
            revision: pair.revision,
            edits: edits.to_vec(),
            flags: pair.flags.iter().map(|flag| flag.code).collect(),
            duplicate_of: pair.duplicate_of,
            is_preference: rejected.is_some(),
            rejected_pair: rejected.and_then(|rejected| rejected.pair),
        }
    }
}

fn is_false(value: &bool) -> bool {
    !value
}

/// The SHA-256 of what a pair says: of all that a line can hold of it.
fn content(pair: &Pair) -> Sha256Hex {
    let Pair { question, answer, context, turns, system_prompt, .. } = pair;
    hash(&(question, answer, context, turns, system_prompt))
}

/// The same of a text under a system prompt.
pub fn content_of(text: &PairText, system_prompt: Option<&str>) -> Sha256Hex {
    let PairText { question, answer, context, turns } = text;
    hash(&(question, answer, context, turns, system_prompt))
}

fn hash(said: &impl Serialize) -> Sha256Hex {
    sha256_hex(serde_json::to_vec(said).expect("strings and lists of them are always JSON"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        line::json_line,
        testing::{origin, pair},
    };

    #[test]
    fn reads_back_what_it_writes() {
        let (pair, origin) = (pair(1), origin());
        let lineage = Lineage::new(
            "train.jsonl",
            7,
            Example { pair: &pair, origin: &origin, edits: &[], rejected: None },
        );
        let line = json_line(&lineage);
        insta::assert_snapshot!(line, @r#"{"file":"train.jsonl","line":7,"content":"e6733ea79ab73daca3507087abaff7b0c90ba9d6c97902d02f74cf416072fbe8","pair_id":"ae59eea6-84ef-86a0-b509-fead0601eaa3","chunk_id":"ac11c340-76a4-8574-85a7-7d499435cada","chunk_ids":["ac11c340-76a4-8574-85a7-7d499435cada"],"document_id":"01977420-dc00-7101-8101-010101010101","filename":"user-guide.pdf","position":4,"page_start":2,"page_end":3,"char_start":1200,"char_end":2034,"generation_id":"01977420-dc00-7303-8303-030303030303","generation_type":"qa","slot":1,"teacher_model":"teacher","prompt_hash":"cf07194ee232eb531e15f690000d19846dea69cf05504782658afcfacb9228a2","passage":"0886b051075687c18a9ae5075383feb8400fbe4328c6e4bd45b77b30f1e73b54","quality_score":0.875,"grounding_score":1.0,"question_type":"how-to","difficulty":"easy","review_status":"pending","reviewed_by":null,"reviewed_at":null,"edited":false,"revision":1,"edits":[],"flags":["short_answer"],"duplicate_of":null}"#);
        assert_eq!(serde_json::from_str::<Lineage>(&line).unwrap(), lineage);
    }

    #[test]
    fn a_file_name_does_not_break_the_line() {
        let (pair, odd) = (pair(0), model::PairOrigin { filename: "a\u{2028}b.md".into(), ..origin() });
        let line = json_line(&Lineage::new(
            "dataset.jsonl",
            1,
            Example { pair: &pair, origin: &odd, edits: &[], rejected: None },
        ));
        assert!(line.contains(r#""filename":"a\u2028b.md""#), "{line}");
    }
}
