//! Pairs that nearly repeat another: what they are found by, and what was found.

use model::{GenerationId, Pair, PairId};
use sqlx::{Row as _, SqliteConnection};
use uuid::Uuid;

use super::super::{Sqlite, pairs, row::json};
use crate::{Compared, Result, Sketched, StoreError};

/// So many pairs of one band are candidates: a bound on time, where very many are alike and differ in a name.
const MAX_OF_BAND: u32 = 64;

/// Pairs of project `?1` that were not compared, the best of the earliest generation first.
pub(in super::super) const TO_COMPARE: &str = "
SELECT * FROM pairs INDEXED BY pairs_to_compare
WHERE project_id = ?1 AND compared = 0 AND duplicate_of IS NULL AND dup_key IS NOT NULL
ORDER BY generation_id, quality_rank DESC, grounding_rank DESC, filename, document_id, position, slot LIMIT ?2";

pub(in super::super) async fn to_compare(
    db: &Sqlite,
    generation: GenerationId,
    limit: u32,
) -> Result<Vec<Pair>> {
    let mut reader = db.reader.acquire().await?;
    let (project, _) = project(&mut reader, generation).await?;
    let rows = sqlx::query(TO_COMPARE).bind(project).bind(limit).fetch_all(&mut *reader).await?;
    rows.iter().map(pairs::read).collect()
}

/// The sketches of pairs of project `?2` in some bands; those a person accepted first, then in order of age.
pub(in super::super) const CANDIDATES: &str = "
SELECT DISTINCT p.id, s.sketch, p.review_status IN ('accepted', 'edited') AS accepted, p.seq
FROM json_each(?1) AS j
CROSS JOIN pair_bands b ON b.project = ?2 AND b.band = j.value AND b.seq IN (
    SELECT i.seq FROM pair_bands i WHERE i.project = ?2 AND i.band = j.value LIMIT ?3)
CROSS JOIN pair_sketches s ON s.seq = b.seq
CROSS JOIN pairs p ON p.seq = b.seq
ORDER BY accepted DESC, p.seq";

pub(in super::super) async fn candidates(
    db: &Sqlite,
    generation: GenerationId,
    bands: &[u32],
) -> Result<Vec<Sketched>> {
    let mut reader = db.reader.acquire().await?;
    let (_, number) = project(&mut reader, generation).await?;
    let rows = sqlx::query(CANDIDATES)
        .bind(json(&bands)?)
        .bind(number)
        .bind(MAX_OF_BAND)
        .fetch_all(&mut *reader)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Sketched { pair: PairId::from_uuid(row.try_get("id")?), sketch: row.try_get("sketch")? })
        })
        .collect()
}

/// Writes what was found about a pair `?1` that still has the text that was compared.
const COMPARED: &str = "
UPDATE pairs SET compared = 1, near_of = ?2, similarity = ?3 WHERE id = ?1 AND revision = ?4 RETURNING seq";

pub(in super::super) async fn put(
    db: &Sqlite,
    generation: GenerationId,
    compared: &[Compared],
) -> Result<()> {
    let mut tx = db.write().await?;
    let (_, number) = project(&mut tx, generation).await?;
    for pair in compared {
        let seq: Option<i64> = sqlx::query_scalar(COMPARED)
            .bind(*pair.pair.as_uuid())
            .bind(pair.near.map(|(of, _)| *of.as_uuid()))
            .bind(pair.near.map(|(_, similarity)| similarity))
            .bind(pair.revision)
            .fetch_optional(&mut *tx)
            .await?;
        let Some(seq) = seq.filter(|_| !pair.bands.is_empty()) else { continue };
        sqlx::query("INSERT OR REPLACE INTO pair_sketches (seq, sketch) VALUES (?, ?)")
            .bind(seq)
            .bind(&*pair.sketch)
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "INSERT OR IGNORE INTO pair_bands (project, band, seq) SELECT ?1, value, ?2 FROM json_each(?3)",
        )
        .bind(number)
        .bind(seq)
        .bind(json(&pair.bands)?)
        .execute(&mut *tx)
        .await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The project of a generation, and its number.
async fn project(connection: &mut SqliteConnection, generation: GenerationId) -> Result<(Uuid, i64)> {
    let row = sqlx::query(
        "SELECT g.project_id, t.number FROM generations g JOIN project_totals t ON t.project_id = g.project_id
         WHERE g.id = ?",
    )
    .bind(*generation.as_uuid())
    .fetch_optional(connection)
    .await?
    .ok_or(StoreError::NotFound("generation"))?;
    Ok((row.try_get("project_id")?, row.try_get("number")?))
}
