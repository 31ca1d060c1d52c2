-- Versions and drafts of the policies. All policies are one document; what was in force becomes version 1.

CREATE TABLE :db.policy_versions (
    number BIGINT PRIMARY KEY,
    document TEXT NOT NULL,
    note TEXT NOT NULL,
    created_time BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    published_time BIGINT NOT NULL,
    published_by BIGINT NOT NULL
) :strict;

-- The policy that each user type has of its own is from now on a copy of the published one: a server of the version
-- before, running still, reads it. It is not read any more.
INSERT INTO :db.policy_versions (number, document, note, created_time, created_by, published_time, published_by)
SELECT 1, '{"types":{' || string_agg('"' || id || '":' || policy, ',') || '}}', 'What was in force before there were versions',
    max(modified_time), 1, max(modified_time), 1
FROM :db.user_types HAVING count(*) > 0;

-- The version that is in force; 0 is none, which grants nothing.
ALTER TABLE :db.state ADD COLUMN policy_version BIGINT NOT NULL DEFAULT 0;
UPDATE :db.state SET policy_version = (SELECT count(*) FROM :db.policy_versions);

-- base_version is what was in force when the draft was begun or brought up to date. opens: the user types to be
-- activated with it; authors: everybody who worked on it, who cannot approve it. Both are JSON.
CREATE TABLE :db.policy_drafts (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    base_version BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    waiting BIGINT NOT NULL,
    document TEXT NOT NULL,
    opens TEXT NOT NULL,
    authors TEXT NOT NULL,
    created_time BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    modified_time BIGINT NOT NULL,
    modified_by BIGINT NOT NULL
) :strict;

-- Whether a widening needs a second administrator, and who wants that not to be so any more.
CREATE TABLE :db.policy_rule (
    id BIGINT PRIMARY KEY,
    second_administrator BIGINT NOT NULL,
    off_asked_time BIGINT,
    off_asked_by BIGINT
) :strict;
INSERT INTO :db.policy_rule (id, second_administrator) VALUES (1, 0);
