-- People who ask to become portal users themselves. Those who have not proven their address yet have the hash of a secret.
CREATE TABLE :db.sign_ups (
    id BIGINT PRIMARY KEY,
    user_type_id BIGINT NOT NULL REFERENCES :db.user_types (id),
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    -- What was typed, by field.
    answers TEXT NOT NULL,
    stage TEXT NOT NULL,
    hash TEXT UNIQUE,
    asked_time BIGINT NOT NULL,
    proven_time BIGINT,
    -- The record as which they are let in; without, a new one is made.
    record_id BIGINT,
    -- Who decided that they are let in; without, nobody had to.
    decided_by BIGINT,
    -- Why they could not be let in.
    trouble TEXT
) :strict;
CREATE UNIQUE INDEX sign_ups_once ON :db.sign_ups (user_type_id, email) WHERE proven_time IS NOT NULL;
-- On which day the organisation was warned last that its portals are deleted.
ALTER TABLE :db.pool ADD COLUMN closing_told_on BIGINT;
CREATE INDEX sign_ups_in_line ON :db.sign_ups (stage, proven_time, id);
