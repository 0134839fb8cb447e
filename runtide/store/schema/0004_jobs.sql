-- What runs were submitted with. `spec` is the event of the contract as JSON; a run has one job,
-- and of several the latest.
CREATE TABLE IF NOT EXISTS jobs (
    run_id   String,
    target   LowCardinality(String),
    priority Int64,
    spec     String CODEC(ZSTD(3)),
    ts       DateTime64(6, 'UTC'),
    pos      UInt64
) ENGINE = ReplacingMergeTree(pos) ORDER BY run_id
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

-- The code that runs ran with: the manifest lists its files, and both are in the artifact store.
CREATE TABLE IF NOT EXISTS snapshots (
    run_id          String,
    snapshot_id     String,
    manifest_sha256 String,
    file_count      UInt64,
    size_bytes      UInt64,
    ts              DateTime64(6, 'UTC'),
    pos             UInt64
) ENGINE = ReplacingMergeTree(pos) ORDER BY run_id
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

-- Every state that somebody said a run is in, in the order of the log by (pos, idx). Those after the
-- first terminal one are here too; `runs` has what counted.
CREATE TABLE IF NOT EXISTS states (
    run_id String,
    status LowCardinality(String),
    ts     DateTime64(6, 'UTC'),
    by     LowCardinality(String),
    reason String CODEC(ZSTD(3)),
    error  String CODEC(ZSTD(3)),
    writer UInt64,
    seq    UInt64,
    idx    UInt32,
    pos    UInt64
) ENGINE = ReplacingMergeTree(pos) ORDER BY (run_id, writer, seq, idx)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;
