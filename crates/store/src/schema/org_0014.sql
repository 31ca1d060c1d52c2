-- Calls that may come a second time, with what was answered the first. One that is under way has no answer yet.
CREATE TABLE :db.repeats (
    hash TEXT PRIMARY KEY,
    request TEXT NOT NULL,
    status BIGINT,
    body BYTES,
    begun_time BIGINT NOT NULL
) :strict;
CREATE INDEX repeats_by_time ON :db.repeats (begun_time);
