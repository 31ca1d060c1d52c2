-- The file of a record says of which record and field: whoever reads it goes through the gate to that record.
ALTER TABLE :db.files ADD COLUMN record_id BIGINT;
ALTER TABLE :db.files ADD COLUMN field_id BIGINT;
CREATE INDEX files_by_record ON :db.files (record_id, field_id) WHERE record_id IS NOT NULL;
