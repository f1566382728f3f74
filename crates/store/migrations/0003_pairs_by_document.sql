-- The pairs of a document among very many, with all that lists filter and count by.
CREATE INDEX pairs_by_document ON pairs (project_id, document_id, created_at, id, review_status, quality_rank,
    grounding_rank, flagged, question_type, difficulty, generation_id);
