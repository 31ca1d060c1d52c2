-- Free seats that the operator gave beyond those of the policy.
ALTER TABLE :db.pool ADD COLUMN granted BIGINT NOT NULL DEFAULT 0;
