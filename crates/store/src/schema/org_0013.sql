-- Files lie in the database in pieces, so that they are written and read without ever being in memory as a whole. One that is
-- not complete has no size yet.
CREATE TABLE :db.files (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    content_type TEXT NOT NULL,
    purpose TEXT NOT NULL,
    size BIGINT,
    made_by BIGINT NOT NULL,
    made_time BIGINT NOT NULL,
    expires_time BIGINT NOT NULL
) :strict;
CREATE INDEX files_by_expiry ON :db.files (expires_time);

CREATE TABLE :db.file_chunks (
    file_id BIGINT NOT NULL REFERENCES :db.files (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    bytes BYTES NOT NULL,
    PRIMARY KEY (file_id, number)
) :strict;

-- Whoever works on a job takes it with a number: whoever was thought dead and is not finds that somebody else has it.
ALTER TABLE :db.jobs ADD COLUMN claim BIGINT NOT NULL DEFAULT 0;
CREATE INDEX jobs_open ON :db.jobs (kind, id) WHERE state IN ('scheduled', 'in_progress');
