-- Named states of an experiment's runs page. `run_id` is the key of the envelopes that they come
-- in, which stands for the experiment: so they are divided, compared and replayed as what belongs
-- to a run is.
CREATE TABLE IF NOT EXISTS saved_views (
    run_id     String,
    experiment LowCardinality(String),
    name       String,
    query      String CODEC(ZSTD(3)),
    is_deleted Bool,
    ts         DateTime64(6, 'UTC'),
    pos        UInt64
) ENGINE = ReplacingMergeTree(pos) ORDER BY (run_id, name)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;
