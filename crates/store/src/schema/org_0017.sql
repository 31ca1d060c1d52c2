-- Fields that were deleted, whose columns (or linking tables) still have to be dropped.
CREATE TABLE :db.deleted_fields (
    id BIGINT PRIMARY KEY,
    module_id BIGINT NOT NULL REFERENCES :db.modules (id),
    kind TEXT NOT NULL,
    deleted_time BIGINT NOT NULL
) :strict;
