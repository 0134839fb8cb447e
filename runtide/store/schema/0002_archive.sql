-- The envelopes themselves, as the log had them: what a log removes when its time is over can still
-- be replayed. `pos` is the offset of the record in its partition; `value` is its bytes.
CREATE TABLE IF NOT EXISTS archive (
    partition   UInt32 CODEC(ZSTD(1)),
    pos         UInt64 CODEC(DoubleDelta, ZSTD(1)),
    run_id      String CODEC(ZSTD(1)),
    archived_us Int64 CODEC(DoubleDelta, ZSTD(1)),
    value       String CODEC(ZSTD(6))
) ENGINE = ReplacingMergeTree ORDER BY (partition, pos)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;
