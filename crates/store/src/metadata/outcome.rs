//! What came of a unit, and whether it is what it should be.

use model::{Chunk, DocumentStatus, GenerationId, Phase};

use crate::{Outcome, Result, StoreError};

/// Checks that an outcome holds together and is of a generation; a parsed document's chunks are counted.
pub(super) fn check(outcome: &mut Outcome, generation: GenerationId) -> Result<()> {
    match outcome {
        Outcome::Parsed { document, chunks } => {
            document.chunk_count = chunks.len() as u64;
            let strange =
                |chunk: &Chunk| (chunk.document_id, chunk.project_id) != (document.id, document.project_id);
            if document.status != DocumentStatus::Parsed || chunks.iter().any(|(chunk, _)| strange(chunk)) {
                return Err(mismatch("a parsed document"));
            }
        }
        Outcome::Generated { pairs, next } => {
            if pairs.iter().any(|(pair, _)| pair.generation_id != generation)
                || next.iter().any(|unit| (unit.generation_id, unit.phase) != (generation, Phase::Validate))
            {
                return Err(mismatch("pairs of the generation, and units that validate them"));
            }
        }
        Outcome::Scored { .. } | Outcome::Failed(_) => {}
    }
    Ok(())
}

/// That a result is not what it should be.
pub(super) fn mismatch(expected: &str) -> StoreError {
    StoreError::Conflict(format!("the result of a unit is not what it should be: {expected}"))
}
