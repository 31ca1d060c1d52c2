-- Who wants to be told of which changes, where, and by whose rights: those of the session.
CREATE TABLE :db.channels (
    id BIGINT PRIMARY KEY,
    owner BIGINT NOT NULL,
    number BIGINT NOT NULL,
    session_id BIGINT,
    url TEXT NOT NULL,
    token TEXT,
    secret TEXT NOT NULL,
    with_values BIGINT NOT NULL,
    with_related BIGINT NOT NULL,
    expires_time BIGINT NOT NULL,
    last_error TEXT,
    UNIQUE (owner, number)
) :strict;

CREATE TABLE :db.watches (
    channel_id BIGINT NOT NULL REFERENCES :db.channels (id) ON DELETE CASCADE,
    module_id BIGINT NOT NULL,
    events BIGINT NOT NULL,
    condition TEXT,
    PRIMARY KEY (channel_id, module_id)
) :strict;
CREATE INDEX watches_by_module ON :db.watches (module_id);

-- What waits to be posted: to a channel, or once to an address. What it says of records is looked up when it leaves.
CREATE TABLE :db.messages (
    id BIGINT PRIMARY KEY,
    channel_id BIGINT REFERENCES :db.channels (id) ON DELETE CASCADE,
    url TEXT,
    payload TEXT NOT NULL,
    created_time BIGINT NOT NULL,
    next_time BIGINT NOT NULL,
    attempts BIGINT NOT NULL
) :strict;
CREATE INDEX messages_due ON :db.messages (next_time, id);
CREATE INDEX messages_by_channel ON :db.messages (channel_id);
