-- Clients are sent back only to where they were registered. A public one has no secret: whoever has the program could read it.
ALTER TABLE :db.clients ADD COLUMN redirect_uris TEXT NOT NULL DEFAULT '[]';
ALTER TABLE :db.clients ADD COLUMN public BIGINT NOT NULL DEFAULT 0;

-- A public client gets another refresh token each time. Whoever comes with one from before has stolen one of them.
CREATE TABLE :db.spent_tokens (
    hash TEXT PRIMARY KEY,
    refresh_id BIGINT NOT NULL,
    spent_time BIGINT NOT NULL
) :strict;
CREATE INDEX spent_tokens_by_refresh ON :db.spent_tokens (refresh_id);
CREATE INDEX refresh_tokens_by_identity ON :db.refresh_tokens (identity_id);
CREATE INDEX refresh_tokens_by_client ON :db.refresh_tokens (client_id);
CREATE INDEX sessions_by_refresh ON :db.sessions (refresh_id);

-- What somebody has agreed to, until the client comes for its tokens: once, and soon.
CREATE TABLE :db.codes (
    hash TEXT PRIMARY KEY,
    client_id BIGINT NOT NULL REFERENCES :db.clients (id),
    identity_id BIGINT NOT NULL REFERENCES :db.identities (id),
    employee_id BIGINT,
    member_id BIGINT,
    scope TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    challenge TEXT,
    offline BIGINT NOT NULL,
    expires_time BIGINT NOT NULL,
    used_time BIGINT,
    refresh_id BIGINT,
    session_id BIGINT
) :strict;
CREATE INDEX codes_by_client ON :db.codes (client_id);
CREATE INDEX codes_by_expiry ON :db.codes (expires_time);
