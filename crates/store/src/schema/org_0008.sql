-- Under which policy the organisation is, once it was cut over; before, it is the one under which it began.
ALTER TABLE :db.pool ADD COLUMN policy TEXT;
-- The edition, with its first day, once it was changed; before, it is the one that the control database knows. And the day on
-- which a trial ends, while the organisation only tries the product.
ALTER TABLE :db.pool ADD COLUMN edition TEXT;
ALTER TABLE :db.pool ADD COLUMN edition_since BIGINT;
ALTER TABLE :db.pool ADD COLUMN trial_ends BIGINT;

-- How many people are in other user types than the first one of a portal: free seats may not be for them.
ALTER TABLE :db.pool ADD COLUMN beyond BIGINT NOT NULL DEFAULT 0;
ALTER TABLE :db.seats ADD COLUMN beyond BIGINT NOT NULL DEFAULT 0;
UPDATE :db.seats SET beyond = (
    SELECT count(*) FROM :db.members m JOIN :db.user_types u ON u.id = m.user_type_id
    WHERE m.email = seats.email AND m.status IN ('invited', 'active') AND u.is_default = 0
);
UPDATE :db.pool SET beyond = (SELECT count(*) FROM :db.seats WHERE beyond > 0);
-- How many days before its portals are deleted the organisation was warned last: 30, 7 or 1.
ALTER TABLE :db.pool ADD COLUMN closing_told BIGINT;
