-- Records that were shared with people one by one. Ids of records are unique over all modules.
CREATE TABLE :db.shares (
  anchor_id BIGINT NOT NULL,
  record_id BIGINT NOT NULL,
  created_time BIGINT NOT NULL,
  created_by BIGINT NOT NULL,
  PRIMARY KEY (anchor_id, record_id)
) :strict;

CREATE INDEX shares_by_record ON :db.shares (record_id);
