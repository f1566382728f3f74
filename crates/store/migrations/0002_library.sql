-- What people list, search, edit, decide and undo. Large columns stand last in a row, so that those
-- before them are read without them.

-- What a project holds, kept up by triggers, so that nothing is counted when a project is read.
-- `number` stands before each of the project's search terms.
CREATE TABLE project_totals (
    number         INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id     BLOB NOT NULL UNIQUE REFERENCES projects (id) ON DELETE CASCADE,
    documents      INTEGER NOT NULL DEFAULT 0,
    document_bytes INTEGER NOT NULL DEFAULT 0,
    chunks         INTEGER NOT NULL DEFAULT 0,
    pairs          INTEGER NOT NULL DEFAULT 0,
    accepted       INTEGER NOT NULL DEFAULT 0,
    edited         INTEGER NOT NULL DEFAULT 0,
    rejected       INTEGER NOT NULL DEFAULT 0,
    quality_sum    INTEGER NOT NULL DEFAULT 0,
    quality_count  INTEGER NOT NULL DEFAULT 0
) STRICT;

-- `folded` is the name and the description without regard to letter case, for finding.
ALTER TABLE projects ADD COLUMN folded TEXT NOT NULL DEFAULT '';

ALTER TABLE documents ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE documents ADD COLUMN size_bytes INTEGER NOT NULL DEFAULT 0;
UPDATE documents SET
    created_at = unixepoch(body ->> '$.created_at') * 1000000
        + CASE WHEN instr(body ->> '$.created_at', '.') = 0 THEN 0 ELSE CAST(substr(
            rtrim(substr(body ->> '$.created_at', instr(body ->> '$.created_at', '.') + 1), 'Z') || '000000', 1, 6
        ) AS INTEGER) END,
    size_bytes = body ->> '$.size_bytes';
CREATE INDEX documents_by_age ON documents (project_id, created_at, id, status);

-- `decided` is what a person said of leaving it out; `parsed_sha256` is of the text as parsed.
CREATE TABLE chunks_new (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,
    id            BLOB NOT NULL UNIQUE,
    project_id    BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    document_id   BLOB NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    position      INTEGER NOT NULL,
    excluded      INTEGER NOT NULL,
    content_type  TEXT NOT NULL,
    topic         TEXT,
    edited        INTEGER NOT NULL,
    decided       INTEGER,
    revision      INTEGER NOT NULL DEFAULT 1,
    parsed_sha256 TEXT NOT NULL,
    passage       TEXT NOT NULL,
    body          TEXT NOT NULL
) STRICT;
INSERT INTO chunks_new
    (id, project_id, document_id, position, excluded, content_type, topic, edited, parsed_sha256, passage, body)
SELECT id, project_id, document_id, position, excluded, body ->> '$.content_type', body ->> '$.topic',
    body ->> '$.edited', '', passage, body
FROM chunks;
DROP TABLE chunks;
ALTER TABLE chunks_new RENAME TO chunks;
CREATE UNIQUE INDEX chunks_by_position ON chunks (document_id, position);
CREATE INDEX chunks_in_order ON chunks (document_id, position, excluded, content_type);
CREATE INDEX chunks_by_project ON chunks (project_id, document_id, excluded, content_type);
CREATE INDEX chunks_by_topic ON chunks (project_id, topic) WHERE topic IS NOT NULL;

CREATE INDEX generations_newest ON generations (project_id, created_at, id, kind, status);
CREATE INDEX generations_unended ON generations (created_at, id, project_id, kind)
    WHERE status IN ('pending', 'parsing', 'generating', 'validating');

