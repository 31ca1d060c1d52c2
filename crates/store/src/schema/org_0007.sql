-- Licences that are bought, and what is owed for them. Beside the pool stands how many invoices and credit notes were
-- written, and when the oldest one that is not paid was due: whoever takes a seat has the pool at hand already.
ALTER TABLE :db.pool ADD COLUMN invoices BIGINT NOT NULL DEFAULT 0;
ALTER TABLE :db.pool ADD COLUMN credit_notes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE :db.pool ADD COLUMN oldest_due BIGINT;
-- How full, in per cent, it was said to be last: 0, 80, 95, 100.
ALTER TABLE :db.pool ADD COLUMN warned BIGINT NOT NULL DEFAULT 0;

-- Licences bought after the entry; and the step of the subscription that it is, with the invoice, if it is one.
ALTER TABLE :db.ledger ADD COLUMN purchased BIGINT NOT NULL DEFAULT 0;
ALTER TABLE :db.ledger ADD COLUMN licences TEXT;
CREATE INDEX ledger_at ON :db.ledger (at, number);

-- One row, once something was bought. The pool has its quantity.
CREATE TABLE :db.subscription (
    id BIGINT PRIMARY KEY,
    currency TEXT NOT NULL,
    cycle TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    next BIGINT NOT NULL,
    begun BIGINT NOT NULL,
    number BIGINT NOT NULL,
    uncharged BIGINT NOT NULL,
    uncharged_side TEXT NOT NULL,
    uncharged_next BIGINT NOT NULL,
    uncharged_next_side TEXT NOT NULL
) :strict;

-- What an invoice says stands in its ledger entry; here is what became of it.
CREATE TABLE :db.invoices (
    number BIGINT PRIMARY KEY,
    entry BIGINT NOT NULL,
    due BIGINT NOT NULL,
    paid BIGINT,
    reference TEXT NOT NULL,
    settled_by BIGINT
) :strict;
CREATE INDEX invoices_entry ON :db.invoices (entry);

CREATE TABLE :db.credit_notes (
    number BIGINT PRIMARY KEY,
    invoice BIGINT NOT NULL UNIQUE,
    issued BIGINT NOT NULL,
    reason TEXT NOT NULL,
    actor BIGINT NOT NULL
) :strict;
