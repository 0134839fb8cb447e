-- A run in the bin is in no answer. `deleted_us` is 0 where it is not there.
ALTER TABLE runs ADD COLUMN IF NOT EXISTS deleted_us Int64,
    ADD COLUMN IF NOT EXISTS deleted_by LowCardinality(String);

-- Runs that were removed for good: nothing of them is folded again. `partition` and `pos` are the
-- place of the record that says so; the rows of a run are removed once the fold is beyond it.
CREATE TABLE IF NOT EXISTS purged_runs (
    run_id    String,
    partition UInt32,
    ts        DateTime64(6, 'UTC'),
    by        LowCardinality(String),
    is_erased Bool,
    pos       UInt64
) ENGINE = ReplacingMergeTree(pos) ORDER BY run_id
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

-- The runs that there are for whoever asks: every read starts here, and none at `runs`.
CREATE VIEW IF NOT EXISTS kept_runs AS SELECT * FROM runs FINAL WHERE deleted_us = 0;

-- The bin: runs that can be restored.
CREATE VIEW IF NOT EXISTS binned_runs AS SELECT * FROM runs FINAL WHERE deleted_us != 0 AND run_id NOT IN (SELECT run_id FROM purged_runs);

-- Ids of runs that are in no answer, though something may name them.
CREATE VIEW IF NOT EXISTS gone_runs AS SELECT run_id FROM runs FINAL WHERE deleted_us != 0 UNION DISTINCT SELECT run_id FROM purged_runs;
