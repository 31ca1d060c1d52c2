-- Only one roll-out at a time is not done. Where several were begun at once the newest goes on.
UPDATE :db.rollouts SET state = 'done'
    WHERE state <> 'done' AND id < (SELECT max(r.id) FROM :db.rollouts r WHERE r.state <> 'done');
CREATE UNIQUE INDEX rollouts_undone ON :db.rollouts ((1)) WHERE state <> 'done';

-- Who is in as the operator, and who may come in by a link. A link that is used becomes the session, with another secret.
CREATE TABLE :db.operators (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    since BIGINT NOT NULL,
    expires BIGINT NOT NULL
) :strict;
CREATE INDEX operators_expires ON :db.operators (expires);
