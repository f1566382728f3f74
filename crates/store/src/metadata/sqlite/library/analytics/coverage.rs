//! How much of the documents the pairs cover.

use model::{Coverage, DocumentCoverage, DocumentId};
use sqlx::{Row as _, SqliteConnection};

use crate::{
    Result,
    metadata::sqlite::{probes::Scope, row::read_count},
};

/// Documents that are named, at most.
const DOCUMENTS: i64 = 1000;

const TOTALS: &str = "
SELECT COUNT(*) AS total, COUNT(*) FILTER (WHERE status = 'parsed') AS parsed,
    COUNT(*) FILTER (WHERE status = 'failed') AS failed,
    (SELECT chunks FROM project_totals WHERE project_id = ?1) AS chunks,
    (SELECT COUNT(*) FROM chunks INDEXED BY chunks_by_project WHERE project_id = ?1 AND excluded) AS excluded
FROM documents INDEXED BY documents_by_age WHERE project_id = ?1";

/// Chunks that pairs were made from and that have gone since are not counted, nor are those that are left out, such as the
/// lines of imported pairs: this is of those that pairs are to be made from.
pub(in super::super::super) const WITH_PAIRS: &str = "
SELECT COUNT(*) AS chunks FROM chunks c
WHERE c.project_id = ?1 AND NOT c.excluded AND EXISTS (
    SELECT 1 FROM pairs p INDEXED BY pairs_by_source WHERE p.project_id = ?1 AND p.chunk_id = c.id)";

pub(in super::super::super) const WITH_PAIRS_OF_GENERATION: &str = "
SELECT COUNT(*) AS chunks FROM chunks c
WHERE c.project_id = ?1 AND NOT c.excluded AND EXISTS (
    SELECT 1 FROM pairs p INDEXED BY pairs_by_chunk WHERE p.generation_id = ?2 AND p.chunk_id = c.id)";

pub(in super::super::super) const PER_DOCUMENT: &str = "
WITH made AS (
    SELECT document_id, COUNT(*) AS pairs FROM pairs INDEXED BY pairs_by_age
    WHERE project_id = ?1 AND (?2 IS NULL OR generation_id = ?2) GROUP BY document_id)
SELECT d.id, d.filename, COALESCE(made.pairs, 0) AS pairs,
    (SELECT COUNT(*) FROM chunks c INDEXED BY chunks_in_order WHERE c.document_id = d.id) AS chunks
FROM documents d INDEXED BY documents_by_name LEFT JOIN made ON made.document_id = d.id
WHERE d.project_id = ?1 ORDER BY d.filename, d.id LIMIT ?3";

pub(super) async fn compute(connection: &mut SqliteConnection, scope: Scope) -> Result<Coverage> {
    let totals = sqlx::query(TOTALS).bind(scope.project).fetch_one(&mut *connection).await?;
    let with_pairs = if scope.generation.is_some() { WITH_PAIRS_OF_GENERATION } else { WITH_PAIRS };
    let with_pairs = sqlx::query(with_pairs)
        .bind(scope.project)
        .bind(scope.generation)
        .fetch_one(&mut *connection)
        .await?;
    let per_document = sqlx::query(PER_DOCUMENT)
        .bind(scope.project)
        .bind(scope.generation)
        .bind(DOCUMENTS)
        .fetch_all(connection)
        .await?
        .iter()
        .map(|row| {
            Ok(DocumentCoverage {
                document_id: DocumentId::from_uuid(row.try_get("id")?),
                filename: row.try_get("filename")?,
                chunks: read_count(row, "chunks")?,
                pairs: read_count(row, "pairs")?,
            })
        })
        .collect::<Result<_>>()?;
    Ok(Coverage {
        documents_total: read_count(&totals, "total")?,
        documents_parsed: read_count(&totals, "parsed")?,
        documents_failed: read_count(&totals, "failed")?,
        chunks_total: read_count(&totals, "chunks")?,
        chunks_excluded: read_count(&totals, "excluded")?,
        chunks_with_pairs: read_count(&with_pairs, "chunks")?,
        per_document,
    })
}
