-- Roll-outs of a licence policy: which organisations are taken, and how far it is. Whether one was moved stands in its own
-- database; here is what became of it in this roll-out.
CREATE TABLE :db.rollouts (
    id BIGINT PRIMARY KEY,
    policy TEXT NOT NULL,
    cohort TEXT NOT NULL,
    state TEXT NOT NULL,
    created_time BIGINT NOT NULL,
    changed_time BIGINT NOT NULL
) :strict;

CREATE TABLE :db.rollout_orgs (
    rollout_id BIGINT NOT NULL REFERENCES :db.rollouts (id),
    org_id BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    detail TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (rollout_id, org_id)
) :strict;

-- Organisations that stay as they are, whatever is rolled out.
CREATE TABLE :db.rollout_holds (
    org_id BIGINT PRIMARY KEY,
    reason TEXT NOT NULL,
    since BIGINT NOT NULL
) :strict;
