//! What a person changed of chunks, taken over when their document is parsed again.

use std::collections::HashMap;

use model::{Chunk, DocumentId, Sha256Hex};
use sqlx::{Row as _, SqliteConnection};

use super::row::parse_json;
use crate::Result;

/// Warnings that name a chunk, at most; what is more is counted.
const NAMED: usize = 20;

/// A chunk that a person changed.
pub(super) struct Touched {
    /// The chunk.
    pub(super) chunk: Chunk,
    /// What the person said of leaving it out.
    pub(super) decided: Option<bool>,
}

/// The hash of a text as parsed, and which one it is of those that are equal.
type Place = (Sha256Hex, u32);

/// Counts texts that are equal, in the order of the document.
pub(super) fn occurrence(seen: &mut HashMap<Sha256Hex, u32>, sha256: &Sha256Hex) -> u32 {
    let count = seen.entry(sha256.clone()).or_default();
    *count += 1;
    *count
}

/// The chunks of a document that a person changed, by what they said as parsed.
pub(super) async fn touched(
    connection: &mut SqliteConnection,
    document: DocumentId,
) -> Result<HashMap<Place, Touched>> {
    let rows = sqlx::query(
        "SELECT parsed_sha256, decided, CASE WHEN edited OR decided IS NOT NULL THEN body END AS body
         FROM chunks WHERE document_id = ? ORDER BY position",
    )
    .bind(*document.as_uuid())
    .fetch_all(connection)
    .await?;
    let mut seen = HashMap::new();
    let mut touched = HashMap::new();
    for row in &rows {
        let sha256: Sha256Hex = row.try_get("parsed_sha256")?;
        let occurrence = occurrence(&mut seen, &sha256);
        if let Some(body) = row.try_get::<Option<&str>, _>("body")? {
            let chunk = Touched { chunk: parse_json(body)?, decided: row.try_get("decided")? };
            touched.insert((sha256, occurrence), chunk);
        }
    }
    Ok(touched)
}

/// What to tell of changes that found no chunk.
pub(super) fn warnings(dropped: impl Iterator<Item = Touched>) -> Vec<String> {
    let mut dropped: Vec<Touched> = dropped.collect();
    dropped.sort_by_key(|old| old.chunk.position);
    let mut warnings: Vec<String> = dropped.iter().take(NAMED).map(warning).collect();
    if let Some(more @ 1..) = dropped.len().checked_sub(NAMED) {
        warnings.push(format!("{more} more changes of chunks were dropped for the same reason"));
    }
    warnings
}

fn warning(old: &Touched) -> String {
    let what = match (old.chunk.edited, old.decided) {
        (true, _) => "edit",
        (false, Some(false)) => "inclusion",
        (false, _) => "exclusion",
    };
    let position = old.chunk.position;
    format!("the {what} of chunk {position} was dropped: its text is not in the document any more")
}
