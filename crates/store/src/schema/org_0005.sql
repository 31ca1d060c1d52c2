-- When somebody last came in as this portal user; 0: never, or before this was noted. Whoever is several portal users of a
-- portal comes in as the one they were last.
ALTER TABLE :db.members ADD COLUMN entered_time BIGINT NOT NULL DEFAULT 0;
