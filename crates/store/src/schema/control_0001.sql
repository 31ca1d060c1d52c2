-- The control database: which organisations there are, and where to find them.

CREATE TABLE :db.nodes (
    id BIGINT PRIMARY KEY,
    last BIGINT NOT NULL
) :strict;
INSERT INTO :db.nodes (id, last) VALUES (1, 0);

CREATE TABLE :db.orgs (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    edition TEXT NOT NULL,
    data_centre TEXT NOT NULL,
    created_time BIGINT NOT NULL
) :strict;

-- Portal names are unique in the installation: they stand in addresses.
CREATE TABLE :db.portal_names (
    name_key TEXT PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES :db.orgs (id),
    portal_id BIGINT NOT NULL
) :strict;

-- Where an employee who signs in belongs.
CREATE TABLE :db.staff_emails (
    email TEXT NOT NULL,
    org_id BIGINT NOT NULL REFERENCES :db.orgs (id),
    PRIMARY KEY (email, org_id)
) :strict;
