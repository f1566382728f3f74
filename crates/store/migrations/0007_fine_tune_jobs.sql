-- Fine-tuning jobs made from versions, each under the key of what was asked for, so that asking again makes no second.
CREATE TABLE fine_tune_jobs (
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    version    INTEGER NOT NULL,
    key        TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    body       TEXT NOT NULL,
    PRIMARY KEY (project_id, version, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX fine_tune_jobs_by_age ON fine_tune_jobs (project_id, version, created_at, key);
