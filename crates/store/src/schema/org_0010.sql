-- What an entry of the ledger means for the user type that it names: one portal user with a seat more, one less, or none; and
-- where those are since who were moved.
ALTER TABLE :db.ledger ADD COLUMN change BIGINT NOT NULL DEFAULT 0;
ALTER TABLE :db.ledger ADD COLUMN to_type_id BIGINT;
UPDATE :db.ledger SET change = CASE
    WHEN event IN ('invited', 'activated') THEN 1
    WHEN event = 'deactivated' THEN -1
    -- Whoever was locked out when they were removed or moved held no seat.
    WHEN event IN ('removed', 'transferred') AND (
        SELECT o.event FROM :db.ledger o
        WHERE o.email = ledger.email AND o.member_id = ledger.member_id AND o.number < ledger.number AND o.event <> 'transferred'
        ORDER BY o.number DESC LIMIT 1
    ) <> 'deactivated' THEN -1
    ELSE 0
END;
UPDATE :db.ledger SET to_type_id = coalesce(
    (
        SELECT o.user_type_id FROM :db.ledger o
        WHERE o.email = ledger.email AND o.member_id = ledger.member_id AND o.number > ledger.number
        ORDER BY o.number LIMIT 1
    ),
    (SELECT m.user_type_id FROM :db.members m WHERE m.id = ledger.member_id)
) WHERE event = 'transferred';
