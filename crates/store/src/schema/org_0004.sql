-- Tests of the policies that the organisation keeps: one text, run whenever policies are to come into force.
CREATE TABLE :db.policy_tests (
    id BIGINT PRIMARY KEY,
    revision BIGINT NOT NULL,
    document TEXT NOT NULL,
    modified_time BIGINT NOT NULL,
    modified_by BIGINT NOT NULL
) :strict;
INSERT INTO :db.policy_tests (id, revision, document, modified_time, modified_by) VALUES (1, 0, '', 0, 1);
