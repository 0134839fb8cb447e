-- Tokens: `run_id` is the key of the envelopes that speak of one, and ends in its id. Every event
-- is a row, and the token the highest of each column: no order of rows and no repetition changes
-- it. Of a secret there is the SHA-256 alone. Empty text and zero times mean that there is none.
CREATE TABLE IF NOT EXISTS tokens (
    run_id        String,
    name          SimpleAggregateFunction(max, String),
    secret_sha256 SimpleAggregateFunction(max, String),
    workspace     SimpleAggregateFunction(max, String),
    role          SimpleAggregateFunction(max, String),
    by            SimpleAggregateFunction(max, String),
    created_us    SimpleAggregateFunction(max, Int64),
    expires_us    SimpleAggregateFunction(max, Int64),
    revoked_us    SimpleAggregateFunction(max, Int64),
    used_us       SimpleAggregateFunction(max, Int64)
) ENGINE = AggregatingMergeTree ORDER BY run_id
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

-- Who did what, and from where. Of what concerns no workspace, `workspace` is empty.
CREATE TABLE IF NOT EXISTS audit (
    run_id    String,
    workspace LowCardinality(String),
    actor     String,
    action    LowCardinality(String),
    subject   String,
    origin    String,
    ts        DateTime64(6, 'UTC'),
    writer    UInt64,
    seq       UInt64,
    idx       UInt32,
    pos       UInt64
) ENGINE = ReplacingMergeTree(pos) ORDER BY (run_id, writer, seq, idx)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;
