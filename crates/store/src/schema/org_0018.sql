-- At which provider of their own the people of a portal sign in (SAML).
CREATE TABLE :db.single_sign_on (
    portal_id BIGINT PRIMARY KEY REFERENCES :db.portals (id),
    login_url TEXT NOT NULL,
    logout_url TEXT NOT NULL,
    certificate TEXT NOT NULL,
    active BIGINT NOT NULL,
    created_time BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    modified_time BIGINT NOT NULL,
    modified_by BIGINT NOT NULL
) :strict;

-- What providers have answered: nothing is answered twice. Kept until it is too old to be answered at all.
CREATE TABLE :db.answered_sign_ins (
    request TEXT PRIMARY KEY,
    expires_time BIGINT NOT NULL
) :strict;

-- Sessions that began at a provider, and what it calls them.
CREATE TABLE :db.provider_sessions (
    session_id BIGINT PRIMARY KEY REFERENCES :db.sessions (id) ON DELETE CASCADE,
    portal_id BIGINT NOT NULL,
    name_id TEXT NOT NULL,
    session_index TEXT
) :strict;
CREATE INDEX provider_sessions_by_name ON :db.provider_sessions (portal_id, name_id);
