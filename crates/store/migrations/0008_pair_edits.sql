-- What people made of texts of pairs: a row for each time that one was changed. A text of NULL is the one that was generated,
-- which the pair holds. A pair that is deleted and brought back has its rows still.
CREATE TABLE pair_edits (
    pair_id    BLOB NOT NULL,
    revision   INTEGER NOT NULL,
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    at         TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    text       TEXT,
    PRIMARY KEY (pair_id, revision)
) STRICT, WITHOUT ROWID;
CREATE INDEX pair_edits_of_project ON pair_edits (project_id);
-- Of texts that were changed before there was this table, what they are now is known.
INSERT INTO pair_edits (pair_id, revision, project_id, at, user_id, text)
SELECT r.id, r.revision, r.project_id, COALESCE(r.changed_at, r.reviewed_at, '1970-01-01T00:00:00Z'), COALESCE(r.reviewed_by, p.user_id),
    r.edit -> '$.text'
FROM pairs r JOIN projects p ON p.id = r.project_id WHERE r.edit IS NOT NULL;
