-- Ids are UUIDs as 16 bytes, times microseconds since 1970 in UTC. `body` is the whole thing as JSON,
-- as it was when it was made or last written whole; a column beside it that says the same is newer.

CREATE TABLE projects (
    id              BLOB PRIMARY KEY,
    user_id         TEXT NOT NULL,
    name            TEXT NOT NULL,
    current_version INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    body            TEXT NOT NULL
) STRICT;
CREATE INDEX projects_by_age ON projects (user_id, created_at, id);
CREATE INDEX projects_by_name ON projects (user_id, name, created_at, id);

CREATE TABLE documents (
    id         BLOB PRIMARY KEY,
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    filename   TEXT NOT NULL,
    sha256     TEXT NOT NULL,
    status     TEXT NOT NULL,
    error      TEXT,
    body       TEXT NOT NULL
) STRICT;
CREATE INDEX documents_by_name ON documents (project_id, filename, id);

CREATE TABLE chunks (
    id          BLOB PRIMARY KEY,
    project_id  BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    document_id BLOB NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    position    INTEGER NOT NULL,
    excluded    INTEGER NOT NULL,
    passage     TEXT NOT NULL,
    body        TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX chunks_by_position ON chunks (document_id, position);
CREATE INDEX chunks_by_project ON chunks (project_id);

-- What chunks said, by its hash: outlives the chunks.
CREATE TABLE passages (
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    sha256     TEXT NOT NULL,
    body       TEXT NOT NULL,
    PRIMARY KEY (project_id, sha256)
) STRICT;

-- The counts are kept up in the transaction that writes what they count. Sums of scores count
-- billionths and the cost counts trillionths of a dollar, so that the order of adding does not show.
CREATE TABLE generations (
    id                BLOB PRIMARY KEY,
    project_id        BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    kind              TEXT NOT NULL,
    status            TEXT NOT NULL,
    attempt           INTEGER NOT NULL,
    created_at        INTEGER NOT NULL,
    chunks_total      INTEGER NOT NULL DEFAULT 0,
    chunks_processed  INTEGER NOT NULL DEFAULT 0,
    chunks_failed     INTEGER NOT NULL DEFAULT 0,
    validate_total    INTEGER NOT NULL DEFAULT 0,
    validate_ended    INTEGER NOT NULL DEFAULT 0,
    pairs_generated   INTEGER NOT NULL DEFAULT 0,
    pairs_duplicate   INTEGER NOT NULL DEFAULT 0,
    quality_sum       INTEGER NOT NULL DEFAULT 0,
    quality_count     INTEGER NOT NULL DEFAULT 0,
    grounding_sum     INTEGER NOT NULL DEFAULT 0,
    grounding_count   INTEGER NOT NULL DEFAULT 0,
    requests          INTEGER NOT NULL DEFAULT 0,
    prompt_tokens     INTEGER NOT NULL DEFAULT 0,
    completion_tokens INTEGER NOT NULL DEFAULT 0,
    cost              INTEGER,
    body              TEXT NOT NULL
) STRICT;
CREATE INDEX generations_by_age ON generations (project_id, kind, created_at, id);

-- `lease_owner` and `lease_until` are there while the status is `leased`, `failure` while it is `failed`.
CREATE TABLE units (
    id            BLOB PRIMARY KEY,
    generation_id BLOB NOT NULL REFERENCES generations (id) ON DELETE CASCADE,
    phase         TEXT NOT NULL,
    subject       BLOB NOT NULL,
    ordinal       INTEGER NOT NULL,
    passage       TEXT,
    attempts      INTEGER NOT NULL,
    status        TEXT NOT NULL,
    lease_owner   TEXT,
    lease_until   INTEGER,
    failure       TEXT
) STRICT;
CREATE INDEX units_in_order ON units (generation_id, phase, status, ordinal);
CREATE INDEX units_by_subject ON units (subject, phase, generation_id);
CREATE INDEX units_leased ON units (generation_id, lease_owner) WHERE status = 'leased';

CREATE TABLE ledger (
    generation_id     BLOB NOT NULL REFERENCES generations (id) ON DELETE CASCADE,
    unit_id           BLOB NOT NULL,
    request           TEXT NOT NULL,
    reply             TEXT NOT NULL,
    usage             TEXT NOT NULL,
    time              TEXT NOT NULL,
    PRIMARY KEY (generation_id, unit_id, request)
) STRICT;

-- Neither the document nor the chunk has to be there any more. `validation` is `{scores, time}`.
CREATE TABLE pairs (
    id              BLOB PRIMARY KEY,
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
    quality_score   REAL,
    grounding_score REAL,
    dup_key         BLOB,
    duplicate_of    BLOB,
    validation      TEXT,
    body            TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX pairs_in_order ON pairs (project_id, filename, document_id, position, generation_id, slot);
CREATE INDEX pairs_by_chunk ON pairs (generation_id, chunk_id, slot);
CREATE INDEX pairs_by_key ON pairs (project_id, dup_key);
CREATE INDEX pairs_duplicate ON pairs (generation_id) WHERE duplicate_of IS NOT NULL;
CREATE INDEX pairs_by_review ON pairs (project_id, review_status, quality_score);

CREATE TABLE exports (
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    version    INTEGER NOT NULL,
    body       TEXT NOT NULL,
    PRIMARY KEY (project_id, version)
) STRICT;

CREATE TABLE leases (
    name        TEXT PRIMARY KEY,
    lease_owner TEXT NOT NULL,
    lease_until INTEGER NOT NULL
) STRICT;
