-- One organisation's database. Module tables (m_<id>) and linking tables (l_<id>) are made at run time.

-- The version of metadata and policies: raised by every change, compared by every statement that reads records.
CREATE TABLE :db.state (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL
) :strict;
INSERT INTO :db.state (id, version) VALUES (1, 1);

CREATE TABLE :db.modules (
    id BIGINT PRIMARY KEY,
    api_name TEXT NOT NULL UNIQUE,
    singular TEXT NOT NULL,
    plural TEXT NOT NULL,
    source TEXT NOT NULL,
    name_fields TEXT NOT NULL,
    position BIGINT NOT NULL
) :strict;

CREATE TABLE :db.fields (
    id BIGINT PRIMARY KEY,
    module_id BIGINT NOT NULL REFERENCES :db.modules (id),
    api_name TEXT NOT NULL,
    label TEXT NOT NULL,
    kind TEXT NOT NULL,
    required BIGINT NOT NULL,
    is_unique BIGINT NOT NULL,
    custom BIGINT NOT NULL,
    position BIGINT NOT NULL,
    UNIQUE (module_id, api_name)
) :strict;

CREATE TABLE :db.layouts (
    id BIGINT PRIMARY KEY,
    module_id BIGINT NOT NULL REFERENCES :db.modules (id),
    document TEXT NOT NULL
) :strict;

CREATE TABLE :db.views (
    id BIGINT PRIMARY KEY,
    module_id BIGINT NOT NULL REFERENCES :db.modules (id),
    document TEXT NOT NULL
) :strict;

CREATE TABLE :db.counters (
    field_id BIGINT PRIMARY KEY REFERENCES :db.fields (id),
    last BIGINT NOT NULL
) :strict;

-- Whoever makes or changes records: employees and portal users, by their id.
CREATE TABLE :db.actors (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL
) :strict;
INSERT INTO :db.actors (id, name, kind) VALUES (1, 'Loggia', 'system');

CREATE TABLE :db.identities (
    id BIGINT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    password_hash TEXT,
    failures BIGINT NOT NULL DEFAULT 0,
    locked_until BIGINT NOT NULL DEFAULT 0,
    created_time BIGINT NOT NULL
) :strict;

CREATE TABLE :db.profiles (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    rights TEXT NOT NULL
) :strict;

CREATE TABLE :db.roles (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    parent_id BIGINT REFERENCES :db.roles (id)
) :strict;

-- Employees who may sign in to the CRM. The record itself lies in the Employees module.
CREATE TABLE :db.staff (
    employee_id BIGINT PRIMARY KEY,
    identity_id BIGINT NOT NULL UNIQUE REFERENCES :db.identities (id),
    profile_id BIGINT NOT NULL REFERENCES :db.profiles (id),
    role_id BIGINT NOT NULL REFERENCES :db.roles (id),
    active BIGINT NOT NULL
) :strict;

CREATE TABLE :db.portals (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    active BIGINT NOT NULL,
    created_time BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    modified_time BIGINT NOT NULL,
    modified_by BIGINT NOT NULL
) :strict;

CREATE TABLE :db.user_types (
    id BIGINT PRIMARY KEY,
    portal_id BIGINT NOT NULL REFERENCES :db.portals (id),
    name TEXT NOT NULL,
    active BIGINT NOT NULL,
    is_default BIGINT NOT NULL,
    personality_id BIGINT NOT NULL REFERENCES :db.modules (id),
    policy TEXT NOT NULL,
    created_time BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    modified_time BIGINT NOT NULL,
    modified_by BIGINT NOT NULL,
    UNIQUE (portal_id, name)
) :strict;

CREATE TABLE :db.members (
    id BIGINT PRIMARY KEY,
    user_type_id BIGINT NOT NULL REFERENCES :db.user_types (id),
    module_id BIGINT NOT NULL REFERENCES :db.modules (id),
    record_id BIGINT NOT NULL,
    identity_id BIGINT NOT NULL REFERENCES :db.identities (id),
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    invited_time BIGINT NOT NULL,
    invited_by BIGINT NOT NULL,
    confirmed_time BIGINT,
    changed_time BIGINT NOT NULL,
    UNIQUE (user_type_id, record_id),
    UNIQUE (user_type_id, email)
) :strict;
CREATE INDEX members_by_identity ON :db.members (identity_id);
CREATE INDEX members_by_status ON :db.members (user_type_id, status, id);

