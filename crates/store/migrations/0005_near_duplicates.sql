-- Pairs that nearly repeat another: which one, how similar they are, and whether that was looked for.
ALTER TABLE pairs ADD COLUMN near_of BLOB;
ALTER TABLE pairs ADD COLUMN similarity REAL;
ALTER TABLE pairs ADD COLUMN compared INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pairs_deleted ADD COLUMN near_of BLOB;
ALTER TABLE pairs_deleted ADD COLUMN similarity REAL;
CREATE INDEX pairs_near ON pairs (near_of, project_id, dup_key) WHERE near_of IS NOT NULL;
-- The best pairs of a generation first: they stand for the others.
CREATE INDEX pairs_to_compare ON pairs
    (project_id, generation_id, quality_rank DESC, grounding_rank DESC, filename, document_id, position, slot)
    WHERE compared = 0 AND duplicate_of IS NULL AND dup_key IS NOT NULL;

-- What pairs that repeat none are compared by, and the bands under which they are found, by the number of
-- their project. A band may name a pair that is gone or was written anew since: what is found is compared.
CREATE TABLE pair_sketches (
    seq    INTEGER PRIMARY KEY,
    sketch BLOB NOT NULL
) STRICT;
CREATE TABLE pair_bands (
    project INTEGER NOT NULL REFERENCES project_totals (number) ON DELETE CASCADE,
    band    INTEGER NOT NULL,
    seq     INTEGER NOT NULL,
    PRIMARY KEY (project, band, seq)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER pairs_unsketched AFTER DELETE ON pairs BEGIN
    DELETE FROM pair_sketches WHERE seq = OLD.seq;
END;
-- A pair that is written anew is compared anew, and so are those that nearly repeated it.
CREATE TRIGGER pairs_written_anew AFTER UPDATE OF dup_key ON pairs
WHEN OLD.compared AND OLD.dup_key IS NOT NEW.dup_key BEGIN
    DELETE FROM pair_sketches WHERE seq = OLD.seq;
    UPDATE pairs SET compared = 0, near_of = NULL, similarity = NULL WHERE seq = OLD.seq;
    UPDATE pairs SET compared = 0, near_of = NULL, similarity = NULL, duplicate_of = NULL WHERE near_of = OLD.id;
END;

-- The flag of duplicates comes and goes with the mark.
CREATE TRIGGER pairs_flagged_duplicate AFTER UPDATE OF duplicate_of, flags ON pairs
WHEN (NEW.duplicate_of IS NOT NULL) <> (instr(NEW.flags, '"duplicate"') > 0) BEGIN
    UPDATE pairs SET
        flags = CASE WHEN NEW.duplicate_of IS NULL
            THEN (SELECT json_group_array(value) FROM json_each(NEW.flags) WHERE value <> 'duplicate')
            ELSE json_insert(NEW.flags, '$[#]', 'duplicate') END,
        flagged = NEW.duplicate_of IS NOT NULL OR NEW.flags NOT IN ('[]', '["duplicate"]')
    WHERE seq = NEW.seq;
END;
UPDATE pairs SET duplicate_of = duplicate_of WHERE duplicate_of IS NOT NULL;
