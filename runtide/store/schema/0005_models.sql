-- Registrations of models, as they came: `run_id` is the key of the envelopes that they come in,
-- which stands for the model. The number of a version is the rank of its registration among those
-- of its workspace by (pos, idx); a registration that is here twice counts where it came first.
CREATE TABLE IF NOT EXISTS models (
    run_id            String,
    workspace         LowCardinality(String),
    name              String,
    registration      String,
    source_run_id     String,
    source_path       String,
    description       String CODEC(ZSTD(3)),
    framework         LowCardinality(String),
    framework_version LowCardinality(String),
    by                LowCardinality(String),
    tags              Map(String, Nullable(String)) CODEC(ZSTD(3)),
    properties        Map(String, String) CODEC(ZSTD(3)),
    file_paths        Array(String) CODEC(ZSTD(3)),
    file_sha256s      Array(String) CODEC(ZSTD(1)),
    file_sizes        Array(UInt64) CODEC(ZSTD(1)),
    ts                DateTime64(6, 'UTC'),
    writer            UInt64,
    seq               UInt64,
    idx               UInt32,
    pos               UInt64
) ENGINE = ReplacingMergeTree(pos) ORDER BY (run_id, registration, writer, seq, idx)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

-- What versions were changed to, by `field`: `description`, `stage`, `version` (which can be deleted,
-- and is then removed) and `tag`, which has a name.
CREATE TABLE IF NOT EXISTS model_edits (
    run_id       String,
    registration String,
    field        LowCardinality(String),
    name         String,
    value        Nullable(String) CODEC(ZSTD(3)),
    is_removed   Bool,
    by           LowCardinality(String),
    ts           DateTime64(6, 'UTC'),
    pos          UInt64
) ENGINE = ReplacingMergeTree(pos) ORDER BY (run_id, registration, field, name)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;