-- One-time links: only the hash of the token is kept.
CREATE TABLE :db.links (
    hash TEXT PRIMARY KEY,
    purpose TEXT NOT NULL,
    identity_id BIGINT NOT NULL REFERENCES :db.identities (id),
    member_id BIGINT,
    created_time BIGINT NOT NULL,
    expires_time BIGINT NOT NULL,
    used_time BIGINT
) :strict;
CREATE INDEX links_by_member ON :db.links (member_id);
CREATE INDEX links_by_identity ON :db.links (identity_id);

CREATE TABLE :db.clients (
    id BIGINT PRIMARY KEY,
    client_id TEXT NOT NULL UNIQUE,
    secret_hash TEXT NOT NULL,
    name TEXT NOT NULL,
    created_time BIGINT NOT NULL,
    created_by BIGINT NOT NULL
) :strict;

CREATE TABLE :db.refresh_tokens (
    id BIGINT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    client_id BIGINT NOT NULL REFERENCES :db.clients (id),
    identity_id BIGINT NOT NULL REFERENCES :db.identities (id),
    employee_id BIGINT,
    member_id BIGINT,
    scope TEXT NOT NULL,
    created_time BIGINT NOT NULL
) :strict;

-- Who is signed in, in a browser or with an access token. Deleting a row revokes it at once, on
-- every server: each statement that reads records looks here.
CREATE TABLE :db.sessions (
    id BIGINT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    identity_id BIGINT NOT NULL REFERENCES :db.identities (id),
    employee_id BIGINT,
    member_id BIGINT,
    refresh_id BIGINT REFERENCES :db.refresh_tokens (id),
    scope TEXT NOT NULL,
    created_time BIGINT NOT NULL,
    expires_time BIGINT NOT NULL
) :strict;
CREATE INDEX sessions_by_identity ON :db.sessions (identity_id);
CREATE INDEX sessions_by_member ON :db.sessions (member_id);

-- The licence pool: one row, locked by every claim. How many seats are free stands in the policy file.
CREATE TABLE :db.pool (
    id BIGINT PRIMARY KEY,
    grandfathered BIGINT NOT NULL,
    purchased BIGINT NOT NULL,
    consumed BIGINT NOT NULL
) :strict;
INSERT INTO :db.pool (id, grandfathered, purchased, consumed) VALUES (1, 0, 0, 0);

-- One seat for each e-mail address that holds at least one invited or active membership.
CREATE TABLE :db.seats (
    email TEXT PRIMARY KEY,
    memberships BIGINT NOT NULL
) :strict;

CREATE TABLE :db.ledger (
    id BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    event TEXT NOT NULL,
    actor BIGINT NOT NULL,
    member_id BIGINT,
    user_type_id BIGINT,
    email TEXT,
    consumed BIGINT NOT NULL
) :strict;

CREATE TABLE :db.audit (
    id BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    actor BIGINT NOT NULL,
    action TEXT NOT NULL,
    module_id BIGINT,
    record_id BIGINT,
    detail TEXT NOT NULL
) :strict;
CREATE INDEX audit_by_record ON :db.audit (record_id, id);

CREATE TABLE :db.outbox (
    id BIGINT PRIMARY KEY,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    html TEXT NOT NULL,
    links TEXT NOT NULL,
    created_time BIGINT NOT NULL,
    next_time BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    last_error TEXT,
    sent_time BIGINT,
    dead BIGINT NOT NULL DEFAULT 0
) :strict;
CREATE INDEX outbox_due ON :db.outbox (next_time) WHERE sent_time IS NULL AND dead = 0;

CREATE TABLE :db.jobs (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    payload TEXT NOT NULL,
    done BIGINT NOT NULL,
    total BIGINT NOT NULL,
    result TEXT NOT NULL,
    created_time BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    changed_time BIGINT NOT NULL
) :strict;