-- `body` and `validation` are as they were made; `edit` is what a person wrote in place of that, with
-- the scores of it, and goes with a reset. `generated_key` is the key of what was made, while `edit`
-- is there. Ranks are scores with those that were not measured before all others.
CREATE TABLE pairs_new (
    seq             INTEGER PRIMARY KEY AUTOINCREMENT,
    id              BLOB NOT NULL UNIQUE,
    project_id      BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    generation_id   BLOB NOT NULL REFERENCES generations (id) ON DELETE CASCADE,
    document_id     BLOB NOT NULL,
    chunk_id        BLOB NOT NULL,
    slot            INTEGER NOT NULL,
    filename        TEXT NOT NULL,
    position        INTEGER NOT NULL,
    page_start      INTEGER,
    page_end        INTEGER,
    char_start      INTEGER NOT NULL,
    char_end        INTEGER NOT NULL,
    review_status   TEXT NOT NULL,
    reviewed_by     TEXT,
    reviewed_at     TEXT,
    changed_at      TEXT,
    revision        INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    quality_score   REAL,
    grounding_score REAL,
    quality_rank    REAL NOT NULL,
    grounding_rank  REAL NOT NULL,
    question_type   TEXT,
    difficulty      TEXT,
    flags           TEXT NOT NULL,
    flagged         INTEGER NOT NULL,
    token_count     INTEGER NOT NULL,
    dup_key         BLOB,
    generated_key   BLOB,
    duplicate_of    BLOB,
    topic           TEXT,
    validation      TEXT,
    body            TEXT NOT NULL,
    edit            TEXT
) STRICT;
INSERT INTO pairs_new
    (id, project_id, generation_id, document_id, chunk_id, slot, filename, position, page_start, page_end,
     char_start, char_end, review_status, reviewed_by, reviewed_at, revision, created_at, quality_score,
     grounding_score, quality_rank, grounding_rank, question_type, difficulty, flags, flagged, token_count, dup_key, duplicate_of, topic, validation, body)
SELECT id, project_id, generation_id, document_id, chunk_id, slot, filename, position, page_start, page_end,
    char_start, char_end, review_status, body ->> '$.reviewed_by', body ->> '$.reviewed_at',
    COALESCE(body ->> '$.revision', 1),
    unixepoch(body ->> '$.created_at') * 1000000
        + CASE WHEN instr(body ->> '$.created_at', '.') = 0 THEN 0 ELSE CAST(substr(
            rtrim(substr(body ->> '$.created_at', instr(body ->> '$.created_at', '.') + 1), 'Z') || '000000', 1, 6
        ) AS INTEGER) END,
    quality_score, grounding_score, COALESCE(quality_score, -1.0), COALESCE(grounding_score, -1.0),
    COALESCE(validation ->> '$.scores.question_type', body ->> '$.question_type'),
    COALESCE(validation ->> '$.scores.difficulty', body ->> '$.difficulty'),
    (SELECT json_group_array(value ->> '$.code')
        FROM json_each(COALESCE(validation -> '$.scores.flags', body -> '$.flags', '[]'))),
    COALESCE(validation -> '$.scores.flags', body -> '$.flags', '[]') <> '[]',
    COALESCE(body ->> '$.token_count', 0), dup_key, duplicate_of, body ->> '$.topic', validation, body
FROM pairs;
DROP TABLE pairs;
ALTER TABLE pairs_new RENAME TO pairs;
CREATE UNIQUE INDEX pairs_in_order ON pairs (project_id, filename, document_id, position, generation_id, slot);
CREATE INDEX pairs_by_chunk ON pairs (generation_id, chunk_id, slot);
CREATE INDEX pairs_by_source ON pairs (project_id, chunk_id, document_id);
CREATE INDEX pairs_by_key ON pairs (project_id, dup_key);
CREATE INDEX pairs_duplicate ON pairs (generation_id, project_id) WHERE duplicate_of IS NOT NULL;
CREATE INDEX pairs_flagged ON pairs (project_id, generation_id, flags) WHERE flags <> '[]';
CREATE INDEX pairs_by_topic ON pairs (project_id, topic, generation_id) WHERE topic IS NOT NULL;
-- Each order of a list, with all that lists filter and count by: rows that are passed over are not read.
CREATE INDEX pairs_by_age ON pairs (project_id, created_at, id, review_status, quality_rank, grounding_rank,
    flagged, question_type, difficulty, generation_id, document_id, token_count);
CREATE INDEX pairs_by_quality ON pairs (project_id, quality_rank, id, review_status, grounding_rank,
    flagged, question_type, difficulty, generation_id, document_id);
