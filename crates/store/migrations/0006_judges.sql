-- Pairs that a judge was asked about when they were made, by what went wrong with that and by its own score.
CREATE INDEX pairs_judged ON pairs (
    project_id, generation_id, validation ->> '$.scores.judgement.error',
    validation ->> '$.scores.judgement.grounding_score', flags)
    WHERE validation -> '$.scores.judgement' IS NOT NULL;

-- Pairs made wrong on purpose, by the unit that scored them and the slot of the pair they were made from.
CREATE TABLE canaries (
    generation_id    BLOB NOT NULL REFERENCES generations (id) ON DELETE CASCADE,
    unit_id          BLOB NOT NULL,
    slot             INTEGER NOT NULL,
    operator         TEXT NOT NULL,
    caught           INTEGER NOT NULL,
    caught_locally   INTEGER NOT NULL,
    caught_by_judge  INTEGER,
    original_flagged INTEGER NOT NULL,
    PRIMARY KEY (generation_id, unit_id, slot)
) STRICT;

-- Pairs that were judged twice.
CREATE TABLE retests (
    generation_id BLOB NOT NULL REFERENCES generations (id) ON DELETE CASCADE,
    unit_id       BLOB NOT NULL,
    slot          INTEGER NOT NULL,
    compared      INTEGER NOT NULL,
    agreed        INTEGER NOT NULL,
    difference    REAL,
    PRIMARY KEY (generation_id, unit_id, slot)
) STRICT;
