-- What was measured of the machines that runs are on, such as their memory. These are no metrics of
-- the run, and `metrics` does not list them.
CREATE TABLE IF NOT EXISTS system (
    run_id LowCardinality(String) CODEC(ZSTD(1)),
    host   LowCardinality(String) CODEC(ZSTD(1)),
    name   LowCardinality(String) CODEC(ZSTD(1)),
    ts     DateTime64(6, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    value  Float64 CODEC(ZSTD(1)),
    writer UInt64 CODEC(ZSTD(1)),
    seq    UInt64 CODEC(DoubleDelta, ZSTD(1)),
    idx    UInt32 CODEC(DoubleDelta, ZSTD(1)),
    pos    UInt64 CODEC(DoubleDelta, ZSTD(1))
) ENGINE = ReplacingMergeTree(pos) ORDER BY (run_id, host, name, ts, writer, seq, idx)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;