CREATE INDEX pairs_by_grounding ON pairs (project_id, grounding_rank, id, review_status, quality_rank,
    flagged, question_type, difficulty, generation_id, document_id);

-- Search terms of pairs and chunks by `seq`: see the module `search`.
CREATE VIRTUAL TABLE pair_terms USING fts5(
    terms, content = '', contentless_delete = 1, tokenize = "ascii tokenchars '_'", detail = none);
CREATE VIRTUAL TABLE chunk_terms USING fts5(
    terms, content = '', contentless_delete = 1, tokenize = "ascii tokenchars '_'", detail = none);

-- Changes of many at once, for 24 hours: what each thing was `before`, and its `revision` behind the
-- change; once that is undone, whether it was `restored`.
CREATE TABLE undos (
    id         BLOB PRIMARY KEY,
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    kind       TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    undone     INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX undos_by_age ON undos (created_at);
CREATE INDEX undos_by_project ON undos (project_id);
CREATE TABLE undo_items (
    undo_id  BLOB NOT NULL REFERENCES undos (id) ON DELETE CASCADE,
    seq      INTEGER NOT NULL,
    id       BLOB NOT NULL,
    revision_before INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    before   TEXT NOT NULL,
    restored INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (undo_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX undo_items_by_seq ON undo_items (seq);

-- Pairs that can still be brought back.
CREATE TABLE pairs_deleted (
    seq             INTEGER PRIMARY KEY,
    undo_id         BLOB NOT NULL REFERENCES undos (id) ON DELETE CASCADE,
    id              BLOB NOT NULL,
    project_id      BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    generation_id   BLOB NOT NULL REFERENCES generations (id) ON DELETE CASCADE,
    document_id     BLOB NOT NULL,
    chunk_id        BLOB NOT NULL,
    slot            INTEGER NOT NULL,
    filename        TEXT NOT NULL,
    position        INTEGER NOT NULL,
    page_start      INTEGER,
    page_end        INTEGER,
    char_start      INTEGER NOT NULL,
    char_end        INTEGER NOT NULL,
    review_status   TEXT NOT NULL,
    reviewed_by     TEXT,
    reviewed_at     TEXT,
    changed_at      TEXT,
    revision        INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    quality_score   REAL,
    grounding_score REAL,
    quality_rank    REAL NOT NULL,
    grounding_rank  REAL NOT NULL,
    question_type   TEXT,
    difficulty      TEXT,
    flags           TEXT NOT NULL,
    flagged         INTEGER NOT NULL,
    token_count     INTEGER NOT NULL,
    dup_key         BLOB,
    generated_key   BLOB,
    duplicate_of    BLOB,
    topic           TEXT,
    validation      TEXT,
    body            TEXT NOT NULL,
    edit            TEXT
) STRICT;
CREATE INDEX pairs_deleted_by_undo ON pairs_deleted (undo_id);
CREATE INDEX pairs_deleted_by_project ON pairs_deleted (project_id);
CREATE INDEX pairs_deleted_by_generation ON pairs_deleted (generation_id);

-- What changed last, each thing once; `subject` is an id or a version.
CREATE TABLE changes (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id    TEXT NOT NULL,
    project_id BLOB NOT NULL,
    kind       TEXT NOT NULL,
    subject    ANY NOT NULL
) STRICT;
CREATE INDEX changes_by_subject ON changes (project_id, kind, subject);

CREATE TABLE logs (
    generation_id BLOB NOT NULL REFERENCES generations (id) ON DELETE CASCADE,
    seq           INTEGER NOT NULL,
    level         INTEGER NOT NULL,
    entry         TEXT NOT NULL,
    PRIMARY KEY (generation_id, seq)
) STRICT, WITHOUT ROWID;

-- Requests that are carried out once; without a `reply` they are under way.
CREATE TABLE requests (
    user_id     TEXT NOT NULL,
    key         TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    begun_at    INTEGER NOT NULL,
    reply       TEXT,
    PRIMARY KEY (user_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX requests_by_age ON requests (begun_at);

INSERT INTO project_totals
    (project_id, documents, document_bytes, chunks, pairs, accepted, edited, rejected, quality_sum, quality_count)
SELECT p.id,
    (SELECT COUNT(*) FROM documents WHERE project_id = p.id),
    (SELECT COALESCE(SUM(size_bytes), 0) FROM documents WHERE project_id = p.id),
    (SELECT COUNT(*) FROM chunks WHERE project_id = p.id),
    q.pairs, q.accepted, q.edited, q.rejected, q.quality_sum, q.quality_count
FROM projects p JOIN (
    SELECT projects.id AS project_id, COUNT(pairs.seq) AS pairs,
        COUNT(*) FILTER (WHERE review_status = 'accepted') AS accepted,
        COUNT(*) FILTER (WHERE review_status = 'edited') AS edited,
        COUNT(*) FILTER (WHERE review_status = 'rejected') AS rejected,
        COALESCE(SUM(CAST(ROUND(quality_score * 1e9) AS INTEGER)), 0) AS quality_sum,
        COUNT(quality_score) AS quality_count
    FROM projects LEFT JOIN pairs ON pairs.project_id = projects.id GROUP BY projects.id
) q ON q.project_id = p.id;

CREATE TRIGGER projects_total AFTER INSERT ON projects BEGIN
    INSERT INTO project_totals (project_id) VALUES (NEW.id);
END;

CREATE TRIGGER documents_counted AFTER INSERT ON documents BEGIN
    UPDATE project_totals SET documents = documents + 1, document_bytes = document_bytes + NEW.size_bytes
    WHERE project_id = NEW.project_id;
END;
CREATE TRIGGER documents_resized AFTER UPDATE OF size_bytes ON documents
WHEN OLD.size_bytes <> NEW.size_bytes BEGIN
    UPDATE project_totals SET document_bytes = document_bytes + NEW.size_bytes - OLD.size_bytes
    WHERE project_id = NEW.project_id;
END;
CREATE TRIGGER documents_uncounted AFTER DELETE ON documents BEGIN
    UPDATE project_totals SET documents = documents - 1, document_bytes = document_bytes - OLD.size_bytes
    WHERE project_id = OLD.project_id;
END;

CREATE TRIGGER chunks_counted AFTER INSERT ON chunks BEGIN
    UPDATE project_totals SET chunks = chunks + 1 WHERE project_id = NEW.project_id;
END;
CREATE TRIGGER chunks_uncounted AFTER DELETE ON chunks BEGIN
    UPDATE project_totals SET chunks = chunks - 1 WHERE project_id = OLD.project_id;
    DELETE FROM chunk_terms WHERE rowid = OLD.seq;
END;

CREATE TRIGGER pairs_counted AFTER INSERT ON pairs BEGIN
    UPDATE project_totals SET
        pairs = pairs + 1,
        accepted = accepted + (NEW.review_status = 'accepted'),
        edited = edited + (NEW.review_status = 'edited'),
        rejected = rejected + (NEW.review_status = 'rejected'),
        quality_sum = quality_sum + CAST(ROUND(COALESCE(NEW.quality_score, 0) * 1e9) AS INTEGER),
        quality_count = quality_count + (NEW.quality_score IS NOT NULL)
    WHERE project_id = NEW.project_id;
END;
CREATE TRIGGER pairs_recounted AFTER UPDATE OF review_status, quality_score ON pairs
WHEN OLD.review_status <> NEW.review_status OR OLD.quality_score IS NOT NEW.quality_score BEGIN
    UPDATE project_totals SET
        accepted = accepted + (NEW.review_status = 'accepted') - (OLD.review_status = 'accepted'),
        edited = edited + (NEW.review_status = 'edited') - (OLD.review_status = 'edited'),
        rejected = rejected + (NEW.review_status = 'rejected') - (OLD.review_status = 'rejected'),
        quality_sum = quality_sum + CAST(ROUND(COALESCE(NEW.quality_score, 0) * 1e9) AS INTEGER)
            - CAST(ROUND(COALESCE(OLD.quality_score, 0) * 1e9) AS INTEGER),
        quality_count = quality_count + (NEW.quality_score IS NOT NULL) - (OLD.quality_score IS NOT NULL)
    WHERE project_id = NEW.project_id;
END;
CREATE TRIGGER pairs_uncounted AFTER DELETE ON pairs BEGIN
    UPDATE project_totals SET
        pairs = pairs - 1,
        accepted = accepted - (OLD.review_status = 'accepted'),
        edited = edited - (OLD.review_status = 'edited'),
        rejected = rejected - (OLD.review_status = 'rejected'),
        quality_sum = quality_sum - CAST(ROUND(COALESCE(OLD.quality_score, 0) * 1e9) AS INTEGER),
        quality_count = quality_count - (OLD.quality_score IS NOT NULL)
    WHERE project_id = OLD.project_id;
END;

-- The terms of a pair stay while it can be brought back.
CREATE TRIGGER pairs_unsearched AFTER DELETE ON pairs
WHEN NOT EXISTS (SELECT 1 FROM pairs_deleted WHERE seq = OLD.seq) BEGIN
    DELETE FROM pair_terms WHERE rowid = OLD.seq;
END;
CREATE TRIGGER pairs_gone AFTER DELETE ON pairs_deleted
WHEN NOT EXISTS (SELECT 1 FROM pairs WHERE seq = OLD.seq) BEGIN
    DELETE FROM pair_terms WHERE rowid = OLD.seq;
END;

-- Of a project that is deleted nothing is told: it is not there any more when what it held goes.
CREATE TRIGGER documents_added AFTER INSERT ON documents BEGIN
    INSERT INTO changes (user_id, project_id, kind, subject)
    SELECT user_id, id, 'document', NEW.id FROM projects WHERE id = NEW.project_id;
END;
CREATE TRIGGER documents_changed AFTER UPDATE OF status ON documents WHEN OLD.status <> NEW.status BEGIN
    INSERT INTO changes (user_id, project_id, kind, subject)
    SELECT user_id, id, 'document', NEW.id FROM projects WHERE id = NEW.project_id;
END;
CREATE TRIGGER documents_deleted AFTER DELETE ON documents BEGIN
    INSERT INTO changes (user_id, project_id, kind, subject)
    SELECT user_id, id, 'document', OLD.id FROM projects WHERE id = OLD.project_id;
END;
CREATE TRIGGER generations_added AFTER INSERT ON generations BEGIN
    INSERT INTO changes (user_id, project_id, kind, subject)
    SELECT user_id, id, 'generation', NEW.id FROM projects WHERE id = NEW.project_id;
END;
CREATE TRIGGER generations_changed AFTER UPDATE ON generations
WHEN (OLD.status, OLD.attempt, OLD.chunks_processed, OLD.chunks_failed, OLD.validate_ended, OLD.pairs_generated,
      OLD.pairs_duplicate, OLD.requests, OLD.body)
    <> (NEW.status, NEW.attempt, NEW.chunks_processed, NEW.chunks_failed, NEW.validate_ended, NEW.pairs_generated,
      NEW.pairs_duplicate, NEW.requests, NEW.body) BEGIN
    INSERT INTO changes (user_id, project_id, kind, subject)
    SELECT user_id, id, 'generation', NEW.id FROM projects WHERE id = NEW.project_id;
END;
CREATE TRIGGER generations_deleted AFTER DELETE ON generations BEGIN
    INSERT INTO changes (user_id, project_id, kind, subject)
    SELECT user_id, id, 'generation', OLD.id FROM projects WHERE id = OLD.project_id;
END;
CREATE TRIGGER exports_added AFTER INSERT ON exports BEGIN
    INSERT INTO changes (user_id, project_id, kind, subject)
    SELECT user_id, id, 'export', NEW.version FROM projects WHERE id = NEW.project_id;
END;
CREATE TRIGGER changes_folded AFTER INSERT ON changes BEGIN
    DELETE FROM changes
    WHERE project_id = NEW.project_id AND kind = NEW.kind AND subject = NEW.subject AND seq < NEW.seq;
    DELETE FROM changes WHERE seq <= NEW.seq - 10000;
END;
