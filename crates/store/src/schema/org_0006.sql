-- The ledger in the order in which it happened: ids of several servers follow their clocks, numbers follow the pool's lock.
ALTER TABLE :db.pool ADD COLUMN events BIGINT NOT NULL DEFAULT 0;
ALTER TABLE :db.ledger ADD COLUMN number BIGINT NOT NULL DEFAULT 0;
UPDATE :db.ledger SET number = o.number
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM :db.ledger) o WHERE o.id = ledger.id;
UPDATE :db.pool SET events = (SELECT count(*) FROM :db.ledger);
CREATE UNIQUE INDEX ledger_number ON :db.ledger (number);
CREATE INDEX ledger_email ON :db.ledger (email, number);
