//! What a person changed of chunks, taken over when their document is parsed again.

use std::collections::HashMap;

use model::{DocumentId, Sha256Hex};
use sqlx::{Row as _, SqliteConnection};

pub(super) use super::super::carry::{Place, Touched, occurrence, take, warnings};
use super::row::parse_json;
use crate::Result;

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
